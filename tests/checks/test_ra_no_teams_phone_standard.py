from checks.ra_no_teams_phone_standard import check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown
from tpe_audit.facts import Licenses


def test_the_resource_account_licence_alone_passes() -> None:
    assert isinstance(check(contoso.ACCOUNT, Licenses((contoso.VIRTUAL_USER, contoso.PAYG)), contoso.PRODUCTS), Pass)


def test_a_plan_that_is_switched_off_passes() -> None:
    licenses = Licenses((contoso.VIRTUAL_USER, contoso.off(contoso.TEAMS_PHONE)))
    assert isinstance(check(contoso.ACCOUNT, licenses, contoso.PRODUCTS), Pass)


def test_teams_phone_besides_fails_and_is_only_removed() -> None:
    licenses = Licenses((contoso.VIRTUAL_USER, contoso.TEAMS_PHONE))
    verdict = check(contoso.ACCOUNT, licenses, contoso.PRODUCTS)
    assert isinstance(verdict, Fail)
    assert "-AddLicenses @() -RemoveLicenses @('sku-of-MCOEV')" in str(verdict.commands[0])


def test_teams_phone_instead_fails_and_is_swapped_in_one_operation() -> None:
    verdict = check(contoso.ACCOUNT, Licenses((contoso.TEAMS_PHONE,)), contoso.PRODUCTS)
    assert isinstance(verdict, Fail)
    assert len(verdict.commands) == 1
    assert "'<resource account>'" in str(verdict.commands[0])
    assert "'sku-of-MCOEV'" in str(verdict.commands[0])


def test_a_product_whose_plans_are_not_known_leaves_it_open() -> None:
    licenses = Licenses((contoso.VIRTUAL_USER,), unexplained=("sku",))
    assert isinstance(check(contoso.ACCOUNT, licenses, contoso.PRODUCTS), Unknown)
