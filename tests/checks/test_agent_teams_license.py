from checks.agent_teams_license import check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown
from tpe_audit.facts import Licenses

NO_TEAMS = contoso.plan(contoso.TEAMS_PHONE.id, "MCOEV", sku="Microsoft_365_E5_(no_Teams)")


def test_a_teams_licence_passes() -> None:
    assert isinstance(check(contoso.AGENT, Licenses((contoso.TEAMS,)), contoso.PRODUCTS), Pass)


def test_a_suite_without_teams_passes_with_teams_beside_it() -> None:
    assert isinstance(check(contoso.AGENT, Licenses((NO_TEAMS, contoso.TEAMS)), contoso.PRODUCTS), Pass)


def test_a_suite_without_teams_fails_and_is_named() -> None:
    verdict = check(contoso.AGENT, Licenses((NO_TEAMS,)), contoso.PRODUCTS)
    assert isinstance(verdict, Fail)
    assert "Microsoft_365_E5_(no_Teams) comes without Teams" in verdict.reason


def test_no_licence_fails_and_says_how_long_a_change_takes() -> None:
    verdict = check(contoso.AGENT, Licenses(()), contoso.PRODUCTS)
    assert isinstance(verdict, Fail)
    assert "24 hours" in verdict.reason


def test_teams_that_is_switched_off_fails_and_its_product_is_assigned_anew() -> None:
    verdict = check(contoso.AGENT, Licenses((contoso.off(contoso.TEAMS),)), contoso.PRODUCTS)
    assert isinstance(verdict, Fail)
    assert "@{SkuId='sku-of-TEAMS1'}" in str(verdict.commands[0])


def test_a_product_whose_plans_could_not_be_read_may_bring_it() -> None:
    assert isinstance(check(contoso.AGENT, Licenses((), ("a-product",)), contoso.PRODUCTS), Unknown)
