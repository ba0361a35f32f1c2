"""What has changed between two runs: keyed by check and subject, never by position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tpe_audit.facts import Subject
from tpe_audit.verdicts import Status


class Change(StrEnum):
    """What became of one subject by one check. A closed vocabulary of the report."""

    NEW = "new"
    """It fails now, and did not before."""
    MENDED = "mended"
    """It failed before, and now holds, is waived, or is needed no more."""
    STILL = "still-failing"
    """It failed before, and fails."""
    UNREADABLE = "no-longer-readable"
    """It was judged before, and now it can't be told: it could not be read, waits for a person, or is blocked."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One subject of one check whose failure or readability is worth telling beside another run."""

    change: Change
    check: str
    title: str
    """What must hold."""
    subject: Subject | None
    """None: the check as a whole, where its things could not be listed."""
    before: Status | None
    """None: it was not there."""
    now: Status | None
    """None: it is not there any more."""
    reason: str
    """What is said of it now; of what is gone, what was said of it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed since another run."""

    since: datetime
    """When the other run ended."""
    verdict: str
    """The verdict of the other run."""
    changed: tuple[Changed, ...]
    """By change, then in mending order."""
    otherwise: int = 0
    """How many subjects differ in another way: what could not be told before and holds now, for instance."""

    def of(self, change: Change) -> tuple[Changed, ...]:
        """Return those of one kind."""
        return tuple(item for item in self.changed if item.change is change)

    @property
    def different(self) -> bool:
        """Whether anything but what is still failing is told of."""
        return bool(self.otherwise) or any(item.change is not Change.STILL for item in self.changed)


@dataclass(frozen=True, slots=True)
class Told:
    """What a report says of one subject by one check."""

    subject: Subject
    status: Status
    reason: str
    cause: str = ""
    """The check that blocks it; empty: none."""

    @property
    def key(self) -> str:
        """Identity without regard to case. A name may hold half a character, which no file can."""
        return self.subject.id.casefold().encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class Section:
    """What a report says by one check."""

    check: str
    title: str
    status: Status
    reason: str
    told: tuple[Told, ...]
    listed: bool = True
    """Whether all things that it is about could be listed."""
    quiet: Status | None = None
    """The status of those that hold and are not told of one by one; None: all are told of."""

    @property
    def spared(self) -> bool:
        """Whether the check was put to nothing at all."""
        return self.status is Status.NOT_APPLICABLE and not self.told


@dataclass(frozen=True, slots=True)
class Snapshot:
    """As much of a report as another one is compared with."""

    at: datetime
    """When the run ended."""
    verdict: str
    profile: str
    sections: tuple[Section, ...]
    """In mending order."""
    subjects: frozenset[str] = frozenset()
    """The subjects that were asked for; empty: all."""


def compare(before: Snapshot, now: Snapshot) -> Changes:
    """Return what has changed, as far as both were asked: by check and subject, whatever their order."""
    earlier = {section.check: section for section in before.sections}
    later = {section.check: section for section in now.sections}
    changed: list[Changed] = []
    otherwise = 0
    for section in now.sections:
        old = earlier.get(section.check)
        # A profile asks some checks of nobody: that they are silent then says nothing.
        if old is None or (before.profile != now.profile and (old.spared or section.spared)):
            continue
        for row in _rows(old, section, alike=before.subjects == now.subjects):
            change = _change(_plain(row.before, row.cause_before, earlier), _plain(row.now, row.cause_now, later))
            if change:
                status = (row.before, row.now)
                changed.append(Changed(change, section.check, section.title, row.subject, *status, row.reason))
            else:
                otherwise += row.differs
    order = list(Change)
    changed.sort(key=lambda item: order.index(item.change))
    return Changes(before.at, before.verdict, tuple(changed), otherwise)


@dataclass(frozen=True, slots=True)
class _Row:
    """What two reports say of the same thing."""

    subject: Subject | None
    before: Status | None
    now: Status | None
    reason: str
    cause_before: str = ""
    cause_now: str = ""

    @property
    def differs(self) -> bool:
        """Whether they say different things of it. That something is new and holds, or is gone, is no difference."""
        if self.before is None:
            return self.now in _OPEN
        return self.now is not None and self.before is not self.now


_OPEN = (Status.UNKNOWN, Status.MANUAL, Status.BLOCKED)
_QUIET = (Status.PASS, Status.NOT_APPLICABLE)
_UNTOLD = "It is among those that need no attention, and are not listed one by one."


def _rows(old: Section, new: Section, *, alike: bool) -> Iterator[_Row]:
    """Yield what there is to compare by one check.

    Args:
        old: what was said by it before.
        new: what is said by it now.
        alike: both were asked for the same subjects, so that what is not there is gone, and what is there is new.
    """
    then, here = _by_key(old.told), _by_key(new.told)
    lost = [told for key, told in then.items() if key not in here]
    if not old.told and (not new.told or (not old.listed and new.status is not Status.FAIL)):
        yield _Row(None, old.status, new.status, new.reason)
    elif lost and alike and not new.listed:
        worst = min((told.status for told in lost), key=lambda status: status.rank)
        yield _Row(None, worst, Status.UNKNOWN if new.told else new.status, new.reason)
    for key, told in here.items():
        earlier = then.get(key)
        if earlier:
            yield _Row(told.subject, earlier.status, told.status, told.reason, earlier.cause, told.cause)
        elif alike and not (old.quiet and told.status in _QUIET):
            yield _Row(told.subject, old.quiet, told.status, told.reason, cause_now=told.cause)
    for told in lost if alike and new.listed else ():
        if new.quiet and told.status not in _QUIET:
            yield _Row(told.subject, told.status, new.quiet, _UNTOLD, told.cause)
        elif not new.quiet:
            yield _Row(told.subject, told.status, new.status if new.spared else None, told.reason, told.cause)


def _by_key(told: Iterable[Told]) -> dict[str, Told]:
    """Return what is said of each subject, the worst first; of two that are called alike, the worse."""
    found: dict[str, Told] = {}
    for one in sorted(told, key=lambda one: one.status.rank):
        found.setdefault(one.key, one)
    return found


def _plain(status: Status | None, cause: str, sections: Mapping[str, Section]) -> Status | None:
    """Return a status, where what is blocked by a failure that the report does not show is that failure itself."""
    return Status.FAIL if status is Status.BLOCKED and cause not in sections else status


def _change(before: Status | None, now: Status | None) -> Change | None:
    if now is Status.FAIL:
        return Change.STILL if before is Status.FAIL else Change.NEW
    if now in _OPEN:
        # What is blocked by a failure that is told of is no news beside it, unless it hides another one.
        told = before is Status.FAIL if now is Status.BLOCKED else before is not None and before not in _OPEN
        return Change.UNREADABLE if told else None
    return Change.MENDED if before is Status.FAIL else None
