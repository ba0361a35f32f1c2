from checks.oc_carrier_outbound import check
from tests.checks import contoso
from tpe_audit import Manual


def test_a_person_is_asked_about_the_number() -> None:
    verdict = check(contoso.NUMBER)
    assert isinstance(verdict, Manual)
    assert "+15551230100" in verdict.reason
