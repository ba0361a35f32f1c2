import pytest

from checks.agent_teams_only import CONSUMERS, check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown
from tpe_audit.facts import TeamsAccountType


def test_a_user_passes() -> None:
    assert isinstance(check(contoso.AGENT, TeamsAccountType("user")), Pass)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("sfbOnPremUser", "Skype for Business Server"),
        ("guest", "a guest"),
        ("resourceAccount", "a resource account"),
        ("ineligibleUser", "not eligible"),
    ],
)
def test_any_other_account_fails_and_says_what_it_is(value: str, words: str) -> None:
    verdict = check(contoso.AGENT, TeamsAccountType(value))
    assert isinstance(verdict, Fail)
    assert words in verdict.reason
    assert contoso.AGENT.user_principal_name in str(verdict.commands[0])


def test_an_account_that_teams_does_not_know_the_kind_of_is_neither() -> None:
    assert isinstance(check(contoso.AGENT, TeamsAccountType("unknown")), Unknown)


def test_it_concerns_third_parties_and_dynamics_365() -> None:
    assert CONSUMERS == ("third-party", "dynamics-365")
