"""The cheapest request for each thing that an audit reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tpe_audit.collectors.acs import CONSENT_GRANT
from tpe_audit.collectors.azure import ACS
from tpe_audit.collectors.azure import GRANT as READER_GRANT
from tpe_audit.collectors.dynamics import GRANT as DATAVERSE_GRANT
from tpe_audit.collectors.dynamics import TABLE
from tpe_audit.collectors.scope import ACCOUNT_GRANT, ACCOUNTS
from tpe_audit.facts.well_known import ACS_APPLICATION_ID
from tpe_audit.sources import Sources
from tpe_audit.sources.arm import SUBSCRIPTIONS_VERSION
from tpe_audit.sources.dataverse import API
from tpe_audit.sources.errors import Failed, Off, Refused

FEDERATION = "Get-CsTeamsAcsFederationConfiguration"


@dataclass(slots=True)
class Seen:
    """What the probes saw on their way, for whoever looks for mix-ups."""

    accounts: list[dict[str, Any]] = field(default_factory=list)
    """Resource accounts of the first page."""
    acs: dict[str, str] = field(default_factory=dict)
    """ACS resources that Resource Graph shows: ARM ids, by immutable id."""
    own_id: str = ""
    """The object id of who is signed in to Azure."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing that is tried. `ask` returns what it saw in words, or raises SourceError."""

    source: str
    tenant: str
    what: str
    ask: Callable[[Sources, Seen], Awaitable[str]]
    permission: str = ""
    """The permission of Microsoft Graph that it takes."""


def probes(sources: Sources) -> list[Probe]:
    """Return what is tried, first what the later ones can use."""
    config = sources.config
    teams, azure = config.teams.tenant_id, config.azure_tenant_id
    found = [Probe("graph", teams, "resource accounts", _accounts, "TeamsResourceAccount.Read.All")]
    found += [
        Probe("graph", teams, what, _graph(path, permission), permission)
        for what, path, permission in (
            ("numbers", "/v1.0/admin/teams/telephoneNumberManagement/numberAssignments?$top=1",
             "TeamsTelephoneNumber.Read.All"),
            ("users in Teams", "/v1.0/admin/teams/userConfigurations?$top=1", "TeamsUserConfiguration.Read.All"),
            ("licences", "/v1.0/subscribedSkus?$select=skuId", "LicenseAssignment.Read.All"),
            ("users", "/v1.0/users?$top=1&$select=id", "User.Read.All"),
            ("applications", "/v1.0/servicePrincipals?$top=1&$select=id", "Application.Read.All"),
            ("the tenant's name", "/v1.0/organization?$select=id", "Organization.Read.All"),
            ("consents", "/v1.0/oauth2PermissionGrants?$top=1", "Directory.Read.All"),
            ("roles", "/v1.0/roleManagement/directory/roleDefinitions?$top=1", "RoleManagement.Read.Directory"),
        )
    ]  # fmt: skip
    for group in config.deployment.agents.groups[:1]:
        members = f"/v1.0/groups/{group}/transitiveMembers/microsoft.graph.user?$top=1&$select=id"
        found.append(Probe("graph", teams, "members of groups", _graph(members, "GroupMember.Read.All"),
                           "GroupMember.Read.All"))  # fmt: skip
    if config.sources.conditional_access.mode == "auto":
        policies = "/v1.0/identity/conditionalAccess/policies?$top=1"
        found.append(
            Probe("graph", teams, "Conditional Access", _graph(policies, "Policy.Read.All"), "Policy.Read.All")
        )
    if azure != teams:
        owned = f"/v1.0/servicePrincipals(appId='{ACS_APPLICATION_ID}')?$select=id"
        found.append(Probe("graph", azure, "applications", _graph(owned, "Application.Read.All", azure=True),
                           "Application.Read.All"))  # fmt: skip
    found.append(Probe("arm", azure, "subscriptions", _subscriptions))
    found.append(Probe("arm", azure, "ACS resources", _acs_resources))
    found.append(Probe("acs", azure, "consents on the ACS resource", _consents))
    found.append(Probe("teams-powershell", teams, "Teams PowerShell", _teams_powershell))
    if config.deployment.consumer == "dynamics-365":
        found.append(Probe("dataverse", teams, "Dynamics 365 environment", _dataverse))
    return found


def _graph(path: str, permission: str, *, azure: bool = False) -> Callable[[Sources, Seen], Awaitable[str]]:
    async def ask(sources: Sources, seen: Seen) -> str:
        graph = sources.azure_graph if azure else sources.graph
        answered = await graph.get(path, grant=f"the Graph permission {permission}")
        if answered.body is None and not azure and "/groups/" not in path:
            raise Failed(f"Microsoft Graph answered 404 to GET {graph.brief(path)}, which should be a list.")
        return ""

    return ask


async def _accounts(sources: Sources, seen: Seen) -> str:
    answered = await sources.graph.get(ACCOUNTS, grant=ACCOUNT_GRANT)
    if answered.body is None:
        raise Failed(f"Microsoft Graph answered 404 to GET {ACCOUNTS}.")
    seen.accounts = [item for item in answered.body.get("value") or [] if isinstance(item, dict)]
    more = " and more" if answered.body.get("@odata.nextLink") else ""
    return f"{len(seen.accounts)}{more}"


async def _subscriptions(sources: Sources, seen: Seen) -> str:
    arm, wanted = sources.arm, sources.config.azure.subscriptions
    for subscription in wanted:
        path = f"/subscriptions/{quote(subscription)}?api-version={SUBSCRIPTIONS_VERSION}"
        if (await arm.get(path, grant=READER_GRANT)).body is None:
            raise arm.trouble(
                Refused(
                    f"Azure Resource Manager does not show the subscription {subscription} to this identity.",
                    lacks=(f"the Azure role Reader on the subscription {subscription}, or its right id",),
                )
            )
    if wanted:
        return f"{len(wanted)}"
    path = f"/subscriptions?api-version={SUBSCRIPTIONS_VERSION}"
    seen_here = await arm.items(path, grant=READER_GRANT, link="nextLink")
    if not seen_here.items:
        raise arm.trouble(
            Refused(
                "Azure Resource Manager shows no subscription to this identity.",
                lacks=("the Azure role Reader on the subscriptions with the bot and the ACS resource",),
            )
        )
    return f"{len(seen_here.items)}"


async def _acs_resources(sources: Sources, seen: Seen) -> str:
    query = (
        f"resources | where type =~ '{ACS.name.lower()}' | project id, key = tostring(properties.{ACS.key})"
        " | order by id asc"
    )
    listing = await sources.arm.query(query, list(sources.config.azure.subscriptions), grant=READER_GRANT)
    for item in listing.items:
        row = item.body if isinstance(item.body, dict) else {}
        if isinstance(row.get("key"), str) and isinstance(row.get("id"), str):
            seen.acs[row["key"].lower()] = row["id"]
    return f"{len(listing.items)}"


async def _consents(sources: Sources, seen: Seen) -> str:
    configured = [line.acs_resource for line in sources.config.deployment.lines if line.acs_resource.startswith("/")]
    ours = [seen.acs[str(account.get("acsResourceId")).lower()] for account in seen.accounts
            if str(account.get("acsResourceId")).lower() in seen.acs]  # fmt: skip
    address = next(iter((*configured, *ours, *seen.acs.values())), "")
    if not address:
        raise Off(
            "No ACS resource was seen, so its data plane was not tried.",
            declared=False,
            lacks=("the Azure role Reader on the ACS resource",),
        )
    answered = await sources.arm.get(f"{address}?api-version={ACS.version}", grant=READER_GRANT)
    properties = (answered.body or {}).get("properties")
    host = properties.get("hostName") if isinstance(properties, dict) else None
    if not isinstance(host, str):
        raise Failed(f"Azure Resource Manager tells no host name of {address}.")
    # Whether there is a consent does not matter: 404 is an answer too.
    principal = next((str(account["id"]) for account in seen.accounts if account.get("id")), seen.own_id)
    url = sources.acs.assignment(host, sources.config.teams.tenant_id, quote(principal))
    await sources.acs.get(url, grant=CONSENT_GRANT)
    return host


async def _teams_powershell(sources: Sources, seen: Seen) -> str:
    await sources.teams_powershell.cmdlet(FEDERATION)
    return ""


async def _dataverse(sources: Sources, seen: Seen) -> str:
    await sources.dataverse.get(f"{API}/{TABLE}?$select=msdyn_name", grant=DATAVERSE_GRANT)
    return ""
