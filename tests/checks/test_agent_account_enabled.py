import pytest

from checks.agent_account_enabled import absent, check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown, Verdict
from tpe_audit.facts import NoAgent, SignIn, UsageLocation, UserType


def judged(enabled: bool = True, user_type: str = "Member", country: str = "US") -> Verdict:
    return check(contoso.AGENT, SignIn(enabled), UserType(user_type), UsageLocation(country))


@pytest.mark.parametrize("user_type", ["Member", "member", ""])
def test_a_member_who_may_sign_in_passes(user_type: str) -> None:
    assert isinstance(judged(user_type=user_type), Pass)


def test_blocked_sign_in_fails_and_the_command_allows_it() -> None:
    verdict = judged(enabled=False)
    assert isinstance(verdict, Fail)
    assert str(verdict.commands[0]) == f"Update-MgUser -UserId '{contoso.AGENT.id}' -AccountEnabled:$true"


def test_a_guest_fails() -> None:
    assert isinstance(judged(user_type="Guest"), Fail)


def test_no_usage_location_fails() -> None:
    assert isinstance(judged(country=""), Fail)


def test_all_that_is_wrong_is_said_at_once() -> None:
    verdict = judged(enabled=False, country="")
    assert isinstance(verdict, Fail)
    assert len(verdict.commands) == 2


def test_a_type_of_user_that_is_not_documented_is_unknown() -> None:
    assert isinstance(judged(user_type="Robot"), Unknown)


def test_an_agent_whom_nobody_knows_fails() -> None:
    assert isinstance(absent(NoAgent("nobody@contoso.com")), Fail)
