from checks.ra_application_id import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import BoundApplication, ExpectedApplication, NoBoundApplication

EXPECTED = ExpectedApplication(contoso.APPLICATION.client_id, "config.toml")


def test_an_account_that_is_bound_to_the_expected_application_passes() -> None:
    bound = BoundApplication(contoso.APPLICATION.client_id.upper())
    assert isinstance(check(contoso.ACCOUNT, bound, EXPECTED, contoso.IDS), Pass)


def test_an_account_that_is_bound_to_nothing_fails_and_is_bound_and_synced() -> None:
    verdict = check(contoso.ACCOUNT, NoBoundApplication(), EXPECTED, contoso.IDS)
    assert isinstance(verdict, Fail)
    assert [str(command).split("-")[0] for command in verdict.commands] == ["Set", "Sync"]


def test_an_account_that_is_bound_to_another_application_fails_and_says_how_long_a_change_takes() -> None:
    verdict = check(contoso.ACCOUNT, BoundApplication(contoso.OTHER_ID), EXPECTED, contoso.IDS)
    assert isinstance(verdict, Fail)
    assert verdict.observed == contoso.OTHER_ID
    assert "to take effect" in verdict.reason
