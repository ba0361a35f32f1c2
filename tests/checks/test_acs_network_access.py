import pytest

from checks.acs_network_access import SEVERITY, check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Severity
from tpe_audit.facts import AcsNetworkAccess


@pytest.mark.parametrize("value", ["Enabled", ""], ids=["enabled", "never set"])
def test_an_open_resource_passes(value: str) -> None:
    assert isinstance(check(contoso.ACS, AcsNetworkAccess(value)), Pass)


@pytest.mark.parametrize("value", ["Disabled", "SecuredByPerimeter"])
def test_a_closed_one_fails_without_weight(value: str) -> None:
    verdict = check(contoso.ACS, AcsNetworkAccess(value))
    assert isinstance(verdict, Fail)
    assert verdict.observed == value
    assert contoso.ACS.arm_id in str(verdict.commands[0])
    assert SEVERITY is Severity.MINOR
