from checks.foundry_binding import CONSUMERS, SEVERITY, check
from tests.checks import contoso
from tpe_audit import Manual, Severity


def test_a_person_is_told_the_id_that_the_project_must_name() -> None:
    verdict = check(contoso.ACCOUNT)
    assert isinstance(verdict, Manual)
    assert f"name {contoso.ACCOUNT.id}" in verdict.reason


def test_it_is_for_information_and_concerns_foundry_only() -> None:
    assert CONSUMERS == ("foundry",)
    assert SEVERITY is Severity.INFO
