"""What an audit says: of each thing by each check, and of each check all in all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tpe_audit.catalog import Check
from tpe_audit.facts import Gap, Subject
from tpe_audit.shell import Command
from tpe_audit.terms import Attestation, Waiver
from tpe_audit.verdicts import Status


@dataclass(frozen=True, slots=True)
class Cause:
    """The failure at the root of what it blocks."""

    check: str
    subject: str
    """The failing subject's id."""
    waived: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What a check comes to; it may be the same for thousands of things."""

    status: Status
    reason: str
    observed: str = ""
    expected: str = ""
    fix: tuple[Command, ...] = ()
    evidence: tuple[int, ...] = ()
    blocked_by: Cause | None = None
    attestation: Attestation | None = None
    waiver: Waiver | None = None
    about: tuple[tuple[str, str], ...] = ()
    """What a person's answer is about: an attestation is kept with it, and lapses when it changes."""
    lacks: tuple[str, ...] = ()
    """What to grant or set up so that it can be read."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the audit says of one subject by one check."""

    subject: Subject
    decision: Decision

    @property
    def status(self) -> Status:
        """Whether it holds."""
        return self.decision.status

    @property
    def reason(self) -> str:
        """Why, in a sentence."""
        return self.decision.reason

    @property
    def observed(self) -> str:
        """What was read, where it fails."""
        return self.decision.observed

    @property
    def expected(self) -> str:
        """What should be."""
        return self.decision.expected

    @property
    def fix(self) -> tuple[Command, ...]:
        """Commands that mend it."""
        return self.decision.fix

    @property
    def evidence(self) -> tuple[int, ...]:
        """The requests that it rests on."""
        return self.decision.evidence

    @property
    def blocked_by(self) -> Cause | None:
        """The failure at the root of it."""
        return self.decision.blocked_by

    @property
    def attestation(self) -> Attestation | None:
        """The answer of a person that it rests on."""
        return self.decision.attestation

    @property
    def waiver(self) -> Waiver | None:
        """By which its failure is accepted."""
        return self.decision.waiver

    @property
    def about(self) -> Mapping[str, str]:
        """What a person is asked about."""
        return dict(self.decision.about)

    @property
    def lacks(self) -> tuple[str, ...]:
        """What to grant or set up so that it can be read."""
        return self.decision.lacks


@dataclass(frozen=True, slots=True)
class Finding:
    """What the audit says by one check: of each subject, and all in all."""

    check: Check
    status: Status
    reason: str
    judgements: tuple[Judgement, ...] = ()
    evidence: tuple[int, ...] = ()
    attestation: Attestation | None = None
    """Given for the check as a whole, where its things could not be listed."""
    unlisted: Gap | None = None
    """Why its things could not be listed."""

    @property
    def lacks(self) -> tuple[str, ...]:
        """What to grant or set up so that all of it can be read."""
        listing = self.unlisted.lacks if self.unlisted else ()
        return tuple(dict.fromkeys((*listing, *(lack for j in self.judgements for lack in j.lacks))))
