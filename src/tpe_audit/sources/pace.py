"""How fast one service may be asked, so that it never has to refuse.

Microsoft Graph, https://learn.microsoft.com/graph/throttling-limits; Azure Resource Graph,
https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests; Azure Resource
Manager, https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

USED = "x-ms-throttle-limit-percentage"
"""Graph's share of the limit that is used, sent from 0.8 on; up to 1.8."""
BUSY, WINDOW = 0.8, 10.0
"""Above this share requests go one by one; a whole limit comes back within so many seconds."""
LEFT_OF_QUOTA, QUOTA_RESETS = "x-ms-user-quota-remaining", "x-ms-user-quota-resets-after"
"""Resource Graph's queries that are left, and hours, minutes and seconds until there are more."""
READS_LEFT = ("x-ms-ratelimit-remaining-subscription-reads", "x-ms-ratelimit-remaining-tenant-reads")
"""What is left of Resource Manager's 250 reads."""
READS_AGAIN = 25
"""So many of them come back in a second; fewer should never be left."""
LONGEST = 60.0
"""No header makes a request wait longer: only a refusal proves that it must."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many requests in so many seconds, of those whose address has `part` in it."""

    part: str
    """In lower case."""
    requests: int
    seconds: float


@dataclass(slots=True)
class _Lane:
    """The requests of one allowance."""

    allowance: Allowance
    places: asyncio.Semaphore
    under_way: int = 0
    left: float = math.inf
    """What may still be asked until `resets`, by the service's own word."""
    resets: float = 0.0


@dataclass(slots=True)
class Pace:
    """Gives each request to one service in one tenant its turn. All who ask there share it."""

    at_once: int
    """How many requests may be under way."""
    allowances: tuple[Allowance, ...] = ()
    not_before: float = 0.0
    """When the service may be asked again, on the event loop's clock."""
    _busy: bool = False
    _lanes: list[_Lane] = field(init=False)
    _gate: asyncio.Semaphore = field(init=False)
    _alone: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._gate = asyncio.Semaphore(self.at_once)
        self._lanes = [_Lane(each, asyncio.Semaphore(each.requests)) for each in self.allowances]

    @asynccontextmanager
    async def turn(self, label: str, ends: float) -> AsyncIterator[None]:
        """Wait until a request may be sent, and count it as under way until the block ends.

        Args:
            label: its method and address.
            ends: when it would be too late, on the event loop's clock.

        Raises:
            TimeoutError: it can't be sent before `ends`.
        """
        async with AsyncExitStack() as held:
            if _now() >= ends:
                raise TimeoutError
            async with asyncio.timeout_at(ends):
                if lane := self._lane(label):
                    await self._enter(lane, held, ends)
                await held.enter_async_context(self._gate)
                if self._busy:
                    await held.enter_async_context(self._alone)
                while (early := self.not_before - _now()) > 0:
                    await _wait(early, ends)
            yield

    def refused(self, after: float) -> None:
        """Note that a request was refused for want of budget: what one was told holds for all."""
        self.not_before = max(self.not_before, _now() + after)

    def heard(self, label: str, headers: Mapping[str, str]) -> None:
        """Learn from an answer how much may still be asked, before anything is refused."""
        used = _number(headers.get(USED))
        self._busy = used is not None and used >= BUSY
        if used is not None and used > BUSY:
            self._pause((used - BUSY) * WINDOW)
        left = [number for name in READS_LEFT if (number := _number(headers.get(name))) is not None]
        if left and min(left) < READS_AGAIN:
            self._pause((READS_AGAIN - min(left)) / READS_AGAIN)
        lane = self._lane(label)
        quota, resets = _number(headers.get(LEFT_OF_QUOTA)), _span(headers.get(QUOTA_RESETS))
        if lane is not None and quota is not None and resets is not None:
            # The service may not have counted those that are on their way to it.
            lane.left = quota - lane.under_way
            lane.resets = _now() + min(resets, LONGEST)

    def _pause(self, seconds: float) -> None:
        self.refused(min(seconds, LONGEST))

    def _lane(self, label: str) -> _Lane | None:
        address = label.lower()
        return next((lane for lane in self._lanes if lane.allowance.part in address), None)

    async def _enter(self, lane: _Lane, held: AsyncExitStack, ends: float) -> None:
        """Take one of a lane's places, which comes free when its time has passed since the answer.

        So the service never sees more of them in that time, however long they were on their way.
        """
        await lane.places.acquire()
        held.callback(self._leave, lane)
        lane.under_way += 1
        while lane.left <= 0 and (early := lane.resets - _now()) > 0:
            await _wait(early, ends)
        if _now() >= lane.resets:
            lane.left = math.inf
        lane.left -= 1

    @staticmethod
    def _leave(lane: _Lane) -> None:
        lane.under_way -= 1
        asyncio.get_running_loop().call_later(lane.allowance.seconds, lane.places.release)


async def _wait(seconds: float, ends: float) -> None:
    if _now() + seconds >= ends:
        raise TimeoutError
    await asyncio.sleep(seconds)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _number(value: str | None) -> float | None:
    """Return a header's number, if it is one that is worth anything."""
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _span(value: str | None) -> float | None:
    """Return hours:minutes:seconds as seconds."""
    parts = [_number(part) for part in (value or "").split(":")]
    if len(parts) != 3 or None in parts:
        return None
    hours, minutes, seconds = (part or 0.0 for part in parts)
    return hours * 3600 + minutes * 60 + seconds
