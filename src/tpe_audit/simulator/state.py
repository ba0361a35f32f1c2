"""What is true in the simulated world: tenants, Azure subscriptions, and the identities that sign in.

Every fact stands once. What several interfaces show of it (a licence in `licenseDetails`, `assignedPlans` and
`licenseAssignmentStates`; a number on the number, the account and the user) is derived when it is served, so
that two answers contradict each other only if a test scripts it.

All objects are frozen; a scenario is made from another one with `dataclasses.replace`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tpe_audit.simulator.skus import Sku

LONG_AGO = "2025-03-04T08:00:00Z"
CALLING_PLAN_OPERATOR = "0019adbc-b82a-47b4-a799-4e993a9982f1"
DIRECT_ROUTING_OPERATOR = "7a205197-8e59-487d-b9fa-3fc1b108f1e5"
"""Operators of the numbers in the samples of Graph's number assignments; they are never null."""

# --- the directory ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnedSku:
    """A product the tenant has bought (Graph `subscribedSku`, and the `companySubscription` behind it).

    Consumed units are counted, unless told. `next_lifecycle` is when it expires or moves to its next state.
    """

    sku: Sku
    enabled: int = 25
    suspended: int = 0
    warning: int = 0
    locked_out: int = 0
    capability_status: str = "Enabled"
    applies_to: str = "User"
    consumed: int | None = None
    trial: bool = False
    next_lifecycle: datetime | None = None


@dataclass(frozen=True, slots=True)
class License:
    """A product assigned to a user: the one place from which all licence answers derive.

    `statuses` holds the provisioning status of single plans, by plan id, where it is not `Success`. `error`
    is documented as null on success; live tenants answer the string "None".
    """

    sku: Sku
    disabled_plans: tuple[str, ...] = ()
    statuses: tuple[tuple[str, str], ...] = ()
    state: str = "Active"
    error: str | None = "None"
    group_id: str | None = None

    def status_of(self, plan_id: str) -> str:
        """Provisioning status of a plan: switched off beats what the service reports."""
        if plan_id in self.disabled_plans:
            return "Disabled"
        for identifier, status in self.statuses:
            if identifier == plan_id:
                return status
        return "Success" if self.state in ("Active", "ActiveWithError") else "Error"


@dataclass(frozen=True, slots=True)
class User:
    """An Entra user: a person, or the (disabled) user behind a resource account."""

    id: str
    user_principal_name: str
    display_name: str
    account_enabled: bool | None = True
    user_type: str | None = "Member"
    department: str | None = None
    usage_location: str | None = "US"
    licenses: tuple[License, ...] = ()
    job_title: str | None = None


@dataclass(frozen=True, slots=True)
class ResourceAccount:
    """A resource account as Teams knows it (Graph beta). Its Entra user is the `User` of the same id."""

    id: str
    user_principal_name: str
    display_name: str
    application_id: str | None
    acs_resource_id: str | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number of the tenant (Graph `numberAssignment`)."""

    telephone_number: str
    number_type: str = "callingPlan"
    capabilities: tuple[str, ...] = ("voiceApplicationAssignment",)
    activation_state: str = "activated"
    assignment_status: str = "unassigned"
    target_id: str | None = None
    category: str | None = None
    iso_country_code: str | None = "US"
    city: str | None = None
    location_id: str | None = None
    civic_address_id: str | None = None
    operator_id: str | None = CALLING_PLAN_OPERATOR
    number_source: str = "online"
    port_in_status: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyAssignment:
    """A Teams policy that is in effect for a user; `Global` policies are not listed."""

    policy_type: str
    name: str
    policy_id: str
    assignment_type: str = "direct"
    group_id: str | None = None


@dataclass(frozen=True, slots=True)
class UserConfiguration:
    """What Teams knows of a user (Graph `userConfiguration`). No `feature_types`: those of the licences."""

    id: str
    account_type: str = "user"
    enterprise_voice: bool | None = True
    feature_types: tuple[str, ...] | None = None
    policies: tuple[PolicyAssignment, ...] = ()


@dataclass(frozen=True, slots=True)
class ServicePrincipal:
    """An application's presence in the tenant. `scopes` are (id, value) of its delegated permissions."""

    id: str
    app_id: str
    display_name: str
    owner_tenant_id: str | None
    account_enabled: bool | None = True
    names: tuple[str, ...] = ()
    scopes: tuple[tuple[str, str], ...] = ()
    disabled_by_microsoft: str | None = None
    assignment_required: bool = False


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret or certificate registered on an application; Graph shows its dates, never its value."""

    key_id: str
    display_name: str
    starts: datetime
    ends: datetime
    certificate: bool = False


@dataclass(frozen=True, slots=True)
class Application:
    """An app registration, in the tenant that owns it. `required_scopes` are (resource app id, scope id)."""

    id: str
    app_id: str
    display_name: str
    sign_in_audience: str = "AzureADMyOrg"
    credentials: tuple[Credential, ...] = ()
    required_scopes: tuple[tuple[str, str], ...] = ()
    redirect_uris: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """Consent to delegated permissions (`oAuth2PermissionGrant`); ids are those of service principals."""

    client_id: str
    resource_id: str
    scope: str
    consent_type: str = "AllPrincipals"
    principal_id: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group; `members` are ids of users or of other groups."""

    id: str
    display_name: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """An active assignment of a built-in Entra role (Graph `unifiedRoleAssignment`)."""

    role: str
    principal_id: str


@dataclass(frozen=True, slots=True)
class TeamsPowerShell:
    """What cmdlets without another interface return, by cmdlet. `failed`: cmdlet -> error text."""

    cmdlets: Mapping[str, tuple[Mapping[str, Any], ...]]
    failed: Mapping[str, str] = field(default_factory=dict)
    module_version: str = "7.4.0"


@dataclass(frozen=True, slots=True)
class Tenant:
    """An Entra tenant, with Teams in it or without."""

    id: str
    name: str
    domain: str
    country: str = "US"
    tenant_type: str = "AAD"
    users: tuple[User, ...] = ()
    resource_accounts: tuple[ResourceAccount, ...] = ()
    numbers: tuple[Number, ...] = ()
    skus: tuple[OwnedSku, ...] = ()
    service_principals: tuple[ServicePrincipal, ...] = ()
    applications: tuple[Application, ...] = ()
    grants: tuple[Grant, ...] = ()
    groups: tuple[Group, ...] = ()
    user_configurations: tuple[UserConfiguration, ...] = ()
    conditional_access: tuple[Mapping[str, Any], ...] = ()
    role_assignments: tuple[RoleAssignment, ...] = ()
    powershell: TeamsPowerShell | None = None


# --- Azure -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TeamsChannel:
    """The Microsoft Teams channel of a bot. Absent terms and routes come as null, as in live answers."""

    enabled: bool = True
    calling: bool | None = True
    calling_webhook: str | None = "https://voice.contoso.com/api/calling"
    accepted_terms: bool | None = None
    incoming_call_route: str | None = None
    deployment_environment: str | None = "CommercialDeployment"


@dataclass(frozen=True, slots=True)
class Bot:
    """An Azure Bot (`Microsoft.BotService/botServices`). `channels` are further ones, by name."""

    resource_group: str
    name: str
    app_id: str
    app_tenant_id: str | None
    app_type: str = "SingleTenant"
    managed_identity: str | None = None
    teams: TeamsChannel | None = field(default_factory=TeamsChannel)
    channels: tuple[str, ...] = ("WebChatChannel", "DirectLineChannel")
    endpoint: str = "https://voice.contoso.com/api/messages"
    display_name: str | None = None
    location: str = "global"
    provisioning_state: str = "Succeeded"


@dataclass(frozen=True, slots=True)
class Assignment:
    """Consent on an ACS resource for a resource account (server) or a user with client apps (client).

    `principal_type` is `teamsResourceAccount` in the documentation and `resourceAccount` in the REST
    description.
    """

    tenant_id: str
    object_id: str
    principal_type: str = "teamsResourceAccount"
    client_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class EventSubscription:
    """An Event Grid subscription with a webhook, or with the ARM JSON in `destination`."""

    name: str
    event_types: tuple[str, ...] | None
    endpoint: str | None = "https://voice.contoso.com/api/incomingCall"
    provisioning_state: str | None = "Succeeded"
    expires: datetime | None = None
    advanced_filters: tuple[Mapping[str, Any], ...] = ()
    destination: Mapping[str, Any] | None = None
    subject_begins_with: str = ""
    webhook_tenant_id: str | None = None
    webhook_application: str | None = None


@dataclass(frozen=True, slots=True)
class CommunicationService:
    """An ACS resource. Its host name is given by the server that plays it."""

    resource_group: str
    name: str
    immutable_id: str
    data_location: str = "United States"
    provisioning_state: str = "Succeeded"
    public_network_access: str | None = "Enabled"
    disable_local_auth: bool | None = False
    principal_id: str | None = None
    assignments: tuple[Assignment, ...] = ()
    event_subscriptions: tuple[EventSubscription, ...] = ()


@dataclass(frozen=True, slots=True)
class SystemTopic:
    """An Event Grid system topic; `source` names an ACS resource of the subscription, or is an ARM id."""

    resource_group: str
    name: str
    source: str
    event_subscriptions: tuple[EventSubscription, ...] = ()
    topic_type: str = "microsoft.communication.communicationservices"
    provisioning_state: str = "Succeeded"
    location: str = "global"


@dataclass(frozen=True, slots=True)
class Subscription:
    """An Azure subscription and what stands in it."""

    id: str
    tenant_id: str
    name: str
    state: str = "Enabled"
    resource_groups: tuple[str, ...] = ()
    bots: tuple[Bot, ...] = ()
    communication_services: tuple[CommunicationService, ...] = ()
    system_topics: tuple[SystemTopic, ...] = ()


# --- Dynamics 365 ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VoiceProvider:
    """A row of `msdyn_occommunicationprovidersettings`; 192350000 is the option of voice (community)."""

    name: str
    immutable_id: str | None
    provider: int = 192350000
    active: bool = True


@dataclass(frozen=True, slots=True)
class DataverseUser:
    """An application user of an environment. `reads`: how far it reads communication providers, if at all."""

    id: str
    client_id: str
    reads: str | None = "Global"


@dataclass(frozen=True, slots=True)
class Environment:
    """A Dynamics 365 environment. The server gives it another address, and puts that into the configuration."""

    url: str
    tenant_id: str
    providers: tuple[VoiceProvider, ...] = ()
    users: tuple[DataverseUser, ...] = ()


# --- who signs in ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Secret:
    """A client secret; with `expires` in the past Entra refuses it."""

    value: str = field(repr=False)
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """An application that signs in to a tenant, with what it may do there.

    `permissions` are granted permissions of Microsoft Graph: application ones or, where a `user` signs in with it,
    delegated ones. `refused` is the AADSTS code that Entra answers once it knows who it is. `managed`: it is the
    managed identity of the machine. `subject_names` are common names of certificates that it is known by, where the
    whole chain comes along. `reader_scopes` are the ARM scopes
    (subscription, resource group or resource) where it has the role Reader. `data_plane_scopes` are those
    where it may use the data plane of ACS resources, which Reader does not include.
    """

    tenant_id: str
    client_id: str
    object_id: str
    name: str
    secrets: tuple[Secret, ...] = ()
    certificates: tuple[str, ...] = ()
    permissions: frozenset[str] = frozenset()
    reader_scopes: tuple[str, ...] = ()
    data_plane_scopes: tuple[str, ...] = ()
    federated: tuple[FederatedCredential, ...] = ()
    subject_names: tuple[str, ...] = ()
    managed: bool = False
    user: str = ""
    refused: int = 0


@dataclass(frozen=True, slots=True)
class FederatedCredential:
    """Whose tokens an application takes for its own proof (Graph `federatedIdentityCredential`)."""

    issuer: str
    subject: str
    audience: str = "api://AzureADTokenExchange"


@dataclass(frozen=True, slots=True)
class BillingAccount:
    """A billing account, and the applications (client ids) with a role there. It is shown to nobody else."""

    name: str
    display_name: str
    agreement_type: str
    tenant_id: str
    status: str = "Active"
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """The whole simulated world."""

    tenants: tuple[Tenant, ...]
    subscriptions: tuple[Subscription, ...]
    identities: tuple[Identity, ...]
    environments: tuple[Environment, ...] = ()
    billing_accounts: tuple[BillingAccount, ...] = ()
