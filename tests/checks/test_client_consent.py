from dataclasses import replace

import pytest

from checks.client_consent import applies, check
from tests.checks import contoso
from tpe_audit import Fail, Manual, NotApplicable, Pass, Unknown, Verdict
from tpe_audit.facts import ClientAssignment, ClientConsents, Deployment, UnaskedConsents

GOOD = contoso.CLIENT_ASSIGNMENT
NONE = replace(GOOD, principal_type="", tenant_id="", client_ids=())


def verdict_on(*assignments: ClientAssignment) -> Verdict:
    return check(contoso.AGENT, ClientConsents(assignments), contoso.DEPLOYMENT, contoso.TENANT)


def test_an_assignment_with_the_client_application_passes() -> None:
    assert isinstance(verdict_on(GOOD), Pass)


def test_more_applications_than_needed_pass() -> None:
    assert isinstance(verdict_on(replace(GOOD, client_ids=(contoso.OTHER_ID, contoso.CLIENT.client_id))), Pass)


@pytest.mark.parametrize(
    "assignment",
    [
        NONE,
        replace(GOOD, client_ids=()),
        replace(GOOD, principal_type="teamsResourceAccount"),
        replace(GOOD, tenant_id=contoso.OTHER_ID),
    ],
    ids=["none", "without applications", "of an account", "of another tenant"],
)
def test_any_other_assignment_fails(assignment: ClientAssignment) -> None:
    verdict = verdict_on(assignment)
    assert isinstance(verdict, Fail)
    assert f"assignments/{contoso.AGENT.id}" in str(verdict.commands[0])


def test_it_must_be_there_on_each_acs_resource() -> None:
    assert isinstance(verdict_on(GOOD, replace(NONE, acs_name="other-acs")), Fail)


def test_the_fix_keeps_the_applications_that_are_there_for_it_replaces_the_list() -> None:
    verdict = verdict_on(replace(GOOD, client_ids=(contoso.OTHER_ID,)))
    assert isinstance(verdict, Fail)
    assert contoso.OTHER_ID in str(verdict.commands[0])
    assert contoso.CLIENT.client_id in str(verdict.commands[0])


def test_a_type_that_is_not_documented_is_not_judged() -> None:
    assert isinstance(verdict_on(replace(GOOD, principal_type="robot")), Unknown)


def test_with_too_many_agents_it_is_a_question_that_says_how_to_read_them() -> None:
    verdict = check(contoso.AGENT, UnaskedConsents(1001), contoso.DEPLOYMENT, contoso.TENANT)
    assert isinstance(verdict, Manual)
    assert "1,001" in verdict.reason
    assert "client_consent = true" in verdict.reason


def test_without_client_applications_it_does_not_apply() -> None:
    assert isinstance(applies(Deployment()), NotApplicable)
