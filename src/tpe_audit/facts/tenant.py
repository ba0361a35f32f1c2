"""Facts of the Teams tenant as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from tpe_audit.facts.base import Fact, Kind, Subject, Thing
from tpe_audit.shell import Command, powershell


@dataclass(frozen=True, slots=True)
class Tenant(Thing):
    """The Microsoft 365 tenant that holds resource accounts, numbers, licences and agents."""

    id: str
    name: str = ""
    """Empty if it was not read."""

    @property
    def subject(self) -> Subject:
        """The tenant id, called by the tenant's name."""
        return Subject(Kind.TENANT, self.id, self.name or self.id)


@dataclass(frozen=True, slots=True)
class Organization(Fact):
    """How the tenant presents itself: name and country (`GET /organization`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    display_name: str
    country: str
    """ISO 3166 alpha-2; empty if the tenant states none."""


@dataclass(frozen=True, slots=True)
class AcsServicePrincipal(Fact):
    """Microsoft's own application *Azure Communication Services*, as the tenant knows it."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    object_id: str
    enabled: bool
    """Users may sign in to it (`accountEnabled`)."""


@dataclass(frozen=True, slots=True)
class NoAcsServicePrincipal(Fact):
    """The tenant has no service principal of the application *Azure Communication Services*."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = AcsServicePrincipal


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """One service within a licence, by its id and Microsoft's name for it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Sku:
    """One product that the tenant has licences of (`subscribedSku`)."""

    id: str
    part_number: str
    capability_status: str
    """Enabled, Warning, Suspended, Deleted or LockedOut."""
    enabled_units: int
    consumed_units: int
    plans: tuple[ServicePlan, ...]


@dataclass(frozen=True, slots=True)
class SubscribedSkus(Fact):
    """The products that the tenant has licences of."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    skus: tuple[Sku, ...]

    def holding(self, plans: frozenset[str], prefix: str = "") -> tuple[Sku, ...]:
        """Return the products with one of these service plans, by id or by the start of the plan's name."""
        return tuple(sku for sku in self.skus if _holds(sku.plans, plans, prefix))


@dataclass(frozen=True, slots=True)
class CommercialSubscription:
    """One purchase that licences of a product come from (`companySubscription`)."""

    id: str
    """What commerce calls it (`commerceSubscriptionId`), or its id in the directory."""
    sku_id: str
    """The product, in lower case; empty if it is not told, as the next."""
    part_number: str
    status: str
    """Enabled, Warning, Suspended, Deleted or LockedOut."""
    trial: bool
    licenses: int
    next_lifecycle: datetime | None
    """When it moves to its next state unless it is renewed; None: no such date is set."""
    plans: tuple[ServicePlan, ...]


@dataclass(frozen=True, slots=True)
class SubscriptionDates(Fact):
    """The tenant's commercial subscriptions, and when each moves to its next state.

    https://learn.microsoft.com/graph/api/resources/companysubscription
    """

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    subscriptions: tuple[CommercialSubscription, ...]

    def holding(self, plans: frozenset[str], prefix: str = "") -> tuple[CommercialSubscription, ...]:
        """Return those with one of these service plans, by id or by the start of the plan's name."""
        return tuple(each for each in self.subscriptions if _holds(each.plans, plans, prefix))


def _holds(held: Sequence[ServicePlan], plans: frozenset[str], prefix: str) -> bool:
    start = prefix.casefold()
    return any(plan.id in plans or (start and plan.name.casefold().startswith(start)) for plan in held)


@dataclass(frozen=True, slots=True)
class ProductIds(Fact):
    """Ids of the products to assign, as far as they are known: to fill commands with, never to judge by."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    resource_account: str
    """*Microsoft Teams Phone Resource Account*, as the tenant has it."""
    pay_as_you_go: str
    """*Microsoft Teams Calling Plan (Pay-As-You-Go)*; a placeholder where the tenant has none."""
    communications_credits: str
    teams_phone: str

    @staticmethod
    def assign(user: str, add: str = "", remove: Sequence[str] = ()) -> Command:
        """Give a user the licence of one product and take others away, in one operation.

        A product that the user has already is assigned anew, with all its service plans switched on.
        """
        added = "@{SkuId=%s}" if add else "@()"
        removed = ",".join(["%s"] * len(remove))
        return powershell(
            f"Set-MgUserLicense -UserId %s -AddLicenses {added} -RemoveLicenses @({removed})",
            user,
            *([add] if add else []),
            *remove,
        )


@dataclass(frozen=True, slots=True)
class TeamsExport(Fact):
    """The export of Teams PowerShell that is read in its place."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    made_at: datetime
    believed_until: datetime


@dataclass(frozen=True, slots=True)
class NoTeamsExport(Fact):
    """Teams PowerShell answers itself, so that no export is read."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = TeamsExport


@dataclass(frozen=True, slots=True)
class Collected(Fact):
    """When the evidence was read: what is judged is judged as of then."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    at: datetime


@dataclass(frozen=True, slots=True)
class AcsFederation(Fact):
    """Whether Teams users may talk with users of ACS resources (`Get-CsTeamsAcsFederationConfiguration`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    enabled: bool
    allowed_resources: tuple[str, ...]
    """Immutable ids of ACS resources, in lower case."""

    DOUBT: ClassVar[str] = (
        "Microsoft's pages on Teams Phone extensibility do not ask for it; a thread of the Dynamics 365 "
        "community does. If your deployment works without it, say so in config.toml: "
        'acs_federation = "not-used" under [deployment].'
    )

    def allow(self, resource: str = "") -> tuple[Command, ...]:
        """Switch federation on and add a resource to the list; Set replaces it, so it is read first.

        Without a resource the list stays as it is; an empty one needs at least one id to be put in.
        """
        ids = (*self.allowed_resources, resource) if resource else self.allowed_resources
        ids = ids or ("<immutable resource id>",)
        return (
            powershell("Get-CsTeamsAcsFederationConfiguration"),
            powershell(f"$allowlist = @({', '.join(['%s'] * len(ids))})", *ids),
            powershell("Set-CsTeamsAcsFederationConfiguration -EnableAcsUsers $true -AllowedAcsResources $allowlist"),
        )


@dataclass(frozen=True, slots=True)
class GlobalExternalAccess(Fact):
    """The tenant's Global external access policy (`Get-CsExternalAccessPolicy -Identity Global`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    acs_federation: bool
    """`EnableAcsFederationAccess`."""
