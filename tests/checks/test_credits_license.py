import pytest

from checks.credits_license import applies, check
from tests.checks import contoso
from tpe_audit import Fail, Manual, NotApplicable, Pass, Unknown
from tpe_audit.facts import Billing, BillingAgreement, Deployment, Licenses

NONE = Licenses((contoso.PAYG,))
BY_CREDITS = Deployment(billing=Billing.CREDITS)


@pytest.mark.parametrize("billing", [Billing.CREDITS, Billing.UNKNOWN])
def test_a_licence_passes(billing: Billing) -> None:
    verdict = check(
        contoso.ACCOUNT, Licenses((contoso.CREDITS,)), Deployment(billing=billing), contoso.PRODUCTS, contoso.AGREEMENT
    )
    assert isinstance(verdict, Pass)


def test_no_licence_fails_where_calls_are_paid_from_credits() -> None:
    verdict = check(contoso.ACCOUNT, NONE, BY_CREDITS, contoso.PRODUCTS, contoso.AGREEMENT)
    assert isinstance(verdict, Fail)
    assert "@{SkuId='<credits>'}" in str(verdict.commands[0])


def test_a_licence_that_is_switched_off_fails() -> None:
    licenses = Licenses((contoso.off(contoso.CREDITS),))
    assert isinstance(check(contoso.ACCOUNT, licenses, BY_CREDITS, contoso.PRODUCTS, contoso.AGREEMENT), Fail)


def test_no_licence_is_a_question_where_the_agreement_is_not_declared() -> None:
    assert isinstance(check(contoso.ACCOUNT, NONE, Deployment(), contoso.PRODUCTS, contoso.AGREEMENT), Manual)


def test_a_microsoft_customer_agreement_needs_none() -> None:
    assert isinstance(applies(Deployment(billing=Billing.MCA)), NotApplicable)


def test_any_other_agreement_is_looked_into() -> None:
    assert applies(BY_CREDITS) is None


def test_a_product_whose_plans_could_not_be_read_may_bring_it() -> None:
    assert isinstance(
        check(contoso.ACCOUNT, Licenses((), ("a-product",)), BY_CREDITS, contoso.PRODUCTS, contoso.AGREEMENT), Unknown
    )


def test_an_agreement_that_azure_shows_stands_in_for_one_that_is_not_declared() -> None:
    verdict = check(contoso.ACCOUNT, NONE, Deployment(), contoso.PRODUCTS, contoso.CUSTOMER_AGREEMENT)
    assert isinstance(verdict, NotApplicable)
    assert "the agreement MicrosoftCustomerAgreement for the billing account Contoso" in verdict.reason


def test_what_is_declared_is_believed_before_what_azure_shows() -> None:
    verdict = check(contoso.ACCOUNT, NONE, BY_CREDITS, contoso.PRODUCTS, contoso.CUSTOMER_AGREEMENT)
    assert isinstance(verdict, Fail)


def test_another_agreement_may_be_that_of_azure_alone_and_decides_nothing() -> None:
    other = BillingAgreement("EnterpriseAgreement", ("Contoso",))
    verdict = check(contoso.ACCOUNT, NONE, Deployment(), contoso.PRODUCTS, other)
    assert isinstance(verdict, Manual)
    assert "EnterpriseAgreement" in verdict.reason
