"""Where applications are registered, by the witness of service principal and bot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.tenant import APPLICATION, Behaviour, edited, healthy, invented, put, reading, without_lines
from tpe_audit import facts
from tpe_audit.collectors import Question
from tpe_audit.facts import Kind, Subject
from tpe_audit.facts.bot import Application, Bot
from tpe_audit.simulator import SCENARIOS, Scenario, well_known
from tpe_audit.simulator.contoso import BOT_APP_ID, BOTS_GROUP, SUBSCRIPTION_ID, TENANT_ID

REGISTRATION: Question = (Application, facts.Registration)
CREDENTIALS: Question = (Application, facts.AppCredentials)
PRINCIPAL: Question = (Application, facts.ApplicationPrincipal)
APP_TYPE: Question = (Bot, facts.BotAppType)
BOT = Subject(
    Kind.BOT,
    f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{BOTS_GROUP}/providers/Microsoft.BotService/botServices/"
    "contoso-voice-bot",
    "contoso-voice-bot",
)
THIRD = invented("tenant", "third")
REGISTRATIONS = f"/v1.0/applications(appId='{BOT_APP_ID}')"
PRINCIPALS = f"/v1.0/servicePrincipals(appId='{BOT_APP_ID}')"


def bots_application(item: Any) -> bool:
    return bool(item.app_id == BOT_APP_ID)


def unregistered() -> Scenario:
    return SCENARIOS["AADSTS700016"]()


async def test_a_healthy_applications_registration_and_secret_are_read_from_its_own_tenant() -> None:
    async with reading() as reads:
        evidence = await reads(REGISTRATION, CREDENTIALS, PRINCIPAL)
        registration = evidence.known(facts.Registration, APPLICATION)
        assert (registration.tenant_id, registration.audience) == (TENANT_ID, "AzureADMyOrg")
        (secret,) = evidence.known(facts.AppCredentials, APPLICATION).items
        assert secret.kind == "secret"
        assert timedelta(days=300) < secret.ends - datetime.now(UTC) < timedelta(days=310)
        assert evidence.known(facts.ApplicationPrincipal, APPLICATION).owner_tenant_id == TENANT_ID
        assert not any("keyCredentials" in request.query for request in reads.asked("servicePrincipals"))
        assert not [request for request in reads.requests if request.api == "arm"]


async def test_a_vendors_application_is_asked_for_in_the_vendors_tenant() -> None:
    async with reading(SCENARIOS["vendor-app-not-installed"]()) as reads:
        evidence = await reads(REGISTRATION, CREDENTIALS, PRINCIPAL)
        assert evidence.known(facts.Registration, APPLICATION).tenant_id == invented("tenant", "fabrikam.com")
        assert len(evidence.known(facts.AppCredentials, APPLICATION).items) == 1
        evidence.known(facts.NoApplicationPrincipal, APPLICATION)


async def test_a_tenant_that_should_own_it_and_has_it_not_is_proof_that_there_is_none() -> None:
    async with reading(unregistered()) as reads:
        evidence = await reads(REGISTRATION, CREDENTIALS)
        assert evidence.known(facts.NoRegistration, APPLICATION).tenant_id == TENANT_ID
        evidence.known(facts.UnseenCredentials, APPLICATION)


@pytest.mark.parametrize("tenant", [THIRD, None])
async def test_a_bot_of_a_third_tenant_or_of_none_proves_nothing(tenant: str | None) -> None:
    scenario = unregistered().change("bots", bots_application, app_tenant_id=tenant)
    async with reading(scenario) as reads:
        evidence = await reads(REGISTRATION)
        assert evidence.known(facts.ForeignRegistration, APPLICATION).tenant_id == (tenant or "")


async def test_a_service_principal_of_a_third_tenant_says_so_without_a_look_at_azure() -> None:
    scenario = healthy().change("service_principals", bots_application, owner_tenant_id=THIRD)
    async with reading(scenario) as reads:
        evidence = await reads(REGISTRATION, CREDENTIALS)
        assert evidence.known(facts.ForeignRegistration, APPLICATION).tenant_id == THIRD
        evidence.known(facts.UnseenCredentials, APPLICATION)
        assert not reads.asked("/applications(")
        assert not [request for request in reads.requests if request.api == "arm"]


async def test_the_application_of_a_bot_with_a_managed_identity_needs_no_registration() -> None:
    identity = "/subscriptions/x/resourceGroups/x/providers/Microsoft.ManagedIdentity/userAssignedIdentities/bot"
    scenario = unregistered().change("bots", bots_application, app_type="UserAssignedMSI", managed_identity=identity)
    async with reading(scenario) as reads:
        evidence = await reads(REGISTRATION, CREDENTIALS, APP_TYPE)
        evidence.known(facts.ManagedIdentity, APPLICATION)
        evidence.known(facts.UnseenCredentials, APPLICATION)
        assert evidence.known(facts.BotAppType, BOT) == facts.BotAppType("UserAssignedMSI", TENANT_ID, identity)


async def test_without_a_look_at_the_bot_a_missing_registration_is_not_known_to_be_missing() -> None:
    async with reading(unregistered().permitted(reader_scopes=())) as reads:
        evidence = await reads(REGISTRATION, CREDENTIALS)
        assert evidence.gap(facts.Registration, APPLICATION).lacks
        assert evidence.gap(facts.AppCredentials, APPLICATION).lacks


async def test_where_azure_is_declared_off_it_is_left_to_a_person() -> None:
    async with reading(unregistered().configure("sources.azure.mode", "off")) as reads:
        evidence = await reads(REGISTRATION)
        assert evidence.known(facts.ForeignRegistration, APPLICATION).tenant_id == ""


@pytest.mark.parametrize(
    "change",
    [
        {"passwordCredentials": None},
        {"passwordCredentials": ...},
        {"keyCredentials": {}},
        {"passwordCredentials": [{"displayName": None, "startDateTime": "2026-01-01T00:00:00Z"}]},
        {
            "passwordCredentials": [
                {"displayName": None, "startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "soon"},
            ]
        },
        {
            "passwordCredentials": [
                {"displayName": None, "startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2027-01-01T00:00:00"},
            ]
        },
    ],
    ids=["null", "absent", "no list", "without an end", "an end that is no time", "a time of no zone"],
)
async def test_malformed_credentials_are_unread_and_the_registration_is_not(change: dict[str, Any]) -> None:
    async with reading(healthy(), edited(REGISTRATIONS, lambda body: put(body, change))) as reads:
        evidence = await reads(REGISTRATION, CREDENTIALS)
        assert evidence.gap(facts.AppCredentials, APPLICATION).evidence
        evidence.known(facts.Registration, APPLICATION)


@pytest.mark.parametrize("change", [{"signInAudience": None}, {"id": ""}])
async def test_a_malformed_registration_is_unread_whole(change: dict[str, Any]) -> None:
    async with reading(healthy(), edited(REGISTRATIONS, lambda body: put(body, change))) as reads:
        evidence = await reads(REGISTRATION, CREDENTIALS)
        assert evidence.gap(facts.Registration, APPLICATION).evidence
        assert evidence.gap(facts.AppCredentials, APPLICATION).evidence


@pytest.mark.parametrize("change", [{"accountEnabled": None}, {"accountEnabled": "true"}, {"id": "x/../y"}])
async def test_a_malformed_service_principal_is_unread(change: dict[str, Any]) -> None:
    behaviour = edited(f"{PRINCIPALS}?$select=id,appId,displayName,accountEnabled", lambda body: put(body, change))
    async with reading(healthy(), behaviour) as reads:
        assert (await reads(PRINCIPAL)).gap(facts.ApplicationPrincipal, APPLICATION).evidence


async def test_without_the_permission_the_gap_names_it() -> None:
    scenario = healthy().permitted("Application.Read.All", "Directory.Read.All")
    async with reading(scenario) as reads:
        evidence = await reads(REGISTRATION, CREDENTIALS, PRINCIPAL)
        for question in (facts.Registration, facts.AppCredentials, facts.ApplicationPrincipal):
            assert evidence.gap(question, APPLICATION).lacks == ("the Graph permission Application.Read.All",)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, facts.BotAppType("SingleTenant", TENANT_ID, "")),
        ({"properties.msaAppType": ...}, facts.BotAppType("", TENANT_ID, "")),
        ({"properties.msaAppType": "MultiTenant"}, facts.BotAppType("MultiTenant", TENANT_ID, "")),
        ({"properties.msaAppTenantId": None}, facts.BotAppType("SingleTenant", "", "")),
        ({"properties.msaAppType": "Robot"}, None),
        ({"properties.msaAppTenantId": 7}, None),
    ],
)
async def test_how_a_bot_signs_in(change: dict[str, Any], expected: facts.BotAppType | None) -> None:
    behaviour = edited(BOT.id, lambda body: put(body, change)) if change else Behaviour()
    async with reading(without_lines(healthy()), behaviour) as reads:
        evidence = await reads(APP_TYPE, (Bot, Bot))
        if expected is None:
            assert evidence.gap(facts.BotAppType, BOT).evidence
        else:
            assert evidence.known(facts.BotAppType, BOT) == expected
        assert BOT.id in evidence.found(Bot)


async def test_a_reserved_application_is_not_asked_for() -> None:
    async with reading(SCENARIOS["reserved-app-id"]()) as reads:
        reserved = Subject(Kind.APPLICATION, well_known.AUTO_ATTENDANT, "")
        (await reads(REGISTRATION)).known(facts.ForeignRegistration, reserved)
        assert not reads.asked("/applications(")
