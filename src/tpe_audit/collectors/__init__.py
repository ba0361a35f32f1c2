"""Where each fact comes from: one table, one small function a row.

A fact is of a thing, and so the rows are keyed by both: the licences of an account come from elsewhere than those
of an agent. A thing that is keyed by itself stands for the list of all such things.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tpe_audit import facts
from tpe_audit.catalog import Reads
from tpe_audit.facts import Fact, Kind

if TYPE_CHECKING:
    from tpe_audit.collectors.reader import Harvest, Reader

PACKAGE = "tpe_audit.collectors"

KINDS: Mapping[str, tuple[Kind, ...]] = {
    "Tenant": (Kind.TENANT,),
    "ResourceAccount": (Kind.ACCOUNT,),
    "PhoneNumber": (Kind.NUMBER,),
    "Application": (Kind.APPLICATION,),
    "Bot": (Kind.BOT, Kind.APPLICATION),
    "AcsResource": (Kind.ACS,),
    "AcsResourceId": (Kind.ACS,),
    "Agent": (Kind.AGENT,),
    "ClientApplication": (Kind.APPLICATION,),
    "Environment": (Kind.ENVIRONMENT,),
}
"""The kinds of subjects that a thing, by the name of its class, can be."""

Question = tuple[type[Fact], type[Fact]]
"""A thing and a fact of it."""


@dataclass(frozen=True, slots=True)
class Collector:
    """One reading, and what it answers."""

    name: str
    """Module and function within its package. Naming it keeps the SDKs out of commands that only print the table."""
    gives: tuple[Question, ...]
    what: str
    """The request, as Microsoft documents it; empty: nothing is asked of a service for it."""
    source: str
    permissions: tuple[str, ...]
    needs: tuple[Question, ...] = ()
    """What it builds on, and whose permissions it therefore takes as well."""
    package: str = PACKAGE
    """The package that `name` is looked up in; a plug-in's is filled in when it is loaded."""

    @property
    def read(self) -> Callable[[Reader], Awaitable[Harvest]]:
        """The function that reads."""
        module, function = self.name.split(".")
        read: Callable[[Reader], Awaitable[Harvest]] = getattr(
            importlib.import_module(f"{self.package}.{module}"), function
        )
        return read


_ACCOUNT, _NUMBER, _AGENT = facts.ResourceAccount, facts.PhoneNumber, facts.Agent
_BOT, _ACS, _APPLICATION, _TENANT = facts.Bot, facts.AcsResource, facts.Application, facts.Tenant
_ENVIRONMENT = facts.Environment
_ACCOUNTS: Question = (_ACCOUNT, _ACCOUNT)
_USER_READ = ("User.Read.All",)
_APPLICATION_READ = ("Application.Read.All",)
_CLIENT: Question = (facts.ClientApplication, facts.ClientApplication)
_READER = ("Azure role Reader",)

COLLECTORS: tuple[Collector, ...] = (
    Collector("tenant.declared", ((_TENANT, facts.Deployment), (_TENANT, facts.Collected)), "", "config", ()),
    Collector(
        "tenant.acs_service_principal",
        ((_TENANT, facts.AcsServicePrincipal), (_TENANT, facts.AcsScopes)),
        "GET /v1.0/servicePrincipals(appId='1fd5118e-2576-4263-8130-9503064c837a')",
        "graph",
        ("Application.Read.All",),
    ),
    Collector(
        "tenant.organization",
        ((_TENANT, facts.Organization),),
        "GET /v1.0/organization",
        "graph",
        ("Organization.Read.All",),
    ),
    Collector(
        "tenant.subscribed_skus",
        ((_TENANT, facts.SubscribedSkus),),
        "GET /v1.0/subscribedSkus",
        "graph",
        ("LicenseAssignment.Read.All",),
    ),
    Collector(
        "tenant.subscription_dates",
        ((_TENANT, facts.SubscriptionDates),),
        "GET /v1.0/directory/subscriptions",
        "graph",
        ("Organization.Read.All",),
    ),
    Collector(
        "tenant.product_ids",
        ((_TENANT, facts.ProductIds),),
        "GET /v1.0/subscribedSkus",
        "graph",
        (),
    ),
    Collector(
        "billing.billing_agreement",
        ((_TENANT, facts.BillingAgreement),),
        "GET /providers/Microsoft.Billing/billingAccounts",
        "arm",
        (),
    ),
    Collector("tenant.teams_export", ((_TENANT, facts.TeamsExport),), "", "config", ()),
    Collector(
        "tenant.acs_federation",
        ((_TENANT, facts.AcsFederation),),
        "Get-CsTeamsAcsFederationConfiguration",
        "teams-powershell",
        ("Teams Reader (Entra role)",),
    ),
    Collector(
        "tenant.external_access",
        ((_TENANT, facts.GlobalExternalAccess),),
        "Get-CsExternalAccessPolicy",
        "teams-powershell",
        ("Teams Reader (Entra role)",),
    ),
    Collector(
        "accounts.resource_accounts",
        (
            _ACCOUNTS,
            (_ACCOUNT, facts.BoundApplication),
            (_ACCOUNT, facts.BoundAcsResource),
            (_ACCOUNT, facts.ExpectedNumber),
        ),
        "GET /beta/admin/teams/resourceAccounts",
        "graph",
        ("TeamsResourceAccount.Read.All",),
    ),
    Collector(
        "numbers.phone_numbers",
        (
            (_NUMBER, _NUMBER),
            (_ACCOUNT, _NUMBER),
            (_NUMBER, _ACCOUNT),
            (_NUMBER, facts.NumberType),
            (_NUMBER, facts.NumberCapabilities),
            (_NUMBER, facts.NumberActivation),
            (_NUMBER, facts.NumberCountry),
            (_NUMBER, facts.NumberEmergencyLocation),
            (_NUMBER, facts.NumberSource),
        ),
        "GET /v1.0/admin/teams/telephoneNumberManagement/numberAssignments",
        "graph",
        ("TeamsTelephoneNumber.Read.All",),
        (_ACCOUNTS,),
    ),
    Collector(
        "users.account_users",
        (
            (_ACCOUNT, facts.SignIn),
            (_ACCOUNT, facts.UsageLocation),
            (_ACCOUNT, facts.UserType),
            (_ACCOUNT, facts.Department),
        ),
        "GET /v1.0/users/{id}",
        "graph",
        _USER_READ,
        (_ACCOUNTS,),
    ),
    Collector(
        "users.account_licenses",
        ((_ACCOUNT, facts.Licenses),),
        "GET /v1.0/users/{id}/licenseDetails",
        "graph",
        ("LicenseAssignment.Read.All",),
        (_ACCOUNTS,),
    ),
    Collector(
        "bots.applications",
        ((_APPLICATION, _APPLICATION), (_ACCOUNT, _APPLICATION)),
        "",
        "graph",
        (),
        (_ACCOUNTS,),
    ),
    Collector(
        "bots.application_owners",
        ((_APPLICATION, facts.ApplicationOwner),),
        "GET /v1.0/servicePrincipals(appId='{id}'), GET /v1.0/applications(appId='{id}')",
        "graph",
        ("Application.Read.All",),
        (_ACCOUNTS,),
    ),
    Collector(
        "bots.bots",
        ((_BOT, _BOT), (_ACCOUNT, _BOT), (_APPLICATION, _BOT), (_BOT, _APPLICATION), (_BOT, facts.BotAppType)),
        "GET …/Microsoft.BotService/botServices/{name}",
        "arm",
        _READER,
        (_ACCOUNTS,),
    ),
    Collector(
        "bots.teams_channels",
        ((_BOT, facts.TeamsChannel), (_BOT, facts.ChannelCalling)),
        "GET …/Microsoft.BotService/botServices/{name}/channels/MsTeamsChannel",
        "arm",
        _READER,
        ((_BOT, _BOT),),
    ),
    Collector(
        "acs.acs_resources",
        (
            (_ACS, _ACS),
            (_ACCOUNT, _ACS),
            (facts.AcsResourceId, _ACS),
            (_ACS, facts.AcsProvisioning),
            (_ACS, facts.AcsDataLocation),
            (_ACS, facts.AcsLocalAuthentication),
            (_ACS, facts.AcsNetworkAccess),
            (_ACS, facts.AcsIdentity),
        ),
        "GET …/Microsoft.Communication/communicationServices/{name}",
        "arm",
        _READER,
        (_ACCOUNTS,),
    ),
    Collector(
        "acs.acs_resource_ids",
        ((facts.AcsResourceId, facts.AcsResourceId), (_ACCOUNT, facts.AcsResourceId)),
        "",
        "graph",
        (),
        (_ACCOUNTS,),
    ),
    Collector(
        "acs.server_consents",
        ((_ACCOUNT, facts.ServerConsent),),
        "GET https://{host}/access/teamsExtension/tenants/{tenant}/assignments/{account}",
        "acs",
        ("Contributor on the ACS resource",),
        ((_ACS, _ACS),),
    ),
    Collector(
        "acs.event_subscriptions",
        ((_ACS, facts.EventSubscription),),
        "GET …/Microsoft.EventGrid/eventSubscriptions, GET …/systemTopics/{name}/eventSubscriptions",
        "arm",
        _READER,
        ((_ACS, _ACS),),
    ),
    Collector(
        "acs.event_deliveries",
        ((_ACS, facts.EventDelivery),),
        "GET …/Microsoft.EventGrid/eventSubscriptions, GET …/systemTopics/{name}/eventSubscriptions",
        "arm",
        _READER,
        ((_ACS, _ACS),),
    ),
    Collector(
        "routing.voice_routing_policies",
        ((_TENANT, facts.VoiceRoutingPolicies),),
        "Get-CsOnlineVoiceRoutingPolicy",
        "teams-powershell",
        ("Teams Reader (Entra role)",),
    ),
    Collector(
        "routing.voice_routes",
        ((_TENANT, facts.VoiceRoutes),),
        "Get-CsOnlineVoiceRoute",
        "teams-powershell",
        ("Teams Reader (Entra role)",),
    ),
    Collector(
        "routing.session_border_controllers",
        ((_TENANT, facts.SessionBorderControllers),),
        "Get-CsOnlinePSTNGateway",
        "teams-powershell",
        ("Teams Reader (Entra role)",),
    ),
    Collector(
        "routing.dial_out_policies",
        ((_TENANT, facts.DialOutPolicies),),
        "Get-CsOnlineDialOutPolicy",
        "teams-powershell",
        ("Teams Reader (Entra role)",),
    ),
    Collector(
        "routing.assigned_policies",
        ((_ACCOUNT, facts.AssignedVoiceRoutingPolicy), (_ACCOUNT, facts.AssignedDialOutPolicy)),
        "GET /v1.0/admin/teams/userConfigurations/{id}, Get-CsOnlineUser",
        "graph",
        ("TeamsUserConfiguration.Read.All", "Teams Reader (Entra role)"),
        (_ACCOUNTS,),
    ),
    Collector(
        "inbound.blocked_callers",
        ((_TENANT, facts.CallerBlocking), (_TENANT, facts.BlockedCallers), (_TENANT, facts.ExemptCallers)),
        "Get-CsTenantBlockedCallingNumbers, Get-CsInboundBlockedNumberPattern, Get-CsInboundExemptNumberPattern",
        "teams-powershell",
        ("Teams Reader (Entra role)",),
    ),
    Collector(
        "inbound.voice_applications",
        ((_ACCOUNT, facts.VoiceApplications),),
        "Get-CsAutoAttendant, Get-CsCallQueue",
        "teams-powershell",
        ("Teams Reader (Entra role)",),
        (_ACCOUNTS,),
    ),
    Collector(
        "expectations.expected_applications",
        ((_ACCOUNT, facts.ExpectedApplication),),
        "",
        "config",
        (),
        ((_BOT, _BOT),),
    ),
    Collector(
        "expectations.expected_acs_resources",
        ((_ACCOUNT, facts.ExpectedAcsResource),),
        "",
        "config",
        (),
        ((_ACS, _ACS),),
    ),
    Collector("expectations.line_ids", ((_ACCOUNT, facts.LineIds),), "", "config", (), (_ACCOUNTS,)),
    Collector(
        "directory.teams_admin_api",
        ((_TENANT, facts.TeamsAdminApi),),
        "GET /v1.0/servicePrincipals(appId='48ac35b8-9aa8-4d74-927d-1f4a14a0b239')",
        "graph",
        _APPLICATION_READ,
    ),
    Collector(
        "directory.account_readers",
        ((_TENANT, facts.AccountReaders),),
        "GET /v1.0/oauth2PermissionGrants, GET /v1.0/servicePrincipals/{id}/appRoleAssignments",
        "graph",
        ("Directory.Read.All", *_APPLICATION_READ),
        (_ACCOUNTS,),
    ),
    Collector(
        "directory.role_holders",
        ((_TENANT, facts.RoleHolders),),
        "GET /v1.0/roleManagement/directory/roleDefinitions, GET …/roleAssignments",
        "graph",
        ("RoleManagement.Read.Directory",),
    ),
    Collector(
        "directory.conditional_access",
        ((_TENANT, facts.ConditionalAccess),),
        "GET /v1.0/identity/conditionalAccess/policies",
        "graph",
        ("Policy.Read.All",),
    ),
    Collector(
        "directory.unlicensed_accounts",
        ((_TENANT, facts.UnlicensedAccounts),),
        "GET /v1.0/users/{id}/licenseDetails",
        "graph",
        ("LicenseAssignment.Read.All",),
        (_ACCOUNTS,),
    ),
    Collector(
        "registrations.application_registrations",
        ((_APPLICATION, facts.Registration), (_APPLICATION, facts.AppCredentials)),
        "GET /v1.0/applications(appId='{id}')",
        "graph",
        _APPLICATION_READ,
        ((_BOT, _BOT),),
    ),
    Collector(
        "registrations.application_principals",
        ((_APPLICATION, facts.ApplicationPrincipal),),
        "GET /v1.0/servicePrincipals(appId='{id}')",
        "graph",
        _APPLICATION_READ,
        (_ACCOUNTS,),
    ),
    Collector("clients.client_applications", (_CLIENT,), "", "config", ()),
    Collector(
        "clients.client_principals",
        ((facts.ClientApplication, facts.ApplicationPrincipal),),
        "GET /v1.0/servicePrincipals(appId='{id}')",
        "graph",
        _APPLICATION_READ,
        (_CLIENT,),
    ),
    Collector(
        "clients.client_registrations",
        (
            (facts.ClientApplication, facts.Registration),
            (facts.ClientApplication, facts.RequiredScopes),
            (facts.ClientApplication, facts.RedirectUris),
        ),
        "GET /v1.0/applications(appId='{id}')",
        "graph",
        _APPLICATION_READ,
        (_CLIENT,),
    ),
    Collector(
        "clients.acs_consents",
        ((facts.ClientApplication, facts.AcsConsents),),
        "GET /v1.0/oauth2PermissionGrants",
        "graph",
        ("Directory.Read.All", *_APPLICATION_READ),
        (_CLIENT,),
    ),
    Collector(
        "clients.client_consents",
        ((_AGENT, facts.ClientConsents),),
        "GET https://{host}/access/teamsExtension/tenants/{tenant}/assignments/{agent}",
        "acs",
        ("Contributor on the ACS resource",),
        ((_AGENT, _AGENT), (_ACS, _ACS)),
    ),
    Collector(
        "agents.agents",
        ((_AGENT, _AGENT), (_AGENT, facts.SignIn), (_AGENT, facts.UsageLocation), (_AGENT, facts.UserType)),
        "GET /v1.0/groups/{id}/transitiveMembers/microsoft.graph.user, GET /v1.0/users/{id}",
        "graph",
        ("GroupMember.Read.All", "User.Read.All"),
    ),
    Collector(
        "agents.agent_licenses",
        ((_AGENT, facts.Licenses),),
        "GET /v1.0/subscribedSkus",
        "graph",
        ("LicenseAssignment.Read.All",),
        ((_AGENT, _AGENT),),
    ),
    Collector(
        "agents.teams_users",
        ((_AGENT, facts.TeamsUser), (_AGENT, facts.TeamsAccountType), (_AGENT, facts.AssignedPolicies)),
        "GET /v1.0/admin/teams/userConfigurations/{id}",
        "graph",
        ("TeamsUserConfiguration.Read.All",),
        ((_AGENT, _AGENT),),
    ),
    Collector(
        "policies.external_access",
        ((_AGENT, facts.ExternalAccess),),
        "Get-CsExternalAccessPolicy, Get-CsOnlineUser",
        "teams-powershell",
        ("Teams Reader (Entra role)",),
        ((_AGENT, facts.TeamsUser),),
    ),
    Collector(
        "policies.calling_policies",
        ((_AGENT, facts.CallingPolicy),),
        "Get-CsTeamsCallingPolicy",
        "teams-powershell",
        ("Teams Reader (Entra role)",),
        ((_AGENT, facts.TeamsUser),),
    ),
    Collector(
        "policies.shared_calling",
        ((_ACCOUNT, facts.SharedCalling),),
        "Get-CsTeamsSharedCallingRoutingPolicy",
        "teams-powershell",
        ("Teams Reader (Entra role)",),
        (_ACCOUNTS,),
    ),
    Collector("dynamics.environments", ((_ENVIRONMENT, _ENVIRONMENT),), "", "config", ()),
    Collector("dynamics.account_environments", ((_ACCOUNT, _ENVIRONMENT),), "", "config", (), (_ACCOUNTS,)),
    Collector(
        "dynamics.voice_providers",
        ((_ENVIRONMENT, facts.VoiceProvider), (_ENVIRONMENT, facts.EnvironmentAcsResource)),
        "GET {environment}/api/data/v9.2/msdyn_occommunicationprovidersettings",
        "dataverse",
        ("Dataverse security role that reads msdyn_occommunicationprovidersetting",),
        ((_ENVIRONMENT, _ENVIRONMENT),),
    ),
    Collector("dynamics.application_ids", ((_ACCOUNT, facts.DynamicsApplicationId),), "", "config", (), (_ACCOUNTS,)),
    Collector(
        "dynamics.sync_applications",
        ((_TENANT, facts.SyncApplications),),
        "GET /v1.0/oauth2PermissionGrants",
        "graph",
        ("Directory.Read.All", "Application.Read.All"),
    ),
)


def table(collectors: Iterable[Collector] = COLLECTORS) -> dict[Question, Collector]:
    """Return the collectors by what they answer."""
    return {question: collector for collector in collectors for question in collector.gives}


def guide(collectors: Mapping[Question, Collector]) -> dict[Question, Reads]:
    """Return, for each question, where its answer comes from and all that it takes to read it."""
    return {
        question: Reads(collector.what, collector.source, tuple(_rights(collector, collectors)))
        for question, collector in collectors.items()
    }


def _rights(collector: Collector, collectors: Mapping[Question, Collector]) -> dict[str, None]:
    rights = dict.fromkeys(collector.permissions)
    for need in collector.needs:
        rights |= _rights(collectors[need], collectors)
    return rights


TABLE: Mapping[Question, Collector] = table()
GUIDE: Mapping[Question, Reads] = guide(TABLE)
