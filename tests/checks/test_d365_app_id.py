from checks.d365_app_id import CONSUMERS, check
from tests.checks import contoso
from tpe_audit import Fail, Manual, Pass
from tpe_audit.facts import (
    BoundApplication,
    DynamicsApplicationId,
    NoBoundApplication,
    NoDynamicsApplicationId,
)
from tpe_audit.facts.well_known import DYNAMICS_SHOWN_APPLICATION_ID

EXPECTED = DynamicsApplicationId(contoso.APPLICATION.client_id)


def test_an_account_that_is_bound_to_the_configured_id_passes() -> None:
    bound = BoundApplication(contoso.APPLICATION.client_id.upper())
    assert isinstance(check(contoso.ACCOUNT, bound, EXPECTED, contoso.IDS), Pass)


def test_an_account_that_is_bound_to_another_id_fails() -> None:
    verdict = check(contoso.ACCOUNT, BoundApplication(contoso.OTHER_ID), EXPECTED, contoso.IDS)
    assert isinstance(verdict, Fail)
    assert verdict.observed == contoso.OTHER_ID
    assert [str(command).split("-")[0] for command in verdict.commands] == ["Set", "Sync"]


def test_an_account_that_is_bound_to_nothing_fails_even_if_nobody_says_to_what_it_should_be() -> None:
    verdict = check(contoso.ACCOUNT, NoBoundApplication(), NoDynamicsApplicationId(), contoso.IDS)
    assert isinstance(verdict, Fail)
    assert "'<Dynamics App ID>'" in str(verdict.commands[0])


def test_without_a_configured_id_a_person_compares_and_the_answer_holds_for_this_id() -> None:
    verdict = check(contoso.ACCOUNT, BoundApplication(contoso.OTHER_ID), NoDynamicsApplicationId(), contoso.IDS)
    assert isinstance(verdict, Manual)
    assert verdict.about == {"application_id": contoso.OTHER_ID}
    assert DYNAMICS_SHOWN_APPLICATION_ID in verdict.reason


def test_the_id_of_microsofts_page_is_compared_without_a_warning() -> None:
    bound = BoundApplication(DYNAMICS_SHOWN_APPLICATION_ID)
    verdict = check(contoso.ACCOUNT, bound, NoDynamicsApplicationId(), contoso.IDS)
    assert isinstance(verdict, Manual)
    assert "Microsoft's page" not in verdict.reason


def test_it_concerns_dynamics_365_only() -> None:
    assert CONSUMERS == ("dynamics-365",)
