"""Facts of a Teams resource account, and of directory users generally."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from tpe_audit.facts.agent import Agent
from tpe_audit.facts.base import Fact, Kind, Subject, Thing
from tpe_audit.shell import Command, powershell


@dataclass(frozen=True, slots=True)
class ResourceAccount(Thing):
    """A Teams resource account on a line: it holds the number and is bound to the application."""

    id: str
    """Entra object id."""
    user_principal_name: str
    display_name: str

    @property
    def subject(self) -> Subject:
        """The Entra object id, called by its user principal name."""
        return Subject(Kind.ACCOUNT, self.id, self.user_principal_name or self.display_name or self.id)


@dataclass(frozen=True, slots=True)
class NoResourceAccount(Thing):
    """A line is configured on an account that is not a resource account of the tenant."""

    INSTEAD_OF: ClassVar[type[Fact] | None] = ResourceAccount

    configured: str
    """As config.toml names it: a user principal name, an object id, or the line's number."""
    user_exists: bool | None
    """There is such a user, but it is no resource account; None: not known."""

    @property
    def subject(self) -> Subject:
        """The account as it is configured."""
        return Subject(Kind.ACCOUNT, self.configured, self.configured)


@dataclass(frozen=True, slots=True)
class NoLine(Thing):
    """No line is configured and none was found in the tenant."""

    INSTEAD_OF: ClassVar[type[Fact] | None] = ResourceAccount

    tenant: Subject
    accounts_seen: int
    """Resource accounts that were read and belong to no line."""

    @property
    def subject(self) -> Subject:
        """The tenant."""
        return self.tenant


@dataclass(frozen=True, slots=True)
class BoundApplication(Fact):
    """The application that the account is bound to (`ApplicationId`, Graph `appId`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    client_id: str


@dataclass(frozen=True, slots=True)
class NoBoundApplication(Fact):
    """The account is bound to no application: the id is empty or all zeros."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = BoundApplication


@dataclass(frozen=True, slots=True)
class BoundAcsResource(Fact):
    """The ACS resource that the account is bound to (`AcsResourceId`, Graph `acsResourceId`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    immutable_id: str


@dataclass(frozen=True, slots=True)
class NoBoundAcsResource(Fact):
    """The account is bound to no ACS resource: the id is empty or all zeros."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = BoundAcsResource


@dataclass(frozen=True, slots=True)
class ExpectedApplication(Fact):
    """The application that the account should be bound to."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    client_id: str
    why: str
    """Where the expectation comes from, as part of a sentence: "config.toml", "the bot tpe-bot"."""


@dataclass(frozen=True, slots=True)
class ExpectedAcsResource(Fact):
    """The ACS resource that the account should be bound to."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    immutable_id: str
    why: str
    """Where the expectation comes from, as part of a sentence."""


@dataclass(frozen=True, slots=True)
class LineIds(Fact):
    """The ids that a line should have, as far as they are known: to fill commands with, never to judge by."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    user_principal_name: str
    object_id: str
    application_id: str
    """A placeholder such as `<bot app id>` where it is not known; so the next."""
    acs_resource_id: str

    DELAY: ClassVar[str] = (
        "Microsoft documents no time for a new binding to take effect; others report a minute to some hours."
    )

    @property
    def bind(self) -> tuple[Command, ...]:
        """Bind the account to application and ACS resource, and copy the binding to where calls look for it.

        Both cmdlets take both ids: https://learn.microsoft.com/powershell/module/microsoftteams/
        set-csonlineapplicationinstance and sync-csonlineapplicationinstance.
        """
        return (
            powershell(
                "Set-CsOnlineApplicationInstance -Identity %s -ApplicationId %s -AcsResourceId %s",
                self.user_principal_name,
                self.application_id,
                self.acs_resource_id,
            ),
            self.sync,
        )

    @property
    def sync(self) -> Command:
        """Copy the binding to the Agent Provisioning Service."""
        return powershell(
            "Sync-CsOnlineApplicationInstance -ObjectId %s -ApplicationId %s -AcsResourceId %s",
            self.object_id,
            self.application_id,
            self.acs_resource_id,
        )


@dataclass(frozen=True, slots=True)
class ExpectedNumber(Fact):
    """The number that config.toml gives the account's line."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    number: str


@dataclass(frozen=True, slots=True)
class NoExpectedNumber(Fact):
    """config.toml names no number for the account."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = ExpectedNumber


@dataclass(frozen=True, slots=True)
class SignIn(Fact):
    """Whether a user may sign in (`accountEnabled`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount, Agent)

    enabled: bool


@dataclass(frozen=True, slots=True)
class UsageLocation(Fact):
    """Where a user uses the services (`usageLocation`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount, Agent)

    country: str
    """ISO 3166 alpha-2; empty if none is set."""


@dataclass(frozen=True, slots=True)
class UserType(Fact):
    """Member or Guest (`userType`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount, Agent)

    value: str
    """Empty if the directory states none."""


@dataclass(frozen=True, slots=True)
class Department(Fact):
    """What stands in a user's field *department*, by which Teams knows resource accounts."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    value: str
    """Empty if there is nothing in it."""


class PlanStatus(StrEnum):
    """What became of a service plan that a user was given."""

    ON = "on"
    OFF = "off"
    """Switched off by an admin, or the licence lapsed."""
    PENDING = "pending"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class AssignedPlan:
    """A service plan that a user has by a licence."""

    id: str
    name: str
    """Microsoft's name of the plan; empty if the reading does not tell."""
    sku_id: str
    """The product that brings it; empty if the reading does not tell."""
    sku_part_number: str
    status: PlanStatus
    detail: str
    """The status in Microsoft's word, such as PendingActivation."""

    @property
    def words(self) -> str:
        """The plan and its status, as part of a sentence."""
        return f"{self.name or self.id} is {self.detail or self.status}"


@dataclass(frozen=True, slots=True)
class Licenses(Fact):
    """The licences of a user, as service plans."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount, Agent)

    plans: tuple[AssignedPlan, ...]
    unexplained: tuple[str, ...] = ()
    """Products that the user has, but whose service plans could not be read."""

    DELAY: ClassVar[str] = "A change of licences can take up to 24 hours to reach Teams."

    def of(self, ids: Collection[str], prefix: str = "") -> tuple[AssignedPlan, ...]:
        """Return the assigned plans with one of these ids, or whose name starts with `prefix`."""
        start = prefix.casefold()
        return tuple(p for p in self.plans if p.id in ids or (start and p.name.casefold().startswith(start)))

    def on(self, ids: Collection[str], prefix: str = "") -> tuple[AssignedPlan, ...]:
        """Return those of `of` that work."""
        return tuple(plan for plan in self.of(ids, prefix) if plan.status is PlanStatus.ON)

    def product(self, ids: Collection[str], prefix: str = "") -> str:
        """Return the SkuId of a product that brings one of these plans; empty if none does."""
        return next((plan.sku_id for plan in self.of(ids, prefix) if plan.sku_id), "")

    def shortfall(self, ids: Collection[str], prefix: str = "") -> str:
        """Return what keeps each of these plans from working; empty if one of them works."""
        if self.on(ids, prefix):
            return ""
        return ", ".join(plan.words for plan in self.of(ids, prefix)) or "not assigned"

    def doubt(self, prefix: str = "") -> str:
        """Return why there may be more plans, or more whose name starts with `prefix`; empty if there are not."""
        if self.unexplained:
            return f"Which service plans the product {', '.join(self.unexplained)} brings could not be read."
        if prefix and not all(plan.name for plan in self.plans):
            return f"Not all service plans could be read by name, so one may be a plan {prefix}…"
        return ""


@dataclass(frozen=True, slots=True)
class ServerConsent(Fact):
    """The ACS resource's consent to serve an account: its Teams extension assignment."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    principal_type: str
    tenant_id: str


@dataclass(frozen=True, slots=True)
class NoServerConsent(Fact):
    """The ACS resource has no assignment for the account."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = ServerConsent
