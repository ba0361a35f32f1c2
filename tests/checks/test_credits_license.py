import pytest

from checks.credits_license import applies, check
from tests.checks import contoso
from tpe_audit import Fail, Manual, NotApplicable, Pass, Unknown
from tpe_audit.facts import Billing, Deployment, Licenses

NONE = Licenses((contoso.PAYG,))
BY_CREDITS = Deployment(billing=Billing.CREDITS)


@pytest.mark.parametrize("billing", [Billing.CREDITS, Billing.UNKNOWN])
def test_a_licence_passes(billing: Billing) -> None:
    verdict = check(contoso.ACCOUNT, Licenses((contoso.CREDITS,)), Deployment(billing=billing), contoso.PRODUCTS)
    assert isinstance(verdict, Pass)


def test_no_licence_fails_where_calls_are_paid_from_credits() -> None:
    verdict = check(contoso.ACCOUNT, NONE, BY_CREDITS, contoso.PRODUCTS)
    assert isinstance(verdict, Fail)
    assert "@{SkuId='<credits>'}" in str(verdict.commands[0])


def test_a_licence_that_is_switched_off_fails() -> None:
    licenses = Licenses((contoso.off(contoso.CREDITS),))
    assert isinstance(check(contoso.ACCOUNT, licenses, BY_CREDITS, contoso.PRODUCTS), Fail)


def test_no_licence_is_a_question_where_the_agreement_is_not_declared() -> None:
    assert isinstance(check(contoso.ACCOUNT, NONE, Deployment(), contoso.PRODUCTS), Manual)


def test_a_microsoft_customer_agreement_needs_none() -> None:
    assert isinstance(applies(Deployment(billing=Billing.MCA)), NotApplicable)


def test_any_other_agreement_is_looked_into() -> None:
    assert applies(BY_CREDITS) is None


def test_a_product_whose_plans_could_not_be_read_may_bring_it() -> None:
    assert isinstance(check(contoso.ACCOUNT, Licenses((), ("a-product",)), BY_CREDITS, contoso.PRODUCTS), Unknown)
