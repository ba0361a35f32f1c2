"""The digest of a report: what ties a page or a signed document to the data that it was made from."""

from __future__ import annotations

import hashlib

from tpe_audit.formats import Options, json
from tpe_audit.report import Report


def digest(report: Report, options: Options) -> str:
    """Return the SHA-256 of `report.json`, byte by byte as the same run writes it, in hexadecimal digits.

    Whoever holds that file can verify it with `sha256sum`; nothing of ours is needed.
    """
    return hashlib.sha256(json.render(report, options).encode("ascii")).hexdigest()
