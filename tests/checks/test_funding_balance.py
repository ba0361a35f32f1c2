import pytest

from checks.funding_balance import check
from tests.checks import contoso
from tpe_audit import Manual
from tpe_audit.facts import Billing, Deployment


@pytest.mark.parametrize(
    ("billing", "payment", "credit"),
    [(Billing.MCA, True, False), (Billing.CREDITS, False, True), (Billing.UNKNOWN, True, True)],
)
def test_a_person_is_asked_for_what_the_agreement_needs(billing: Billing, payment: bool, credit: bool) -> None:
    verdict = check(contoso.TENANT, Deployment(billing=billing), contoso.AGREEMENT)
    assert isinstance(verdict, Manual)
    assert ("Payment methods" in verdict.reason, "Communications Credits" in verdict.reason) == (
        payment,
        credit,
    )


def test_the_agreement_that_azure_shows_decides_what_is_asked() -> None:
    verdict = check(contoso.TENANT, Deployment(), contoso.CUSTOMER_AGREEMENT)
    assert isinstance(verdict, Manual)
    assert "Azure shows the agreement MicrosoftCustomerAgreement" in verdict.reason
    assert "Payment methods" in verdict.reason
    assert "Communications Credits" not in verdict.reason


def test_a_declared_agreement_decides_before_that_of_azure() -> None:
    verdict = check(contoso.TENANT, Deployment(billing=Billing.CREDITS), contoso.CUSTOMER_AGREEMENT)
    assert isinstance(verdict, Manual)
    assert "Payment methods" not in verdict.reason
