"""On what terms an audit is judged: its profile, its threshold, and what people answered or accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from tpe_audit.catalog import Profile
from tpe_audit.facts import Subject
from tpe_audit.verdicts import Severity

SOON = timedelta(days=14)
"""How long before its end an attestation or a waiver is warned of."""


@dataclass(frozen=True, slots=True)
class Attestation:
    """A person's answer to what no interface can answer, valid to the end of a day (UTC)."""

    check: str
    by: str
    on: date
    expires: date
    subject: str = ""
    """A subject's id; empty: every subject of the check."""
    evidence: str = ""
    about: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The values that the answer was given for; where they have changed since, it has lapsed."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A failure that somebody has accepted for a time, valid to the end of a day (UTC)."""

    check: str
    owner: str
    reason: str
    expires: date
    subject: str = ""
    """A subject's id; empty: every subject of the check."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one audit."""

    today: date
    """UTC."""
    profile: Profile = Profile.SCHEDULED
    fail_on: Severity | None = Severity.MAJOR
    """The least severity that decides the verdict; None: no failure makes the command fail."""
    attestations: tuple[Attestation, ...] = ()
    waivers: tuple[Waiver, ...] = ()

    @property
    def threshold(self) -> Severity:
        """The least severity of a required check; the verdict is given even where nothing is to fail."""
        return self.fail_on or Severity.MAJOR

    def requires(self, severity: Severity) -> bool:
        """Whether a check of this severity decides the verdict."""
        return severity.rank <= self.threshold.rank


def covers(entry: Attestation | Waiver, check: str, subject: Subject | None) -> bool:
    """Whether an entry speaks of this check and subject, leaving its date aside."""
    return entry.check == check and (
        not entry.subject or (subject is not None and entry.subject.casefold() == subject.id.casefold())
    )
