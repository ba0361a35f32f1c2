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
    verdict = check(contoso.TENANT, Deployment(billing=billing))
    assert isinstance(verdict, Manual)
    assert ("Payment methods" in verdict.reason, "Communications Credits" in verdict.reason) == (
        payment,
        credit,
    )
