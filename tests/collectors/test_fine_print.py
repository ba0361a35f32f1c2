"""Null, absent, of another type, unknown: what each field's answer means, and that the rest is read all the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.collectors.test_healthy import BOT
from tests.tenant import (
    ACCOUNTS_PATH,
    ACS,
    APPLICATION,
    CONFIGURATIONS_PATH,
    IVR_ACCOUNT,
    IVR_PHONE,
    NUMBERS_PATH,
    SUPPORT_ACCOUNT,
    SUPPORT_PHONE,
    TENANT,
    Evidently,
    Fault,
    agent,
    broken,
    edited,
    graph_alone,
    healthy,
    invented,
    item_edited,
    put,
    reading,
)
from tpe_audit import facts
from tpe_audit.collectors import Question
from tpe_audit.facts import Fact, Known, Subject
from tpe_audit.simulator import Behaviour, skus
from tpe_audit.simulator.contoso import ACS_ID, BOT_APP_ID, IVR, IVR_NUMBER, SUPPORT, TENANT_ID

ABSENT: Any = ...
NO_ID = "00000000-0000-0000-0000-000000000000"

ACCOUNT_APPLICATION: Question = (facts.ResourceAccount, facts.BoundApplication)
ADELE = agent("adele")


async def read(behaviour: Behaviour, *wanted: Question) -> Evidently:
    async with reading(graph_alone(healthy()), behaviour) as reads:
        return await reads(*wanted)


def expect(evidence: Evidently, question: type[Fact], subject: Subject, expected: Fact | None) -> None:
    """Expect a fact or, with None, a gap with a reason and evidence."""
    if expected is None:
        gap = evidence.gap(question, subject)
        assert gap.reason
        assert gap.evidence
    else:
        assert evidence.known(type(expected), subject) == expected


# --- resource accounts (Graph beta) --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, facts.NoBoundApplication()),
        ("", facts.NoBoundApplication()),
        (NO_ID, facts.NoBoundApplication()),
        (BOT_APP_ID.upper(), facts.BoundApplication(BOT_APP_ID)),
        (ABSENT, None),
        (5, None),
        ([BOT_APP_ID], None),
        ("x') or startswith(displayName,'", None),
    ],
)
async def test_an_accounts_application_is_an_id_or_nothing_or_unknown(value: Any, expected: Fact | None) -> None:
    evidence = await read(item_edited(ACCOUNTS_PATH, {"id": IVR}, {"appId": value}), ACCOUNT_APPLICATION)
    expect(evidence, facts.BoundApplication, IVR_ACCOUNT, expected)
    expect(evidence, facts.BoundAcsResource, IVR_ACCOUNT, facts.BoundAcsResource(ACS_ID))
    expect(evidence, facts.BoundApplication, SUPPORT_ACCOUNT, facts.BoundApplication(BOT_APP_ID))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, facts.NoBoundAcsResource()),
        ("", facts.NoBoundAcsResource()),
        (NO_ID, facts.NoBoundAcsResource()),
        (ACS_ID.upper(), facts.BoundAcsResource(ACS_ID)),
        (ABSENT, None),
        (True, None),
        ("/subscriptions/x", None),
    ],
)
async def test_an_accounts_acs_resource_is_an_id_or_nothing_or_unknown(value: Any, expected: Fact | None) -> None:
    evidence = await read(item_edited(ACCOUNTS_PATH, {"id": IVR}, {"acsResourceId": value}), ACCOUNT_APPLICATION)
    expect(evidence, facts.BoundAcsResource, IVR_ACCOUNT, expected)
    expect(evidence, facts.BoundApplication, IVR_ACCOUNT, facts.BoundApplication(BOT_APP_ID))
    expect(evidence, facts.BoundAcsResource, SUPPORT_ACCOUNT, facts.BoundAcsResource(ACS_ID))


# --- numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "question", "expected"),
    [
        *(
            ({"numberType": value}, facts.NumberType, None)
            for value in ("internalError", "unknownFutureValue", "satellite", "CallingPlan", None, 3, ABSENT)
        ),
        (
            {"numberType": "operatorConnect"},
            facts.NumberType,
            facts.NumberType(facts.NumberTypeName.OPERATOR_CONNECT),
        ),
        *(
            ({"capabilities": value}, facts.NumberCapabilities, None)
            for value in (None, "voiceApplicationAssignment", ["telepathy"], ["userAssignment", None], ABSENT)
        ),
        ({"capabilities": []}, facts.NumberCapabilities, facts.NumberCapabilities(())),
        (
            {"capabilities": ["voiceApplicationAssignment", "telepathy"]},
            facts.NumberCapabilities,
            facts.NumberCapabilities(("voiceApplicationAssignment",)),
        ),
        *(
            ({"activationState": value}, facts.NumberActivation, None)
            for value in ("unknownFutureValue", "internalError", None, ABSENT)
        ),
        ({"portInStatus": "unknownFutureValue"}, facts.NumberActivation, None),
        (
            {"activationState": "assignmentFailed", "portInStatus": "completed"},
            facts.NumberActivation,
            facts.NumberActivation("assignmentFailed", "completed"),
        ),
    ],
)
async def test_a_numbers_field_is_read_by_itself(
    change: Mapping[str, Any], question: type[Fact], expected: Fact | None
) -> None:
    questions = (facts.NumberType, facts.NumberCapabilities, facts.NumberActivation)
    behaviour = item_edited(NUMBERS_PATH, {"telephoneNumber": IVR_NUMBER}, change)
    evidence = await read(behaviour, *((facts.PhoneNumber, asked) for asked in questions))
    expect(evidence, question, IVR_PHONE, expected)
    for other in questions:
        assert isinstance(evidence.answer(other, SUPPORT_PHONE), Known)
        assert other is question or isinstance(evidence.answer(other, IVR_PHONE), Known)


@pytest.mark.parametrize("value", ["reception", "5551230100", "", None, 15551230100, ABSENT])
async def test_a_number_that_is_none_leaves_its_accounts_number_unread(value: Any) -> None:
    behaviour = item_edited(NUMBERS_PATH, {"telephoneNumber": IVR_NUMBER}, {"telephoneNumber": value})
    evidence = await read(behaviour, (facts.ResourceAccount, facts.PhoneNumber))
    expect(evidence, facts.PhoneNumber, IVR_ACCOUNT, None)
    assert isinstance(evidence.answer(facts.PhoneNumber, SUPPORT_ACCOUNT), Known)


@pytest.mark.parametrize("value", [f"tel:{IVR_NUMBER}", f"tel:{IVR_NUMBER};ext=5", "+1 (555) 123-0100"])
async def test_a_number_is_the_same_however_it_is_written(value: str) -> None:
    behaviour = item_edited(NUMBERS_PATH, {"telephoneNumber": IVR_NUMBER}, {"telephoneNumber": value})
    evidence = await read(behaviour, (facts.ResourceAccount, facts.PhoneNumber))
    expect(evidence, facts.PhoneNumber, IVR_ACCOUNT, facts.PhoneNumber(IVR_NUMBER, IVR_ACCOUNT, "CallingPlan"))


async def test_an_account_without_a_number_has_none() -> None:
    behaviour = item_edited(NUMBERS_PATH, {"telephoneNumber": IVR_NUMBER}, {"assignmentTargetId": None})
    evidence = await read(behaviour, (facts.ResourceAccount, facts.PhoneNumber))
    expect(evidence, facts.PhoneNumber, IVR_ACCOUNT, facts.NoPhoneNumber(IVR_ACCOUNT))


# --- users ---------------------------------------------------------------------------------------------

USER_FIELDS: list[tuple[dict[str, Any], type[Fact], Fact | None]] = [
    *(({"accountEnabled": value}, facts.SignIn, None) for value in (None, "false", 0, ABSENT)),
    ({"accountEnabled": True}, facts.SignIn, facts.SignIn(enabled=True)),
    *(({"usageLocation": value}, facts.UsageLocation, None) for value in (5, ["US"], ABSENT)),
    *(({"usageLocation": value}, facts.UsageLocation, facts.UsageLocation("")) for value in (None, "")),
    *(({"userType": value}, facts.UserType, None) for value in (5, ABSENT)),
    ({"userType": None}, facts.UserType, facts.UserType("")),
    ({"userType": "Guest"}, facts.UserType, facts.UserType("Guest")),
]
USER_QUESTIONS = (facts.SignIn, facts.UsageLocation, facts.UserType)


@pytest.mark.parametrize(("change", "question", "expected"), USER_FIELDS)
async def test_a_field_of_an_accounts_user_is_read_by_itself(
    change: dict[str, Any], question: type[Fact], expected: Fact | None
) -> None:
    behaviour = edited(f"/v1.0/users/{IVR}?", lambda user: put(user, change))
    evidence = await read(behaviour, (facts.ResourceAccount, facts.SignIn))
    expect(evidence, question, IVR_ACCOUNT, expected)
    assert all(isinstance(evidence.answer(q, IVR_ACCOUNT), Known) for q in USER_QUESTIONS if q is not question)
    assert isinstance(evidence.answer(question, SUPPORT_ACCOUNT), Known)


@pytest.mark.parametrize(("change", "question", "expected"), USER_FIELDS)
async def test_a_field_of_an_agents_user_is_read_by_itself(
    change: dict[str, Any], question: type[Fact], expected: Fact | None
) -> None:
    behaviour = item_edited("transitiveMembers", {"id": ADELE.id}, change)
    evidence = await read(behaviour, (facts.Agent, facts.SignIn))
    expect(evidence, question, ADELE, expected)
    assert all(isinstance(evidence.answer(q, ADELE), Known) for q in USER_QUESTIONS if q is not question)
    assert isinstance(evidence.answer(question, agent("diego")), Known)


@pytest.mark.parametrize("field", ["userPrincipalName", "displayName"])
@pytest.mark.parametrize("value", [ABSENT, 5, None])
async def test_an_agent_without_a_name_is_an_agent_all_the_same(field: str, value: Any) -> None:
    behaviour = item_edited("transitiveMembers", {"id": ADELE.id}, {field: value})
    evidence = await read(behaviour, (facts.Agent, facts.SignIn))
    expect(evidence, facts.SignIn, ADELE, facts.SignIn(enabled=True))
    assert len(evidence.found(facts.Agent)) == 4


async def test_a_user_of_whom_only_the_id_is_shown_was_not_read() -> None:
    scenario = healthy().permitted("User.Read.All", "Directory.Read.All")
    async with reading(scenario) as reads:
        evidence = await reads((facts.Agent, facts.SignIn))
    for question in USER_QUESTIONS:
        gap = evidence.gap(question, ADELE)
        assert "User.Read.All" in gap.reason
        assert gap.lacks == ("the Graph permission User.Read.All",)


async def test_the_user_of_an_account_who_is_gone_is_not_read() -> None:
    behaviour = broken(Fault(f"/v1.0/users/{IVR}?", status=404, body={"error": {"code": "Request_ResourceNotFound"}}))
    evidence = await read(behaviour, (facts.ResourceAccount, facts.SignIn))
    assert "no user ivr@contoso.com" in evidence.gap(facts.SignIn, IVR_ACCOUNT).reason


# --- licences ------------------------------------------------------------------------------------------

PHONE_PLAN = next(iter(skus.RESOURCE_ACCOUNT.plans)).id


def account_plan(content: dict[str, Any]) -> dict[str, Any]:
    plan: dict[str, Any] = next(
        plan for item in content["value"] for plan in item["servicePlans"] if plan["servicePlanId"] == PHONE_PLAN
    )
    return plan


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Success", facts.PlanStatus.ON),
        ("Disabled", facts.PlanStatus.OFF),
        ("Error", facts.PlanStatus.ERROR),
        ("PendingInput", facts.PlanStatus.PENDING),
        ("PendingActivation", facts.PlanStatus.PENDING),
        ("PendingProvisioning", facts.PlanStatus.PENDING),
    ],
)
async def test_the_status_of_a_plan_is_one_that_microsoft_documents(status: str, expected: facts.PlanStatus) -> None:
    behaviour = edited(
        f"/users/{IVR}/licenseDetails", lambda content: put(account_plan(content), {"provisioningStatus": status})
    )
    evidence = await read(behaviour, (facts.ResourceAccount, facts.Licenses))
    (plan,) = evidence.known(facts.Licenses, IVR_ACCOUNT).of({PHONE_PLAN})
    assert (plan.status, plan.detail) == (expected, status)


@pytest.mark.parametrize(
    "change",
    [
        {"provisioningStatus": "Levitating"},
        {"provisioningStatus": None},
        {"provisioningStatus": ABSENT},
        {"servicePlanId": ABSENT},
        {"servicePlanId": ""},
        {"servicePlanName": 5},
    ],
)
async def test_a_plan_that_is_not_understood_leaves_the_accounts_licenses_unread(change: dict[str, Any]) -> None:
    behaviour = edited(f"/users/{IVR}/licenseDetails", lambda content: put(account_plan(content), change))
    evidence = await read(behaviour, (facts.ResourceAccount, facts.Licenses))
    expect(evidence, facts.Licenses, IVR_ACCOUNT, None)
    assert isinstance(evidence.answer(facts.Licenses, SUPPORT_ACCOUNT), Known)


def assignment(content: dict[str, Any], change: dict[str, Any]) -> None:
    user = next(item for item in content["value"] if item["id"] == ADELE.id)
    put(user["licenseAssignmentStates"][0], change)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("Active", facts.PlanStatus.ON),
        ("ActiveWithError", facts.PlanStatus.ON),
        ("Error", facts.PlanStatus.ERROR),
        ("Disabled", facts.PlanStatus.ERROR),
    ],
)
async def test_an_agents_plan_is_on_while_the_assignment_is_active(state: str, expected: facts.PlanStatus) -> None:
    behaviour = edited("transitiveMembers", lambda content: assignment(content, {"state": state}))
    evidence = await read(behaviour, (facts.Agent, facts.Licenses))
    assert {plan.status for plan in evidence.known(facts.Licenses, ADELE).plans} == {expected}


async def test_an_agents_plan_that_is_switched_off_is_off() -> None:
    plan = skus.MICROSOFT_365_E5.plans[0].id
    behaviour = edited("transitiveMembers", lambda content: assignment(content, {"disabledPlans": [plan.upper()]}))
    evidence = await read(behaviour, (facts.Agent, facts.Licenses))
    assert {p.status for p in evidence.known(facts.Licenses, ADELE).of({plan})} == {facts.PlanStatus.OFF}


@pytest.mark.parametrize("change", [{"state": "Quantum"}, {"state": None}, {"skuId": ABSENT}, {"disabledPlans": None}])
async def test_an_assignment_that_is_not_understood_leaves_the_agents_licenses_unread(change: dict[str, Any]) -> None:
    behaviour = edited("transitiveMembers", lambda content: assignment(content, change))
    evidence = await read(behaviour, (facts.Agent, facts.Licenses))
    expect(evidence, facts.Licenses, ADELE, None)
    assert isinstance(evidence.answer(facts.Licenses, agent("diego")), Known)


@pytest.mark.parametrize("field", ["licenseAssignmentStates", "assignedLicenses"])
@pytest.mark.parametrize("value", [None, ABSENT, {}])
async def test_assignments_that_are_no_list_leave_the_agents_licenses_unread(field: str, value: Any) -> None:
    behaviour = item_edited("transitiveMembers", {"id": ADELE.id}, {field: value})
    evidence = await read(behaviour, (facts.Agent, facts.Licenses))
    expect(evidence, facts.Licenses, ADELE, None)


async def test_a_product_that_the_tenant_does_not_list_is_named() -> None:
    stranger = invented("sku", "stranger")
    behaviour = edited("transitiveMembers", lambda content: assignment(content, {"skuId": stranger}))
    evidence = await read(behaviour, (facts.Agent, facts.Licenses))
    licenses = evidence.known(facts.Licenses, ADELE)
    assert stranger in licenses.unexplained
    assert stranger in licenses.doubt()


# --- products ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"capabilityStatus": "Molten"},
        {"capabilityStatus": None},
        {"consumedUnits": "5"},
        {"prepaidUnits": None},
        {"prepaidUnits.enabled": 2.5},
        {"servicePlans": ABSENT},
        {"skuId": ABSENT},
    ],
)
async def test_a_product_that_is_not_understood_leaves_the_products_unread(change: dict[str, Any]) -> None:
    behaviour = edited("/subscribedSkus", lambda content: put(content["value"][2], change))
    evidence = await read(behaviour, (facts.Tenant, facts.SubscribedSkus), (facts.Tenant, facts.ProductIds))
    expect(evidence, facts.SubscribedSkus, TENANT, None)
    assert evidence.known(facts.ProductIds, TENANT).resource_account == skus.RESOURCE_ACCOUNT.id


async def test_a_space_at_the_end_of_a_products_name_is_cut() -> None:
    behaviour = edited("/subscribedSkus", lambda content: put(content["value"][1], {"skuPartNumber": "PHONE_GOV "}))
    evidence = await read(behaviour, (facts.Tenant, facts.SubscribedSkus))
    assert evidence.known(facts.SubscribedSkus, TENANT).skus[1].part_number == "PHONE_GOV"


# --- the tenant ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "expected"), [(False, False), (None, None), ("true", None), (ABSENT, None)])
async def test_the_service_principal_is_on_or_off_or_unknown(value: Any, expected: bool | None) -> None:
    behaviour = edited("/servicePrincipals(appId=", lambda content: put(content, {"accountEnabled": value}))
    evidence = await read(behaviour, (facts.Tenant, facts.AcsServicePrincipal))
    if expected is None:
        expect(evidence, facts.AcsServicePrincipal, TENANT, None)
    else:
        assert evidence.known(facts.AcsServicePrincipal, TENANT).enabled is expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"displayName": None, "countryLetterCode": None}, facts.Organization("", "")),
        ({"displayName": 5}, None),
        ({"countryLetterCode": ABSENT}, None),
    ],
)
async def test_the_organization_has_a_name_and_a_country_or_none(change: dict[str, Any], expected: Fact | None) -> None:
    behaviour = edited("/organization", lambda content: put(content["value"][0], change))
    evidence = await read(behaviour, (facts.Tenant, facts.Organization))
    expect(evidence, facts.Organization, TENANT, expected)


@pytest.mark.parametrize("times", [0, 2])
async def test_there_is_exactly_one_organization(times: int) -> None:
    behaviour = edited("/organization", lambda content: put(content, {"value": content["value"] * times}))
    evidence = await read(behaviour, (facts.Tenant, facts.Organization))
    expect(evidence, facts.Organization, TENANT, None)


# --- Teams users ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (False, facts.TeamsUser(enterprise_voice=False)),
        (None, facts.TeamsUser(enterprise_voice=False)),
        ("yes", None),
        (1, None),
        (ABSENT, None),
    ],
)
async def test_enterprise_voice_is_on_or_off_or_unknown(value: Any, expected: Fact | None) -> None:
    behaviour = edited(
        f"{CONFIGURATIONS_PATH}/{ADELE.id}", lambda content: put(content, {"isEnterpriseVoiceEnabled": value})
    )
    evidence = await read(behaviour, (facts.Agent, facts.TeamsUser))
    expect(evidence, facts.TeamsUser, ADELE, expected)
    assert isinstance(evidence.answer(facts.TeamsUser, agent("diego")), Known)


# --- bots and channels ---------------------------------------------------------------------------------

BOT_PATH = "/botServices/contoso-voice-bot?"


@pytest.mark.parametrize(
    "change",
    [
        *({"properties.msaAppId": value} for value in (None, "", 5, ABSENT)),
        {"properties": None},
        {"properties": ABSENT},
        {"id": "contoso-voice-bot"},
        {"name": ABSENT},
    ],
)
async def test_a_bot_that_is_not_understood_is_unknown_and_not_absent(change: dict[str, Any]) -> None:
    evidence = await read(edited(BOT_PATH, lambda content: put(content, change)), (facts.ResourceAccount, facts.Bot))
    expect(evidence, facts.Bot, IVR_ACCOUNT, None)


@pytest.mark.parametrize(
    ("change", "question", "expected"),
    [
        *(({"isEnabled": value}, facts.TeamsChannel, None) for value in (None, "true", 1, ABSENT)),
        ({"isEnabled": False}, facts.TeamsChannel, facts.TeamsChannel(enabled=False)),
        *(({"enableCalling": value}, facts.ChannelCalling, None) for value in ("true", 1)),
        *(
            (
                {"enableCalling": value, "callingWebHook": None, "callingWebhook": None},
                facts.ChannelCalling,
                facts.ChannelCalling(enabled=False, webhook=""),
            )
            for value in (None, ABSENT)
        ),
        (
            {"callingWebHook": ABSENT, "callingWebhook": "https://lower.example"},
            facts.ChannelCalling,
            facts.ChannelCalling(enabled=True, webhook="https://lower.example"),
        ),
        (
            {"callingWebhook": ABSENT, "callingWebHook": "https://upper.example"},
            facts.ChannelCalling,
            facts.ChannelCalling(enabled=True, webhook="https://upper.example"),
        ),
        ({"callingWebHook": 5}, facts.ChannelCalling, None),
    ],
)
async def test_a_channels_field_is_read_by_itself(
    change: dict[str, Any], question: type[Fact], expected: Fact | None
) -> None:
    behaviour = edited("MsTeamsChannel", lambda content: put(content["properties"]["properties"], change))
    evidence = await read(behaviour, (facts.Bot, facts.TeamsChannel), (facts.Bot, facts.ChannelCalling))
    expect(evidence, question, BOT, expected)
    other = facts.ChannelCalling if question is facts.TeamsChannel else facts.TeamsChannel
    assert isinstance(evidence.answer(other, BOT), Known)


@pytest.mark.parametrize(
    "change",
    [
        {"properties.channelName": "EmailChannel"},
        {"properties.channelName": ABSENT},
        {"properties.properties": None},
        {"properties": None},
    ],
)
async def test_a_channel_that_is_not_understood_is_unknown_and_not_absent(change: dict[str, Any]) -> None:
    evidence = await read(
        edited("MsTeamsChannel", lambda content: put(content, change)), (facts.Bot, facts.TeamsChannel)
    )
    expect(evidence, facts.TeamsChannel, BOT, None)
    expect(evidence, facts.ChannelCalling, BOT, None)


# --- ACS resources and consents ------------------------------------------------------------------------

ACS_PATH = "/communicationServices/contoso-voice?"


@pytest.mark.parametrize("state", ["Levitating", "Unknown", None, 5, ABSENT])
async def test_an_unknown_provisioning_state_is_no_answer(state: Any) -> None:
    behaviour = edited(ACS_PATH, lambda content: put(content, {"properties.provisioningState": state}))
    evidence = await read(behaviour, (facts.AcsResource, facts.AcsProvisioning))
    expect(evidence, facts.AcsProvisioning, ACS, None)
    assert isinstance(evidence.answer(facts.AcsResource, IVR_ACCOUNT), Known)


@pytest.mark.parametrize(
    "change",
    [
        *({"properties.immutableResourceId": value} for value in (None, "", 5, ABSENT)),
        {"properties.hostName": 5},
        {"properties": ABSENT},
        {"id": "/subscriptions/only"},
    ],
)
async def test_an_acs_resource_that_is_not_understood_is_unknown_and_not_absent(change: dict[str, Any]) -> None:
    evidence = await read(
        edited(ACS_PATH, lambda content: put(content, change)), (facts.ResourceAccount, facts.AcsResource)
    )
    gap = evidence.gap(facts.AcsResource, IVR_ACCOUNT)
    assert gap.evidence


@pytest.mark.parametrize(
    "host",
    [
        "evil.example/path",
        "user@evil.example",
        "evil.example?",
        "evil.example#",
        "https://evil.example",
        "evil .example",
        "evil.example\n",
        "localhost:99999",
        "localhost:",
        "-evil.example",
        "evil..example",
        f"{'a' * 64}.example",
        "[::1]",
        "",
        None,
        ABSENT,
    ],
)
async def test_nothing_is_sent_to_a_host_name_that_is_none(host: Any) -> None:
    behaviour = edited(ACS_PATH, lambda content: put(content, {"properties.hostName": host}))
    async with reading(healthy(), behaviour) as reads:
        evidence = await reads((facts.ResourceAccount, facts.ServerConsent))
        assert "host name" in evidence.gap(facts.ServerConsent, IVR_ACCOUNT).reason
        assert not [recorded for recorded in reads.requests if recorded.api == "acs"]
        assert not [request for request in evidence.evidence.requests if request.source == "acs"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"principalType": "futureThing"}, facts.ServerConsent("futureThing", TENANT_ID)),
        ({"tenantId": TENANT_ID.upper()}, facts.ServerConsent("teamsResourceAccount", TENANT_ID)),
        ({"objectId": IVR.upper()}, facts.ServerConsent("teamsResourceAccount", TENANT_ID)),
        ({"objectId": SUPPORT}, None),
        ({"principalType": ABSENT}, None),
        ({"principalType": None}, None),
        ({"tenantId": 5}, None),
        ({"objectId": ""}, None),
    ],
)
async def test_a_consent_is_an_assignment_of_this_account(change: dict[str, Any], expected: Fact | None) -> None:
    behaviour = edited(f"/assignments/{IVR}", lambda content: put(content, change))
    evidence = await read(behaviour, (facts.ResourceAccount, facts.ServerConsent))
    expect(evidence, facts.ServerConsent, IVR_ACCOUNT, expected)
    assert isinstance(evidence.answer(facts.ServerConsent, SUPPORT_ACCOUNT), Known)


# --- event subscriptions -------------------------------------------------------------------------------

EVENTS = "/systemTopics/contoso-voice-events/eventSubscriptions"
RAW_IVR, RAW_SUPPORT = f"28:orgid:{IVR}", f"28:orgid:{SUPPORT}"
CONFIGURED = facts.EventSubscription(
    "incoming-call", "Succeeded", "WebHook", ("Microsoft.Communication.IncomingCall",), None, (), ()
)


async def subscription(change: dict[str, Any]) -> Fact:
    behaviour = edited(EVENTS, lambda content: put(content["value"][0], change))
    evidence = await read(behaviour, (facts.AcsResource, facts.EventSubscription))
    answer = evidence.answer(facts.EventSubscription, ACS)
    assert isinstance(answer, Known)
    assert isinstance(answer.value, tuple)
    (only,) = answer.value
    return only


def advanced(**condition: Any) -> dict[str, Any]:
    return {"properties.filter.advancedFilters": [{"operatorType": "StringIn", "key": "data.to.rawId", **condition}]}


BOTH = (RAW_IVR, RAW_SUPPORT)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"properties.filter": ABSENT}, {"event_types": None}),
        ({"properties.filter": None}, {"event_types": None}),
        ({"properties.filter.includedEventTypes": None}, {"event_types": None}),
        ({"properties.filter.includedEventTypes": ["All"]}, {"event_types": None}),
        ({"properties.destination": None}, {"destination": ""}),
        ({"properties.provisioningState": "AwaitingManualAction"}, {"provisioning_state": "AwaitingManualAction"}),
        (
            {"properties.expirationTimeUtc": "2027-01-31T00:00:00Z"},
            {"expires": datetime(2027, 1, 31, tzinfo=UTC)},
        ),
        ({"properties.filter.subjectBeginsWith": "/caller/"}, {"undecided": BOTH}),
        (advanced(values=[RAW_IVR.upper(), RAW_SUPPORT]), {}),
        (advanced(values=[RAW_IVR]), {"excludes": (RAW_SUPPORT,)}),
        (advanced(operatorType="StringNotIn", values=[RAW_IVR]), {"excludes": (RAW_IVR,)}),
        (advanced(operatorType="StringBeginsWith", values=["28:orgid:"]), {}),
        (advanced(operatorType="StringEndsWith", values=[IVR]), {"excludes": (RAW_SUPPORT,)}),
        (advanced(operatorType="StringNotContains", values=["28:"]), {"excludes": BOTH}),
        (advanced(values=None), {"undecided": BOTH}),
        (advanced(values=[]), {"undecided": BOTH}),
        (advanced(values=[5]), {"undecided": BOTH}),
        (advanced(operatorType="IsNotNull"), {"undecided": BOTH}),
        (advanced(operatorType="NumberIn", values=[5]), {"undecided": BOTH}),
        (advanced(key="data.from.rawId", values=[RAW_IVR]), {"undecided": BOTH}),
    ],
)
async def test_a_subscription_is_understood(change: dict[str, Any], expected: dict[str, Any]) -> None:
    assert await subscription(change) == replace(CONFIGURED, **expected)


@pytest.mark.parametrize(
    "change",
    [
        {"properties.provisioningState": "Levitating"},
        {"properties.provisioningState": ABSENT},
        {"properties.expirationTimeUtc": "tomorrow"},
        {"properties.expirationTimeUtc": True},
        {"properties.destination": "WebHook"},
        {"properties.filter.includedEventTypes": "All"},
        {"properties.filter.advancedFilters": {}},
        {"properties": None},
    ],
)
async def test_a_subscription_that_is_not_understood_is_there_and_unread(change: dict[str, Any]) -> None:
    unread = await subscription(change)
    assert isinstance(unread, facts.UnreadEventSubscription)
    assert unread.name == "The event subscription incoming-call"
    assert unread.reason


@pytest.mark.parametrize("path", ["contoso-voice/providers/Microsoft.EventGrid", "/systemTopics?", EVENTS])
async def test_a_place_for_subscriptions_that_is_not_read_is_told(path: str) -> None:
    behaviour = broken(Fault(path, status=403, body={"error": {"code": "AuthorizationFailed"}}))
    evidence = await read(behaviour, (facts.AcsResource, facts.EventSubscription))
    answer = evidence.answer(facts.EventSubscription, ACS)
    assert isinstance(answer, Known)
    assert isinstance(answer.value, tuple)
    assert any(isinstance(one, facts.UnreadEventSubscription) and "Reader" in one.reason for one in answer.value)


async def test_a_system_topic_elsewhere_is_not_asked() -> None:
    behaviour = edited("/systemTopics?", lambda content: put(content["value"][0], {"id": "https://evil.example/x"}))
    async with reading(healthy(), behaviour) as reads:
        evidence = await reads((facts.AcsResource, facts.EventSubscription))
        answer = evidence.answer(facts.EventSubscription, ACS)
        assert isinstance(answer, Known)
        assert isinstance(answer.value, tuple)
        assert [type(one) for one in answer.value] == [facts.UnreadEventSubscription]
        assert not any("evil" in request.request for request in evidence.evidence.requests)


# --- applications --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"appOwnerOrganizationId": TENANT_ID.upper()}, facts.ApplicationOwner(TENANT_ID, "Contoso Voice")),
        ({"appOwnerOrganizationId": None}, facts.ApplicationOwner(TENANT_ID, "Contoso Voice")),
        ({"displayName": None}, facts.ApplicationOwner(TENANT_ID, "")),
        ({"appOwnerOrganizationId": ABSENT}, None),
        ({"appOwnerOrganizationId": 5}, None),
        ({"displayName": ABSENT}, None),
        ({"id": None}, None),
    ],
)
async def test_who_owns_an_application_is_told_by_its_service_principal_or_registration(
    change: dict[str, Any], expected: Fact | None
) -> None:
    behaviour = edited(f"servicePrincipals(appId='{BOT_APP_ID}')", lambda content: put(content, change))
    evidence = await read(behaviour, (facts.Application, facts.ApplicationOwner))
    expect(evidence, facts.ApplicationOwner, APPLICATION, expected)
