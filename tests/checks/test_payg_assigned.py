from dataclasses import replace

import pytest

from checks.payg_assigned import check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown
from tpe_audit.facts import AssignedPlan, Licenses


@pytest.mark.parametrize("plan", [contoso.PAYG, contoso.PAYG_ZONE_2], ids=["known by id", "known by name"])
def test_a_plan_that_is_on_passes(plan: AssignedPlan) -> None:
    assert isinstance(check(contoso.ACCOUNT, Licenses((contoso.VIRTUAL_USER, plan)), contoso.PRODUCTS), Pass)


def test_a_plan_that_is_switched_off_fails_and_its_product_is_assigned_anew() -> None:
    verdict = check(contoso.ACCOUNT, Licenses((contoso.off(contoso.PAYG),)), contoso.PRODUCTS)
    assert isinstance(verdict, Fail)
    assert "@{SkuId='sku-of-MCOPSTN_PAYG_1'}" in str(verdict.commands[0])


@pytest.mark.parametrize("plans", [(), (contoso.DOMESTIC,)])
def test_no_plan_that_is_on_fails_and_the_command_names_account_and_product(
    plans: tuple[AssignedPlan, ...],
) -> None:
    verdict = check(contoso.ACCOUNT, Licenses(plans), contoso.PRODUCTS)
    assert isinstance(verdict, Fail)
    assert "@{SkuId='<pay as you go>'}" in str(verdict.commands[0])
    assert contoso.ACCOUNT.id in str(verdict.commands[0])


def test_a_plan_without_a_name_may_be_it() -> None:
    nameless = replace(contoso.PAYG_ZONE_2, name="")
    assert isinstance(check(contoso.ACCOUNT, Licenses((nameless,)), contoso.PRODUCTS), Unknown)


def test_a_product_whose_plans_could_not_be_read_may_bring_it() -> None:
    assert isinstance(check(contoso.ACCOUNT, Licenses((), ("a-product",)), contoso.PRODUCTS), Unknown)
