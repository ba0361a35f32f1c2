import pytest

from checks.sdk_version import PROFILES, QUESTION, check
from tests.checks import contoso
from tpe_audit import Manual


@pytest.mark.parametrize("least", ["1.5.0", "1.37", "2.4.0"])
def test_the_question_names_every_least_version(least: str) -> None:
    verdict = check(contoso.APPLICATION)
    assert isinstance(verdict, Manual)
    assert least in verdict.reason
    assert least in QUESTION


def test_it_is_asked_before_going_live_only() -> None:
    assert PROFILES == ("go-live",)
