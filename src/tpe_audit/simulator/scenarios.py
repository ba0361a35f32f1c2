"""The scenarios: tenants with one thing broken, each named by the code or symptom that it causes.

Codes and symptoms: Microsoft Learn, "Teams Phone extensibility troubleshooting". A scenario is a function
that changes the healthy tenant; registering it makes it known by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from tpe_audit.simulator import contoso, skus, well_known
from tpe_audit.simulator.contoso import ACS_ID, IVR, SUPPORT, SUPPORT_NUMBER, invented
from tpe_audit.simulator.scenario import Scenario
from tpe_audit.simulator.state import (
    Assignment,
    CommunicationService,
    Group,
    License,
    ResourceAccount,
    State,
    TeamsPowerShell,
    Tenant,
    User,
    UserConfiguration,
)

DEFAULT: Final = "contoso"
_SCENARIOS: dict[str, Callable[[], Scenario]] = {"healthy": contoso.healthy}
SCENARIOS: Final[Mapping[str, Callable[[], Scenario]]] = MappingProxyType(_SCENARIOS)

Change = Callable[[Scenario], Scenario]


def _scenario(name: str, title: str, breaks: str) -> Callable[[Change], Change]:
    def register(change: Change) -> Change:
        _SCENARIOS[name] = lambda: change(contoso.healthy()).named(name, title, breaks)
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
    "The tenant owns Pay-As-You-Go, ivr@contoso.com does not have it: its outbound calls end with "
    "404/580464.",
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
    "support@contoso.com points to an ACS resource that no longer exists: callers hear a busy signal, no "
    "IncomingCall.",
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
    "Nothing that breaks calls. Bot and ACS resource stand in the tenant of the vendor Fabrikam; the bot's "
    "application has no service principal in Contoso.",
)
def _two_tenants(healthy: Scenario) -> Scenario:
    vendor_id = invented("tenant", "fabrikam.com")
    application = replace(healthy.tenant.applications[0], sign_in_audience="AzureADMultipleOrgs")
    vendor = Tenant(
        vendor_id,
        "Fabrikam",
        "fabrikam.com",
        service_principals=contoso.service_principals(vendor_id),
        applications=(application,),
    )
    here = healthy.in_tenant(
        service_principals=contoso.service_principals(vendor_id, bot=False), applications=()
    )
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
                User(
                    identifier, f"agent{place}@{contoso.DOMAIN}", f"Agent {place}", licenses=(contoso.AGENT,)
                )
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
    consents = tuple(Assignment(tenant.id, identifier) for identifier in account_ids)
    scenario = replace(base, state=replace(base.state, tenants=(tenant,))).change(
        "communication_services", _voice, assignments=consents
    )
    attestations = [item for item in base.config["attestations"] if item["check"] == "funding-balance"]
    synced = next(item for item in base.config["attestations"] if item["check"] == "ra-synced")
    attestations.append({name: value for name, value in synced.items() if name != "subject"})
    return (
        scenario.configure("deployment.lines", [])
        .configure("attestations", attestations)
        .named("large", f"Contoso with {accounts} accounts and {agents} agents", "Nothing.")
    )


__all__ = ["DEFAULT", "SCENARIOS", "large"]
