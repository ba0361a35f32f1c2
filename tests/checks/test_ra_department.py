import pytest

from checks.ra_department import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import Department


def test_the_department_that_teams_writes_passes() -> None:
    assert isinstance(check(contoso.ACCOUNT, Department("Microsoft Communication Application Instance")), Pass)


@pytest.mark.parametrize("value", ["", "Contact Centre", "microsoft communication application instance"])
def test_any_other_fails_and_is_restored(value: str) -> None:
    verdict = check(contoso.ACCOUNT, Department(value))
    assert isinstance(verdict, Fail)
    assert verdict.observed == (value or "empty")
    assert "-Department 'Microsoft Communication Application Instance'" in str(verdict.commands[0])


def test_the_one_of_hybrid_days_fails_and_is_called_so() -> None:
    verdict = check(contoso.ACCOUNT, Department("Skype for Business Application Endpoint"))
    assert isinstance(verdict, Fail)
    assert "hybrid" in verdict.reason
