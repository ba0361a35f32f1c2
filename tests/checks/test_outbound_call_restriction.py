from checks.outbound_call_restriction import SEVERITY, check
from tests.checks import contoso
from tpe_audit import Fail, Manual, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import AssignedDialOutPolicy, DialOutPolicies, DialOutPolicy


def judged(calls: str, name: str = "Global") -> Verdict:
    return check(contoso.ACCOUNT, AssignedDialOutPolicy(name), DialOutPolicies((DialOutPolicy("Global", calls),)))


def test_all_calls_pass() -> None:
    assert isinstance(judged("InternationalAndDomestic"), Pass)


def test_domestic_calls_only_are_a_question() -> None:
    assert isinstance(judged("DomesticOnly"), Manual)


def test_no_calls_fail_without_weight_and_say_that_the_pages_disagree() -> None:
    verdict = judged("Disabled")
    assert isinstance(verdict, Fail)
    assert "disagree" in verdict.reason
    assert contoso.ACCOUNT.id in str(verdict.commands[0])
    assert SEVERITY is Severity.MINOR


def test_a_policy_that_the_export_does_not_hold_is_unknown() -> None:
    assert isinstance(judged("Disabled", "New"), Unknown)
