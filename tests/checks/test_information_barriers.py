from checks import information_barriers
from checks.information_barriers import CONSUMERS, SEVERITY, check
from tests.checks import contoso
from tpe_audit import Manual, Severity


def test_a_compliance_administrator_is_asked_for_the_cmdlet_to_run() -> None:
    verdict = check(contoso.TENANT)
    assert isinstance(verdict, Manual)
    assert "Get-InformationBarrierPolicy" in verdict.reason


def test_a_code_that_microsoft_does_not_define_decides_no_verdict() -> None:
    assert SEVERITY is Severity.MINOR
    assert "defines that code nowhere" in (information_barriers.__doc__ or "")


def test_it_concerns_third_parties_and_dynamics_365() -> None:
    assert CONSUMERS == ("third-party", "dynamics-365")
