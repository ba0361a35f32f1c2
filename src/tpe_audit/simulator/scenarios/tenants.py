"""The default scenario, healthy tenants of other shapes, and tenants that can hardly be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from tpe_audit.simulator import contoso
from tpe_audit.simulator.contoso import ACS_ID, SUPPORT, SUPPORT_NUMBER, invented
from tpe_audit.simulator.scenario import Scenario
from tpe_audit.simulator.scenarios.registry import consents_without, scenario, voice
from tpe_audit.simulator.state import Assignment, Group, ResourceAccount, State, Tenant, User, UserConfiguration

MANY_AGENTS: Final = 1000
"""With more agents an audit leaves their consents to a person, unless told otherwise."""


@scenario(
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
    return broken.change("communication_services", voice, assignments=consents_without(SUPPORT))


@scenario(
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


@scenario(
    "healthy-two-tenants",
    "Healthy, with Azure in the tenant of a vendor",
    "Nothing. Bot and ACS resource stand in the tenant of the vendor Fabrikam, whose application is installed in "
    "Contoso.",
)
def _two_tenants(healthy: Scenario) -> Scenario:
    return _with_vendor(healthy, installed=True)


@scenario(
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
        "communication_services", voice, assignments=consents
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
