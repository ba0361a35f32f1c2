from checks.ra_synced import check
from tests.checks import contoso
from tpe_audit import Manual
from tpe_audit.facts import BoundAcsResource, BoundApplication, NoBoundAcsResource, NoBoundApplication

APPLICATION, ACS = contoso.APPLICATION.client_id, contoso.ACS.immutable_id


def test_a_person_is_asked_about_the_two_ids_that_the_account_is_bound_to() -> None:
    verdict = check(contoso.ACCOUNT, BoundApplication(APPLICATION), BoundAcsResource(ACS), contoso.IDS)
    assert isinstance(verdict, Manual)
    assert verdict.about == {"application_id": APPLICATION, "acs_resource_id": ACS}


def test_the_question_comes_with_the_command() -> None:
    verdict = check(contoso.ACCOUNT, BoundApplication(APPLICATION), BoundAcsResource(ACS), contoso.IDS)
    assert isinstance(verdict, Manual)
    assert f"Sync-CsOnlineApplicationInstance -ObjectId '{contoso.ACCOUNT.id}'" in verdict.reason


def test_an_account_that_is_bound_to_nothing_is_never_taken_for_synced() -> None:
    verdict = check(contoso.ACCOUNT, NoBoundApplication(), NoBoundAcsResource(), contoso.IDS)
    assert isinstance(verdict, Manual)
    assert verdict.about == {"application_id": "", "acs_resource_id": ""}
