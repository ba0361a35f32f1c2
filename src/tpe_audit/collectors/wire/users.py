"""Microsoft Graph: the tenant, its users and its licences."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from tpe_audit.collectors.wire.base import Id, Wire


class OrganizationItem(Wire):
    """The tenant about itself."""

    displayName: str | None
    countryLetterCode: str | None


class UserSignIn(Wire):
    """Whether a user may sign in."""

    accountEnabled: bool


class UserUsageLocation(Wire):
    """Where a user uses the services."""

    usageLocation: str | None


class UserTypeItem(Wire):
    """Member or guest."""

    userType: str | None


class UserDepartment(Wire):
    """The department of a user."""

    department: str | None


class AssignedLicense(Wire):
    """A product that a user has."""

    skuId: Id
    disabledPlans: list[str]


class LicenseAssignmentState(Wire):
    """How a user came by a product, and what became of it."""

    skuId: Id
    disabledPlans: list[str]
    state: Literal["Active", "ActiveWithError", "Disabled", "Error"]


class UserLicenses(Wire):
    """A user's products."""

    assignedLicenses: list[AssignedLicense]
    licenseAssignmentStates: list[LicenseAssignmentState]


class AssignedPlanItem(Wire):
    """A service plan that a user has, by whichever product."""

    servicePlanId: Id
    capabilityStatus: Literal["Enabled", "Warning", "Suspended", "Deleted", "LockedOut"]


class UserPlans(Wire):
    """A user's service plans and products."""

    assignedLicenses: list[AssignedLicense]
    assignedPlans: list[AssignedPlanItem]


class DetailPlan(Wire):
    """A service plan within a product that a user has."""

    servicePlanId: Id
    servicePlanName: str | None
    provisioningStatus: Literal[
        "Success", "Disabled", "Error", "PendingInput", "PendingActivation", "PendingProvisioning"
    ]


class LicenseDetail(Wire):
    """A product that a user has, plan by plan."""

    skuId: Id
    skuPartNumber: str | None
    servicePlans: list[DetailPlan]


class SkuPlan(Wire):
    """A service plan within a product."""

    servicePlanId: Id
    servicePlanName: str | None


class SkuUnits(Wire):
    """How many licences of a product are paid for."""

    enabled: int


class SubscribedSku(Wire):
    """A product that the tenant has."""

    skuId: Id
    skuPartNumber: str
    capabilityStatus: Literal["Enabled", "Warning", "Suspended", "Deleted", "LockedOut"]
    consumedUnits: int
    prepaidUnits: SkuUnits
    servicePlans: list[SkuPlan]


class CompanySubscription(Wire):
    """A purchase that licences come from, and when it ends."""

    id: Id
    commerceSubscriptionId: str | None
    skuId: str | None
    skuPartNumber: str | None
    status: Literal["Enabled", "Warning", "Suspended", "Deleted", "LockedOut"]
    isTrial: bool | None
    totalLicenses: int | None
    nextLifecycleDateTime: Annotated[AwareDatetime | None, Field(strict=False)]
    serviceStatus: list[SkuPlan]
