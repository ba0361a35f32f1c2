"""Contoso with Dynamics 365 Contact Center: Microsoft's application answers the calls, not one of its own.

The accounts are bound to the Dynamics App ID and the ACS resource of the environment contoso.crm.dynamics.com.
There is no bot of Contoso's, and no consent or event subscription of its own: Microsoft operates them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from tpe_audit.simulator import contoso, skus, well_known
from tpe_audit.simulator.contoso import AUDITOR_ID, DOMAIN, IVR, SUPPORT, TENANT_ID, attestation, invented
from tpe_audit.simulator.scenario import Scenario
from tpe_audit.simulator.state import (
    DataverseUser,
    Environment,
    Grant,
    License,
    OwnedSku,
    ServicePrincipal,
    VoiceProvider,
)

URL: Final = "https://contoso.crm.dynamics.com"
APP_ID: Final = invented("application", "Dynamics App ID")
ACS_ID: Final = invented("communication service", "contoso.crm.dynamics.com")
SANDBOX_ACS_ID: Final = invented("communication service", "contoso-sandbox.crm.dynamics.com")
SYNC_APP: Final = invented("service principal", "number sync")
_QUESTIONS = {
    "d365-sync-role": f"admin@{DOMAIN} is Teams Telephony Administrator and System Administrator",
    "d365-region": "United States has Voice = Yes",
    "d365-number-synced": "Both numbers are listed with Telephony = Teams since the last sync",
    "d365-workstream": "Both numbers are on the workstream Contoso Voice, queue Agents",
    "d365-outbound-profile": "Both numbers are in the outbound profile Contoso Voice",
    "dr-sbc-replaces": "The session border controller accepts INVITE with Replaces",
}
_OF_A_THIRD_PARTY = ("event-grid-webhook-valid", "acs-legacy-retirement")
"""Answers that nobody is asked for."""


def healthy() -> Scenario:
    """Contoso with Dynamics 365, with nothing broken."""
    today = datetime.now(UTC).date()
    agents = tuple(invented("user", name) for name in ("adele", "diego", "grady", "isaiah"))
    scenario = (
        contoso.healthy()
        .change(
            "resource_accounts",
            lambda account: account.id in (IVR, SUPPORT),
            application_id=APP_ID,
            acs_resource_id=ACS_ID,
        )
        .change(
            "users",
            lambda user: user.id in agents,
            licenses=lambda user: (*user.licenses, License(skus.DYNAMICS_CONTACT_CENTER)),
        )
        .add("skus", OwnedSku(skus.DYNAMICS_CONTACT_CENTER))
        .add(
            "service_principals",
            ServicePrincipal(
                invented("service principal", "Dynamics App ID"),
                APP_ID,
                "Dynamics 365 Contact Center",
                well_known.MICROSOFT_SERVICES_TENANT,
            ),
            ServicePrincipal(SYNC_APP, invented("application", "number sync"), "Number sync", TENANT_ID),
        )
        .add("grants", Grant(SYNC_APP, invented("service principal", "graph"), "TeamsResourceAccount.Read.All"))
        .drop("bots", lambda bot: bot.app_id == contoso.BOT_APP_ID)
        .drop("communication_services", lambda service: service.immutable_id == contoso.ACS_ID)
        .drop("system_topics")
        .in_tenant(powershell=contoso.powershell(ACS_ID))
        .configure("deployment.consumer", "dynamics-365")
        .configure("deployment.dynamics", {"environment_url": URL})
    )
    for line in ("0", "1"):
        scenario = scenario.configure(f"deployment.lines.{line}.application_id", APP_ID)
        scenario = scenario.configure(f"deployment.lines.{line}.acs_resource", ACS_ID)
    for check in (*_OF_A_THIRD_PARTY, *_QUESTIONS):
        scenario = scenario.without_attestation(check)
    answers = [attestation(check, today, evidence) for check, evidence in _QUESTIONS.items()]
    user = DataverseUser(invented("system user", "auditor"), AUDITOR_ID)
    environment = Environment(URL, TENANT_ID, (VoiceProvider("Contoso Voice", ACS_ID),), (user,))
    return replace(scenario, state=replace(scenario.state, environments=(environment,))).configure(
        "attestations", [*scenario.config["attestations"], *answers]
    )
