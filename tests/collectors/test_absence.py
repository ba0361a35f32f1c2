"""Absence is proven by a 404 on the thing, or by a list read to its end by who may read all; else it is unknown."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tenant import (
    ACCOUNTS_PATH,
    APPLICATION,
    IVR_ACCOUNT,
    NUMBERS_PATH,
    SUPPORT_ACCOUNT,
    TENANT,
    Evidently,
    Fault,
    agent,
    audit,
    broken,
    edited,
    graph_alone,
    healthy,
    invented,
    item_edited,
    put,
    reading,
    without_lines,
)
from tpe_audit import facts
from tpe_audit.collectors import Question
from tpe_audit.facts import Fact, Gap, Kind, Known, Subject, well_known
from tpe_audit.simulator import SCENARIOS, Behaviour, Scenario
from tpe_audit.simulator.contoso import (
    ACS_ID,
    BOT_APP_ID,
    BOTS_GROUP,
    IVR,
    IVR_NUMBER,
    LAB_GROUP,
    SUBSCRIPTION_ID,
    SUPPORT,
    TENANT_ID,
    VOICE_GROUP,
    acs_arm_id,
)
from tpe_audit.verdicts import Status

BOT: Question = (facts.ResourceAccount, facts.Bot)
ACS_RESOURCE: Question = (facts.ResourceAccount, facts.AcsResource)
ACCOUNT: Question = (facts.ResourceAccount, facts.ResourceAccount)
SUBSCRIPTION = f"/subscriptions/{SUBSCRIPTION_ID}"
UNSEEN = invented("subscription", "unseen")
BOTS = "/resourceGroups/{}/providers/Microsoft.BotService/botServices/{}"
MISSING = {"error": {"code": "Request_ResourceNotFound", "message": "It does not exist."}}


async def read(scenario: Scenario, *wanted: Question, behaviour: Behaviour | None = None) -> Evidently:
    async with reading(scenario, behaviour) as reads:
        return await reads(*wanted)


def no_bot() -> Scenario:
    return healthy().drop("bots", lambda bot: bot.app_id == BOT_APP_ID)


def reader_of(scenario: Scenario, *scopes: str) -> Scenario:
    return scenario.change("identities", reader_scopes=scopes)


def line(scenario: Scenario, **settings: str) -> Scenario:
    """With other settings of the first line."""
    for name, value in settings.items():
        scenario = scenario.configure(f"deployment.lines.0.{name}", value)
    return scenario


def lines(scenario: Scenario, **settings: str) -> Scenario:
    """With other settings of both lines."""
    for name, value in settings.items():
        for place in (0, 1):
            scenario = scenario.configure(f"deployment.lines.{place}.{name}", value)
    return scenario


# --- bots ----------------------------------------------------------------------------------------------


async def test_a_bot_is_absent_where_the_whole_subscription_may_be_read() -> None:
    evidence = await read(no_bot(), BOT)
    none = evidence.known(facts.NoBot, IVR_ACCOUNT)
    assert none == facts.NoBot(BOT_APP_ID, f"subscription {SUBSCRIPTION_ID}")
    assert evidence.found(facts.Bot).keys() == {BOT_APP_ID}
    paths = [request.request.split("?")[0] for request in evidence.behind(evidence.answer(facts.Bot, IVR_ACCOUNT))]
    assert f"GET {SUBSCRIPTION}/providers/Microsoft.BotService/botServices" in paths


async def test_a_bot_is_not_absent_where_only_a_resource_group_may_be_read() -> None:
    scopes = [f"{SUBSCRIPTION}/resourceGroups/{group}" for group in (VOICE_GROUP, LAB_GROUP)]
    gap = (await read(reader_of(no_bot(), *scopes), BOT)).gap(facts.Bot, IVR_ACCOUNT)
    assert f"the Azure role Reader on subscription {SUBSCRIPTION_ID}" in gap.reason
    assert gap.lacks == (f"the Azure role Reader on subscription {SUBSCRIPTION_ID}",)


@pytest.mark.parametrize(
    ("rights", "proven"),
    [
        ([{"actions": ["*"], "notActions": []}], True),
        ([{"actions": ["Microsoft.BotService/botServices/read"]}], True),
        ([{"actions": ["microsoft.botservice/*/READ"]}], True),
        ([{"actions": ["*"], "notActions": ["Microsoft.BotService/*"]}], False),
        ([{"actions": ["*"], "notActions": ["*"]}, {"actions": ["*/read"]}], True),
        ([{"actions": ["Microsoft.Communication/*"]}], False),
        ([{"actions": ["Microsoft.BotService/botServices/rea?"]}], False),
        ([{"actions": None}], False),
        (["*"], False),
        ([], False),
        ({}, False),
    ],
)
async def test_only_the_right_to_read_all_bots_of_a_subscription_proves_their_absence(
    rights: Any, *, proven: bool
) -> None:
    behaviour = edited("Microsoft.Authorization/permissions", lambda content: put(content, {"value": rights}))
    answer = (await read(no_bot(), BOT, behaviour=behaviour)).answer(facts.Bot, IVR_ACCOUNT)
    assert isinstance(answer, Known if proven else Gap)


async def test_a_bot_that_config_names_is_absent_when_its_address_says_so() -> None:
    at = SUBSCRIPTION + BOTS.format(BOTS_GROUP, "contoso-voice-bot")
    scenario = lines(reader_of(no_bot(), f"{SUBSCRIPTION}/resourceGroups/{BOTS_GROUP}"), bot=at)
    evidence = await read(scenario, BOT)
    assert evidence.known(facts.NoBot, IVR_ACCOUNT).looked == f"its configured address {at}"
    (request,) = evidence.behind(evidence.answer(facts.Bot, IVR_ACCOUNT))
    assert (request.status, request.request.split("?")[0]) == (404, f"GET {at}")


async def test_what_azure_shows_is_found_whatever_the_case() -> None:
    loud = healthy().change("bots", app_id=lambda bot: bot.app_id.upper())
    loud = loud.change("communication_services", immutable_id=lambda service: service.immutable_id.upper())
    evidence = await read(loud, BOT, ACS_RESOURCE)
    assert evidence.known(facts.AcsResource, IVR_ACCOUNT).subject.id.lower() == ACS_ID
    evidence.known(facts.Bot, IVR_ACCOUNT)


async def test_a_bot_that_config_names_is_found_whatever_the_case() -> None:
    at = (
        (SUBSCRIPTION + BOTS.format(BOTS_GROUP, "contoso-voice-bot"))
        .upper()
        .replace("/SUBSCRIPTIONS", "/subscriptions")
    )
    evidence = await read(lines(healthy(), bot=at), BOT)
    assert evidence.known(facts.Bot, IVR_ACCOUNT).client_id == BOT_APP_ID


async def test_an_address_where_another_applications_bot_is_proves_that_this_one_is_not_there() -> None:
    at = SUBSCRIPTION + BOTS.format(LAB_GROUP, "contoso-faq-bot")
    evidence = await read(lines(healthy(), bot=at), BOT)
    assert invented("application", "faq bot") in evidence.known(facts.NoBot, IVR_ACCOUNT).looked


async def test_a_name_with_odd_characters_is_asked_for_as_it_is() -> None:
    at = SUBSCRIPTION + BOTS.format(BOTS_GROUP, "bot?x=1#y %2f")
    async with reading(lines(healthy(), bot=at)) as reads:
        evidence = await reads(BOT)
        evidence.known(facts.NoBot, IVR_ACCOUNT)
        (request,) = reads.asked("/botServices/")
        assert (request.path, request.query) == (at, "api-version=2022-09-15")


async def test_a_subscription_that_is_not_seen_proves_nothing_of_a_bot_in_it() -> None:
    at = f"/subscriptions/{UNSEEN}" + BOTS.format(BOTS_GROUP, "contoso-voice-bot")
    gap = (await read(lines(healthy(), bot=at), BOT)).gap(facts.Bot, IVR_ACCOUNT)
    assert "SubscriptionNotFound" in gap.reason


async def test_a_subscription_that_is_not_seen_proves_nothing_of_what_is_looked_for_there() -> None:
    gap = (await read(no_bot().configure("azure.subscriptions", [UNSEEN]), BOT)).gap(facts.Bot, IVR_ACCOUNT)
    assert "404" in gap.reason


async def test_who_sees_no_subscription_learns_nothing_of_bots() -> None:
    scenario = reader_of(healthy().configure("azure.subscriptions", []))
    gap = (await read(scenario, BOT)).gap(facts.Bot, IVR_ACCOUNT)
    assert "sees no Azure subscription" in gap.reason
    assert "Reader" in gap.lacks[0]


async def test_without_subscriptions_in_config_all_that_are_seen_are_read() -> None:
    async with reading(no_bot().configure("azure.subscriptions", [])) as reads:
        (await reads(BOT)).known(facts.NoBot, IVR_ACCOUNT)
        assert reads.asked("/subscriptions")[0].path == "/subscriptions"


async def test_a_bot_that_resource_graph_does_not_show_yet_is_found_by_the_list() -> None:
    async with reading(healthy(), Behaviour(lagging={"contoso-voice-bot"})) as reads:
        assert (await reads(BOT)).known(facts.Bot, IVR_ACCOUNT).name == "contoso-voice-bot"
        assert reads.asked(f"{SUBSCRIPTION}/providers/Microsoft.BotService/botServices")


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 403, "body": {"error": {"code": "AuthorizationFailed"}}},
        {"status": 200, "body": {"data": {"rows": []}}},
        {"status": 200, "body": b"<html>"},
        {"status": 200, "body": {"data": ["text", {"id": 5, "key": None}, None]}},
        {"status": 200, "body": {"data": [{"id": "https://evil.example/x", "key": invented("x")}]}},
    ],
)
async def test_a_bot_is_found_by_the_list_where_resource_graph_fails(fault: dict[str, Any]) -> None:
    behaviour = broken(Fault("Microsoft.ResourceGraph", **fault))
    (await read(healthy(), BOT, behaviour=behaviour)).known(facts.Bot, IVR_ACCOUNT)


async def test_no_token_goes_where_an_answer_points_to_elsewhere() -> None:
    row = {"id": "https://evil.example/subscriptions/x", "key": BOT_APP_ID}
    behaviour = broken(Fault("Microsoft.ResourceGraph", status=200, body={"data": [row]}))
    evidence = await read(healthy(), BOT, behaviour=behaviour)
    assert isinstance(evidence.answer(facts.Bot, IVR_ACCOUNT), Gap)
    assert not any("evil" in request.request for request in evidence.evidence.requests)


@pytest.mark.parametrize("value", [None, "", 5, ...])
async def test_a_bot_that_does_not_tell_its_application_may_be_the_one(value: Any) -> None:
    behaviour = item_edited(
        "/providers/Microsoft.BotService/botServices?", {"name": "contoso-faq-bot"}, {"properties.msaAppId": value}
    )
    gap = (await read(no_bot(), BOT, behaviour=behaviour)).gap(facts.Bot, IVR_ACCOUNT)
    assert "msaAppId" in gap.reason


async def test_a_bot_that_is_there_and_can_not_be_read_is_not_absent() -> None:
    behaviour = broken(Fault("/botServices/contoso-voice-bot?", status=403))
    gap = (await read(healthy(), BOT, behaviour=behaviour)).gap(facts.Bot, IVR_ACCOUNT)
    assert "403" in gap.reason


async def test_the_bot_of_an_unbound_account_is_a_question_of_the_binding() -> None:
    at = SUBSCRIPTION + BOTS.format(BOTS_GROUP, "contoso-voice-bot")
    scenario = line(healthy(), application_id="", bot=at)
    scenario = scenario.change("resource_accounts", lambda a: a.id == IVR, application_id=None)
    evidence = await read(scenario, BOT, (facts.Bot, facts.Bot))
    answer = evidence.answer(facts.Bot, IVR_ACCOUNT)
    assert isinstance(answer, Known)
    assert isinstance(answer.value, facts.NoBoundApplication)
    assert "" not in evidence.found(facts.Bot)


async def test_a_bot_without_a_teams_channel_has_none_for_calls_either() -> None:
    evidence = await read(
        SCENARIOS["10105"](), (facts.Bot, facts.Bot), (facts.Bot, facts.TeamsChannel), (facts.Bot, facts.ChannelCalling)
    )
    (bot,) = (Subject(Kind.BOT, key, "") for key in evidence.found(facts.Bot))
    for question in (facts.TeamsChannel, facts.ChannelCalling):
        answer = evidence.answer(question, bot)
        assert isinstance(answer, Known)
        assert isinstance(answer.value, facts.NoTeamsChannel)
        assert [request.status for request in evidence.behind(answer)] == [404]


# --- ACS resources and consents ------------------------------------------------------------------------


def no_acs() -> Scenario:
    return healthy().drop("communication_services", lambda service: service.immutable_id == ACS_ID)


async def test_an_acs_resource_is_absent_when_its_address_says_so() -> None:
    evidence = await read(no_acs(), ACS_RESOURCE)
    assert evidence.known(facts.NoAcsResource, IVR_ACCOUNT) == facts.NoAcsResource(
        acs_arm_id(), "its configured address"
    )


async def test_an_acs_resource_is_absent_where_the_whole_subscription_may_be_read() -> None:
    evidence = await read(lines(no_acs(), acs_resource=ACS_ID), ACS_RESOURCE)
    assert evidence.known(facts.NoAcsResource, IVR_ACCOUNT).configured == ACS_ID
    scenario = reader_of(lines(no_acs(), acs_resource=ACS_ID), f"{SUBSCRIPTION}/resourceGroups/{LAB_GROUP}")
    gap = (await read(scenario, ACS_RESOURCE)).gap(facts.AcsResource, IVR_ACCOUNT)
    assert SUBSCRIPTION_ID in gap.lacks[0]


async def test_a_subscription_that_is_not_seen_proves_nothing_of_an_acs_resource_in_it() -> None:
    scenario = lines(healthy(), acs_resource=acs_arm_id(UNSEEN))
    assert "SubscriptionNotFound" in (await read(scenario, ACS_RESOURCE)).gap(facts.AcsResource, IVR_ACCOUNT).reason


async def test_an_acs_resource_that_resource_graph_does_not_show_yet_is_found_by_the_list() -> None:
    scenario = lines(healthy(), acs_resource=ACS_ID)
    evidence = await read(scenario, ACS_RESOURCE, behaviour=Behaviour(lagging={"contoso-voice"}))
    assert evidence.known(facts.AcsResource, IVR_ACCOUNT).name == "contoso-voice"


@pytest.mark.parametrize("body", [b"", {"error": {"code": "NotFound"}}])
async def test_no_assignment_is_no_consent(body: Any) -> None:
    behaviour = broken(Fault(f"/assignments/{IVR}", status=404, body=body))
    evidence = await read(healthy(), (facts.ResourceAccount, facts.ServerConsent), behaviour=behaviour)
    evidence.known(facts.NoServerConsent, IVR_ACCOUNT)
    evidence.known(facts.ServerConsent, SUPPORT_ACCOUNT)


@pytest.mark.parametrize(
    "path", [f"/assignments/{IVR}", f"/users/{IVR}?", "/botServices/contoso-voice-bot?", "servicePrincipals(appId="]
)
async def test_a_page_of_somebody_in_between_proves_nothing(path: str) -> None:
    behaviour = broken(Fault(path, status=404, body=b"<html>Your proxy does not know this</html>"))
    wanted = (facts.ServerConsent, facts.SignIn, facts.Bot)
    evidence = await read(
        healthy(),
        *((facts.ResourceAccount, fact) for fact in wanted),
        (facts.Tenant, facts.AcsServicePrincipal),
        behaviour=behaviour,
    )
    answers = [evidence.answer(fact, IVR_ACCOUNT) for fact in wanted]
    answers.append(evidence.answer(facts.AcsServicePrincipal, TENANT))
    (gap,) = [answer for answer in answers if isinstance(answer, Gap)]
    assert "proves nothing" in gap.reason


# --- applications --------------------------------------------------------------------------------------

OWNER: Question = (facts.Application, facts.ApplicationOwner)


async def test_an_application_of_a_third_tenant_is_owned_there() -> None:
    third = invented("tenant", "third")
    scenario = healthy().change("service_principals", lambda sp: sp.app_id == BOT_APP_ID, owner_tenant_id=third)
    owner = (await read(scenario, OWNER)).known(facts.ApplicationOwner, APPLICATION)
    assert owner.tenant_id == third


async def test_an_application_without_a_trace_is_unseen() -> None:
    scenario = healthy().drop("service_principals", lambda sp: sp.app_id == BOT_APP_ID).drop("applications")
    evidence = await read(scenario, OWNER)
    evidence.known(facts.UnseenApplication, APPLICATION)
    assert [request.status for request in evidence.behind(evidence.answer(facts.ApplicationOwner, APPLICATION))] == [
        404,
        404,
    ]


async def test_an_application_of_the_azure_tenant_is_found_there() -> None:
    async with reading(SCENARIOS["healthy-two-tenants"]()) as reads:
        owner = (await reads(OWNER)).known(facts.ApplicationOwner, APPLICATION)
        assert owner.tenant_id == reads.config.azure_tenant_id != TENANT_ID


async def test_what_is_said_of_an_application_that_config_names_rests_on_the_account_that_is_bound_to_it() -> None:
    async with reading() as reads:
        evidence = await reads((facts.Application, facts.Application))
        requests = evidence.behind(evidence.found(facts.Application)[BOT_APP_ID])
    assert [request.source for request in requests] != []


@pytest.mark.parametrize("reserved", sorted(well_known.RESERVED_APPLICATIONS))
async def test_microsofts_own_applications_are_not_asked_about(reserved: str) -> None:
    scenario = lines(healthy(), application_id=reserved)
    async with reading(scenario) as reads:
        evidence = await reads(OWNER)
        owner = evidence.known(facts.ApplicationOwner, Subject(Kind.APPLICATION, reserved, reserved))
        assert owner.tenant_id == well_known.MICROSOFT_TENANT_ID
        assert not reads.asked("servicePrincipals")


# --- accounts that config names ------------------------------------------------------------------------


async def test_a_configured_account_that_is_no_user_is_absent() -> None:
    evidence = await read(line(healthy(), account="nobody@contoso.com"), ACCOUNT)
    answer = evidence.found(facts.ResourceAccount)["nobody@contoso.com"]
    assert isinstance(answer, Known)
    assert answer.value == facts.NoResourceAccount("nobody@contoso.com", user_exists=False)


async def test_a_configured_account_that_is_a_person_is_no_resource_account() -> None:
    evidence = await read(line(healthy(), account="adele@contoso.com"), ACCOUNT)
    answer = evidence.found(facts.ResourceAccount)["adele@contoso.com"]
    assert isinstance(answer, Known)
    assert answer.value == facts.NoResourceAccount("adele@contoso.com", user_exists=True)


async def test_whether_there_is_such_a_user_may_be_unknown() -> None:
    scenario = line(healthy(), account="adele@contoso.com").permitted("User.Read.All", "Directory.Read.All")
    answer = (await read(scenario, ACCOUNT)).found(facts.ResourceAccount)["adele@contoso.com"]
    assert isinstance(answer, Known)
    assert answer.value == facts.NoResourceAccount("adele@contoso.com", user_exists=None)


@pytest.mark.parametrize("name", ["IVR@Contoso.COM", IVR, IVR.upper()])
async def test_a_configured_account_is_found_by_name_or_id_in_any_case(name: str) -> None:
    evidence = await read(line(healthy(), account=name), ACCOUNT)
    assert evidence.found(facts.ResourceAccount).keys() == {IVR, SUPPORT}


@pytest.mark.parametrize("value", [None, 5, "", ...])
async def test_an_account_that_the_list_does_not_name_is_found_by_its_user(value: Any) -> None:
    behaviour = item_edited(ACCOUNTS_PATH, {"id": IVR}, {"userPrincipalName": value})
    evidence = await read(healthy(), ACCOUNT, behaviour=behaviour)
    assert evidence.found(facts.ResourceAccount).keys() == {IVR, SUPPORT}


async def test_an_account_that_may_be_one_without_a_name_is_not_absent() -> None:
    behaviour = item_edited(ACCOUNTS_PATH, {"id": IVR}, {"userPrincipalName": None})
    scenario = healthy().permitted("User.Read.All", "Directory.Read.All")
    answer = (await read(scenario, ACCOUNT, behaviour=behaviour)).found(facts.ResourceAccount)["ivr@contoso.com"]
    assert isinstance(answer, Gap)
    assert "User.Read.All" in answer.reason


async def test_configured_accounts_are_read_one_by_one_where_the_list_is_refused() -> None:
    behaviour = broken(Fault("/beta/admin/teams/resourceAccounts", status=403, times=1))
    evidence = await read(healthy(), ACCOUNT, behaviour=behaviour)
    assert evidence.found(facts.ResourceAccount).keys() == {IVR, SUPPORT}
    assert evidence.known(facts.BoundAcsResource, IVR_ACCOUNT).immutable_id == ACS_ID


async def test_a_404_on_an_account_proves_nothing_where_the_list_is_refused() -> None:
    behaviour = broken(
        Fault(f"/beta/admin/teams/resourceAccounts/{IVR}", status=404, body=MISSING),
        Fault("/beta/admin/teams/resourceAccounts", status=403, times=1),
    )
    evidence = await read(graph_alone(healthy()), ACCOUNT, behaviour=behaviour)
    gap = evidence.gap(facts.BoundApplication, IVR_ACCOUNT)
    assert "proves nothing" in gap.reason
    assert "TeamsResourceAccount.Read.All" in gap.lacks[0]
    evidence.known(facts.BoundApplication, SUPPORT_ACCOUNT)


async def test_a_user_that_is_not_there_is_no_account_even_where_the_list_is_refused() -> None:
    behaviour = broken(Fault("/beta/admin/teams/resourceAccounts", status=403))
    evidence = await read(line(healthy(), account="nobody@contoso.com"), ACCOUNT, behaviour=behaviour)
    answer = evidence.found(facts.ResourceAccount)["nobody@contoso.com"]
    assert isinstance(answer, Known)
    assert [request.status for request in evidence.behind(answer)] == [403, 404]


@pytest.mark.parametrize(
    "fault", [{"status": 404, "body": MISSING}, {"status": 403}, {"status": 200, "body": {"value": {}}}]
)
async def test_a_list_of_accounts_that_can_not_be_read_hides_lines(fault: dict[str, Any]) -> None:
    behaviour = broken(Fault("/beta/admin/teams/resourceAccounts", **fault))
    evidence = await read(without_lines(graph_alone(healthy())), ACCOUNT, behaviour=behaviour)
    census = evidence.evidence.census[facts.ResourceAccount]
    assert (census.found, census.gap is not None) == ((), True)


# --- lines that config names by number -----------------------------------------------------------------


def by_number(scenario: Scenario | None = None) -> Scenario:
    return line(scenario or healthy(), account="")


async def test_a_line_with_a_number_only_is_on_the_account_that_has_it() -> None:
    async with reading(by_number()) as reads:
        evidence = await reads(ACCOUNT)
        assert evidence.known(facts.ExpectedNumber, IVR_ACCOUNT).number == IVR_NUMBER
        assert not reads.asked("numberAssignments")


@pytest.mark.parametrize("value", [None, "", 5, "reception", ...])
async def test_a_number_that_the_account_does_not_tell_is_asked_for(value: Any) -> None:
    behaviour = item_edited(ACCOUNTS_PATH, {"id": IVR}, {"phoneNumber": value})
    evidence = await read(by_number(), ACCOUNT, behaviour=behaviour)
    assert evidence.found(facts.ResourceAccount).keys() == {IVR, SUPPORT}


@pytest.mark.parametrize("number", ["+15551230500", "+15559999999", "+15551230300"], ids=["free", "unknown", "person"])
async def test_a_number_that_no_resource_account_holds_makes_no_line(number: str) -> None:
    answer = (await read(line(by_number(), number=number), ACCOUNT)).found(facts.ResourceAccount)[number]
    assert isinstance(answer, Known)
    assert answer.value == facts.NoResourceAccount(number, user_exists=None)


async def test_a_number_that_can_not_be_asked_for_leaves_its_line_unread() -> None:
    scenario = line(by_number().permitted("TeamsTelephoneNumber.Read.All"), number="+15559999999")
    answer = (await read(scenario, ACCOUNT)).found(facts.ResourceAccount)["+15559999999"]
    assert isinstance(answer, Gap)
    assert answer.lacks == ("the Graph permission TeamsTelephoneNumber.Read.All",)


async def test_a_number_that_two_objects_hold_leaves_its_line_unread() -> None:
    def twice(content: dict[str, Any]) -> None:
        content["value"] += [{**item, "assignmentTargetId": SUPPORT} for item in content["value"]]

    behaviour = broken(
        *edited(NUMBERS_PATH, twice).faults,
        *item_edited(ACCOUNTS_PATH, {"id": IVR}, {"phoneNumber": None}).faults,
    )
    answer = (await read(by_number(), ACCOUNT, behaviour=behaviour)).found(facts.ResourceAccount)[IVR_NUMBER]
    assert isinstance(answer, Gap)


# --- lines that are found ------------------------------------------------------------------------------

AUTO_ATTENDANT = well_known.AUTO_ATTENDANT_APPLICATION_ID
FRONT_DESK, SALES = invented("user", "frontdesk"), invented("user", "salesqueue")


async def test_lines_are_the_accounts_with_an_acs_resource() -> None:
    evidence = await read(without_lines(healthy()), ACCOUNT)
    assert evidence.found(facts.ResourceAccount).keys() == {IVR, SUPPORT}
    assert evidence.evidence.seen == {"resource accounts on no line": 2}
    evidence.known(facts.NoExpectedNumber, IVR_ACCOUNT)


async def test_an_account_of_the_same_application_is_a_line_without_an_acs_resource() -> None:
    scenario = without_lines(healthy()).change("resource_accounts", lambda a: a.id == IVR, acs_resource_id=None)
    evidence = await read(scenario, ACCOUNT)
    assert evidence.found(facts.ResourceAccount).keys() == {IVR, SUPPORT}
    evidence.known(facts.NoBoundAcsResource, IVR_ACCOUNT)


async def test_auto_attendants_are_no_lines_even_if_a_line_is_bound_to_their_application() -> None:
    scenario = without_lines(healthy()).change(
        "resource_accounts", lambda a: a.id == IVR, application_id=AUTO_ATTENDANT
    )
    evidence = await read(scenario, ACCOUNT)
    assert evidence.found(facts.ResourceAccount).keys() == {IVR, SUPPORT}


async def test_an_account_that_does_not_tell_its_acs_resource_may_be_a_line() -> None:
    behaviour = item_edited(ACCOUNTS_PATH, {"id": SUPPORT}, {"acsResourceId": ..., "appId": invented("other")})
    evidence = await read(without_lines(graph_alone(healthy())), ACCOUNT, behaviour=behaviour)
    assert evidence.found(facts.ResourceAccount).keys() == {IVR, SUPPORT}
    evidence.gap(facts.BoundAcsResource, SUPPORT_ACCOUNT)


async def test_an_auto_attendant_that_does_not_tell_its_acs_resource_is_no_line() -> None:
    behaviour = item_edited(ACCOUNTS_PATH, {"id": FRONT_DESK}, {"acsResourceId": ...})
    evidence = await read(without_lines(healthy()), ACCOUNT, behaviour=behaviour)
    assert FRONT_DESK not in evidence.found(facts.ResourceAccount)


async def test_a_tenant_without_lines_says_how_many_accounts_it_has() -> None:
    scenario = without_lines(healthy()).drop("resource_accounts", lambda a: a.id in (IVR, SUPPORT))
    (answer,) = (await read(scenario, ACCOUNT)).found(facts.ResourceAccount).values()
    assert isinstance(answer, Known)
    assert isinstance(answer.value, facts.NoLine)
    assert answer.value.accounts_seen == 2


# --- agents, and single objects ------------------------------------------------------------------------

AGENT: Question = (facts.Agent, facts.Agent)


async def test_an_agent_whom_the_directory_does_not_know_is_absent() -> None:
    scenario = healthy().configure("deployment.agents", {"users": ["adele@contoso.com", "ghost@contoso.com"]})
    found = (await read(scenario, AGENT)).found(facts.Agent)
    assert isinstance(found[agent("adele").id], Known)
    answer = found["ghost@contoso.com"]
    assert isinstance(answer, Known)
    assert answer.value == facts.NoAgent("ghost@contoso.com")


@pytest.mark.parametrize("status", [404, 403])
async def test_a_group_that_can_not_be_read_hides_agents(status: int) -> None:
    behaviour = broken(Fault("/transitiveMembers/", status=status, body=MISSING))
    census = (await read(healthy(), AGENT, behaviour=behaviour)).evidence.census[facts.Agent]
    assert census.gap is not None
    assert not census.found


async def test_an_agent_who_can_not_be_read_is_not_absent() -> None:
    scenario = healthy().configure("deployment.agents", {"users": ["adele@contoso.com", "diego@contoso.com"]})
    behaviour = broken(Fault("/users/adele@contoso.com", status=403))
    evidence = await read(scenario, AGENT, (facts.Agent, facts.Licenses), behaviour=behaviour)
    unread = Subject(Kind.AGENT, "adele@contoso.com", "")
    assert isinstance(evidence.found(facts.Agent)["adele@contoso.com"], Gap)
    assert evidence.gap(facts.Licenses, unread).lacks == ("the Graph permission User.Read.All",)
    evidence.known(facts.Licenses, agent("diego"))


async def test_no_agents_are_configured() -> None:
    census = (await read(healthy().configure("deployment.agents", {}), AGENT)).evidence.census[facts.Agent]
    assert "[deployment.agents]" in census.nothing


async def test_an_agent_without_teams_has_no_teams_user() -> None:
    scenario = healthy().drop("user_configurations", lambda item: item.id == agent("adele").id)
    evidence = await read(scenario, (facts.Agent, facts.TeamsUser))
    evidence.known(facts.NoTeamsUser, agent("adele"))
    evidence.known(facts.TeamsUser, agent("diego"))


async def test_the_service_principal_is_absent_when_its_address_says_so() -> None:
    evidence = await read(SCENARIOS["no-service-principal"](), (facts.Tenant, facts.AcsServicePrincipal))
    evidence.known(facts.NoAcsServicePrincipal, TENANT)


@pytest.mark.parametrize(
    ("permission", "thing", "fact", "subject"),
    [
        ("Application.Read.All", facts.Tenant, facts.AcsServicePrincipal, TENANT),
        ("TeamsTelephoneNumber.Read.All", facts.ResourceAccount, facts.PhoneNumber, IVR_ACCOUNT),
        ("TeamsUserConfiguration.Read.All", facts.Agent, facts.TeamsUser, agent("adele")),
        ("User.Read.All", facts.ResourceAccount, facts.SignIn, IVR_ACCOUNT),
        ("LicenseAssignment.Read.All", facts.Tenant, facts.SubscribedSkus, TENANT),
        ("TeamsResourceAccount.Read.All", facts.ResourceAccount, facts.BoundApplication, IVR_ACCOUNT),
    ],
)
async def test_a_right_that_is_missing_is_named(
    permission: str, thing: type[Fact], fact: type[Fact], subject: Subject
) -> None:
    scenario = graph_alone(healthy()).permitted(permission, "Directory.Read.All", "Organization.Read.All")
    gap = (await read(scenario, (thing, fact))).gap(fact, subject)
    assert permission in gap.reason
    assert "403" in gap.reason
    assert any(permission in lack for lack in gap.lacks)


async def test_a_right_on_the_data_plane_that_is_missing_is_named() -> None:
    scenario = healthy().change("identities", data_plane_scopes=())
    gap = (await read(scenario, (facts.ResourceAccount, facts.ServerConsent))).gap(facts.ServerConsent, IVR_ACCOUNT)
    assert "Contributor" in gap.reason
    assert "Contributor" in gap.lacks[0]


@pytest.mark.parametrize(
    "check", ["app-not-reserved", "bot-exists", "bot-teams-channel", "acs-exists", "server-consent"]
)
async def test_what_an_account_that_was_not_read_is_bound_to_is_unknown_and_not_nothing(check: str) -> None:
    scenario = graph_alone(healthy())
    for index, line in enumerate(scenario.config["deployment"]["lines"]):
        bare = {"number": line["number"], "account": line["account"]}
        scenario = scenario.configure(f"deployment.lines.{index}", bare)
    report, _ = await audit(scenario.permitted("TeamsResourceAccount.Read.All"))
    assert next(f for f in report.findings if f.check.id == check).status is Status.UNKNOWN
