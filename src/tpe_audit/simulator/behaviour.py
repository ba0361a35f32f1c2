"""How the simulated services behave: slowness, throttling, lag, and any fault a test wants to script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tpe_audit.simulator.quotas import GraphQuota, ResourceManagerQuota


@dataclass
class Fault:
    """A scripted answer for the requests it matches.

    It matches a request whose path with query contains `path` (any case) and whose method is `method` (any,
    if None). It lets the first `skip` such requests pass and then acts `times` times (for ever, if None).

    What it does, in this order: wait `stall` seconds; `drop` the connection without a word; answer with
    `status`, `headers` and `body` (bytes and text as they are, anything else as JSON); or, with `edit`, let
    the service answer and change the JSON of that answer. With `cut`, the connection breaks after that many
    bytes of the body.
    """

    path: str
    method: str | None = None
    skip: int = 0
    times: int | None = None
    stall: float = 0.0
    drop: bool = False
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = b""
    edit: Callable[[Any], Any] | None = None
    cut: int | None = None
    seen: int = field(default=0, init=False)
    acted: int = field(default=0, init=False)

    def matches(self, method: str, target: str) -> bool:
        """Whether it acts on this request; counts the request."""
        if self.method is not None and self.method.upper() != method:
            return False
        if self.path.lower() not in target.lower():
            return False
        self.seen += 1
        if self.seen <= self.skip or (self.times is not None and self.acted >= self.times):
            return False
        self.acted += 1
        return True


@dataclass
class Throttle:
    """The first `first` requests below `path` are answered 429; no `retry_after`: without the header."""

    path: str
    first: int
    retry_after: float | None = 1
    seen: int = field(default=0, init=False)

    def refuses(self, path: str, now: float) -> bool:
        """Whether this request is refused; counts the request."""
        if not path.lower().startswith(self.path.lower()):
            return False
        self.seen += 1
        return self.seen <= self.first


@dataclass
class RateLimit:
    """At most `requests` requests per `seconds` below `path`; what is above is answered 429."""

    path: str
    requests: int
    seconds: float
    retry_after: float | None = 1
    taken: list[float] = field(default_factory=list, init=False)

    def refuses(self, path: str, now: float) -> bool:
        """Whether this request is refused; counts the request if it is not."""
        if not path.lower().startswith(self.path.lower()):
            return False
        self.taken = [moment for moment in self.taken if now - moment < self.seconds]
        if len(self.taken) >= self.requests:
            return True
        self.taken.append(now)
        return False


@dataclass
class Behaviour:
    """The knobs of a simulated tenant. They may be turned while it runs.

    `page_size` caps every page of every list (None: each list's own default and maximum). `latency` is
    waited before every answer. `number_pages_by_link` makes number assignments give `@odata.nextLink` as
    well as `$skip`. `quotas` are limits that are enforced as Microsoft documents them. `lagging` are names or ids
    of Azure resources that Resource Graph does not show yet.
    """

    page_size: int | None = None
    latency: float = 0.0
    number_pages_by_link: bool = False
    limits: list[Throttle | RateLimit] = field(default_factory=list)
    quotas: list[GraphQuota | ResourceManagerQuota] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    lagging: set[str] = field(default_factory=set)
    token_lifetime: int = 3599


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request that was received, and how it was answered (status 0: it was not).

    `client` is the caller's port: one for each connection.
    """

    method: str
    path: str
    query: str
    status: int
    api: str
    client: int = 0
