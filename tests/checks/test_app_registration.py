from checks.app_registration import check
from tests.checks import contoso
from tpe_audit import Fail, Manual, Pass
from tpe_audit.facts import ForeignRegistration, NoRegistration


def test_a_registration_passes() -> None:
    assert isinstance(check(contoso.APPLICATION, contoso.REGISTRATION), Pass)


def test_no_registration_in_the_tenant_that_should_own_it_fails() -> None:
    verdict = check(contoso.APPLICATION, NoRegistration(contoso.TENANT.id))
    assert isinstance(verdict, Fail)
    assert contoso.TENANT.id in verdict.reason
    assert contoso.APPLICATION.client_id in verdict.expected


def test_a_registration_in_a_third_tenant_is_a_question_that_names_the_tenant() -> None:
    verdict = check(contoso.APPLICATION, ForeignRegistration(contoso.OTHER_ID))
    assert isinstance(verdict, Manual)
    assert contoso.OTHER_ID in verdict.reason


def test_a_registration_that_may_be_anywhere_is_a_question() -> None:
    assert isinstance(check(contoso.APPLICATION, ForeignRegistration("")), Manual)
