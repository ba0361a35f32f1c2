"""The scenarios: tenants with one thing broken, each named by the code or symptom that it causes.

Codes and symptoms: Microsoft Learn, "Teams Phone extensibility troubleshooting". A scenario is a function
that changes the healthy tenant; registering it makes it known by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from tpe_audit.simulator import contoso, dynamics, skus, well_known
from tpe_audit.simulator.contoso import ACS_ID, IVR, IVR_NUMBER, SUPPORT, SUPPORT_NUMBER, invented
from tpe_audit.simulator.scenario import Scenario
from tpe_audit.simulator.state import (
    Application,
    Assignment,
    CommunicationService,
    Credential,
    EventSubscription,
    Group,
    License,
    PolicyAssignment,
    ResourceAccount,
    State,
    SystemTopic,
    TeamsPowerShell,
    Tenant,
    User,
    UserConfiguration,
)

DEFAULT: Final = "contoso"
MANY_AGENTS: Final = 1000
"""With more agents an audit leaves their consents to a person, unless told otherwise."""
_SCENARIOS: dict[str, Callable[[], Scenario]] = {"healthy": contoso.healthy}
SCENARIOS: Final[Mapping[str, Callable[[], Scenario]]] = MappingProxyType(_SCENARIOS)

Change = Callable[[Scenario], Scenario]


def _scenario(name: str, title: str, breaks: str) -> Callable[[Change], Change]:
    def register(change: Change) -> Change:
        _SCENARIOS[name] = lambda: change(contoso.healthy()).named(name, title, breaks)
        return change

    return register


def _with_dynamics(name: str, title: str, breaks: str) -> Callable[[Change], Change]:
    """Register a scenario of Contoso with Dynamics 365 Contact Center."""

    def register(change: Change) -> Change:
        _SCENARIOS[name] = lambda: change(dynamics.healthy()).named(name, title, breaks)
        return change

    return register


def _id(*identifiers: str) -> Callable[[Any], bool]:
    return lambda item: item.id in identifiers


def _voice(service: CommunicationService) -> bool:
    return service.immutable_id == ACS_ID


def _consents_without(*identifiers: str) -> Callable[[CommunicationService], tuple[Assignment, ...]]:
    return lambda service: tuple(item for item in service.assignments if item.object_id not in identifiers)


def _licenses_without(*wanted: skus.Sku) -> Callable[[User], tuple[License, ...]]:
    return lambda user: tuple(item for item in user.licenses if item.sku not in wanted)


def _with_cmdlet(scenario: Scenario, cmdlet: str, **changes: Any) -> Scenario:
    powershell = scenario.tenant.powershell or TeamsPowerShell({})
    items = tuple({**item, **changes} for item in powershell.cmdlets[cmdlet])
    return scenario.in_tenant(powershell=replace(powershell, cmdlets={**powershell.cmdlets, cmdlet: items}))


@_scenario(
    "contoso",
    "Contoso, with two independent faults on one line",
    f"{SUPPORT_NUMBER}: the number's assignment failed (busy signal, no IncomingCall), and the ACS resource "
    "holds no server consent for support@contoso.com (no audio, the call disconnects). +15551230100 works.",
)
def _contoso(healthy: Scenario) -> Scenario:
    broken = healthy.change(
        "numbers",
        lambda number: number.telephone_number == SUPPORT_NUMBER,
        activation_state="assignmentFailed",
    )
    return broken.change("communication_services", _voice, assignments=_consents_without(SUPPORT))


@_scenario(
    "AADSTS650052",
    "The first-party application is missing",
    "The same as no-service-principal: AADSTS650052 is the usual code of that sentence.",
)
@_scenario(
    "no-service-principal",
    "The first-party application is missing",
    "The tenant has no service principal for Azure Communication Services; consent fails: 'The app is trying "
    f"to access a service {well_known.COMMUNICATION_SERVICES} that your organization lacks a service "
    "principal for'.",
)
def _no_service_principal(healthy: Scenario) -> Scenario:
    return healthy.drop("service_principals", lambda item: item.app_id == well_known.COMMUNICATION_SERVICES)


@_scenario(
    "580406",
    "No balance to pay calls from",
    "Older agreement without Communications Credits: outbound calls of ivr@contoso.com end with 404/580406.",
)
def _580406(healthy: Scenario) -> Scenario:
    product = skus.COMMUNICATIONS_CREDITS
    return (
        healthy.drop("skus", lambda owned: owned.sku == product)
        .change("users", licenses=_licenses_without(product))
        .configure("deployment.billing", "credits")
        .without_attestation("funding-balance")
    )


@_scenario(
    "580462",
    "Pay-As-You-Go is suspended in the tenant",
    "No enabled Pay-As-You-Go product in the tenant: outbound calls of ivr@contoso.com end with 404/580462.",
)
def _580462(healthy: Scenario) -> Scenario:
    return healthy.change(
        "skus",
        lambda owned: owned.sku == skus.PAY_AS_YOU_GO_US,
        capability_status="Suspended",
        enabled=0,
        suspended=5,
    )


@_scenario(
    "580464",
    "Pay-As-You-Go is not assigned",
    "The tenant owns Pay-As-You-Go, ivr@contoso.com does not have it: its outbound calls end with 404/580464.",
)
def _580464(healthy: Scenario) -> Scenario:
    return healthy.change("users", _id(IVR), licenses=_licenses_without(skus.PAY_AS_YOU_GO_US))


@_scenario(
    "10105",
    "The bot has no Teams channel",
    "The Azure bot has no Microsoft Teams channel: calls end with 403/10105 (NoPermission).",
)
def _10105(healthy: Scenario) -> Scenario:
    return healthy.change("bots", lambda bot: bot.app_id == contoso.BOT_APP_ID, teams=None)


@_scenario(
    "reserved-app-id",
    "Bound to a reserved application",
    "Accounts and bot carry the application id of auto attendants; the bot's Teams channel could not be "
    "added (400 Bad Request) and no IncomingCall arrives.",
)
def _reserved_app_id(healthy: Scenario) -> Scenario:
    reserved = well_known.AUTO_ATTENDANT
    broken = healthy.change("resource_accounts", _id(IVR, SUPPORT), application_id=reserved)
    broken = broken.change("bots", lambda bot: bot.app_id == contoso.BOT_APP_ID, app_id=reserved, teams=None)
    for line in ("0", "1"):
        broken = broken.configure(f"deployment.lines.{line}.application_id", reserved)
    return broken


@_scenario(
    "busy-signal",
    "Bound to an ACS resource that is gone",
    "support@contoso.com points to an ACS resource that no longer exists: callers hear a busy signal, no IncomingCall.",
)
def _busy_signal(healthy: Scenario) -> Scenario:
    gone = invented("communication service", "deleted")
    return healthy.change("resource_accounts", _id(SUPPORT), acs_resource_id=gone)


@_scenario(
    "no-audio",
    "No server consent",
    "The ACS resource consents to neither account: no IncomingCall, no audio, the call disconnects.",
)
def _no_audio(healthy: Scenario) -> Scenario:
    return healthy.change("communication_services", _voice, assignments=_consents_without(IVR, SUPPORT))


@_scenario(
    "federation-off",
    "Federation with ACS is off",
    "EnableAcsUsers is False in the tenant: calls to agents stay in Connecting (400801, 403/2203).",
)
def _federation_off(healthy: Scenario) -> Scenario:
    return _with_cmdlet(healthy, "Get-CsTeamsAcsFederationConfiguration", EnableAcsUsers=False)


def _registered(client_id: str) -> Callable[[Any], bool]:
    return lambda item: item.app_id == client_id


@_scenario(
    "UserLicenseNotPresentForbidden",
    "Teams is switched off in an agent's licence",
    "In the licence of adele@contoso.com Teams is switched off: she is refused at sign-in (403 "
    "UserLicenseNotPresentForbidden).",
)
def _user_license_not_present(healthy: Scenario) -> Scenario:
    return healthy.change("users", _id(contoso.AGENTS[0]), licenses=(License(skus.MICROSOFT_365_E5, (skus.TEAMS.id,)),))


@_scenario(
    "unlicensed-account",
    "A resource account has no licence",
    "support@contoso.com has no Microsoft Teams Phone Resource Account licence: the portal asks for one, and calls "
    "get a busy signal.",
)
def _unlicensed_account(healthy: Scenario) -> Scenario:
    return healthy.change("users", _id(SUPPORT), licenses=())


@_scenario(
    "no-incoming-call",
    "Nobody is told of incoming calls",
    "No Event Grid subscription delivers IncomingCall: callers hear ringing or silence, then the call ends.",
)
def _no_incoming_call(healthy: Scenario) -> Scenario:
    return healthy.in_subscription(
        system_topics=tuple(replace(topic, event_subscriptions=()) for topic in healthy.subscription.system_topics)
    )


@_scenario(
    "AADSTS7000222",
    "The bot's secret has expired",
    "The client secret of the bot's application expired a week ago: the service gets no token (AADSTS7000222), "
    "and what it asks of Azure Communication Services ends with 401.",
)
def _aadsts7000222(healthy: Scenario) -> Scenario:
    def expired(application: Application) -> tuple[Credential, ...]:
        week = timedelta(days=7)
        return tuple(replace(item, ends=_midnight() - week) for item in application.credentials)

    return healthy.change("applications", _registered(contoso.BOT_APP_ID), credentials=expired)


def _midnight() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


@_scenario(
    "AADSTS65001",
    "Nobody consented to the agents' desktop",
    "No administrator consented to TeamsExtension.ManageCalls for the agents' desktop: agents cannot sign in "
    "(AADSTS65001).",
)
def _aadsts65001(healthy: Scenario) -> Scenario:
    return healthy.drop("grants", lambda grant: "TeamsExtension.ManageCalls" in grant.scope)


@_scenario(
    "AADSTS700016",
    "The bot's application was deleted",
    "The app registration that the bot and both accounts name is gone, and its service principal with it: the "
    "service gets no token (AADSTS700016), callers hear a busy signal, no IncomingCall.",
)
def _aadsts700016(healthy: Scenario) -> Scenario:
    gone = _registered(contoso.BOT_APP_ID)
    return healthy.drop("applications", gone).drop("service_principals", gone)


@_scenario(
    "AADSTS50011",
    "The agents' desktop has no redirect URI",
    "The registration of the agents' desktop has no redirect URI for a single-page application: agents are "
    "turned away at sign-in (AADSTS50011).",
)
def _aadsts50011(healthy: Scenario) -> Scenario:
    return healthy.change("applications", _registered(contoso.CLIENT_APP_ID), redirect_uris=())


@_scenario(
    "AADSTS53003",
    "Conditional Access blocks the agents",
    "A Conditional Access policy blocks everybody's access to Azure Communication Services: agents are turned "
    "away at sign-in (AADSTS53003).",
)
def _aadsts53003(healthy: Scenario) -> Scenario:
    policy = contoso.blocking_policy("Block communication", well_known.COMMUNICATION_SERVICES)
    return healthy.in_tenant(conditional_access=(policy,)).configure("sources.conditional_access.mode", "auto")


@_scenario(
    "resourceAccounts-403",
    "Resource accounts may not be listed",
    "The agents' desktop asks for TeamsResourceAccount.Read.All, but nobody consented: listing resource accounts "
    "(GET /beta/admin/teams/resourceAccounts) ends with 403.",
)
def _resource_accounts_403(healthy: Scenario) -> Scenario:
    return healthy.drop("grants", lambda grant: "TeamsResourceAccount.Read.All" in grant.scope)


@_scenario(
    "10057",
    "No client consent",
    "The ACS resource lets the agents' desktop act for no agent: its token is refused, so that adding an agent "
    "to a call ends with 408/10057.",
)
def _10057(healthy: Scenario) -> Scenario:
    return healthy.change("communication_services", _voice, assignments=_consents_without(*contoso.AGENTS))


@_scenario(
    "511404",
    "The number is assigned to nobody",
    f"{SUPPORT_NUMBER} is not assigned: calls to it end with 511404 (number or resource not found).",
)
def _511404(healthy: Scenario) -> Scenario:
    return healthy.change(
        "numbers", _numbered(SUPPORT_NUMBER), target_id=None, assignment_status="unassigned", category=None
    )


def _numbered(telephone_number: str) -> Callable[[Any], bool]:
    return lambda number: number.telephone_number == telephone_number


@_scenario(
    "511532",
    "No voice routing policy",
    "support@contoso.com has no voice routing policy of its own, and the Global one has no PSTN usage: its outbound "
    "calls end with 511532 (SIP trunk configuration not found).",
)
def _511532(healthy: Scenario) -> Scenario:
    return healthy.change("user_configurations", _id(SUPPORT), policies=())


@_scenario(
    "560403",
    "The session border controller is disabled",
    "sbc.contoso.com, the only session border controller of the route, is not enabled: outbound calls of "
    "support@contoso.com end with 560403.",
)
def _560403(healthy: Scenario) -> Scenario:
    return _with_cmdlet(healthy, "Get-CsOnlinePSTNGateway", Enabled=False)


@_scenario(
    "blocked-callers",
    "The callers of the own area are blocked",
    "A pattern against unwanted callers matches all of +1555: those callers are rejected, no IncomingCall.",
)
def _blocked_callers(healthy: Scenario) -> Scenario:
    pattern = {
        "Identity": "Unwanted",
        "Name": "Unwanted",
        "Enabled": True,
        "Description": "Automatic calls",
        "Pattern": "^\\+1555",
        "ResourceAccount": None,
    }
    powershell = healthy.tenant.powershell or TeamsPowerShell({})
    cmdlets = {**powershell.cmdlets, "Get-CsInboundBlockedNumberPattern": (pattern,)}
    return healthy.in_tenant(powershell=replace(powershell, cmdlets=cmdlets))


@_scenario(
    "aa-cq-association",
    "A call queue takes the calls",
    "ivr@contoso.com answers for the call queue Sales Queue: its calls go there, no IncomingCall.",
)
def _aa_cq_association(healthy: Scenario) -> Scenario:
    return _with_cmdlet(healthy, "Get-CsCallQueue", ApplicationInstances=[IVR])


@_scenario(
    "tollfree",
    "A toll-free number without a word on funding",
    "The number of ivr@contoso.com is toll-free: if nothing pays for calls to it, they fail. Nobody has said.",
)
def _tollfree(healthy: Scenario) -> Scenario:
    number = "+18335550100"
    changed = healthy.change("numbers", _numbered(IVR_NUMBER), telephone_number=number)
    return changed.configure("deployment.lines.0.number", number)


@_scenario(
    "8586",
    "The webhook did not answer the handshake",
    "Event Grid waits for the webhook to answer its validation handshake (AwaitingManualAction) and delivers no "
    "incoming call: 8586.",
)
def _8586(healthy: Scenario) -> Scenario:
    def waiting(topic: SystemTopic) -> tuple[EventSubscription, ...]:
        return tuple(replace(item, provisioning_state="AwaitingManualAction") for item in topic.event_subscriptions)

    waits = healthy.change("system_topics", event_subscriptions=waiting)
    return waits.without_attestation("event-grid-webhook-valid")


@_scenario(
    "7510",
    "Access keys are switched off",
    "The ACS resource takes Entra ID only: an application without a managed identity and a role ends with "
    "403/7510. Nobody has said how the application signs in.",
)
def _7510(healthy: Scenario) -> Scenario:
    return healthy.change("communication_services", _voice, disable_local_auth=True)


@_scenario(
    "onprem-number",
    "A number is held on premises",
    f"{SUPPORT_NUMBER} is still held by an on-premises directory: it can't be assigned anew online.",
)
def _onprem_number(healthy: Scenario) -> Scenario:
    return healthy.change("numbers", _numbered(SUPPORT_NUMBER), number_source="onPremises")


@_scenario(
    "emergency-location",
    "A number without an emergency location",
    f"{IVR_NUMBER} has no emergency location: an emergency call from it would not say where help is needed.",
)
def _emergency_location(healthy: Scenario) -> Scenario:
    return healthy.change("numbers", _numbered(IVR_NUMBER), location_id=None, civic_address_id=None)


@_scenario(
    "healthy-operator-connect",
    "Healthy, with an Operator Connect number",
    f"Nothing that breaks calls. {IVR_NUMBER} is a carrier's number, by Operator Connect, and somebody has asked "
    "the carrier.",
)
def _healthy_operator_connect(healthy: Scenario) -> Scenario:
    changed = healthy.change(
        "numbers",
        _numbered(IVR_NUMBER),
        number_type="operatorConnect",
        operator_id=invented("operator", "Adatum"),
    ).without_attestation("funding-balance")
    confirmed = contoso.attestation(
        "oc-carrier-outbound", datetime.now(UTC).date(), "A test call went through", IVR_NUMBER
    )
    return changed.configure("attestations", [*changed.config["attestations"], confirmed])


@_scenario(
    "510586",
    "The carrier may not allow outbound calls",
    f"{IVR_NUMBER} is a carrier's number, by Operator Connect. If the carrier does not allow outbound calls from it, "
    "they end with 403/510586. Nobody has asked.",
)
def _510586(healthy: Scenario) -> Scenario:
    return _healthy_operator_connect(healthy).without_attestation("oc-carrier-outbound")


@_scenario(
    "unreadable",
    "The auditor may read little",
    "Nothing, as far as can be told: numbers, users, licences, the bot, the consents and the Teams export "
    "cannot be read.",
)
def _unreadable(healthy: Scenario) -> Scenario:
    place = f"/subscriptions/{contoso.SUBSCRIPTION_ID}/resourceGroups/{contoso.VOICE_GROUP}"
    refused = healthy.permitted(
        "TeamsTelephoneNumber.Read.All",
        "TeamsUserConfiguration.Read.All",
        "LicenseAssignment.Read.All",
        "Organization.Read.All",
        "User.Read.All",
        "Directory.Read.All",
        reader_scopes=(place,),
        data_plane_scopes=(),
    )
    return replace(refused, export=False)


@_scenario(
    "healthy-two-tenants",
    "Healthy, with Azure in the tenant of a vendor",
    "Nothing. Bot and ACS resource stand in the tenant of the vendor Fabrikam, whose application is installed in "
    "Contoso.",
)
def _two_tenants(healthy: Scenario) -> Scenario:
    return _with_vendor(healthy, installed=True)


@_scenario(
    "vendor-app-not-installed",
    "The vendor's application has no service principal in the Teams tenant",
    "Nothing that Microsoft documents to break calls: bot and ACS resource stand in the tenant of the vendor "
    "Fabrikam, and the bot's application has no service principal in Contoso.",
)
def _vendor_app_not_installed(healthy: Scenario) -> Scenario:
    return _with_vendor(healthy, installed=False)


def _with_vendor(healthy: Scenario, *, installed: bool) -> Scenario:
    """With Azure in a tenant of its own, whose application is installed in the Teams tenant, or is not."""
    vendor_id = invented("tenant", "fabrikam.com")
    applications = tuple(replace(item, sign_in_audience="AzureADMultipleOrgs") for item in healthy.tenant.applications)
    vendor = Tenant(
        vendor_id,
        "Fabrikam",
        "fabrikam.com",
        service_principals=contoso.service_principals(vendor_id),
        applications=applications,
    )
    principals = contoso.service_principals(vendor_id, bot=installed)
    here = healthy.in_tenant(service_principals=principals, applications=())
    reader = contoso.auditor(vendor_id, "vendor auditor")
    state = State(
        (here.tenant, vendor),
        (contoso.subscription(vendor_id, contoso.TENANT_ID, on_topic=False),),
        (contoso.auditor(contoso.TENANT_ID, azure=False), reader),
    )
    azure = {
        "tenant_id": vendor_id,
        "subscriptions": [contoso.SUBSCRIPTION_ID],
        "credential": {"kind": "client-secret", "client_id": reader.client_id},
    }
    secrets = {**healthy.secrets, contoso.AZURE_SECRET_VARIABLE: contoso.secret_of("vendor auditor")}
    return replace(here, state=state, secrets=secrets).configure("azure", azure)


@_scenario(
    "2203",
    "The ACS resource is not on the list of federation",
    "AllowedAcsResources holds another ACS resource: agents can't be added (403/2203 in the Dynamics 365 "
    "community; Microsoft does not define the code). Nobody has answered for information barriers.",
)
def _2203(healthy: Scenario) -> Scenario:
    other = [invented("communication service", "contoso-lab")]
    broken = _with_cmdlet(healthy, "Get-CsTeamsAcsFederationConfiguration", AllowedAcsResources=other)
    return broken.without_attestation("information-barriers")


@_scenario(
    "agent-policy",
    "An agent's external access policy forbids federation with ACS",
    "adele@contoso.com has the policy FederationOnly, in which EnableAcsFederationAccess is False: calls to her "
    "stay in Connecting, those to the other agents do not.",
)
def _agent_policy(healthy: Scenario) -> Scenario:
    policy = PolicyAssignment("ExternalAccessPolicy", "FederationOnly", invented("policy", "FederationOnly"))
    return healthy.change("user_configurations", _id(invented("user", "adele")), policies=(policy,))


@_scenario(
    "10037",
    "A resource account is no longer recognised as one",
    "Somebody edited the department of ivr@contoso.com: calls on its behalf end with 480/10037.",
)
def _10037(healthy: Scenario) -> Scenario:
    return healthy.change("users", _id(IVR), department="Customer Service")


@_with_dynamics(
    "healthy-dynamics",
    "Contoso with Dynamics 365 Contact Center, healthy",
    "Nothing: both lines work in both directions.",
)
def _healthy_dynamics(healthy: Scenario) -> Scenario:
    return healthy


@_with_dynamics(
    "400801",
    "Federation with ACS is off, with Dynamics 365",
    "EnableAcsUsers is False in the tenant: agents accept the call, it stays in Connecting, and Dynamics reports "
    "400801 (Operation is not supported in Open state).",
)
def _400801(healthy: Scenario) -> Scenario:
    return _with_cmdlet(healthy, "Get-CsTeamsAcsFederationConfiguration", EnableAcsUsers=False)


@_with_dynamics(
    "d365-wrong-environment",
    "Bound to the ACS resource of another environment",
    "support@contoso.com is bound to the ACS resource of the sandbox: its calls arrive there, or nowhere.",
)
def _d365_wrong_environment(healthy: Scenario) -> Scenario:
    return healthy.change("resource_accounts", _id(SUPPORT), acs_resource_id=dynamics.SANDBOX_ACS_ID)


@_with_dynamics(
    "d365-not-provisioned",
    "The voice channel is not provisioned",
    "The environment has no active communication provider for voice: 'Voice channel not detected'.",
)
def _d365_not_provisioned(healthy: Scenario) -> Scenario:
    environments = tuple(replace(item, providers=()) for item in healthy.state.environments)
    return replace(healthy, state=replace(healthy.state, environments=environments))


@_with_dynamics(
    "sync-from-teams-empty",
    "No application may list resource accounts",
    "Nobody consented to TeamsResourceAccount.Read.All for the tenant: 'Sync from Teams' ends with 500 or lists "
    "nothing.",
)
def _sync_from_teams_empty(healthy: Scenario) -> Scenario:
    return healthy.change(
        "grants", scope=lambda grant: grant.scope.replace("TeamsResourceAccount.Read.All", "").strip()
    )


def large(accounts: int, agents: int) -> Scenario:
    """A healthy tenant of size: accounts bound to one bot and one ACS resource, and agents in one group."""
    base = contoso.healthy()
    licenses = (contoso.RESOURCE_ACCOUNT, contoso.PAY_AS_YOU_GO, contoso.CREDITS)
    account_ids = [invented("large", "account", str(place)) for place in range(accounts)]
    agent_ids = [invented("large", "agent", str(place)) for place in range(agents)]
    account_users = tuple(
        contoso.account_user(identifier, f"line{place}", f"Line {place}", *licenses)
        for place, identifier in enumerate(account_ids)
    )
    phones = [f"+1555{place:07d}" for place in range(accounts)]
    tenant = replace(
        base.tenant,
        users=(
            *account_users,
            *(
                User(identifier, f"agent{place}@{contoso.DOMAIN}", f"Agent {place}", licenses=(contoso.AGENT,))
                for place, identifier in enumerate(agent_ids)
            ),
        ),
        resource_accounts=tuple(
            ResourceAccount(user.id, user.user_principal_name, user.display_name, contoso.BOT_APP_ID, ACS_ID)
            for user in account_users
        ),
        numbers=tuple(
            contoso.service_number(phone, "callingPlan", identifier, "voiceApplicationAssigned")
            for phone, identifier in zip(phones, account_ids, strict=True)
        ),
        skus=tuple(replace(owned, enabled=accounts + agents + 25) for owned in base.tenant.skus),
        groups=(Group(contoso.AGENTS_GROUP, "Contact centre agents", tuple(agent_ids)),),
        user_configurations=(
            *(contoso.account_configuration(identifier) for identifier in account_ids),
            *(UserConfiguration(identifier) for identifier in agent_ids),
        ),
    )
    consents = (
        *(Assignment(tenant.id, identifier) for identifier in account_ids),
        *contoso.client_consents(tenant.id, *agent_ids),
    )
    scenario = replace(base, state=replace(base.state, tenants=(tenant,))).change(
        "communication_services", _voice, assignments=consents
    )
    attestations = [item for item in base.config["attestations"] if "subject" not in item]
    synced = next(item for item in base.config["attestations"] if item["check"] == "ra-synced")
    attestations.append({name: value for name, value in synced.items() if name != "subject"})
    if agents > MANY_AGENTS:
        onboarded = "The onboarding script gave every agent's consent"
        attestations.append(contoso.attestation("client-consent", datetime.now(UTC).date(), onboarded))
    return (
        scenario.configure("deployment.lines", [])
        .configure("attestations", attestations)
        .named("large", f"Contoso with {accounts} accounts and {agents} agents", "Nothing.")
    )


__all__ = ["DEFAULT", "SCENARIOS", "large"]
