from checks.acs_legacy_retirement import SEVERITY, check
from tests.checks import contoso
from tpe_audit import Manual, Severity


def test_it_informs_and_never_decides() -> None:
    verdict = check(contoso.ACS)
    assert isinstance(verdict, Manual)
    assert "2028-09-30" in verdict.reason
    assert SEVERITY is Severity.INFO
