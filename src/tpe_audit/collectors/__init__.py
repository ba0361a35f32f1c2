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
from tpe_audit.facts import Fact

if TYPE_CHECKING:
    from tpe_audit.collectors.reader import Harvest, Reader

Question = tuple[type[Fact], type[Fact]]
"""A thing and a fact of it."""


@dataclass(frozen=True, slots=True)
class Collector:
    """One reading, and what it answers."""

    name: str
    """Module and function within this package. Naming it keeps the SDKs out of commands that only print the table."""
    gives: tuple[Question, ...]
    what: str
    """The request, as Microsoft documents it; empty: nothing is asked of a service for it."""
    source: str
    permissions: tuple[str, ...]
    needs: tuple[Question, ...] = ()
    """What it builds on, and whose permissions it therefore takes as well."""

    @property
    def read(self) -> Callable[[Reader], Awaitable[Harvest]]:
        """The function that reads."""
        module, function = self.name.split(".")
        read: Callable[[Reader], Awaitable[Harvest]] = getattr(
            importlib.import_module(f"tpe_audit.collectors.{module}"), function
        )
        return read


_ACCOUNT, _NUMBER, _AGENT = facts.ResourceAccount, facts.PhoneNumber, facts.Agent
_BOT, _ACS, _APPLICATION, _TENANT = facts.Bot, facts.AcsResource, facts.Application, facts.Tenant
_ACCOUNTS: Question = (_ACCOUNT, _ACCOUNT)
_USER_READ = ("User.Read.All",)
_READER = ("Azure role Reader",)

COLLECTORS: tuple[Collector, ...] = (
    Collector("tenant.declared", ((_TENANT, facts.Deployment), (_TENANT, facts.Collected)), "", "config", ()),
    Collector(
        "tenant.acs_service_principal",
        ((_TENANT, facts.AcsServicePrincipal),),
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
        "tenant.product_ids",
        ((_TENANT, facts.ProductIds),),
        "GET /v1.0/subscribedSkus",
        "graph",
        (),
    ),
    Collector(
        "tenant.acs_federation",
        ((_TENANT, facts.AcsFederation),),
        "Get-CsTeamsAcsFederationConfiguration",
        "teams-export",
        ("Teams Reader (Entra role)",),
    ),
    Collector(
        "tenant.external_access",
        ((_TENANT, facts.GlobalExternalAccess),),
        "Get-CsExternalAccessPolicy",
        "teams-export",
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
        ),
        "GET /v1.0/admin/teams/telephoneNumberManagement/numberAssignments",
        "graph",
        ("TeamsTelephoneNumber.Read.All",),
        (_ACCOUNTS,),
    ),
    Collector(
        "users.account_users",
        ((_ACCOUNT, facts.SignIn), (_ACCOUNT, facts.UsageLocation), (_ACCOUNT, facts.UserType)),
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
        ((_BOT, _BOT), (_ACCOUNT, _BOT), (_APPLICATION, _BOT), (_BOT, _APPLICATION)),
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
        ((_ACS, _ACS), (_ACCOUNT, _ACS), (facts.AcsResourceId, _ACS), (_ACS, facts.AcsProvisioning)),
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
        ((_AGENT, facts.TeamsUser),),
        "GET /v1.0/admin/teams/userConfigurations/{id}",
        "graph",
        ("TeamsUserConfiguration.Read.All",),
        ((_AGENT, _AGENT),),
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
