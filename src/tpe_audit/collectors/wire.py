"""The boundary: answers of the services as strict models of just the fields that are used.

A field that is absent, of another type, or an enum member that Microsoft does not document, makes the model
invalid, and so the fact unread. `null` is an answer where Microsoft documents the field as nullable.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

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


class OwnedPrincipal(Wire):
    """A service principal, and who owns its application."""

    id: GuidOrEmpty
    accountEnabled: bool
    appOwnerOrganizationId: str | None


class PermissionScope(Wire):
    """A delegated permission of an application."""

    id: Id
    value: str | None


class PrincipalScopes(Wire):
    """The delegated permissions that a service principal offers."""

    oauth2PermissionScopes: list[PermissionScope]


class PermissionGrant(Wire):
    """Consent to delegated permissions."""

    resourceId: Id
    consentType: Literal["AllPrincipals", "Principal"]
    scope: str | None

    @property
    def scopes(self) -> list[str]:
        """The names of the permissions."""
        return (self.scope or "").split()


class RoleAssigned(Wire):
    """A permission of an application that a service principal holds."""

    appRoleId: Id
    resourceId: Id


class AppRegistration(Wire):
    """An app registration, and for whom it is."""

    id: Id
    signInAudience: str


class AppCredentialItem(Wire):
    """A secret or certificate: its dates."""

    displayName: str | None
    startDateTime: Annotated[AwareDatetime, Field(strict=False)]
    endDateTime: Annotated[AwareDatetime, Field(strict=False)]


class AppCredentialLists(Wire):
    """The secrets and certificates of an app registration."""

    passwordCredentials: list[AppCredentialItem]
    keyCredentials: list[AppCredentialItem]


class ResourceAccessItem(Wire):
    """One permission that an app registration asks for."""

    id: Id
    type: Literal["Scope", "Role"]


class RequiredResource(Wire):
    """The permissions of one resource that an app registration asks for."""

    resourceAppId: Id
    resourceAccess: list[ResourceAccessItem]


class RequiredAccess(Wire):
    """All permissions that an app registration asks for."""

    requiredResourceAccess: list[RequiredResource]


class Redirects(Wire):
    """The redirect URIs of one platform."""

    redirectUris: list[str]


class SinglePage(Wire):
    """The platform Single-page application of an app registration."""

    spa: Redirects | None


class RoleDefinition(Wire):
    """An Entra role."""

    id: Id
    displayName: str | None
    isBuiltIn: bool | None


class ApplicationCondition(Wire):
    """The applications that a Conditional Access policy is for."""

    includeApplications: list[str]
    excludeApplications: list[str]
    applicationFilter: dict[str, Any] | None = None


class PolicyUsers(Wire):
    """The users that a Conditional Access policy is for."""

    includeUsers: list[str]
    excludeUsers: list[str]
    excludeGroups: list[str]
    excludeRoles: list[str]
    excludeGuestsOrExternalUsers: dict[str, Any] | None = None

    @property
    def everybody(self) -> bool:
        """Whether it is for all users, with no exception."""
        spared = (self.excludeUsers, self.excludeGroups, self.excludeRoles, self.excludeGuestsOrExternalUsers)
        return self.includeUsers == ["All"] and not any(spared)


class PolicyConditions(Wire):
    """When a Conditional Access policy applies. Other conditions are looked at as they come."""

    model_config = ConfigDict(frozen=True, strict=True, extra="allow")

    applications: ApplicationCondition | None
    users: PolicyUsers | None
    clientAppTypes: list[str]


class PolicyControls(Wire):
    """What a Conditional Access policy asks for."""

    builtInControls: list[str]


class ConditionalAccessPolicy(Wire):
    """A Conditional Access policy."""

    id: Id
    displayName: str | None
    state: Literal["enabled", "disabled", "enabledForReportingButNotEnforced"]
    conditions: PolicyConditions
    grantControls: PolicyControls | None


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
    # Which of them a number of Teams Phone extensibility has is not documented, only that these are answers.
    assignmentStatus: (
        Literal[
            "unassigned",
            "userAssigned",
            "conferenceAssigned",
            "voiceApplicationAssigned",
            "thirdPartyAppAssigned",
            "policyAssigned",
        ]
        | None
    ) = None


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


class NumberCountryItem(Wire):
    """Which country a number belongs to."""

    isoCountryCode: str | None


class NumberLocationItem(Wire):
    """Where emergency services are sent for a number."""

    locationId: str | None
    civicAddressId: str | None


class NumberSourceItem(Wire):
    """Where a number's assignment is kept."""

    numberSource: Literal["online", "onPremises"] | None


class UserConfiguration(Wire):
    """What Teams knows of a user."""

    id: Id
    isEnterpriseVoiceEnabled: bool | None


class UserAccountType(Wire):
    """What kind of account Teams takes a user for."""

    accountType: Literal["user", "resourceAccount", "guest", "sfbOnPremUser", "unknown", "ineligibleUser"]


class PolicyName(Wire):
    """A policy by its name."""

    displayName: Id


class EffectivePolicy(Wire):
    """A policy that was given to a user."""

    policyType: Id
    policyAssignment: PolicyName


class UserPolicies(Wire):
    """The policies that were given to a user."""

    effectivePolicyAssignments: list[EffectivePolicy] | None


# Azure Resource Manager


class Subscription(Wire):
    """An Azure subscription."""

    subscriptionId: Id


class BillingAccountProperties(Wire):
    """Whose billing account it is, and under which agreement."""

    agreementType: str | None = None
    primaryBillingTenantId: str | None = None
    accountStatus: str | None = None
    displayName: str | None = None


class BillingAccountItem(Wire):
    """A billing account."""

    name: Id
    properties: BillingAccountProperties


class Permission(Wire):
    """What an identity may do at a scope."""

    actions: list[str] = []
    notActions: list[str] = []


class BotProperties(Wire):
    """The settings of a bot."""

    msaAppId: Id


class BotSignIn(Wire):
    """How a bot signs in. Azure leaves out what is not set."""

    msaAppType: Literal["SingleTenant", "UserAssignedMSI", "MultiTenant"] | None = None
    msaAppTenantId: str | None = None
    msaAppMSIResourceId: str | None = None


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


class AcsDataLocationProperties(Wire):
    """Where an ACS resource stores its data."""

    dataLocation: Id


class AcsLocalAuthenticationProperties(Wire):
    """Whether an ACS resource refuses access keys."""

    disableLocalAuth: bool | None = None


class AcsNetworkProperties(Wire):
    """Who may reach an ACS resource."""

    publicNetworkAccess: Literal["Enabled", "Disabled", "SecuredByPerimeter"] | None = None


class ManagedIdentity(Wire):
    """The managed identities of a resource."""

    type: Literal["None", "SystemAssigned", "UserAssigned", "SystemAssigned,UserAssigned"] | None = None
    principalId: str | None = None


class AcsIdentityItem(Wire):
    """An ACS resource with its managed identities."""

    identity: ManagedIdentity | None = None


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


class EventTypes(Wire):
    """The types of events that are sent."""

    includedEventTypes: list[str] | None = None


class WebhookProperties(Wire):
    """Where a webhook is."""

    endpointBaseUrl: str | None = None


class DeliveryDestination(Wire):
    """Where events are sent, and how that is set up."""

    endpointType: Id
    properties: WebhookProperties | None = None


class DeliveryProperties(Wire):
    """How an event subscription delivers."""

    provisioningState: Literal[
        "Creating", "Updating", "Deleting", "Succeeded", "Canceled", "Failed", "AwaitingManualAction"
    ]
    destination: DeliveryDestination | None = None
    filter: EventTypes | None = None


class DeliveryItem(Wire):
    """An event subscription, as far as its delivery goes."""

    id: Id
    name: Id
    properties: DeliveryProperties


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


class ClientAssignmentItem(Assignment):
    """A Teams extension assignment of a user."""

    clientIds: list[str] | None = None


# Teams PowerShell


class AcsFederationItem(Wire):
    """`Get-CsTeamsAcsFederationConfiguration`."""

    EnableAcsUsers: bool
    AllowedAcsResources: list[str] | None


class ExternalAccessPolicyItem(Wire):
    """`Get-CsExternalAccessPolicy`."""

    Identity: Id
    EnableAcsFederationAccess: bool


class CallingPolicyItem(Wire):
    """`Get-CsTeamsCallingPolicy`."""

    Identity: Id
    AllowPrivateCalling: bool


class SharedCallingPolicyItem(Wire):
    """`Get-CsTeamsSharedCallingRoutingPolicy`."""

    Identity: Id
    ResourceAccount: str | None
    EmergencyNumbers: list[str] | None


# Dataverse


class VoiceProviderItem(Wire):
    """A row of `msdyn_occommunicationprovidersettings` (community)."""

    msdyn_occommunicationproviderimmutableid: GuidOrEmpty | None


class WhoAmI(Wire):
    """Who is signed in to Dataverse."""

    UserId: Id


class RolePrivilege(Wire):
    """A privilege that a Dataverse user holds, and how far it reaches."""

    PrivilegeName: str
    Depth: Literal["Basic", "Local", "Deep", "Global", "RecordFilter"]


class UserPrivileges(Wire):
    """All privileges of a Dataverse user."""

    RolePrivileges: list[RolePrivilege]


# Microsoft Graph: who was given what


class GrantOfClient(Wire):
    """An application's consent to delegated permissions (`oAuth2PermissionGrant`)."""

    clientId: Id
    consentType: Literal["AllPrincipals", "Principal"]
    scope: str | None


class NamedPolicy(Wire):
    """A policy as newer versions of the module return it, by its name."""

    Name: str | None


class OnlineUserId(Wire):
    """`Get-CsOnlineUser`: whom it describes."""

    Identity: Id


class OnlineUserRouting(Wire):
    """`Get-CsOnlineUser`, as far as voice routing goes."""

    OnlineVoiceRoutingPolicy: str | NamedPolicy | None


class OnlineUserDialOut(Wire):
    """`Get-CsOnlineUser`, as far as restrictions of outbound calls go."""

    OnlineDialOutPolicy: str | NamedPolicy | None


class OnlineUserExternalAccess(Wire):
    """`Get-CsOnlineUser`, as far as external access goes; none: the Global policy holds."""

    ExternalAccessPolicy: str | NamedPolicy | None


class VoiceRoutingPolicyItem(Wire):
    """`Get-CsOnlineVoiceRoutingPolicy`."""

    Identity: Id
    OnlinePstnUsages: list[str] | None


class VoiceRouteItem(Wire):
    """`Get-CsOnlineVoiceRoute`."""

    Identity: Id
    NumberPattern: str | None
    OnlinePstnUsages: list[str] | None
    OnlinePstnGatewayList: list[str] | None


class GatewayItem(Wire):
    """`Get-CsOnlinePSTNGateway`."""

    Identity: Id
    Enabled: bool


class DialOutPolicyItem(Wire):
    """`Get-CsOnlineDialOutPolicy`."""

    Identity: Id
    AllowPSTNOutboundCallingType: Literal["InternationalAndDomestic", "DomesticOnly", "Disabled"]


class BlockedPatternItem(Wire):
    """`Get-CsInboundBlockedNumberPattern`; only newer versions of the module know ResourceAccount."""

    Identity: Id
    Pattern: Id
    Enabled: bool
    ResourceAccount: GuidOrEmpty | None = None


class ExemptPatternItem(Wire):
    """`Get-CsInboundExemptNumberPattern`."""

    Identity: Id
    Pattern: Id
    Enabled: bool


class BlockedCallingItem(Wire):
    """`Get-CsTenantBlockedCallingNumbers`."""

    Enabled: bool


class VoiceApplicationItem(Wire):
    """`Get-CsAutoAttendant`, `Get-CsCallQueue`: what answers, and the accounts that lead to it."""

    Name: Id
    ApplicationInstances: list[str] | None
