import pytest

from checks.inbound_blocked_patterns import check
from tests.checks import contoso
from tpe_audit import Fail, Manual, Pass, Verdict
from tpe_audit.facts import BlockedCallers, CallerBlocking, CallerPattern, ExemptCallers

NUMBERS = (contoso.NUMBER, contoso.OTHER_NUMBER)


def judged(*patterns: CallerPattern, exempt: tuple[CallerPattern, ...] = (), on: bool = True) -> Verdict:
    return check(contoso.TENANT, CallerBlocking(on), BlockedCallers(patterns), ExemptCallers(exempt), NUMBERS)


def pattern(text: str, *, on: bool = True, to: str = "") -> CallerPattern:
    return CallerPattern("Unwanted", text, on, to)


def test_without_a_pattern_in_force_nobody_is_blocked() -> None:
    assert isinstance(judged(), Pass)
    assert isinstance(judged(pattern("^.*$", on=False)), Pass)
    assert isinstance(judged(pattern("^.*$"), on=False), Pass)


@pytest.mark.parametrize("text", ["^.*$", r"^\+1", r"^\+1555\d+$", "1555"])
def test_a_pattern_that_takes_the_own_area_fails(text: str) -> None:
    verdict = judged(pattern(text, to=contoso.OTHER_ACCOUNT.id))
    assert isinstance(verdict, Fail)
    assert text in verdict.observed
    assert "+15551…" in verdict.observed
    assert str(verdict.commands[0]) == "Set-CsInboundBlockedNumberPattern -Identity 'Unwanted' -Enabled $false"


@pytest.mark.parametrize("text", [r"^\+15551230199$", r"^\+1900", r"^\+44", "(?<a>x)(", r"^(?i:Anonymous)"])
def test_a_narrow_one_is_a_question(text: str) -> None:
    verdict = judged(pattern(text))
    assert isinstance(verdict, Manual)
    assert verdict.about == {"patterns": f"Unwanted ({text})"}


@pytest.mark.parametrize("text", [r"^\+1555", "(?<a>x)("], ids=["exempt", "nobody can tell who is"])
def test_exempt_callers_are_not_blocked(text: str) -> None:
    assert isinstance(judged(pattern(r"^\+1"), exempt=(pattern(text),)), Manual)
    assert isinstance(judged(pattern(r"^\+1"), exempt=(pattern(text, on=False),)), Fail)
