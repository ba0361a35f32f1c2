"""Keeps a record of every request: the evidence of the audit, and its progress."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from tpe_audit.facts import Request

_SECRET = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"  # a JSON web token
    r"|(?i:\b(?:bearer|sharedaccesssignature|hmac-sha256)\s+)\S+"
    r"|(?i:(?:accountkey|accesskey|sharedaccesskey|client_secret|client_assertion|password|sig|code|token)=)[^\s&;]+"
    r"|(?<=://)[^\s/:@]+:[^\s/@]+(?=@)"  # of a proxy
    r"|(?i:endpoint=https?://[^\s;]+;accesskey=)\S+"
)


def masked(text: str) -> str:
    """Return `text` without anything that looks like a key, a token or a secret."""
    return _SECRET.sub("[masked]", text)


class Ledger:
    """Every request of a run, in the order in which they were answered."""

    def __init__(self, heard: Callable[[str], None] | None = None) -> None:
        self.requests: list[Request] = []
        self.answered: Counter[str] = Counter()
        """Requests answered so far, by source."""
        self._heard = heard
        self.counted: Callable[[str, int, int | None], None] = lambda what, done, total: None
        """Called with how many of something are done, and of how many; None: nobody knows before all are read."""

    def record(self, source: str, request: str, status: int | None, request_id: str = "") -> int:
        """Note one request and return its index."""
        self.requests.append(Request(source, masked(request), status, request_id, datetime.now(UTC)))
        self.answered[source] += 1
        if self._heard:
            self._heard(source)
        return len(self.requests) - 1
