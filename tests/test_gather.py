"""What is asked of the services: only reading, only what is needed, and in pages where there is much of it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.tenant import (
    ACCOUNTS_PATH,
    CONFIGURATIONS_PATH,
    IVR_ACCOUNT,
    NUMBERS_PATH,
    RESOURCE_GRAPH_PATH,
    SUPPORT_ACCOUNT,
    TENANT,
    Fault,
    agent,
    audit,
    broken,
    healthy,
    invented,
    reading,
    without_lines,
)
from tpe_audit import facts
from tpe_audit.collectors import TABLE, Collector, Question
from tpe_audit.collectors.reader import Harvest, Reader
from tpe_audit.facts import Gap, Kind, Known, Subject, well_known
from tpe_audit.gather import gather
from tpe_audit.simulator import SCENARIOS, Recorded, large
from tpe_audit.simulator.contoso import (
    ACS_ID,
    AGENTS_GROUP,
    BOT_APP_ID,
    BOTS_GROUP,
    IVR,
    IVR_NUMBER,
    SUBSCRIPTION_ID,
    SUPPORT,
    TENANT_ID,
    acs_arm_id,
)

ACCOUNTS: list[Question] = [
    (facts.ResourceAccount, fact)
    for fact in (facts.ResourceAccount, facts.PhoneNumber, facts.SignIn, facts.Licenses, facts.Bot, facts.AcsResource)
]
AGENTS: list[Question] = [(facts.Agent, fact) for fact in (facts.Agent, facts.Licenses, facts.TeamsUser)]


def services(requests: Any) -> list[Recorded]:
    return [request for request in requests if request.api != "entra"]


# --- nothing is written --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["healthy", "healthy-two-tenants", "healthy-dynamics", "unreadable"])
async def test_an_audit_only_reads(name: str) -> None:
    _, tenant = await audit(SCENARIOS[name]())
    assert len(services(tenant.requests)) > 20
    for request in tenant.requests:
        if request.method == "POST":
            signs_in = request.api == "entra" and request.path.endswith("/oauth2/v2.0/token")
            assert signs_in or request.path == RESOURCE_GRAPH_PATH
        else:
            assert request.method == "GET"


async def test_an_audit_asks_nothing_twice() -> None:
    _, tenant = await audit(healthy())
    asked = Counter((r.method, r.path, r.query) for r in services(tenant.requests) if r.path != RESOURCE_GRAPH_PATH)
    assert not {request: times for request, times in asked.items() if times > 1}


# --- nothing is read that is not needed ----------------------------------------------------------------

BOT_PATH = (
    f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{BOTS_GROUP}/providers/Microsoft.BotService/botServices/"
    "contoso-voice-bot"
)
ASSIGNMENTS = f"/access/teamsExtension/tenants/{TENANT_ID}/assignments"
OWNER = f"/v1.0/servicePrincipals(appId='{BOT_APP_ID}')"
SINGLE: dict[str, list[str]] = {
    "acs-service-principal": [f"/v1.0/servicePrincipals(appId='{well_known.ACS_APPLICATION_ID}')"],
    "acs-federation-enabled": [],
    "ra-exists": [ACCOUNTS_PATH],
    # Both rest on app-not-reserved, which asks who owns the application.
    "bot-exists": [ACCOUNTS_PATH, RESOURCE_GRAPH_PATH, BOT_PATH, OWNER],
    "bot-teams-channel": [ACCOUNTS_PATH, RESOURCE_GRAPH_PATH, BOT_PATH, OWNER, f"{BOT_PATH}/channels/MsTeamsChannel"],
    "acs-exists": [ACCOUNTS_PATH, acs_arm_id()],
    "server-consent": [ACCOUNTS_PATH, acs_arm_id(), f"{ASSIGNMENTS}/{IVR}", f"{ASSIGNMENTS}/{SUPPORT}"],
    "agent-account-enabled": [f"/v1.0/groups/{AGENTS_GROUP}/transitiveMembers/microsoft.graph.user"],
}


@pytest.mark.parametrize("check", SINGLE)
async def test_a_single_check_reads_only_what_it_needs(check: str) -> None:
    report, tenant = await audit(healthy(), check=(check,))
    assert report.exit_code == 0
    assert sorted(request.path for request in services(tenant.requests)) == sorted(SINGLE[check])


async def test_nothing_wanted_is_nothing_read() -> None:
    async with reading() as read:
        evidence = await read()
        assert not read.tenant.requests
        assert not evidence.evidence.answers


# --- much is read in pages -----------------------------------------------------------------------------


def counted(requests: list[Recorded]) -> Counter[str]:
    """How often each kind of request was made, ids left out."""
    shown = Counter[str]()
    for request in requests:
        parts = ["…" if len(part) == 36 and part.count("-") == 4 else part for part in request.path.split("/")]
        shown["/".join(parts)] += 1
    return shown


async def test_many_are_read_in_pages_and_not_one_by_one() -> None:
    async with reading(large(accounts=60, agents=200)) as read:
        evidence = await read(*ACCOUNTS, *AGENTS)
        requests = counted(read.requests)
    assert len(evidence.found(facts.ResourceAccount)) == len(evidence.found(facts.PhoneNumber)) == 60
    assert len(evidence.found(facts.Agent)) == 200
    assert all(isinstance(answer, Known) for answer in evidence.evidence.answers.values())
    assert requests == {
        ACCOUNTS_PATH: 1,
        NUMBERS_PATH: 2,
        "/v1.0/users": 1,
        "/v1.0/groups/…/transitiveMembers/microsoft.graph.user": 1,
        CONFIGURATIONS_PATH: 1,
        "/v1.0/subscribedSkus": 1,
        RESOURCE_GRAPH_PATH: requests[RESOURCE_GRAPH_PATH],
        "/subscriptions/…/resourceGroups/contoso-voice/providers/Microsoft.Communication/communicationServices/"
        "contoso-voice": 1,
        BOT_PATH.replace(SUBSCRIPTION_ID, "…"): 1,
    }
    assert requests[RESOURCE_GRAPH_PATH] <= 2


async def test_what_is_read_in_bulk_is_what_is_read_one_by_one() -> None:
    few, many = large(accounts=3, agents=3), large(accounts=30, agents=60)
    account = Subject(Kind.ACCOUNT, invented("large", "account", "0"), "")
    person = Subject(Kind.AGENT, invented("large", "agent", "0"), "")
    told = []
    for scenario in (few, many):
        async with reading(scenario) as read:
            evidence = await read(*ACCOUNTS, *AGENTS)
        licenses = evidence.known(facts.Licenses, account)
        told.append(
            (
                evidence.known(facts.PhoneNumber, account),
                evidence.known(facts.SignIn, account),
                {(plan.id, plan.status, plan.sku_id) for plan in licenses.plans},
                evidence.known(facts.TeamsUser, person),
                {(plan.id, plan.status) for plan in evidence.known(facts.Licenses, person).plans},
            )
        )
    assert told[0] == told[1]


async def test_an_account_that_is_not_among_the_listed_users_is_read_by_itself() -> None:
    stray = invented("large", "account", "7")
    scenario = large(accounts=30, agents=1).change("users", lambda user: user.id == stray, department="Sales")
    async with reading(scenario) as read:
        evidence = await read((facts.ResourceAccount, facts.SignIn), (facts.ResourceAccount, facts.Licenses))
        asked = counted(read.requests)
    assert all(isinstance(answer, Known) for answer in evidence.evidence.answers.values())
    assert (asked["/v1.0/users"], asked["/v1.0/users/…"], asked["/v1.0/users/…/licenseDetails"]) == (1, 1, 1)


async def test_a_bot_that_the_configuration_names_is_not_looked_for() -> None:
    lines = [dict(line) for line in healthy().config["deployment"]["lines"]]
    lines[0]["bot"] = BOT_PATH
    async with reading(healthy().configure("deployment.lines", lines)) as read:
        evidence = await read((facts.ResourceAccount, facts.Bot))
        assert not read.asked("ResourceGraph")
    assert evidence.known(facts.Bot, SUPPORT_ACCOUNT).client_id == BOT_APP_ID


async def test_a_number_that_changes_while_numbers_are_read_is_unknown_and_the_others_are_not() -> None:
    first: list[dict[str, Any]] = []

    def noted(content: Any) -> Any:
        first.append(content["value"][0])
        return content

    def changed(content: Any) -> Any:
        return {**content, "value": [{**first[0], "numberType": "operatorConnect"}]}

    behaviour = broken(
        Fault("skip=0", edit=noted, times=1),
        Fault("skip=30", edit=changed),
        Fault("skip=31", body={"value": []}, status=200),
    )
    async with reading(large(30, 1), behaviour) as read:
        evidence = await read((facts.PhoneNumber, facts.NumberType))
    told = [
        evidence.answer(facts.NumberType, subject) for subject, _ in evidence.evidence.census[facts.PhoneNumber].found
    ]
    assert len(told) == 30
    assert [isinstance(answer, Gap) for answer in told].count(True) == 1


async def test_a_tenant_with_two_lines_lists_no_users_and_no_numbers() -> None:
    async with reading(without_lines(healthy())) as read:
        await read(*ACCOUNTS, *AGENTS)
        asked = counted(read.requests)
        assert "/v1.0/users" not in asked
        assert CONFIGURATIONS_PATH not in asked
        assert all("filter" in request.query for request in read.asked("numberAssignments"))


# --- only some subjects --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ivr@contoso.com", "IVR@CONTOSO.COM", IVR, IVR_NUMBER, f"tel:{IVR_NUMBER}"])
async def test_a_subject_narrows_what_is_read(name: str) -> None:
    async with reading(healthy(), subjects=[name]) as read:
        evidence = await read(*ACCOUNTS, *AGENTS)
        paths = {request.path for request in read.requests}
    assert evidence.found(facts.ResourceAccount).keys() == {IVR}
    assert not evidence.found(facts.Agent)
    assert evidence.gathered.nothing == ()
    assert ACCOUNTS_PATH not in paths
    assert not [path for path in paths if SUPPORT in path or AGENTS_GROUP in path]
    # What config.toml says of the line holds for it.
    assert evidence.known(facts.PhoneNumber, IVR_ACCOUNT).number == IVR_NUMBER


async def test_an_agent_as_subject_narrows_what_is_read() -> None:
    async with reading(healthy(), subjects=["adele@contoso.com"]) as read:
        evidence = await read(*ACCOUNTS, *AGENTS)
        assert evidence.found(facts.Agent).keys() == {agent("adele").id}
        assert not evidence.found(facts.ResourceAccount)
        assert not read.asked("/groups/")


async def test_a_subject_of_a_line_that_config_names_by_number_keeps_its_expectations() -> None:
    scenario = healthy().configure("deployment.lines.0.account", "")
    async with reading(scenario, subjects=["ivr@contoso.com"]) as read:
        evidence = await read((facts.ResourceAccount, facts.ExpectedNumber))
    assert evidence.known(facts.ExpectedNumber, IVR_ACCOUNT).number == IVR_NUMBER


@pytest.mark.parametrize("name", ["nobody@contoso.com", "+15559999999", "a?b=1#c %2f", "x' or 'a' eq 'a", "", "…"])
async def test_a_subject_that_is_nothing_is_told(name: str) -> None:
    async with reading(healthy(), subjects=[name]) as read:
        evidence = await read(*ACCOUNTS, *AGENTS)
        assert evidence.gathered.nothing == (name,)
        assert {request.path for request in read.asked("/users/")} <= {f"/v1.0/users/{name}"}


async def test_a_configured_line_that_is_nothing_is_absent_and_proven_so() -> None:
    scenario = healthy().configure("deployment.lines.0.account", "nobody@contoso.com")
    async with reading(scenario, subjects=["nobody@contoso.com"]) as read:
        evidence = await read((facts.ResourceAccount, facts.ResourceAccount))
        answer = evidence.found(facts.ResourceAccount)["nobody@contoso.com"]
        assert isinstance(answer, Known)
        assert answer.value == facts.NoResourceAccount("nobody@contoso.com", user_exists=False)
        assert [request.status for request in evidence.behind(answer)] == [404]
        assert evidence.gathered.nothing == ()


async def test_a_subject_that_can_not_be_told_is_unread() -> None:
    scenario = healthy().permitted("User.Read.All", "Directory.Read.All")
    async with reading(scenario, subjects=["ivr@contoso.com"]) as read:
        evidence = await read((facts.ResourceAccount, facts.ResourceAccount))
        answer = evidence.found(facts.ResourceAccount)["ivr@contoso.com"]
        assert isinstance(answer, Gap)
        assert answer.lacks == ("the Graph permission User.Read.All",)
        assert evidence.gathered.nothing == ()


async def test_a_404_on_a_subject_proves_nothing_where_the_list_is_refused() -> None:
    missing = {"error": {"code": "NotFound"}}
    behaviour = broken(
        Fault(f"{ACCOUNTS_PATH}/{IVR}", status=404, body=missing), Fault(ACCOUNTS_PATH, status=404, body=missing)
    )
    subjects = ["ivr@contoso.com"]
    async with reading(healthy(), behaviour, subjects, lambda tenant, _: tenant.teams_export.unlink()) as read:
        answer = (await read((facts.ResourceAccount, facts.ResourceAccount))).found(facts.ResourceAccount)
    assert isinstance(answer["ivr@contoso.com"], Gap)


# --- sources that are off ------------------------------------------------------------------------------

OFF: list[tuple[str, str, list[tuple[Question, Subject]]]] = [
    (
        "azure",
        "arm",
        [
            ((facts.ResourceAccount, facts.Bot), IVR_ACCOUNT),
            ((facts.ResourceAccount, facts.AcsResource), IVR_ACCOUNT),
        ],
    ),
    ("acs", "acs", [((facts.ResourceAccount, facts.ServerConsent), IVR_ACCOUNT)]),
    (
        "teams_powershell",
        "teams-powershell",
        [((facts.Tenant, facts.AcsFederation), TENANT), ((facts.Tenant, facts.GlobalExternalAccess), TENANT)],
    ),
]


@pytest.mark.parametrize(("key", "source", "questions"), OFF, ids=[key for key, *_ in OFF])
async def test_a_source_that_is_declared_off_is_not_asked(
    key: str, source: str, questions: list[tuple[Question, Subject]]
) -> None:
    scenario = healthy().configure(f"sources.{key}.mode", "off")
    async with reading(scenario) as read:
        evidence = await read(*(question for question, _ in questions))
        for (_, fact), subject in questions:
            gap = evidence.gap(fact, subject)
            assert gap.declared_off
            assert f"[sources.{key}]" in gap.reason
            assert 'mode = "off"' in gap.reason
        assert source not in {request.source for request in evidence.evidence.requests}
        assert not [request for request in read.requests if request.api == source]
        states = {report.source: report.state for report in read.sources.reports()}
        assert states[source] == "off"


@pytest.mark.parametrize("bot", ["", BOT_PATH], ids=["by application", "by address"])
async def test_what_config_names_is_not_asked_of_azure_that_is_off(bot: str) -> None:
    scenario = healthy().configure("sources.azure.mode", "off").configure("deployment.lines.0.bot", bot)
    async with reading(scenario) as read:
        evidence = await read(
            (facts.Bot, facts.Bot), (facts.Bot, facts.TeamsChannel), (facts.AcsResource, facts.AcsResource)
        )
        assert not [request for request in read.requests if request.api == "arm"]
        found = [*evidence.found(facts.Bot).values(), *evidence.found(facts.AcsResource).values()]
        assert len(found) == 2
        assert all(isinstance(answer, Gap) and answer.declared_off for answer in found)


async def test_the_consent_is_asked_for_by_the_immutable_id_only_where_azure_is_read() -> None:
    scenario = healthy().configure("sources.azure.mode", "off").configure("deployment.lines.0.acs_resource", ACS_ID)
    async with reading(scenario) as read:
        evidence = await read((facts.ResourceAccount, facts.ServerConsent))
        assert evidence.gap(facts.ServerConsent, IVR_ACCOUNT).declared_off
        assert evidence.gap(facts.ServerConsent, SUPPORT_ACCOUNT).declared_off


# --- collectors that break -----------------------------------------------------------------------------


async def broken_reading(_: Reader) -> Harvest:
    """A plug-in's fault."""
    raise KeyError("client_secret=abc~def")


async def test_a_collector_that_breaks_leaves_a_gap_and_an_error_and_the_rest() -> None:
    question: Question = (facts.Tenant, facts.Organization)
    row = Collector("test_gather.broken_reading", (question,), "", "graph", (), package="tests")
    async with reading() as read:
        gathered = await gather(
            [question, (facts.Tenant, facts.AcsServicePrincipal)],
            read.sources,
            facts.Deployment(),
            datetime.now(UTC),
            table={**TABLE, question: row},
        )
    (error,) = gathered.errors
    assert "test_gather.broken_reading is broken: KeyError" in error
    assert "abc~def" not in error
    evidence = gathered.evidence
    assert isinstance(evidence.answer(facts.Organization, TENANT), Gap)
    assert isinstance(evidence.answer(facts.AcsServicePrincipal, TENANT), Known)


async def test_progress_is_told_to_the_last() -> None:
    told: list[tuple[int, int]] = []
    wanted: list[Question] = [(facts.Tenant, facts.Organization), (facts.Tenant, facts.AcsServicePrincipal)]
    async with reading() as read:
        await gather(wanted, read.sources, facts.Deployment(), datetime.now(UTC), told=lambda *done: told.append(done))
    assert told == [(1, 2), (2, 2)]
