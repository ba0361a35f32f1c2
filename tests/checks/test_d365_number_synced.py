from checks.d365_number_synced import CONSUMERS, check
from tests.checks import contoso
from tpe_audit import Manual
from tpe_audit.facts import BoundAcsResource, BoundApplication, NoBoundAcsResource, NoBoundApplication

APPLICATION = BoundApplication(contoso.APPLICATION.client_id)
ACS = BoundAcsResource(contoso.ACS.immutable_id)


def test_an_answer_holds_for_what_the_account_is_bound_to_now() -> None:
    verdict = check(contoso.NUMBER, contoso.ACCOUNT, APPLICATION, ACS)
    assert isinstance(verdict, Manual)
    assert contoso.NUMBER.number in verdict.reason
    assert verdict.about == {
        "account": contoso.ACCOUNT.id,
        "application_id": contoso.APPLICATION.client_id,
        "acs_resource_id": contoso.ACS.immutable_id,
    }


def test_an_account_that_is_bound_to_nothing_is_asked_about_too() -> None:
    verdict = check(contoso.NUMBER, contoso.ACCOUNT, NoBoundApplication(), NoBoundAcsResource())
    assert isinstance(verdict, Manual)
    assert verdict.about["application_id"] == ""


def test_it_concerns_dynamics_365_only() -> None:
    assert CONSUMERS == ("dynamics-365",)
