"""A request, an answer, and nothing else of HTTP that the simulated services need."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode


@dataclass(frozen=True)
class Request:
    """A request as a service sees it. `path` is decoded; `port` is the one it came in on, `client` the caller's."""

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    origin: str
    port: int
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    client: int = 0

    @cached_property
    def query(self) -> Mapping[str, str]:
        """Parameters of the query, decoded; the last one of a name wins."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    @cached_property
    def client_request_id(self) -> str:
        """The caller's own id of the request, or one that we give it."""
        return self.headers.get("client-request-id") or str(uuid.uuid4())

    @property
    def bearer(self) -> str | None:
        """The bearer token, or None."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None

    def link(self, **changes: str | None) -> str:
        """This request's address with parameters changed, or left out where the value is None.

        Names are given with `_` for `$`, which Python does not allow in a name.
        """
        query = dict(self.query)
        for name, value in changes.items():
            key = "$" + name[1:] if name.startswith("_") else name
            for present in [present for present in query if present.lower() == key.lower()]:
                del query[present]
            if value is not None:
                query[key] = value
        return f"{self.origin}{self.path}?{urlencode(query, safe='$,()/')}"


@dataclass(frozen=True)
class Answer:
    """An answer: a status, headers, and a body that is bytes already or will be written as JSON."""

    status: int
    content: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        """The bytes of the body."""
        if isinstance(self.content, bytes):
            return self.content
        if isinstance(self.content, str):
            return self.content.encode()
        return json.dumps(self.content, ensure_ascii=False, separators=(",", ":")).encode()


def http_date() -> str:
    """Now, as the Date header has it."""
    return formatdate(usegmt=True)
