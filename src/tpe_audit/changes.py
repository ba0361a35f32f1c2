"""What has changed between two runs: keyed by check and subject, never by position."""

from __future__ import annotations

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
