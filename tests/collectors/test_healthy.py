"""What each collector learns of a tenant in which all is well, and which requests it rests on."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

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
    agent,
    invented,
    reading,
)
from tpe_audit import facts
from tpe_audit.collectors import COLLECTORS, TABLE, Collector
from tpe_audit.facts import Fact, Kind, Known, Subject, well_known
from tpe_audit.simulator import skus
from tpe_audit.simulator.contoso import (
    ACS_ID,
    BOT_APP_ID,
    BOTS_GROUP,
    IVR,
    IVR_NUMBER,
    SUBSCRIPTION_ID,
    SUPPORT,
    SUPPORT_NUMBER,
    TENANT_ID,
    VOICE_GROUP,
    acs_arm_id,
)

BOT_PATH = (
    f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{BOTS_GROUP}/providers/Microsoft.BotService/botServices/"
    "contoso-voice-bot"
)
BOT = Subject(Kind.BOT, BOT_PATH, "contoso-voice-bot")
ACS_PATH = acs_arm_id()
ADELE, GRADY = agent("adele"), agent("grady")
PRINCIPAL = "/v1.0/servicePrincipals(appId='{}')"
GROUP_PATH = f"/v1.0/groups/{invented('group', 'agents')}/transitiveMembers/microsoft.graph.user"
ASSIGNMENT = f"/access/teamsExtension/tenants/{TENANT_ID}/assignments/"

FACTS: list[tuple[Subject, Fact, tuple[str, ...]]] = [
    (
        TENANT,
        facts.AcsServicePrincipal(invented("service principal", "acs"), enabled=True),
        (PRINCIPAL.format(well_known.ACS_APPLICATION_ID),),
    ),
    (TENANT, facts.Organization("Contoso", "US"), ("/v1.0/organization",)),
    (TENANT, facts.AcsFederation(enabled=True, allowed_resources=(ACS_ID,)), ("read teams-export.json",)),
    (TENANT, facts.GlobalExternalAccess(acs_federation=True), ("read teams-export.json",)),
    (IVR_ACCOUNT, facts.BoundApplication(BOT_APP_ID), (ACCOUNTS_PATH,)),
    (IVR_ACCOUNT, facts.BoundAcsResource(ACS_ID), (ACCOUNTS_PATH,)),
    (IVR_ACCOUNT, facts.ExpectedNumber(IVR_NUMBER), ()),
    (IVR_ACCOUNT, facts.ExpectedApplication(BOT_APP_ID, "config.toml"), ()),
    (IVR_ACCOUNT, facts.ExpectedAcsResource(ACS_ID, "config.toml"), (ACS_PATH,)),
    (IVR_ACCOUNT, facts.LineIds("ivr@contoso.com", IVR, BOT_APP_ID, ACS_ID), ()),
    (IVR_ACCOUNT, facts.PhoneNumber(IVR_NUMBER, IVR_ACCOUNT, "CallingPlan"), (NUMBERS_PATH,)),
    (IVR_ACCOUNT, facts.Application(BOT_APP_ID), (ACCOUNTS_PATH,)),
    (IVR_ACCOUNT, facts.AcsResourceId(ACS_ID), (ACS_PATH,)),
    (IVR_ACCOUNT, facts.SignIn(enabled=False), (f"/v1.0/users/{IVR}",)),
    (IVR_ACCOUNT, facts.UsageLocation("US"), (f"/v1.0/users/{IVR}",)),
    (IVR_ACCOUNT, facts.UserType("Member"), (f"/v1.0/users/{IVR}",)),
    (IVR_ACCOUNT, facts.ServerConsent("teamsResourceAccount", TENANT_ID), (ASSIGNMENT + IVR,)),
    (SUPPORT_ACCOUNT, facts.ServerConsent("resourceAccount", TENANT_ID), (ASSIGNMENT + SUPPORT,)),
    (IVR_PHONE, facts.NumberType(facts.NumberTypeName.CALLING_PLAN), (NUMBERS_PATH,)),
    (SUPPORT_PHONE, facts.NumberType(facts.NumberTypeName.DIRECT_ROUTING), (NUMBERS_PATH,)),
    (
        IVR_PHONE,
        facts.NumberCapabilities(("conferenceAssignment", "voiceApplicationAssignment")),
        (NUMBERS_PATH,),
    ),
    (IVR_PHONE, facts.NumberActivation("activated", ""), (NUMBERS_PATH,)),
    (APPLICATION, facts.ApplicationOwner(TENANT_ID, "Contoso Voice"), (PRINCIPAL.format(BOT_APP_ID),)),
    (
        APPLICATION,
        facts.Bot(BOT_PATH, "contoso-voice-bot", BOTS_GROUP, SUBSCRIPTION_ID, BOT_APP_ID),
        (BOT_PATH,),
    ),
    (BOT, facts.TeamsChannel(enabled=True), (f"{BOT_PATH}/channels/MsTeamsChannel",)),
    (ACS, facts.AcsProvisioning("Succeeded"), (ACS_PATH,)),
    (ADELE, facts.SignIn(enabled=True), (GROUP_PATH,)),
    (ADELE, facts.UsageLocation("US"), (GROUP_PATH,)),
    (ADELE, facts.UserType("Member"), (GROUP_PATH,)),
    (ADELE, facts.TeamsUser(enterprise_voice=True), (f"{CONFIGURATIONS_PATH}/{ADELE.id}",)),
]


@pytest.fixture(scope="module")
def healthy() -> Evidently:
    async def read_all() -> Evidently:
        async with reading() as read:
            return await read(*TABLE)

    return asyncio.run(read_all())


@pytest.mark.parametrize(
    ("subject", "fact", "behind"),
    FACTS,
    ids=[f"{type(fact).__name__} of {subject.name or subject.kind}" for subject, fact, _ in FACTS],
)
def test_a_fact_is_read_and_rests_on_its_request(
    healthy: Evidently, subject: Subject, fact: Fact, behind: tuple[str, ...]
) -> None:
    answer = healthy.answer(type(fact), subject)
    assert isinstance(answer, Known)
    assert answer.value == fact
    requests = healthy.behind(answer)
    assert {path_of(request.request) for request in requests} == {*behind}
    assert all(request.status == 200 for request in requests)


def test_each_request_has_its_source_its_id_and_its_time(healthy: Evidently) -> None:
    ids = []
    for request in healthy.evidence.requests:
        assert timedelta() <= datetime.now(UTC) - request.at < timedelta(minutes=5)
        assert request.source == source_of(request.request)
        if request.source != "teams-powershell":
            ids.append(request.request_id)
    assert all(ids)
    assert len(ids) == len(set(ids))


def path_of(request: str) -> str:
    """The request without method, host and query."""
    return re.sub(r"^https://[^/]+", "", request.removeprefix("GET ").split("?")[0])


def source_of(request: str) -> str:
    method, _, address = request.partition(" ")
    if method == "read":
        return "teams-powershell"
    if "/access/teamsExtension/" in address:
        return "acs"
    return "graph" if address.startswith(("/v1.0/", "/beta/")) else "arm"


def test_the_lines_are_the_two_configured_ones(healthy: Evidently) -> None:
    assert healthy.found(facts.ResourceAccount).keys() == {IVR, SUPPORT}
    assert healthy.found(facts.PhoneNumber).keys() == {IVR_NUMBER, SUPPORT_NUMBER}
    assert healthy.found(facts.Application).keys() == {BOT_APP_ID}
    assert healthy.found(facts.Bot).keys() == {BOT_PATH}
    assert healthy.found(facts.AcsResource).keys() == {ACS_ID}
    assert healthy.found(facts.AcsResourceId).keys() == {ACS_ID}
    names = ("adele", "diego", "grady", "isaiah")
    assert healthy.found(facts.Agent).keys() == {agent(name).id for name in names}
    assert not any(census.gap for census in healthy.evidence.census.values())


def test_other_resource_accounts_are_seen_and_not_judged(healthy: Evidently) -> None:
    assert healthy.evidence.seen == {"resource accounts on no line": 2}


def test_the_tenant_is_called_by_its_name(healthy: Evidently) -> None:
    assert healthy.evidence.tenant.subject.name == "Contoso"


def test_nothing_that_a_check_of_the_lines_wants_stays_unread(healthy: Evidently) -> None:
    asked = {type(fact) for _, fact, _ in FACTS}
    assert not asked & {fact for fact, _ in healthy.evidence.unread}
    assert all(isinstance(answer, Known) for (fact, _), answer in healthy.evidence.answers.items() if fact in asked)


def test_licenses_of_an_account_come_plan_by_plan(healthy: Evidently) -> None:
    licenses = healthy.known(facts.Licenses, IVR_ACCOUNT)
    assert {plan.sku_id for plan in licenses.plans} == {
        sku.id for sku in (skus.RESOURCE_ACCOUNT, skus.PAY_AS_YOU_GO_US, skus.COMMUNICATIONS_CREDITS)
    }
    assert licenses.on(well_known.RESOURCE_ACCOUNT_PLANS)
    assert licenses.on(well_known.PAY_AS_YOU_GO_PLANS, well_known.PAY_AS_YOU_GO_PREFIX)
    (request,) = healthy.behind(healthy.answer(facts.Licenses, IVR_ACCOUNT))
    assert request.request == f"GET /v1.0/users/{IVR}/licenseDetails"


@pytest.mark.parametrize("who", [ADELE, GRADY], ids=["assigned directly", "assigned by a group"])
def test_licenses_of_an_agent_come_by_assignment_and_product(healthy: Evidently, who: Subject) -> None:
    licenses = healthy.known(facts.Licenses, who)
    assert licenses.on(well_known.TEAMS_PLANS)
    assert licenses.on(well_known.TEAMS_PHONE_PLANS)
    assert not licenses.unexplained
    behind = [request.request.split("?")[0] for request in healthy.behind(healthy.answer(facts.Licenses, who))]
    assert behind == [f"GET {GROUP_PATH}", "GET /v1.0/subscribedSkus"]


def test_products_are_read_with_their_plans_and_counts(healthy: Evidently) -> None:
    products = {sku.id: sku for sku in healthy.known(facts.SubscribedSkus, TENANT).skus}
    credits_ = products[skus.COMMUNICATIONS_CREDITS.id]
    assert (credits_.part_number, credits_.enabled_units) == ("MCOPSTNC", 10_000_000)
    assert products[skus.MICROSOFT_365_E5.id].consumed_units == 5
    ids = healthy.known(facts.ProductIds, TENANT)
    assert ids.pay_as_you_go == skus.PAY_AS_YOU_GO_US.id
    assert ids.resource_account == skus.RESOURCE_ACCOUNT.id


def test_event_subscriptions_come_from_the_resource_and_from_its_topics(healthy: Evidently) -> None:
    answer = healthy.answer(facts.EventSubscription, ACS)
    assert isinstance(answer, Known)
    assert isinstance(answer.value, tuple)
    (subscription,) = answer.value
    assert isinstance(subscription, facts.EventSubscription)
    assert subscription == replace(
        subscription,
        name="incoming-call",
        provisioning_state="Succeeded",
        destination="WebHook",
        event_types=("Microsoft.Communication.IncomingCall",),
        expires=None,
        excludes=(),
        undecided=(),
    )
    topic = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{VOICE_GROUP}/providers/Microsoft.EventGrid/systemTopics"
    assert {request.request.split("?")[0] for request in healthy.behind(answer)} == {
        f"GET {ACS_PATH}/providers/Microsoft.EventGrid/eventSubscriptions",
        f"GET /subscriptions/{SUBSCRIPTION_ID}/providers/Microsoft.EventGrid/systemTopics",
        f"GET {topic}/contoso-voice-events/eventSubscriptions",
    }


def test_the_data_plane_of_the_resource_is_where_its_host_name_says(healthy: Evidently) -> None:
    acs = healthy.known(facts.AcsResource, ACS)
    (request,) = healthy.behind(healthy.answer(facts.ServerConsent, IVR_ACCOUNT))
    assert request.request.startswith(f"GET https://{acs.host_name}/access/teamsExtension/")


def test_the_calling_settings_of_the_channel_are_read(healthy: Evidently) -> None:
    calling = healthy.known(facts.ChannelCalling, BOT)
    assert calling.enabled
    assert calling.webhook.startswith("https://")


# Dynamics 365 is not the consumer here, so there is nothing of it.
HERE = [collector for collector in COLLECTORS if not collector.name.startswith("dynamics.")]


@pytest.mark.parametrize("collector", HERE, ids=lambda collector: collector.name)
def test_a_row_answers_all_that_it_promises_of_what_there_is(healthy: Evidently, collector: Collector) -> None:
    evidence = healthy.evidence
    asked = {fact for fact, _ in evidence.answers} | {fact for fact, _ in evidence.unread} | evidence.census.keys()
    absent = {thing for thing, census in evidence.census.items() if not census.found}
    promised = {fact for thing, fact in collector.gives if thing not in absent}
    assert promised <= asked
