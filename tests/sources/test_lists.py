"""A list is whole, or it is not read: what half a list hides is never absent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tenant import (
    ACCOUNTS_PATH,
    CONFIGURATIONS_PATH,
    IVR_ACCOUNT,
    IVR_PHONE,
    NUMBERS_PATH,
    SUPPORT_ACCOUNT,
    Behaviour,
    Evidently,
    Fault,
    Scenario,
    agent,
    broken,
    edited,
    healthy,
    impatient,
    invented,
    item_edited,
    reading,
    without_lines,
)
from tpe_audit import facts
from tpe_audit.collectors import Question
from tpe_audit.facts import Gap, Kind, Known, Subject
from tpe_audit.simulator import large, serve
from tpe_audit.simulator.contoso import (
    AGENTS_GROUP,
    BOT_APP_ID,
    IVR,
    IVR_NUMBER,
    SUPPORT,
    SUPPORT_NUMBER,
    service_number,
)
from tpe_audit.simulator.state import Group

ACCOUNT: Question = (facts.ResourceAccount, facts.ResourceAccount)
NUMBER: Question = (facts.ResourceAccount, facts.PhoneNumber)
AT_ONCE = {"Retry-After": "0.01"}
NEXT = "@odata.nextLink"


async def read(scenario: Scenario, behaviour: Behaviour, *wanted: Question) -> Evidently:
    async with reading(scenario, behaviour) as reads:
        return await reads(*wanted)


def paged(*faults: Fault) -> Behaviour:
    return Behaviour(page_size=2, faults=list(faults))


def accounts_gap(evidence: Evidently) -> Gap:
    census = evidence.evidence.census[facts.ResourceAccount]
    assert not census.found
    assert census.gap is not None
    return census.gap


async def test_pages_are_read_to_the_last() -> None:
    async with reading(without_lines(healthy()), paged()) as reads:
        evidence = await reads(ACCOUNT)
        assert evidence.found(facts.ResourceAccount).keys() == {IVR, SUPPORT}
        assert evidence.evidence.seen == {"resource accounts on no line": 2}
        assert len(reads.asked("resourceAccounts")) == 2


SECOND_PAGE = [
    {"status": 403, "body": {"error": {"code": "Forbidden"}}},
    {"status": 500, "headers": AT_ONCE},
    {"status": 404},
    {"status": 200, "body": b"<html>"},
    {"status": 200, "body": b""},
    {"status": 200, "body": []},
    {"status": 200, "body": {"value": {}}},
    {"status": 200, "body": {}},
]


@pytest.mark.parametrize("answer", SECOND_PAGE)
async def test_a_list_whose_second_page_is_not_read_is_not_read(answer: dict[str, Any]) -> None:
    alone = without_lines(healthy()).configure("sources.teams_powershell.mode", "off")
    evidence = await read(alone, paged(Fault("skiptoken", **answer)), ACCOUNT)
    gap = accounts_gap(evidence)
    assert "not read to its end" in gap.reason
    assert [request.status for request in evidence.behind(gap)] == [200, answer["status"]]


async def test_a_list_that_breaks_off_is_not_read() -> None:
    scenario = impatient(without_lines(healthy()), deadline=1)
    gap = accounts_gap(await read(scenario, paged(Fault("skiptoken", drop=True)), ACCOUNT))
    assert "not read to its end" in gap.reason


@pytest.mark.parametrize("answer", SECOND_PAGE)
async def test_accounts_that_config_names_are_read_where_the_list_is_not_whole(answer: dict[str, Any]) -> None:
    evidence = await read(healthy(), paged(Fault("skiptoken", **answer)), ACCOUNT)
    assert evidence.found(facts.ResourceAccount).keys() == {IVR, SUPPORT}
    assert evidence.known(facts.BoundApplication, SUPPORT_ACCOUNT) == facts.BoundApplication(BOT_APP_ID)


@pytest.mark.parametrize("value", [{}, None, "accounts", 5, ...])
async def test_a_list_without_values_is_not_empty(value: Any) -> None:
    def edit(content: dict[str, Any]) -> None:
        content.pop("value")
        if value is not ...:
            content["value"] = value

    gap = accounts_gap(await read(without_lines(healthy()), edited(ACCOUNTS_PATH, edit), ACCOUNT))
    assert "without a list of values" in gap.reason


@pytest.mark.parametrize("item", [None, "ivr", 5, [], {}, {"id": None}, {"id": ""}])
async def test_an_element_without_an_id_leaves_the_list_unread(item: Any) -> None:
    behaviour = edited(f"{ACCOUNTS_PATH}", lambda content: content["value"].append(item), times=1)
    accounts_gap(await read(without_lines(healthy()), behaviour, ACCOUNT))


async def test_an_empty_page_in_the_middle_is_not_the_end() -> None:
    def emptied(content: dict[str, Any]) -> None:
        content["value"] = []

    behaviour = edited(ACCOUNTS_PATH, emptied, times=1)
    behaviour.page_size = 1
    evidence = await read(without_lines(healthy()), behaviour, ACCOUNT)
    assert evidence.found(facts.ResourceAccount).keys() == {SUPPORT}


@pytest.mark.parametrize(
    "link",
    [5, {}, True, "next", "/beta/admin/teams/resourceAccounts?$skiptoken=x", "https://[", "https://localhost:port/x"],
)
async def test_a_next_page_that_is_nowhere_leaves_the_list_unread(link: Any) -> None:
    behaviour = edited(ACCOUNTS_PATH, lambda content: content.update({NEXT: link}))
    accounts_gap(await read(without_lines(healthy()), behaviour, ACCOUNT))


@pytest.mark.parametrize("link", [None, ""])
async def test_a_next_page_that_is_nothing_is_the_end(link: Any) -> None:
    behaviour = edited(ACCOUNTS_PATH, lambda content: content.update({NEXT: link}))
    assert (await read(without_lines(healthy()), behaviour, ACCOUNT)).found(facts.ResourceAccount)


async def test_no_token_goes_to_another_host_for_the_next_page() -> None:
    with serve(healthy()) as other:
        behaviour = edited(ACCOUNTS_PATH, lambda content: content.update({NEXT: other.url + ACCOUNTS_PATH}))
        gap = accounts_gap(await read(without_lines(healthy()), behaviour, ACCOUNT))
        assert "another host" in gap.reason
        assert not other.requests


@pytest.mark.parametrize("link", ["https://evil@{host}/x", "https://{host}\\@evil.example/x"])
async def test_a_next_page_of_the_same_host_in_disguise_is_not_followed(link: str) -> None:
    async with reading(without_lines(healthy()), Behaviour()) as reads:
        host = reads.tenant.url.removeprefix("https://")
        address = link.format(host=host)
        reads.tenant.behaviour.faults += edited(ACCOUNTS_PATH, lambda content: content.update({NEXT: address})).faults
        accounts_gap(await reads(ACCOUNT))
        assert len(reads.asked("resourceAccounts")) == 1


async def test_no_token_of_azure_goes_to_another_host_for_the_next_page() -> None:
    with serve(healthy()) as other:
        path = "/providers/Microsoft.BotService/botServices"
        behaviour = edited(f"{path}?", lambda content: content.update({"nextLink": f"{other.url}{path}?x"}))
        scenario = healthy().drop("bots", lambda bot: bot.app_id == BOT_APP_ID)
        evidence = await read(scenario, behaviour, (facts.ResourceAccount, facts.Bot))
        assert "another host" in evidence.gap(facts.Bot, IVR_ACCOUNT).reason
        assert not other.requests


async def test_a_list_that_leads_back_to_itself_has_no_end() -> None:
    async with reading(without_lines(healthy()), Behaviour()) as reads:
        own = f"{reads.tenant.url}{ACCOUNTS_PATH}?$skiptoken="
        links = [f"{own}b", f"{own}a", f"{own}b"]
        reads.tenant.behaviour.faults += [
            Fault(ACCOUNTS_PATH, times=1, status=200, body={"value": [], NEXT: link}) for link in links
        ]
        gap = accounts_gap(await reads(ACCOUNT))
        assert "no end" in gap.reason
        assert len(reads.asked("resourceAccounts")) == 3
        assert reads.sources.reports()[0].state != "ok"


# --- numbers -------------------------------------------------------------------------------------------

MANY = (IVR_NUMBER, "+15551230101", "+15551230102")


def many_numbers() -> Scenario:
    more = [service_number(number, "callingPlan", IVR, "voiceApplicationAssigned") for number in MANY[1:]]
    return healthy().add("numbers", *more)


@pytest.mark.parametrize("by_link", [False, True], ids=["by $skip", "by nextLink"])
@pytest.mark.parametrize("size", [1, 2, 3, None])
async def test_numbers_are_read_to_the_last(size: int | None, *, by_link: bool) -> None:
    behaviour = Behaviour(page_size=size, number_pages_by_link=by_link)
    evidence = await read(many_numbers(), behaviour, (facts.PhoneNumber, facts.PhoneNumber))
    assert evidence.found(facts.PhoneNumber).keys() == {*MANY, SUPPORT_NUMBER}
    # Of several numbers the one that config.toml names is the account's.
    assert evidence.known(facts.PhoneNumber, IVR_ACCOUNT).number == IVR_NUMBER


async def test_numbers_that_come_again_and_again_are_not_read() -> None:
    behaviour = Behaviour(page_size=1)
    async with reading(healthy(), behaviour) as reads:
        first = {"telephoneNumber": IVR_NUMBER, "assignmentTargetId": IVR}
        behaviour.faults.append(Fault("numberAssignments", status=200, body={"value": [first]}))
        gap = (await reads(NUMBER)).gap(facts.PhoneNumber, IVR_ACCOUNT)
        assert "again and again" in gap.reason


async def test_numbers_whose_second_page_is_not_read_are_not_read() -> None:
    behaviour = Behaviour(page_size=1, faults=[Fault("$skip=1", status=403)])
    gap = (await read(many_numbers(), behaviour, NUMBER)).gap(facts.PhoneNumber, IVR_ACCOUNT)
    assert "TeamsTelephoneNumber.Read.All" in gap.reason


LINE = [Subject(Kind.ACCOUNT, invented("large", "account", str(place)), "") for place in range(25)]
PHONES = [f"+1555{place:07d}" for place in range(25)]


async def bulk(change: dict[str, Any]) -> Evidently:
    """Numbers of many accounts, with a change to that of the fourth."""
    behaviour = item_edited(NUMBERS_PATH, {"telephoneNumber": PHONES[3]}, change)
    return await read(large(accounts=25, agents=1), behaviour, NUMBER)


@pytest.mark.parametrize("number", ["reception", None, 5, ...])
async def test_a_number_that_is_none_leaves_only_its_holder_unread(number: Any) -> None:
    evidence = await bulk({"telephoneNumber": number})
    unread = [subject for subject in LINE if isinstance(evidence.answer(facts.PhoneNumber, subject), Gap)]
    assert unread == [LINE[3]]


@pytest.mark.parametrize("target", [5, {}, ...])
async def test_a_number_that_does_not_tell_its_holder_leaves_who_holds_none_unread(target: Any) -> None:
    evidence = await bulk({"assignmentTargetId": target})
    unread = [subject for subject in LINE if isinstance(evidence.answer(facts.PhoneNumber, subject), Gap)]
    assert unread == [LINE[3]]


async def test_a_number_that_nobody_holds_leaves_an_account_without_one() -> None:
    evidence = await bulk({"assignmentTargetId": None})
    none = evidence.answer(facts.PhoneNumber, LINE[3])
    assert isinstance(none, Known)
    assert isinstance(none.value, facts.NoPhoneNumber)


async def test_a_number_that_two_hold_leaves_both_unread() -> None:
    evidence = await bulk({"telephoneNumber": PHONES[4]})
    unread = [subject for subject in LINE if isinstance(evidence.answer(facts.PhoneNumber, subject), Gap)]
    assert unread == [LINE[3], LINE[4]]


# --- duplicates ----------------------------------------------------------------------------------------


def twice(identifier: str, **changes: Any) -> Any:
    """An edit that lists an item a second time, with changes."""

    def edit(content: dict[str, Any]) -> None:
        item = next(item for item in content["value"] if identifier in item.values())
        content["value"].append({**item, **changes})

    return edit


async def test_an_account_that_is_listed_twice_is_one() -> None:
    evidence = await read(without_lines(healthy()), edited(ACCOUNTS_PATH, twice(IVR)), ACCOUNT)
    assert evidence.found(facts.ResourceAccount).keys() == {IVR, SUPPORT}
    assert evidence.known(facts.BoundApplication, IVR_ACCOUNT) == facts.BoundApplication(BOT_APP_ID)


@pytest.mark.parametrize("value", [None, invented("other"), 5])
async def test_what_two_entries_of_an_account_say_differently_is_not_known(value: Any) -> None:
    behaviour = edited(ACCOUNTS_PATH, twice(IVR, id=IVR.upper(), appId=value))
    evidence = await read(healthy(), behaviour, ACCOUNT)
    evidence.gap(facts.BoundApplication, IVR_ACCOUNT)
    evidence.known(facts.BoundAcsResource, IVR_ACCOUNT)


async def test_a_number_that_is_listed_twice_is_one() -> None:
    behaviour = edited(NUMBERS_PATH, twice(IVR_NUMBER), times=1)
    evidence = await read(healthy(), behaviour, (facts.PhoneNumber, facts.NumberType))
    evidence.known(facts.NumberType, IVR_PHONE)


async def test_what_two_entries_of_a_number_say_differently_is_not_known() -> None:
    def edit(content: dict[str, Any]) -> None:
        if any(item["telephoneNumber"] == IVR_NUMBER for item in content["value"]):
            twice(IVR_NUMBER, numberType="directRouting")(content)

    questions = ((facts.PhoneNumber, facts.NumberType), (facts.PhoneNumber, facts.NumberActivation))
    evidence = await read(healthy(), edited(NUMBERS_PATH, edit), *questions)
    assert "contradict" in evidence.gap(facts.NumberType, IVR_PHONE).reason
    evidence.known(facts.NumberActivation, IVR_PHONE)


ADELE = agent("adele")


async def test_an_agent_of_two_groups_is_one() -> None:
    second = Group(invented("group", "second"), "More agents", (ADELE.id,))
    scenario = healthy().add("groups", second).configure("deployment.agents.groups", [AGENTS_GROUP, second.id])
    evidence = await read(scenario, Behaviour(), (facts.Agent, facts.SignIn))
    assert len(evidence.found(facts.Agent)) == 4
    evidence.known(facts.SignIn, ADELE)


async def test_an_agent_of_whom_two_entries_differ_is_not_known() -> None:
    behaviour = edited("transitiveMembers", twice(ADELE.id, accountEnabled=False))
    evidence = await read(healthy(), behaviour, (facts.Agent, facts.SignIn), (facts.Agent, facts.Licenses))
    assert len(evidence.found(facts.Agent)) == 4
    for question in (facts.SignIn, facts.Licenses):
        assert "contradict" in evidence.gap(question, ADELE).reason
        assert isinstance(evidence.answer(question, agent("diego")), Known)


async def test_in_bulk_what_two_entries_say_differently_is_not_known() -> None:
    first = Subject(Kind.AGENT, invented("large", "agent", "0"), "")
    behaviour = broken(
        *edited("/v1.0/users?", twice(LINE[0].id, accountEnabled=True, assignedPlans=[])).faults,
        *edited(f"{CONFIGURATIONS_PATH}?", twice(first.id, isEnterpriseVoiceEnabled=False)).faults,
    )
    questions: list[Question] = [(facts.ResourceAccount, fact) for fact in (facts.SignIn, facts.Licenses)]
    evidence = await read(large(accounts=25, agents=60), behaviour, *questions, (facts.Agent, facts.TeamsUser))
    for question, subject in ((facts.SignIn, LINE[0]), (facts.Licenses, LINE[0]), (facts.TeamsUser, first)):
        assert "contradict" in evidence.gap(question, subject).reason
    evidence.known(facts.SignIn, LINE[1])
    evidence.known(facts.Licenses, LINE[1])
