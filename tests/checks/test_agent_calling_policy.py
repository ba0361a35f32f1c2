from checks.agent_calling_policy import CONSUMERS, SEVERITY, check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Severity
from tpe_audit.facts import CallingPolicy


def test_a_policy_that_allows_private_calls_passes() -> None:
    assert isinstance(check(contoso.AGENT, CallingPolicy("Global", private_calling=True)), Pass)


def test_a_policy_that_forbids_them_fails_and_says_that_its_effect_is_not_documented() -> None:
    verdict = check(contoso.AGENT, CallingPolicy("No O'Calls", private_calling=False))
    assert isinstance(verdict, Fail)
    assert "not documented" in verdict.reason
    assert "-Identity 'No O''Calls' -AllowPrivateCalling $true" in str(verdict.commands[0])


def test_what_no_page_of_microsoft_says_never_decides_a_verdict() -> None:
    assert SEVERITY is Severity.MINOR


def test_it_concerns_third_parties() -> None:
    assert CONSUMERS == ("third-party",)
