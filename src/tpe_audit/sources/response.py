"""An answer as it came over the wire, and what it says of itself."""

from __future__ import annotations

import email.utils
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tpe_audit.sources.ledger import masked

MAX_BYTES = 32 * 1024 * 1024
"""The most that one answer may hold: pages of a thousand are a tenth of it."""
_REQUEST_IDS = ("request-id", "x-ms-request-id", "x-ms-correlation-request-id", "x-ms-client-request-id")


class NoConnection(Exception):
    """No answer came to a request; the message says why."""


class TooLarge(Exception):
    """An answer that holds more than `MAX_BYTES`, of which the rest was not read."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as it came over the wire."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def request_id(self) -> str:
        """What the service's support asks for; empty if it does not tell."""
        return next((self.headers[name] for name in _REQUEST_IDS if name in self.headers), "")

    @property
    def error_code(self) -> str:
        """The code of an error, as all of these services shape it; empty if it has none."""
        code = self._error.get("code")
        return code if isinstance(code, str) else ""

    @property
    def said(self) -> str:
        """Code and message of an error, with nothing in it that looks like a secret."""
        parts = (self.error_code, self._error.get("message"))
        return masked(": ".join(part for part in parts if isinstance(part, str) and part))[:300]

    @property
    def retry_after(self) -> float | None:
        """The seconds that it asks to wait, given as seconds or as a date; None: it asks for none."""
        value = self.headers.get("retry-after")
        if not value:
            return None
        try:
            return max(0.0, float(value))
        except ValueError:
            pass
        try:
            at = email.utils.parsedate_to_datetime(value)
        except ValueError:
            return None
        return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())

    @property
    def _error(self) -> Mapping[str, Any]:
        try:
            error = json.loads(self.body).get("error")
        except (ValueError, AttributeError, RecursionError):
            return {}
        return error if isinstance(error, dict) else {}
