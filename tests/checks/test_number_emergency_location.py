import pytest

from checks.number_emergency_location import SEVERITY, check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Severity
from tpe_audit.facts import NumberEmergencyLocation


@pytest.mark.parametrize("ids", [("location", "address"), ("location", ""), ("", "address")])
def test_a_location_or_an_address_is_enough(ids: tuple[str, str]) -> None:
    assert isinstance(check(contoso.NUMBER, NumberEmergencyLocation(*ids)), Pass)


def test_none_fails_without_weight() -> None:
    verdict = check(contoso.NUMBER, NumberEmergencyLocation("", ""))
    assert isinstance(verdict, Fail)
    assert "some countries" in verdict.reason
    assert "-TelephoneNumber '+15551230100'" in str(verdict.commands[1])
    assert SEVERITY is Severity.MINOR
