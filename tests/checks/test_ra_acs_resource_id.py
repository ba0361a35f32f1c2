from checks.ra_acs_resource_id import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import BoundAcsResource, ExpectedAcsResource, NoBoundAcsResource

EXPECTED = ExpectedAcsResource(contoso.ACS.immutable_id, "config.toml")


def test_an_account_that_is_bound_to_the_expected_resource_passes() -> None:
    bound = BoundAcsResource(contoso.ACS.immutable_id.upper())
    assert isinstance(check(contoso.ACCOUNT, bound, EXPECTED, contoso.IDS), Pass)


def test_an_account_that_is_bound_to_nothing_fails_and_is_bound_and_synced() -> None:
    verdict = check(contoso.ACCOUNT, NoBoundAcsResource(), EXPECTED, contoso.IDS)
    assert isinstance(verdict, Fail)
    assert f"-AcsResourceId '{contoso.ACS.immutable_id}'" in str(verdict.commands[0])


def test_an_account_that_is_bound_to_another_resource_fails_and_says_how_long_a_change_takes() -> None:
    verdict = check(contoso.ACCOUNT, BoundAcsResource(contoso.OTHER_ID), EXPECTED, contoso.IDS)
    assert isinstance(verdict, Fail)
    assert verdict.observed == contoso.OTHER_ID
    assert "to take effect" in verdict.reason
