"""What a collector works with, and what it brings home."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast

from tpe_audit.alike import Alike
from tpe_audit.facts import Answer, Answers, Census, Deployment, Fact, Gap, Kind, Known, Subject, Tenant, joined, slot
from tpe_audit.sources import SourceError, Sources
from tpe_audit.sources.errors import Off

T = TypeVar("T")
R = TypeVar("R")

FEW = 20
"""Up to so many things are asked for one by one; more are read in pages."""
AT_ONCE = 64
"""So many things are asked for at once: more would wait for their turn all the same, at ten kilobytes each."""


@dataclass(slots=True)
class Harvest:
    """What a collector learned."""

    census: dict[type[Fact], Census] = field(default_factory=dict)
    answers: Answers = field(default_factory=Answers)
    unread: dict[tuple[type[Fact], Kind], Gap] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    _alike: Alike = field(default_factory=Alike, repr=False, compare=False)

    def tell(self, subject: Subject, fact: Fact, evidence: tuple[int, ...] = ()) -> None:
        """Note a fact of a subject."""
        self.answer(subject, type(fact), Known(fact, evidence))

    def answer(self, subject: Subject, question: type[Fact], answer: Answer) -> None:
        """Note the answer to a question on a subject, whatever it is."""
        self.answers[(slot(question), subject.key)] = self._alike.once(answer)


class Reader:
    """Gives collectors their sources, and each other's readings, each read once."""

    def __init__(
        self, sources: Sources, deployment: Deployment, collected_at: datetime, subjects: Sequence[str] = ()
    ) -> None:
        self.sources = sources
        self.deployment = deployment
        self.collected_at = collected_at
        self.subjects = tuple(subjects)
        """Only these accounts, numbers and agents are asked about; empty: all."""
        self.tenant = Tenant(sources.config.teams.tenant_id)
        self.reads_powershell = False
        """Teams PowerShell is read anyway, so that asking it for more costs nothing."""
        self.warnings: dict[str, None] = {}
        """What was not read as usual, and how it was: each sentence once."""
        self.instead: Callable[[Callable[[Reader], Awaitable[Any]]], Callable[[Reader], Awaitable[Any]]] | None = None
        """Gives another reading in the place of one, where only half of a deployment is read."""
        self._tasks: dict[Callable[[Reader], Awaitable[Any]], asyncio.Task[Any]] = {}

    def warn(self, sentence: str) -> None:
        """Let the report say how something was read."""
        self.warnings[sentence] = None

    async def once(self, reading: Callable[[Reader], Awaitable[T]]) -> T:
        """Return what `reading` reads, however many ask for it.

        Raises:
            SourceError: it could not be read.
        """
        return cast("T", await asyncio.shield(self.begin(reading)))

    def begin(self, reading: Callable[[Reader], Awaitable[Any]]) -> asyncio.Task[Any]:
        """Begin what will be asked for `once`, so that it does not wait for what comes before that."""
        if reading not in self._tasks:
            done = self.instead(reading) if self.instead else reading
            self._tasks[reading] = asyncio.ensure_future(done(self))
        return self._tasks[reading]

    @contextmanager
    def counting(self, what: str, *found: Sized) -> Iterator[Callable[[], None]]:
        """Give what is to be called after each page of lists, so that people see how far they have come."""
        counted = self.sources.ledger.counted
        try:
            yield lambda: counted(what, sum(map(len, found)), None)
        finally:
            counted(what, sum(map(len, found)), sum(map(len, found)))

    async def end(self) -> None:
        """End what is still being read, wait until it has ended, and forget all that was read."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def gap(error: SourceError) -> Gap:
    """Return an error as the gap that it leaves in the evidence."""
    declared = isinstance(error, Off) and error.declared
    return Gap(str(error), error.evidence, declared, error.lacks)


def tried(make: Callable[[], T], evidence: tuple[int, ...] = ()) -> T | Gap:
    """Return what `make` makes of an answer, or the gap that a malformed answer leaves."""
    try:
        return make()
    except SourceError as error:
        return Gap(str(error), error.evidence or evidence, lacks=error.lacks)


def attempt(make: Callable[[], Fact], evidence: tuple[int, ...] = ()) -> Answer:
    """Return the fact that `make` makes of an answer, or the gap that a malformed answer leaves."""
    made = tried(make, evidence)
    return made if isinstance(made, Gap) else Known(made, evidence)


def agreed(answers: Sequence[Answer], what: str) -> Answer:
    """Return what all entries for one thing say; where one can't be read, or they differ, it is not known."""
    first = answers[0]
    for other in answers[1:]:
        if isinstance(first, Known) and isinstance(other, Known) and first.value != other.value:
            return Gap(f"Microsoft Graph lists {what} twice, and the two contradict each other.", joined(answers))
    return next((answer for answer in answers if isinstance(answer, Gap)), first)


def text(body: object, key: str) -> str:
    """Return a field that only names something; empty where it is not text."""
    value = body.get(key) if isinstance(body, dict) else None
    return value if isinstance(value, str) else ""


async def together(readings: Iterable[Awaitable[T]]) -> list[T]:
    """Read several things at once; where one can't be read, the others are ended, and none is left behind.

    Raises:
        SourceError: one could not be read.
    """
    tasks = [asyncio.ensure_future(reading) for reading in readings]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def all_of(things: Collection[T], read: Callable[[T], Awaitable[R]]) -> list[R]:
    """Return what `read` returns of each thing, in their order; not more than `AT_ONCE` are begun before others end.

    Raises:
        Exception: what `read` raises; the others are then ended.
    """
    found: dict[int, R] = {}
    waiting = iter(enumerate(things))

    async def work() -> None:
        for place, thing in waiting:
            found[place] = await read(thing)

    await together(work() for _ in range(min(AT_ONCE, len(things))))
    return [found[place] for place in range(len(things))]


async def each(
    things: Collection[T], read: Callable[[T], Awaitable[Answer]], counted: Callable[[int, int], None] | None = None
) -> list[tuple[T, Answer]]:
    """Read something of each thing at once; one that can't be read leaves a gap of its own.

    Args:
        things: what to read it of.
        read: how to read it.
        counted: called with how many are done, and of how many.
    """
    done = 0

    async def one(thing: T) -> tuple[T, Answer]:
        nonlocal done
        try:
            return thing, await read(thing)
        except SourceError as error:
            return thing, gap(error)
        finally:
            done += 1
            if counted:
                counted(done, len(things))

    return await all_of(things, one)
