"""The boundary: answers of the services as strict models of just the fields that are used.

A field that is absent, of another type, or an enum member that Microsoft does not document, makes the model
invalid, and so the fact unread. `null` is an answer where Microsoft documents the field as nullable.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tpe_audit.sources.errors import Malformed


class Wire(BaseModel):
    """Fields of one JSON object; others are ignored."""

    model_config = ConfigDict(frozen=True, strict=True)


_W = TypeVar("_W", bound=Wire)
Id = Annotated[str, Field(min_length=1)]
GuidOrEmpty = Annotated[str, Field(pattern=r"^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?$")]
"""Put into addresses, so nothing else may stand in it."""


def parsed(model: type[_W], body: object, what: str, evidence: tuple[int, ...] = ()) -> _W:
    """Return `body` as `model`.

    Raises:
        Malformed: it is not what the service documents; `what` names it in the reason.
    """
    try:
        return model.model_validate(body)
    except ValidationError as error:
        fields = ", ".join(dict.fromkeys(_field(detail["loc"], detail["type"]) for detail in error.errors()))
        raise Malformed(f"The answer for {what} is not what the service documents: {fields}.", evidence) from None


def _field(location: tuple[int | str, ...], kind: str) -> str:
    name = ".".join(str(part) for part in location) or "the whole answer"
    return f"{name} is missing" if kind == "missing" else f"{name} has an unexpected value"


def not_blank(item: Mapping[str, Any], selected: str, what: str, grant: str, evidence: tuple[int, ...]) -> None:
    """Refuse a directory object of which only the id came back: the caller lacks the right to see the rest.

    Raises:
        Malformed: every selected field but `id` is null.
    """
    fields = [name for name in selected.split(",") if name != "id"]
    if all(name in item for name in fields) and all(item[name] is None for name in fields):
        raise Malformed(
            f"Microsoft Graph showed {what} without its properties: this identity may not see them. "
            f"Reading them takes {grant}.",
            evidence,
            (grant,),
        )


# Microsoft Graph: directory


class Identified(Wire):
    """Anything with an id."""

    id: Id


class Principal(Wire):
    """A service principal."""

    id: Id
    accountEnabled: bool


class PrincipalOwner(Wire):
    """Who owns the application of a service principal."""

    id: Id
    displayName: str | None
    appOwnerOrganizationId: str | None


class Registration(Wire):
    """An app registration."""

    id: Id
    displayName: str | None


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


# Microsoft Graph: Teams administration


class AccountAppId(Wire):
    """The application that a resource account is bound to."""

    appId: GuidOrEmpty | None


class AccountAcsResourceId(Wire):
    """The ACS resource that a resource account is bound to."""

    acsResourceId: GuidOrEmpty | None


class AssignedNumber(Wire):
    """A number and who holds it."""

    telephoneNumber: Id
    assignmentTargetId: str | None


class NumberTypeItem(Wire):
    """How a number reaches the public telephone network."""

    numberType: Literal["directRouting", "callingPlan", "operatorConnect"]


class NumberCapabilitiesItem(Wire):
    """What a number may be used for."""

    capabilities: list[str]


class NumberActivationItem(Wire):
    """Whether a number is in service."""

    activationState: Literal["activated", "assignmentPending", "assignmentFailed", "updatePending", "updateFailed"]
    portInStatus: Literal["completed", "firmOrderCommitmentAccepted"] | None


class UserConfiguration(Wire):
    """What Teams knows of a user."""

    id: Id
    isEnterpriseVoiceEnabled: bool | None


# Azure Resource Manager


class Subscription(Wire):
    """An Azure subscription."""

    subscriptionId: Id


class Permission(Wire):
    """What an identity may do at a scope."""

    actions: list[str] = []
    notActions: list[str] = []


class BotProperties(Wire):
    """The settings of a bot."""

    msaAppId: Id


class BotItem(Wire):
    """A bot."""

    id: Id
    name: Id
    properties: BotProperties


class ChannelSettings(Wire):
    """The settings of a Microsoft Teams channel."""

    isEnabled: bool


class ChannelCallingSettings(Wire):
    """The calling settings of a Microsoft Teams channel; Microsoft's answers spell the webhook both ways."""

    enableCalling: bool | None = None
    callingWebhook: str | None = None
    callingWebHook: str | None = None


class ChannelEnvelope(Wire):
    """Where a channel's settings stand."""

    channelName: Literal["MsTeamsChannel"]
    properties: dict[str, Any]


class Channel(Wire):
    """A channel of a bot."""

    properties: ChannelEnvelope


class AcsProperties(Wire):
    """The settings of an ACS resource that identify it."""

    immutableResourceId: Id
    hostName: str | None = None


class AcsItem(Wire):
    """An ACS resource."""

    id: Id
    name: Id
    properties: AcsProperties


class AcsState(Wire):
    """What state an ACS resource is in."""

    provisioningState: Literal[
        "Succeeded", "Failed", "Canceled", "Running", "Creating", "Updating", "Deleting", "Moving"
    ]


class SystemTopicProperties(Wire):
    """What a system topic is of."""

    source: str | None = None


class SystemTopic(Wire):
    """An Event Grid system topic."""

    id: Id
    properties: SystemTopicProperties


class Destination(Wire):
    """Where events are sent."""

    endpointType: str


class AdvancedFilter(Wire):
    """A condition on a field of an event."""

    operatorType: str
    key: str | None = None
    value: str | float | bool | None = None
    values: list[Any] | None = None


class EventFilter(Wire):
    """Which events are sent."""

    includedEventTypes: list[str] | None = None
    subjectBeginsWith: str | None = None
    subjectEndsWith: str | None = None
    advancedFilters: list[AdvancedFilter] | None = None


class EventSubscriptionProperties(Wire):
    """The settings of an event subscription."""

    provisioningState: Literal[
        "Creating", "Updating", "Deleting", "Succeeded", "Canceled", "Failed", "AwaitingManualAction"
    ]
    destination: Destination | None = None
    filter: EventFilter | None = None
    expirationTimeUtc: Annotated[datetime | None, Field(strict=False)] = None


class EventSubscriptionItem(Wire):
    """An event subscription."""

    id: Id
    name: Id
    properties: EventSubscriptionProperties


# The ACS data plane


class Assignment(Wire):
    """A Teams extension assignment."""

    objectId: Id
    tenantId: Id
    principalType: Id


# Teams PowerShell


class AcsFederationItem(Wire):
    """`Get-CsTeamsAcsFederationConfiguration`."""

    EnableAcsUsers: bool
    AllowedAcsResources: list[str] | None


class ExternalAccessPolicyItem(Wire):
    """`Get-CsExternalAccessPolicy`."""

    Identity: Id
    EnableAcsFederationAccess: bool
