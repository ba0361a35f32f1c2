"""Reads the Dynamics 365 environment, and what its sync of telephone numbers rests on.

Tables and columns are those that a community tool reads, see `facts.dynamics`. Without Dynamics 365 as the consumer
nothing is asked.
https://learn.microsoft.com/dynamics365/contact-center/administer/configure-teams-phone-in-voice-channel
"""

from __future__ import annotations

from tpe_audit.collectors import wire
from tpe_audit.collectors.accounts import line_accounts
from tpe_audit.collectors.reader import Harvest, Reader, gap
from tpe_audit.facts import (
    Answer,
    Census,
    Consumer,
    DynamicsApplicationId,
    Environment,
    EnvironmentAcsResource,
    Fact,
    Gap,
    Known,
    NoDynamicsApplicationId,
    NoVoiceProvider,
    SyncApplications,
    VoiceProvider,
)
from tpe_audit.facts.well_known import GRAPH_APPLICATION_ID
from tpe_audit.sources import Listing, SourceError
from tpe_audit.sources.dataverse import API
from tpe_audit.sources.errors import Malformed, Refused

TABLE = "msdyn_occommunicationprovidersettings"
VOICE = 192350000
"""Option of `msdyn_occommunicationprovider` (community)."""
PRIVILEGE = "prvReadmsdyn_occommunicationprovidersetting"
"""Privileges are named by action and table: https://learn.microsoft.com/power-platform/admin/security-roles-privileges."""
GRANT = f"an application user of the environment whose security role has {PRIVILEGE} for the whole organization"
GRANTS_GRANT = "the Graph permission Directory.Read.All"
PRINCIPAL_GRANT = "the Graph permission Application.Read.All"
SYNC_PERMISSION = "TeamsResourceAccount.Read.All"


def _dynamics(reader: Reader) -> bool:
    return reader.deployment.consumer is Consumer.DYNAMICS_365


def _environment(reader: Reader) -> Answer:
    """Return the environment that config.toml names, or what to set."""
    try:
        reader.sources.dataverse.ready()
    except SourceError as error:
        return gap(error)
    return Known(Environment(reader.deployment.dynamics_environment))


async def environments(reader: Reader) -> Harvest:
    """The one environment that there is."""
    harvest = Harvest()
    if not _dynamics(reader):
        return harvest
    environment = _environment(reader)
    if isinstance(environment, Gap):
        harvest.census[Environment] = Census(gap=environment)
    elif isinstance(environment.value, Environment):
        harvest.census[Environment] = Census(((environment.value.subject, environment),))
    return harvest


async def account_environments(reader: Reader) -> Harvest:
    """The environment that takes the calls of each account: the same for all."""
    harvest = Harvest()
    if not _dynamics(reader):
        return harvest
    read = await reader.once(line_accounts)
    for subject in (*(a.account.subject for a in read.accounts), *(subject for subject, _ in read.unread)):
        harvest.answer(subject, Environment, _environment(reader))
    return harvest


async def voice_providers(reader: Reader) -> Harvest:
    """Whether the voice channel of the environment is provisioned, and with which ACS resource."""
    harvest = Harvest()
    environment = _environment(reader) if _dynamics(reader) else None
    if not isinstance(environment, Known) or not isinstance(environment.value, Environment):
        return harvest
    subject = environment.value.subject
    listing = await reader.sources.dataverse.items(
        f"{API}/{TABLE}?$select=msdyn_name,msdyn_occommunicationproviderimmutableid,msdyn_accountsid,"
        f"msdyn_occommunicationprovider,statecode&$filter=msdyn_occommunicationprovider eq {VOICE} and statecode eq 0",
        grant=GRANT,
    )
    if not listing.items:
        evidence = (*listing.evidence, *await _whole(reader, listing))
        for question in (VoiceProvider, EnvironmentAcsResource):
            harvest.answer(subject, question, Known(NoVoiceProvider(), evidence))
        return harvest
    harvest.tell(subject, VoiceProvider(), listing.evidence)
    harvest.answer(subject, EnvironmentAcsResource, _acs_resource(listing))
    return harvest


def _acs_resource(listing: Listing) -> Answer:
    try:
        rows = [
            wire.parsed(wire.VoiceProviderItem, item.body, "a communication provider", (item.evidence,))
            for item in listing.items
        ]
    except SourceError as error:
        return gap(error)
    ids = tuple(sorted({row.msdyn_occommunicationproviderimmutableid or "" for row in rows} - {""}))
    if not ids:
        return Gap("The environment's communication provider names no ACS resource.", listing.evidence)
    return Known(EnvironmentAcsResource(tuple(dict.fromkeys(each.lower() for each in ids))), listing.evidence)


async def _whole(reader: Reader, listing: Listing) -> tuple[int, ...]:
    """Return the proof that an empty list is empty: this identity reads the rows of the whole organization.

    Dataverse leaves out rows that the caller's security role does not reach
    (https://learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/retrieveuserprivileges).

    Raises:
        SourceError: it reads only some, or that could not be told.
    """
    dataverse = reader.sources.dataverse
    who = await dataverse.get(f"{API}/WhoAmI", grant=GRANT)
    user = wire.parsed(wire.WhoAmI, who.body, "who is signed in to Dataverse", (who.evidence,)).UserId
    function = "Microsoft.Dynamics.CRM.RetrieveUserPrivileges()"
    answered = await dataverse.get(f"{API}/systemusers({user})/{function}", grant=GRANT)
    evidence = (who.evidence, answered.evidence)
    held = wire.parsed(wire.UserPrivileges, answered.body, "the privileges in Dataverse", evidence).RolePrivileges
    reach = {each.Depth for each in held if each.PrivilegeName.casefold() == PRIVILEGE.casefold()}
    if "Global" not in reach:
        why = f"Dataverse showed no row of {TABLE}, but this identity may not read all of them. It takes {GRANT}."
        raise dataverse.trouble(Refused(why, (*listing.evidence, *evidence), (GRANT,)))
    return evidence


async def application_ids(reader: Reader) -> Harvest:
    """The Dynamics App ID of each account's line: no interface has it, so config.toml does or nobody."""
    harvest = Harvest()
    if not _dynamics(reader):
        return harvest
    read = await reader.once(line_accounts)
    for subject, unread in read.unread:
        harvest.answer(subject, DynamicsApplicationId, unread)
    for account in read.accounts:
        wanted = account.line.application_id
        fact: Fact = DynamicsApplicationId(wanted) if wanted else NoDynamicsApplicationId()
        harvest.tell(account.account.subject, fact)
    return harvest


async def sync_applications(reader: Reader) -> Harvest:
    """Applications with the delegated permission that "Sync from Teams" needs, consented to for the whole tenant.

    https://learn.microsoft.com/graph/api/oauth2permissiongrant-list
    """
    harvest = Harvest()
    if not _dynamics(reader):
        return harvest
    graph = reader.sources.graph
    path = f"/v1.0/servicePrincipals(appId='{GRAPH_APPLICATION_ID}')?$select=id"
    answered = await graph.get(path, grant=PRINCIPAL_GRANT)
    evidence = (answered.evidence,)
    if answered.body is None:
        raise graph.trouble(Malformed("Microsoft Graph does not know its own service principal.", evidence))
    resource = wire.parsed(wire.Identified, answered.body, "the service principal of Microsoft Graph", evidence).id
    listing = await graph.items(f"/v1.0/oauth2PermissionGrants?$filter=resourceId eq '{resource}'", grant=GRANTS_GRANT)
    grants = [wire.parsed(wire.GrantOfClient, i.body, "a permission grant", (i.evidence,)) for i in listing.items]
    principals = {
        each.clientId.lower()
        for each in grants
        if each.consentType == "AllPrincipals" and SYNC_PERMISSION in (each.scope or "").split()
    }
    harvest.tell(reader.tenant.subject, SyncApplications(tuple(sorted(principals))), (*evidence, *listing.evidence))
    return harvest
