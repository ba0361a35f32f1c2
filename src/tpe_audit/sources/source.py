"""What all sources share: one request after another, retried in one place, recorded, and read to the end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import random
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from tpe_audit.sources.credentials import SignIn
from tpe_audit.sources.errors import Failed, Malformed, Off, Refused, SourceError, Unreachable
from tpe_audit.sources.ledger import Ledger, masked
from tpe_audit.sources.pace import Allowance, Pace
from tpe_audit.sources.remedies import of_connection
from tpe_audit.sources.response import MAX_BYTES, NoConnection, Response, TooLarge

_log = logging.getLogger(__name__)

ATTEMPTS = 4
THROTTLED_ATTEMPTS = 12
"""Throttling is a matter of patience: with a Retry-After the deadline is the limit, not the count."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
MAX_PAGES = 10_000
_A_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Answered:
    """A JSON object, or the proof that the object that was asked for does not exist."""

    body: Mapping[str, Any] | None
    """None: 404."""
    evidence: int


@dataclass(frozen=True, slots=True)
class Item:
    """One element of a list, and the request that brought it."""

    body: Any
    evidence: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that was read to its end."""

    items: tuple[Item, ...]
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long sources wait."""

    request_timeout: float
    """Seconds for one request."""
    retry_after_cap: float
    """Seconds; a longer Retry-After is not waited for."""
    ends: float
    """When all reading must be over, on the event loop's clock."""


class _Again(Exception):
    """A request that may be repeated."""

    def __init__(self, error: SourceError, after: float | None, *, throttled: bool) -> None:
        super().__init__(str(error))
        self.error = error
        self.after = after
        self.throttled = throttled


class Source(ABC):
    """One service of one tenant, signed in to. Reads, and never writes."""

    name: str
    """As the report calls it: graph, arm, acs."""
    words: str
    """As people call it: Microsoft Graph, …"""
    token_options: Mapping[str, Any] = MappingProxyType({})
    """What its SDK asks for a token with, besides the scope."""
    allowances: tuple[Allowance, ...] = ()
    """What it documents that may be asked of parts of it."""

    def __init__(self, base: str, identity: SignIn, ledger: Ledger, patience: Patience, at_once: int) -> None:
        self.base = base
        self.identity = identity
        self.tenant = identity.tenant
        self.ledger = ledger
        self.patience = patience
        self.pace = Pace(at_once, self.allowances)
        self.resumes_at: datetime | None = None
        """Before this it asked not to be asked again; None: it did not."""
        self.unsupported = ""
        """Why nothing is asked of it at all; empty: it is asked."""
        self.troubles: list[SourceError] = []
        """What it refused or failed to answer."""
        self.answers = 0
        """How often it answered as asked."""

    @property
    def audience(self) -> str:
        """The scope that a token for it is asked with."""
        return f"{self.base}/.default"

    async def prepare(self) -> None:
        """Sign in before something is asked, so that nothing has to wait for that then.

        Where it fails, what is asked says so.
        """
        if not self.unsupported:
            with contextlib.suppress(SourceError):
                await self.identity.ready(self.audience, self.patience.ends, **self.token_options)

    @abstractmethod
    async def send(self, method: str, url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> Response:
        """Send one request, once.

        Raises:
            NoConnection: no answer came.
            SourceError: it can't be sent, for want of a token for instance.
        """

    async def get(self, path: str, *, grant: str, headers: Mapping[str, str] | None = None) -> Answered:
        """Return the object at `path`, or the proof of its absence.

        Args:
            path: relative to the service's address, or absolute on it.
            grant: what to grant where it is refused, as part of a sentence.
            headers: further request headers.

        Raises:
            SourceError: it could not be read.
        """
        url = self.url(path)
        response, evidence = await self.ask(
            f"GET {self.shown(url)}", lambda: self.send("GET", url, None, headers or {}), grant=grant
        )
        return self.answered(response, url, evidence)

    def answered(self, response: Response, url: str, evidence: int) -> Answered:
        """Return the object that an answer holds, or the proof of its absence.

        Raises:
            SourceError: it holds none, or its 404 says nothing about the object.
        """
        if response.status != 404:
            return Answered(self.object_in(response, url, evidence), evidence)
        if not self.proves_absence(response):
            said = response.said or "without an error of its own"
            raise self.trouble(
                Failed(
                    f"{self.words} answered 404 ({said}) to GET {self.brief(url)}, which proves nothing.", (evidence,)
                )
            )
        return Answered(None, evidence)

    def proves_absence(self, response: Response) -> bool:
        """Whether a 404 is the service's word that the object is not there, and not some other trouble."""
        return bool(response.error_code)

    async def items(
        self,
        path: str,
        *,
        grant: str,
        headers: Mapping[str, str] | None = None,
        link: str = "@odata.nextLink",
    ) -> Listing:
        """Return the list at `path`, read to its last page.

        Raises:
            SourceError: it could not be read, or not to its end.
        """
        items: list[Item] = []
        evidence = await self.each(path, items.append, grant=grant, headers=headers, link=link)
        return Listing(tuple(items), evidence)

    async def each(
        self,
        path: str,
        take: Callable[[Item], None],
        *,
        grant: str,
        headers: Mapping[str, str] | None = None,
        link: str = "@odata.nextLink",
        paged: Callable[[], None] | None = None,
    ) -> tuple[int, ...]:
        """Hand over the elements of the list at `path` as its pages come, to the last one, and return the evidence.

        Of a long list no more is held than what `take` makes of it.

        Args:
            path: relative to the service's address, or absolute on it.
            take: called with each element.
            grant: what to grant where it is refused, as part of a sentence.
            headers: further request headers.
            link: the field that leads to the next page.
            paged: called after each page.

        Raises:
            SourceError: it could not be read, or not to its end; or `take` raised it.
        """
        evidence: list[int] = []
        url: str | None = self.url(path)
        seen: set[str] = set()
        try:
            while url:
                if url in seen or len(seen) >= MAX_PAGES:
                    why = f"{self.words} sent the same page twice, so the list at {self.brief(url)} has no end."
                    raise self.trouble(Malformed(why))
                seen.add(url)
                page, index = await self._page(url, grant, headers or {})
                evidence.append(index)
                for item in self.values_in(page, url, index):
                    take(Item(item, index))
                if paged:
                    paged()
                url = self._next(page, url, link)
        except SourceError as error:
            if not evidence:
                raise
            behind = tuple(dict.fromkeys((*evidence, *error.evidence)))
            raise type(error)(f"{error} The list was not read to its end.", behind, error.lacks) from error
        return tuple(evidence)

    async def _page(self, url: str, grant: str, headers: Mapping[str, str]) -> tuple[Mapping[str, Any], int]:
        response, evidence = await self.ask(
            f"GET {self.shown(url)}", lambda: self.send("GET", url, None, headers), grant=grant
        )
        if response.status == 404:
            # A 404 on a list says nothing about what is in it.
            raise self.trouble(Failed(f"{self.words} answered 404 to GET {self.brief(url)}.", (evidence,)))
        return self.object_in(response, url, evidence), evidence

    def _next(self, page: Mapping[str, Any], url: str, link: str) -> str | None:
        following = page.get(link)
        if following is None or following == "":
            return None
        if not isinstance(following, str):
            why = f"{self.words} sent a page at {self.brief(url)} whose {link} is no address."
            raise self.trouble(Malformed(why))
        if not self.owns(following):
            why = f"{self.words} points to another host for the next page of {self.brief(url)}."
            raise self.trouble(Malformed(why))
        return following

    def owns(self, url: str) -> bool:
        """Whether an address is one of this service: nothing is asked, and no token shown, elsewhere."""
        try:
            return _origin(url) == _origin(self.base)
        except ValueError:
            return False

    async def ask(self, label: str, send: Callable[[], Awaitable[Response]], *, grant: str) -> tuple[Response, int]:
        """Send a request until it is answered with 2xx or 404, and return answer and evidence.

        Raises:
            SourceError: it was refused, or not answered in time.
        """
        if self.unsupported:
            raise self.trouble(Off(self.unsupported, declared=False))
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(_Again),
            stop=self._enough,
            wait=_pause,
            sleep=asyncio.sleep,
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    return await self._once(label, send, grant)
        except _Again as again:
            raise self.trouble(again.error) from again
        raise AssertionError("tenacity ends by return or raise")

    async def _once(self, label: str, send: Callable[[], Awaitable[Response]], grant: str) -> tuple[Response, int]:
        try:
            # Not within the time for a request: a person may have to answer first.
            await self.identity.ready(self.audience, self.patience.ends, **self.token_options)
        except SourceError as refusal:
            self.trouble(refusal)
            raise
        try:
            response = await self._in_turn(label, send)
        except SourceError as refusal:
            self.trouble(refusal)
            raise
        self.pace.heard(label, response.headers)
        evidence = self.ledger.record(self.name, label, response.status, response.request_id)
        _log.debug("%s %s -> %s (%s)", self.name, label, response.status, response.request_id)
        if 200 <= response.status < 300 or response.status == 404:
            self.answers += response.status != 404
            return response, evidence
        raise self._refusal(label, response, evidence, grant)

    async def _in_turn(self, label: str, send: Callable[[], Awaitable[Response]]) -> Response:
        """Send a request when it is its turn.

        Raises:
            SourceError: its turn did not come in time, or it can't be sent.
            _Again: no answer came.
        """
        limit, ends = self.patience.request_timeout, self.patience.ends
        try:
            async with self.pace.turn(label, ends):
                remaining = ends - asyncio.get_running_loop().time()
                late = f"within {limit:g} s" if limit <= remaining else "before the time for reading was over"
                try:
                    async with asyncio.timeout(min(limit, remaining)):
                        return await send()
                except TimeoutError:
                    evidence = self.ledger.record(self.name, label, None)
                    error = Unreachable(f"{self.words} did not answer {brief(label)} {late}.", (evidence,))
                    raise _Again(error, None, throttled=False) from None
                except TooLarge:
                    evidence = self.ledger.record(self.name, label, None)
                    most = MAX_BYTES // (1024 * 1024)
                    why = f"{self.words} answered {brief(label)} with more than {most} MiB, which was not read."
                    raise Malformed(why, (evidence,)) from None
                except NoConnection as no:
                    evidence = self.ledger.record(self.name, label, None)
                    advice = of_connection(str(no))
                    why = f"{self.words} could not be reached for {brief(label)}: {masked(str(no))}."
                    error = Unreachable(f"{why} {advice}" if advice else why, (evidence,))
                    raise _Again(error, None, throttled=False) from no
        except TimeoutError:
            why = f"The time for reading was over before {brief(label)} could be asked of {self.words}."
            raise Unreachable(why) from None

    def _refusal(self, label: str, response: Response, evidence: int, grant: str) -> Exception:
        """Return what a status other than success means."""
        status, said = response.status, response.said
        answer = f"{self.words} answered {status}{f' ({said})' if said else ''} to {brief(label)}."
        if status in (401, 403):
            return self.trouble(Refused(f"{answer} Reading it takes {grant}.", (evidence,), (grant,)))
        error: SourceError = Failed(answer, (evidence,))
        if status not in (408, 429, 500, 502, 503, 504):
            return self.trouble(error)
        after = response.retry_after
        if after:
            asked = datetime.now(UTC) + timedelta(seconds=min(after, _A_DAY))
            self.resumes_at = max(self.resumes_at or asked, asked)
        if after is not None and after > self.patience.retry_after_cap:
            cap = self.patience.retry_after_cap
            return self.trouble(
                Failed(
                    f"{answer} It asks to wait {after:.0f} s, longer than retry_after_cap = {cap:g} allows.",
                    (evidence,),
                )
            )
        throttled = status == 429
        if after and throttled:
            self.pace.refused(after)
        return _Again(error, after, throttled=throttled)

    def _enough(self, state: RetryCallState) -> bool:
        again = state.outcome.exception() if state.outcome else None
        if not isinstance(again, _Again):
            return True
        most = THROTTLED_ATTEMPTS if again.throttled else ATTEMPTS
        resumes = asyncio.get_running_loop().time() + state.upcoming_sleep
        return state.attempt_number >= most or resumes >= self.patience.ends

    def trouble(self, error: SourceError) -> SourceError:
        """Remember what could not be read, and return it."""
        self.troubles.append(error)
        return error

    def url(self, path: str) -> str:
        """Return `path` as an absolute address of this service.

        Raises:
            Malformed: it leads elsewhere, so nothing is sent there.
        """
        url = f"{self.base}{path}" if path.startswith("/") else path
        if not self.owns(url):
            raise self.trouble(Malformed(f"{url!r} is no address of {self.words}, and was not asked."))
        return url

    def shown(self, url: str) -> str:
        """Return an address of this service without its host, as evidence shows it."""
        return url.removeprefix(self.base)

    def brief(self, url: str) -> str:
        """Return an address of this service as a sentence names it; the evidence has it whole."""
        return brief(self.shown(url))

    def object_in(self, response: Response, url: str, evidence: int) -> Mapping[str, Any]:
        """Return the JSON object that an answer holds.

        Raises:
            Malformed: it holds none.
        """
        try:
            body = json.loads(response.body)
        except (ValueError, RecursionError):
            raise self.trouble(
                Malformed(
                    f"{self.words} answered GET {self.brief(url)} with something that is not JSON.",
                    (evidence,),
                )
            ) from None
        if not isinstance(body, dict):
            raise self.trouble(
                Malformed(f"{self.words} answered GET {self.brief(url)} with no JSON object.", (evidence,))
            )
        return body

    def values_in(self, page: Mapping[str, Any], url: str, evidence: int) -> list[Any]:
        """Return the elements of a page of a list.

        Raises:
            Malformed: it holds no list.
        """
        value = page.get("value")
        if not isinstance(value, list):
            raise self.trouble(
                Malformed(f"{self.words} answered GET {self.brief(url)} without a list of values.", (evidence,))
            )
        return value


_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def brief(label: str) -> str:
    """Return a request without its query and ids, so that the same trouble with many things reads the same."""
    return _ID.sub("…", label.split("?", maxsplit=1)[0])


def _pause(state: RetryCallState) -> float:
    """Return the seconds to wait before the next attempt: what the service asks for, else ever longer."""
    again = state.outcome.exception() if state.outcome else None
    if isinstance(again, _Again) and again.after:
        return again.after
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (state.attempt_number - 1))
    return random.uniform(longest / 2, longest)  # noqa: S311 - jitter, not cryptography


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port.

    Raises:
        ValueError: it is no address, or one with a user name in it.
    """
    parts = urlsplit(url)
    if "@" in parts.netloc or "\\" in url:
        raise ValueError(url)
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else None)
