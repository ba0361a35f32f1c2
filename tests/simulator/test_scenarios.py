"""The scenarios: each is the healthy tenant but for what it says."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests.simulator.client import Client
from tpe_audit.simulator import DEFAULT, SCENARIOS, Scenario, large, serve, teams_export, well_known
from tpe_audit.simulator.contoso import (
    ACS_ID,
    BOT_APP_ID,
    BOTS_GROUP,
    IVR,
    SUBSCRIPTION_ID,
    SUPPORT,
    TENANT_ID,
    acs_arm_id,
)

BOT = (
    f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{BOTS_GROUP}/providers/Microsoft.BotService/botServices/"
    "contoso-voice-bot"
)
CHANNEL = f"{BOT}/channels/MsTeamsChannel"
NUMBERS = "/admin/teams/telephoneNumberManagement/numberAssignments"


def _observed(scenario: Scenario) -> dict[str, Any]:
    """What a reader sees of a one-tenant scenario."""
    with serve(scenario) as tenant, Client(tenant) as client:
        sku = {item["skuPartNumber"]: item for item in client.graph("/subscribedSkus").json()["value"]}
        export = teams_export(scenario.state)["cmdlets"]
        return {
            "service principal": client.graph(
                f"/servicePrincipals(appId='{well_known.COMMUNICATION_SERVICES}')"
            ).status_code,
            "credits": "MCOPSTNC" in sku,
            "pay as you go": next(item["capabilityStatus"] for name, item in sku.items() if "pay_as_you_go" in name),
            "ivr": [item["skuPartNumber"] for item in client.graph(f"/users/{IVR}/licenseDetails").json()["value"]],
            "numbers": [item["activationState"] for item in client.graph(NUMBERS).json()["value"]][:2],
            "accounts": {
                (item["appId"], item["acsResourceId"])
                for item in client.graph("/beta/admin/teams/resourceAccounts").json()["value"][:2]
            },
            "bot": client.arm(BOT, "2022-09-15").json()["properties"]["msaAppId"],
            "channel": client.arm(CHANNEL, "2022-09-15").status_code,
            "consents": [client.consent(ACS_ID, TENANT_ID, account).status_code for account in (IVR, SUPPORT)],
            "federation": export["Get-CsTeamsAcsFederationConfiguration"]["data"][0]["EnableAcsUsers"],
            "attested": [item["check"] for item in tenant.config["attestations"]],
        }


@pytest.fixture(scope="module")
def healthy() -> dict[str, Any]:
    return _observed(SCENARIOS["healthy"]())


DIFFERENCES: dict[str, set[str]] = {
    "contoso": {"numbers", "consents"},
    "no-service-principal": {"service principal"},
    "580406": {"credits", "ivr", "attested"},
    "580462": {"pay as you go"},
    "580464": {"ivr"},
    "10105": {"channel"},
    "reserved-app-id": {"accounts", "bot", "channel"},
    "busy-signal": {"accounts"},
    "no-audio": {"consents"},
    "federation-off": {"federation"},
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_scenario_differs_where_it_says(name: str, healthy: dict[str, Any]) -> None:
    observed = _observed(SCENARIOS[name]())
    assert {key for key, value in observed.items() if value != healthy[key]} == DIFFERENCES[name]


def test_healthy_is_healthy(healthy: dict[str, Any]) -> None:
    assert healthy["service principal"] == healthy["channel"] == 200
    assert healthy["accounts"] == {(BOT_APP_ID, ACS_ID)}
    assert healthy["consents"] == [200, 200]
    assert healthy["numbers"] == ["activated", "activated"]
    assert len(healthy["ivr"]) == 3


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_is_served_and_explains_itself(name: str) -> None:
    scenario = SCENARIOS[name]()
    assert scenario.name == name
    assert scenario.title
    assert scenario.breaks.endswith(".")
    with serve(scenario) as tenant, Client(tenant) as client:
        assert client.sign_in().status_code == 200
        assert set(tenant.secrets) <= {
            "TPE_AUDIT_TEAMS__CREDENTIAL__CLIENT_SECRET",
            "TPE_AUDIT_AZURE__CREDENTIAL__CLIENT_SECRET",
        }


def test_the_default_exists_and_states_are_the_same_every_time() -> None:
    assert DEFAULT in SCENARIOS
    assert SCENARIOS[DEFAULT]().state == SCENARIOS[DEFAULT]().state


def test_attestations_are_valid_today() -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    for item in SCENARIOS["healthy"]().config["attestations"]:
        assert item["on"] < today < item["expires"]
        assert item["by"]


def test_unreadable_refuses_in_many_places() -> None:
    with serve(SCENARIOS["unreadable"]()) as tenant, Client(tenant) as client:
        for path in (
            NUMBERS,
            "/subscribedSkus",
            "/users",
            "/organization",
            "/admin/teams/userConfigurations",
        ):
            assert client.graph(path).status_code == 403
        assert client.graph("/beta/admin/teams/resourceAccounts").status_code == 200
        assert client.arm(acs_arm_id()).status_code == 200
        assert client.arm(BOT, "2022-09-15").status_code == 403
        assert client.consent(ACS_ID, TENANT_ID, IVR).status_code == 403
        assert not tenant.teams_export.exists()


def test_two_tenants_have_two_identities() -> None:
    with (
        serve(SCENARIOS["vendor-app-not-installed"]()) as tenant,
        Client(tenant) as teams,
        Client(tenant, "azure") as azure,
    ):
        assert teams.tenant_id != azure.tenant_id
        assert teams.graph(f"/servicePrincipals(appId='{BOT_APP_ID}')").status_code == 404
        assert teams.graph(f"/applications(appId='{BOT_APP_ID}')").status_code == 404
        assert azure.graph(f"/applications(appId='{BOT_APP_ID}')").status_code == 200
        assert azure.graph("/beta/admin/teams/resourceAccounts").json()["value"] == []
        assert azure.consent(ACS_ID, TENANT_ID, IVR).status_code == 200
        assert teams.consent(ACS_ID, TENANT_ID, IVR).status_code == 403
        crossed = teams.arm(BOT, "2022-09-15")
        assert crossed.status_code == 401
        assert crossed.json()["error"]["code"] == "InvalidAuthenticationTokenTenant"
        events = azure.arm(f"{acs_arm_id()}/providers/Microsoft.EventGrid/eventSubscriptions", "2025-02-15")
        assert len(events.json()["value"]) == 1
        assert azure.arm(BOT, "2022-09-15").json()["properties"]["msaAppTenantId"] == azure.tenant_id


def test_a_large_tenant_is_paged_through() -> None:
    with serve(large(30, 250)) as tenant, Client(tenant) as client:
        accounts = client.pages("/beta/admin/teams/resourceAccounts", top=20)
        group = tenant.config["deployment"]["agents"]["groups"][0]
        agents = client.pages(f"/groups/{group}/transitiveMembers/microsoft.graph.user", select="id")
        assert [len(page) for page in accounts] == [20, 10]
        assert [len(page) for page in agents] == [100, 100, 50]
        assert client.consent(ACS_ID, TENANT_ID, accounts[1][0]["id"]).status_code == 200


def test_scenarios_are_made_from_each_other() -> None:
    healthy = SCENARIOS["healthy"]()
    changed = (
        healthy.configure("deployment.lines.0.bot", BOT)
        .configure("waivers", [])
        .drop("numbers", lambda number: number.target_id is None)
        .drop("groups")
        .in_tenant(country="DE")
    )
    assert changed.config["deployment"]["lines"][0]["bot"] == BOT
    assert "bot" not in healthy.config["deployment"]["lines"][0]
    assert len(changed.tenant.numbers) == len(healthy.tenant.numbers) - 1
    assert changed.tenant.groups == ()
    assert changed.tenant.country == "DE"
