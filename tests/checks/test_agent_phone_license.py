from checks.agent_phone_license import check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown
from tpe_audit.facts import Licenses


def test_a_teams_phone_licence_passes() -> None:
    assert isinstance(check(contoso.AGENT, Licenses((contoso.TEAMS_PHONE,)), contoso.PRODUCTS), Pass)


def test_no_licence_fails_and_teams_phone_is_assigned() -> None:
    verdict = check(contoso.AGENT, Licenses((contoso.TEAMS,)), contoso.PRODUCTS)
    assert isinstance(verdict, Fail)
    assert "@{SkuId='<teams phone>'}" in str(verdict.commands[0])


def test_a_resource_accounts_licence_does_not_stand_in_for_it() -> None:
    assert isinstance(check(contoso.AGENT, Licenses((contoso.VIRTUAL_USER,)), contoso.PRODUCTS), Fail)


def test_a_licence_that_is_switched_off_fails_and_its_product_is_assigned_anew() -> None:
    verdict = check(contoso.AGENT, Licenses((contoso.off(contoso.TEAMS_PHONE),)), contoso.PRODUCTS)
    assert isinstance(verdict, Fail)
    assert "@{SkuId='sku-of-MCOEV'}" in str(verdict.commands[0])


def test_a_product_whose_plans_could_not_be_read_may_bring_it() -> None:
    assert isinstance(check(contoso.AGENT, Licenses((), ("a-product",)), contoso.PRODUCTS), Unknown)
