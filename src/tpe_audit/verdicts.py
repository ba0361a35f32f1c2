"""What can be said of a tenant: verdicts, how much they matter, and who mends what."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tpe_audit.shell import Command


class Severity(StrEnum):
    """How much stops working when a requirement does not hold."""

    BLOCKER = "blocker"
    """Calls fail."""
    MAJOR = "major"
    """Some calls fail, or a step of the set-up does."""
    MINOR = "minor"
    """A risk, or hygiene."""
    INFO = "info"
    """Good to know."""

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Owner(StrEnum):
    """Who mends it: the role, in the terms of the Microsoft admin centres."""

    TEAMS_ADMIN = "teams-admin"
    LICENSE_ADMIN = "license-admin"
    BILLING_ADMIN = "billing-admin"
    ENTRA_ADMIN = "entra-admin"
    AZURE_ADMIN = "azure-admin"
    DEVELOPER = "developer"
    DYNAMICS_ADMIN = "dynamics-admin"
    CARRIER = "carrier"
    COMPLIANCE_ADMIN = "compliance-admin"


class Area(StrEnum):
    """Where in the chain a requirement belongs."""

    TENANT = "tenant"
    APP = "app"
    BOT = "bot"
    ACS = "acs"
    ACCOUNT = "account"
    LICENSE = "license"
    FUNDING = "funding"
    NUMBER = "number"
    PSTN = "pstn"
    CONSENT = "consent"
    EVENTS = "events"
    CLIENT = "client"
    AGENT = "agent"
    FEDERATION = "federation"
    POLICY = "policy"
    DYNAMICS = "dynamics"
    FOUNDRY = "foundry"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Pass:
    """It was read, and it holds."""

    reason: str
    observed: str = ""


@dataclass(frozen=True, slots=True)
class Fail:
    """It was read, and it does not hold."""

    reason: str
    observed: str = ""
    expected: str = ""
    fix: tuple[Command, ...] | Command = ()
    """Commands with the tenant's real ids, in the order to run them."""

    @property
    def commands(self) -> tuple[Command, ...]:
        """The fix as a tuple, however it was given."""
        return (self.fix,) if isinstance(self.fix, Command) else self.fix


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """This deployment does not need it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Manual:
    """Only a person can answer. Takes effect in checks that have a `QUESTION`."""

    reason: str
    about: dict[str, str] = field(default_factory=dict)
    """The values that the answer is about: an attestation given for other values has lapsed."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """What was read does not decide it."""

    reason: str


Verdict = Pass | Fail | NotApplicable | Manual | Unknown
"""What a check may say of one thing."""


class Status(StrEnum):
    """What the audit says of one subject, or of a check as a whole. A closed vocabulary of the report."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"
    MANUAL = "manual"
    WAIVED = "waived"
    PASS = "pass"  # noqa: S105 - no password
    NOT_APPLICABLE = "not-applicable"

    @property
    def rank(self) -> int:
        """0 for the worst: a finding's status is its worst subject's."""
        return _RANKS[self]


_RANKS = {status: rank for rank, status in enumerate(Status)}
