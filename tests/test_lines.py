from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from tests.checks import contoso
from tpe_audit.audit import judge
from tpe_audit.catalog import find
from tpe_audit.facts import (
    AcsConsents,
    AcsProvisioning,
    Agent,
    Census,
    ClientApplication,
    Consumer,
    Deployment,
    Evidence,
    Gap,
    Known,
    Licenses,
    NoLine,
    NoPhoneNumber,
    NoServerConsent,
    NoTeamsChannel,
    NumberActivation,
    PhoneNumber,
    ResourceAccount,
    ServerConsent,
    SignIn,
)
from tpe_audit.lines import Line, Link, LinkState, lines
from tpe_audit.terms import Terms
from tpe_audit.verdicts import Status

ALL = find()
ACCOUNT, NUMBER = contoso.ACCOUNT.subject, contoso.NUMBER.subject


def drawn(evidence: Evidence, chosen: Sequence[str] = tuple(ALL.checks)) -> tuple[Line, ...]:
    audit = judge(ALL, chosen, evidence, Terms(date(2026, 11, 22)))
    return lines([audit.findings[check] for check in chosen], evidence)


def first(evidence: Evidence) -> Line:
    return drawn(evidence)[0]


def state(line: Line, link: Link) -> LinkState:
    return next(state for state in line.links if state.link is link)


def test_a_line_runs_from_its_number_to_the_agents() -> None:
    line = first(contoso.healthy())
    assert (line.number, line.account) == (contoso.NUMBER.number, ACCOUNT)
    assert [state.link for state in line.links] == list(Link)


def test_on_a_healthy_line_no_link_is_broken_and_questions_show() -> None:
    line = first(contoso.healthy())
    assert line.first_broken is None
    asked = [state.link for state in line.links if state.status is not Status.PASS]
    assert asked == [Link.ACCOUNT, Link.FUNDING, Link.ACS, Link.EVENTS]


@pytest.mark.parametrize(
    ("evidence", "broken"),
    [
        (contoso.but(contoso.healthy(), NUMBER, NumberActivation("updateFailed", "")), Link.NUMBER),
        (contoso.but(contoso.healthy(), ACCOUNT, SignIn(enabled=True)), Link.ACCOUNT),
        (contoso.but(contoso.healthy(), ACCOUNT, Licenses((contoso.PAYG, contoso.CREDITS))), Link.LICENSE),
        (contoso.but(contoso.healthy(), ACCOUNT, Licenses((contoso.VIRTUAL_USER,))), Link.FUNDING),
        (contoso.but(contoso.healthy(), contoso.BOT.subject, NoTeamsChannel()), Link.BOT),
        (contoso.but(contoso.healthy(), contoso.ACS.subject, AcsProvisioning("Failed")), Link.ACS),
        (contoso.but(contoso.healthy(), ACCOUNT, NoServerConsent()), Link.CONSENT),
        (
            replace(
                contoso.healthy(),
                answers={
                    key: Known(()) if key[0].__name__ == "EventSubscription" else answer
                    for key, answer in contoso.healthy().answers.items()
                },
            ),
            Link.EVENTS,
        ),
    ],
    ids=[link for link in Link if link is not Link.AGENTS],
)
def test_the_first_broken_link_is_the_first_with_a_failure(evidence: Evidence, broken: Link) -> None:
    assert first(evidence).first_broken is broken


def test_a_fault_of_one_line_does_not_break_another() -> None:
    evidence = contoso.but(contoso.healthy(), ACCOUNT, NoServerConsent())
    assert [line.first_broken for line in drawn(evidence)] == [Link.CONSENT, None]


def test_a_fault_of_what_lines_share_breaks_them_all() -> None:
    evidence = contoso.but(contoso.healthy(), contoso.BOT.subject, NoTeamsChannel())
    assert [line.first_broken for line in drawn(evidence)] == [Link.BOT, Link.BOT]


def test_a_link_names_its_checks_and_the_one_that_decides() -> None:
    consent = state(first(contoso.but(contoso.healthy(), ACCOUNT, NoServerConsent())), Link.CONSENT)
    assert consent == LinkState(Link.CONSENT, Status.FAIL, ("server-consent",), "server-consent")


def test_a_link_that_could_not_be_read_is_unknown_and_not_broken() -> None:
    line = first(contoso.but(contoso.healthy(), ACCOUNT, gap=ServerConsent))
    assert state(line, Link.CONSENT).status is Status.UNKNOWN
    assert line.first_broken is None


def test_a_link_whose_things_could_not_be_listed_is_unknown() -> None:
    evidence = contoso.counted(contoso.healthy(), PhoneNumber, Census(gap=Gap("The list broke off.")))
    number = state(drawn(evidence, ["number-activated"])[0], Link.NUMBER)
    assert number.status is Status.UNKNOWN


def test_a_link_that_the_deployment_does_not_need_does_not_apply() -> None:
    line = first(contoso.healthy(Deployment(consumer=Consumer.DYNAMICS_365)))
    assert state(line, Link.CONSENT).status is Status.NOT_APPLICABLE


def test_links_to_which_no_check_was_put_are_left_out() -> None:
    line = drawn(contoso.healthy(), ["server-consent"])[0]
    assert [state.link for state in line.links] == [Link.CONSENT]


def test_an_account_without_a_number_is_a_line_without_one() -> None:
    line = first(contoso.but(contoso.healthy(), ACCOUNT, NoPhoneNumber(ACCOUNT)))
    assert line.number is None
    assert line.first_broken is Link.NUMBER


def test_where_there_is_no_line_none_is_drawn() -> None:
    none = NoLine(contoso.TENANT.subject, 0)
    evidence = contoso.counted(contoso.healthy(), ResourceAccount, Census(((none.subject, Known(none)),)))
    assert drawn(evidence, ["ra-exists"]) == ()
    assert drawn(Evidence(contoso.TENANT, {}, contoso.healthy().answers), ["ra-exists"]) == ()


def test_one_agent_who_can_not_answer_does_not_break_the_line() -> None:
    line = first(contoso.but(contoso.healthy(), contoso.AGENT.subject, Licenses(())))
    assert state(line, Link.AGENTS).status is Status.PASS
    assert line.first_broken is None


def test_no_agent_who_can_answer_breaks_every_line() -> None:
    evidence = contoso.but(contoso.healthy(), contoso.AGENT.subject, Licenses(()))
    evidence = contoso.but(evidence, contoso.OTHER_AGENT.subject, SignIn(enabled=False))
    assert [line.first_broken for line in drawn(evidence)] == [Link.AGENTS, Link.AGENTS]


def test_an_application_that_is_all_right_does_not_make_up_for_agents_who_are_not() -> None:
    evidence = contoso.healthy()
    for agent in (contoso.AGENT, contoso.OTHER_AGENT):
        evidence = contoso.but(evidence, agent.subject, SignIn(enabled=False))
    chosen = ("client-app-admin-consent", "agent-account-enabled")
    assert drawn(evidence, (*chosen, "ra-exists"))[0].first_broken is Link.AGENTS


def test_agents_who_are_all_right_do_not_make_up_for_an_application_that_is_not() -> None:
    evidence = contoso.but(contoso.healthy(), contoso.CLIENT.subject, AcsConsents((), ()))
    chosen = ("client-app-admin-consent", "agent-account-enabled", "ra-exists")
    assert drawn(evidence, chosen)[0].first_broken is Link.AGENTS


def test_agents_whom_nobody_configured_do_not_apply() -> None:
    evidence = contoso.counted(contoso.healthy(Deployment()), Agent, Census(nothing="No agents are configured."))
    evidence = contoso.counted(evidence, ClientApplication, Census(nothing=ClientApplication.NONE))
    assert state(first(evidence), Link.AGENTS).status is Status.NOT_APPLICABLE
