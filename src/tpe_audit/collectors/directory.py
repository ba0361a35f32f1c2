"""Reads Microsoft's own applications, roles and policies of the Teams tenant, and who may list its accounts.

https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignments,
https://learn.microsoft.com/graph/api/conditionalaccessroot-list-policies
"""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from tpe_audit.collectors import wire
from tpe_audit.collectors.accounts import line_accounts
from tpe_audit.collectors.bots import APPLICATION_GRANT, applications
from tpe_audit.collectors.clients import registered, required_scopes
from tpe_audit.collectors.reader import Harvest, Reader, each, together
from tpe_audit.collectors.registrations import GrantsOf, PrincipalOf
from tpe_audit.collectors.users import account_licenses
from tpe_audit.facts import (
    AccountReaders,
    Answer,
    Application,
    ApplicationPrincipal,
    BlockingPolicy,
    ConditionalAccess,
    Gap,
    Known,
    Licenses,
    NoTeamsAdminApi,
    RoleHolders,
    TeamsAdminApi,
    UnlicensedAccounts,
    UnreadConditionalAccess,
    joined,
)
from tpe_audit.facts import well_known as known
from tpe_audit.sources.errors import Malformed

ROLE_GRANT = "the Graph permission RoleManagement.Read.Directory"
POLICY_GRANT = "the Graph permission Policy.Read.All"

_INTERACTIVE = frozenset({"all", "browser", "mobileAppsAndDesktopClients"})
"""Kinds of clients by which people sign in; policies for others are against old protocols."""

_NOT_USERS = frozenset({"clientApplications", "authenticationFlows"})
"""Conditions of policies for workload identities, and of those against device code sign-in and the like."""

_ALLOWED, _WANTING, _NEITHER = "allowed", "wanting", ""


async def teams_admin_api(reader: Reader) -> Harvest:
    """Look up the application that Teams PowerShell signs in to."""
    harvest = Harvest()
    principal, evidence = await reader.once(PrincipalOf(known.TEAMS_ADMIN_API_ID))
    fact: TeamsAdminApi | NoTeamsAdminApi = NoTeamsAdminApi()
    if isinstance(principal, ApplicationPrincipal):
        fact = TeamsAdminApi(principal.object_id, principal.enabled)
    harvest.tell(reader.tenant.subject, fact, evidence)
    return harvest


async def account_readers(reader: Reader) -> Harvest:
    """Which of the applications that the audit knows may list resource accounts."""
    lines = {line.application_id for line in reader.deployment.lines if line.application_id}
    for client_id in lines - known.RESERVED_APPLICATIONS.keys():
        reader.begin(PrincipalOf(client_id))
    census = (await reader.once(applications)).census[Application]
    things = [answer.value for _, answer in census.found if isinstance(answer, Known)]
    ids = {thing.client_id for thing in things if isinstance(thing, Application)}
    ids = (ids - known.RESERVED_APPLICATIONS.keys()) | {i.lower() for i in reader.deployment.client_applications}
    states: dict[str, str] = {}

    async def one(client_id: str) -> Answer:
        states[client_id], evidence = await _may_list(reader, client_id)
        return Known(reader.tenant, evidence)

    answers = await each(sorted(ids), one)
    harvest = Harvest()
    gaps = [answer for _, answer in answers if isinstance(answer, Gap)]
    gaps += [census.gap] if census.gap else []
    if gaps and _ALLOWED not in states.values():
        harvest.answer(reader.tenant.subject, AccountReaders, gaps[0])
        return harvest

    def those(state: str) -> tuple[str, ...]:
        return tuple(sorted(client_id for client_id, is_ in states.items() if is_ == state))

    fact = AccountReaders(tuple(sorted(states)), those(_ALLOWED), those(_WANTING))
    harvest.tell(reader.tenant.subject, fact, joined(answer for _, answer in answers))
    return harvest


async def _may_list(reader: Reader, client_id: str) -> tuple[str, tuple[int, ...]]:
    """Return whether an application may list resource accounts in this tenant, or only asks for it."""
    (graph, evidence), (principal, more) = await asyncio.gather(
        reader.once(PrincipalOf(known.GRAPH_APPLICATION_ID)), reader.once(PrincipalOf(client_id))
    )
    evidence = (*evidence, *more)
    wants = False
    if isinstance(principal, ApplicationPrincipal) and isinstance(graph, ApplicationPrincipal):
        grants, more = await reader.once(GrantsOf(principal.object_id))
        evidence = (*evidence, *more)
        mine = [g for g in grants if g.resourceId.lower() == graph.object_id and known.READ_ACCOUNTS in g.scopes]
        if any(grant.consentType == "AllPrincipals" for grant in mine):
            return _ALLOWED, evidence
        wants = bool(mine)
        listing = await reader.sources.graph.items(
            f"/v1.0/servicePrincipals/{principal.object_id}/appRoleAssignments", grant=APPLICATION_GRANT
        )
        evidence = (*evidence, *listing.evidence)
        what = "a permission of an application (appRoleAssignment)"
        for item in listing.items:
            role = wire.parsed(wire.RoleAssigned, item.body, what, (item.evidence,))
            if role.resourceId.lower() == graph.object_id and role.appRoleId.lower() in known.READ_ACCOUNTS_IDS:
                return _ALLOWED, evidence
    found = await registered(reader, client_id)
    evidence = (*evidence, *found.evidence)
    if found.body is not None:
        asks = required_scopes(found.body, f"the registration of {client_id}", evidence).scopes
        wants = wants or any(
            resource == known.GRAPH_APPLICATION_ID and scope in known.READ_ACCOUNTS_IDS for resource, scope in asks
        )
    return _WANTING if wants else _NEITHER, evidence


async def role_holders(reader: Reader) -> Harvest:
    """How often the roles are assigned that mending takes: a list of roles, then one request for each of them."""
    graph = reader.sources.graph
    listing = await graph.items(
        "/v1.0/roleManagement/directory/roleDefinitions?$select=id,displayName,isBuiltIn", grant=ROLE_GRANT
    )
    roles = [wire.parsed(wire.RoleDefinition, item.body, "an Entra role", (item.evidence,)) for item in listing.items]
    ids = {role.displayName: role.id for role in roles if role.displayName and role.isBuiltIn}
    wanted = [name for names in known.DUTIES.values() for name in names] + [known.EVERY_DUTY]
    if missing := [name for name in wanted if name not in ids]:
        raise Malformed(f"Microsoft Graph does not list the Entra role {missing[0]}.", listing.evidence)

    async def assignments(name: str) -> tuple[int, tuple[int, ...]]:
        condition = quote(f"roleDefinitionId eq '{ids[name]}'")
        found = await graph.items(
            f"/v1.0/roleManagement/directory/roleAssignments?$filter={condition}", grant=ROLE_GRANT
        )
        return len(found.items), found.evidence

    counted = await together(assignments(name) for name in wanted)
    harvest = Harvest()
    fact = RoleHolders(tuple((name, count) for name, (count, _) in zip(wanted, counted, strict=True)))
    evidence = (*listing.evidence, *(index for _, pages in counted for index in pages))
    harvest.tell(reader.tenant.subject, fact, evidence)
    return harvest


async def conditional_access(reader: Reader) -> Harvest:
    """The Conditional Access policies that block sign-in, where config.toml asks for them."""
    harvest = Harvest()
    if reader.sources.config.sources.conditional_access.mode == "off":
        harvest.tell(reader.tenant.subject, UnreadConditionalAccess())
        return harvest
    listing = await reader.sources.graph.items(
        "/v1.0/identity/conditionalAccess/policies?$select=id,displayName,state,conditions,grantControls",
        grant=POLICY_GRANT,
    )
    what = "a Conditional Access policy"
    items = [wire.parsed(wire.ConditionalAccessPolicy, i.body, what, (i.evidence,)) for i in listing.items]
    targets = {known.ACS_APPLICATION_ID, *(i.lower() for i in reader.deployment.client_applications)}
    blocking = [policy for item in items if (policy := _blocking(item, targets))]
    harvest.tell(reader.tenant.subject, ConditionalAccess(tuple(blocking), len(items)), listing.evidence)
    return harvest


def _blocking(policy: wire.ConditionalAccessPolicy, targets: set[str]) -> BlockingPolicy | None:
    """Return the policy if it blocks users' sign-in to one of these applications, always or at times."""
    conditions = policy.conditions
    if policy.state != "enabled" or not policy.grantControls or not conditions.applications or not conditions.users:
        return None
    applications_ = conditions.applications
    included = {application.lower() for application in applications_.includeApplications}
    met = targets if "all" in included else targets & included
    met = met - {application.lower() for application in applications_.excludeApplications}
    others = {name: value for name, value in (conditions.model_extra or {}).items() if value}
    if "block" not in policy.grantControls.builtInControls or not met or _NOT_USERS & others.keys():
        return None
    if not _INTERACTIVE & set(conditions.clientAppTypes):
        return None
    unconditional = not others and not applications_.applicationFilter and "all" in conditions.clientAppTypes
    certain = unconditional and conditions.users.everybody
    return BlockingPolicy(policy.id, policy.displayName or policy.id, certain)


async def unlicensed_accounts(reader: Reader) -> Harvest:
    """The accounts on lines that have no resource account licence, by what is read of their licences."""
    read = await reader.once(line_accounts)
    licenses = await reader.once(account_licenses)
    harvest = Harvest()
    answers = {a.account: licenses.answers[(Licenses, a.account.subject.key)] for a in read.accounts}
    gaps = [*([read.gap] if read.gap else []), *(unread for _, unread in read.unread)]
    gaps += [answer for answer in answers.values() if isinstance(answer, Gap)]
    if gaps:
        harvest.answer(reader.tenant.subject, UnlicensedAccounts, gaps[0])
        return harvest
    names = tuple(
        account.subject.name
        for account, answer in answers.items()
        if isinstance(answer, Known)
        and isinstance(answer.value, Licenses)
        and not answer.value.of(known.RESOURCE_ACCOUNT_PLANS)
    )
    harvest.tell(reader.tenant.subject, UnlicensedAccounts(names), joined(answers.values()))
    return harvest
