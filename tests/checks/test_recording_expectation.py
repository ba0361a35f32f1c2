from checks.recording_expectation import CONSUMERS, SEVERITY, check
from tests.checks import contoso
from tpe_audit import Manual, Severity


def test_it_says_which_recording_works() -> None:
    verdict = check(contoso.TENANT)
    assert isinstance(verdict, Manual)
    assert "Azure Communication Services" in verdict.reason


def test_it_is_for_information() -> None:
    assert SEVERITY is Severity.INFO


def test_it_concerns_third_parties_and_dynamics_365() -> None:
    assert CONSUMERS == ("third-party", "dynamics-365")
