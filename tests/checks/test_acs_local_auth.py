from checks.acs_local_auth import check
from tests.checks import contoso
from tpe_audit import Manual, Pass
from tpe_audit.facts import AcsLocalAuthentication


def test_a_resource_that_takes_access_keys_passes() -> None:
    assert isinstance(check(contoso.ACS, AcsLocalAuthentication(enabled=True)), Pass)


def test_one_that_takes_entra_id_only_is_a_question_and_no_fault() -> None:
    verdict = check(contoso.ACS, AcsLocalAuthentication(enabled=False))
    assert isinstance(verdict, Manual)
    assert "no fault" in verdict.reason
