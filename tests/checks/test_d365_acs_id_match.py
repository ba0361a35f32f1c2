from checks.d365_acs_id_match import CONSUMERS, check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import BoundAcsResource, Environment, EnvironmentAcsResource, NoBoundAcsResource

ENVIRONMENT = Environment("https://contoso.crm.dynamics.com")
OWN = EnvironmentAcsResource((contoso.ACS.immutable_id,))


def test_an_account_that_is_bound_to_the_environments_resource_passes() -> None:
    bound = BoundAcsResource(contoso.ACS.immutable_id.upper())
    assert isinstance(check(contoso.ACCOUNT, bound, ENVIRONMENT, OWN, contoso.IDS), Pass)


def test_an_account_that_is_bound_to_another_environments_resource_fails_and_is_bound_to_this_one() -> None:
    verdict = check(contoso.ACCOUNT, BoundAcsResource(contoso.OTHER_ID), ENVIRONMENT, OWN, contoso.IDS)
    assert isinstance(verdict, Fail)
    assert "contoso.crm.dynamics.com" in verdict.expected
    assert contoso.ACS.immutable_id in str(verdict.commands[0])


def test_an_account_that_is_bound_to_nothing_fails() -> None:
    assert isinstance(check(contoso.ACCOUNT, NoBoundAcsResource(), ENVIRONMENT, OWN, contoso.IDS), Fail)


def test_any_of_several_active_providers_will_do() -> None:
    several = EnvironmentAcsResource((contoso.OTHER_ID, contoso.ACS.immutable_id))
    bound = BoundAcsResource(contoso.ACS.immutable_id)
    assert isinstance(check(contoso.ACCOUNT, bound, ENVIRONMENT, several, contoso.IDS), Pass)


def test_it_concerns_dynamics_365_only() -> None:
    assert CONSUMERS == ("dynamics-365",)
