from dataclasses import replace

import pytest

from checks.calling_plan_conflict import check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown
from tpe_audit.facts import AssignedPlan, Licenses


@pytest.mark.parametrize(
    "plans",
    [
        (contoso.PAYG,),
        (),
        (contoso.PAYG, contoso.off(contoso.DOMESTIC)),
        (contoso.CREDITS, contoso.TEAMS_PHONE),
    ],
)
def test_no_other_calling_plan_passes(plans: tuple[AssignedPlan, ...]) -> None:
    assert isinstance(check(contoso.ACCOUNT, Licenses(plans), contoso.PRODUCTS), Pass)


def test_another_calling_plan_fails_and_is_swapped_for_pay_as_you_go_in_one_operation() -> None:
    verdict = check(contoso.ACCOUNT, Licenses((contoso.DOMESTIC,)), contoso.PRODUCTS)
    assert isinstance(verdict, Fail)
    assert str(verdict.commands[0]) == (
        f"Set-MgUserLicense -UserId '{contoso.ACCOUNT.id}' "
        "-AddLicenses @{SkuId='<pay as you go>'} -RemoveLicenses @('sku-of-MCOPSTN1')"
    )


def test_pay_as_you_go_that_is_there_already_is_not_given_again() -> None:
    verdict = check(contoso.ACCOUNT, Licenses((contoso.DOMESTIC, contoso.PAYG)), contoso.PRODUCTS)
    assert isinstance(verdict, Fail)
    assert "-AddLicenses @() -RemoveLicenses @('sku-of-MCOPSTN1')" in str(verdict.commands[0])


def test_a_plan_whose_product_is_not_told_is_left_to_the_admin_to_fill_in() -> None:
    verdict = check(contoso.ACCOUNT, Licenses((replace(contoso.DOMESTIC, sku_id=""),)), contoso.PRODUCTS)
    assert isinstance(verdict, Fail)
    assert "@('<SkuId of MCOPSTN1>')" in str(verdict.commands[0])


def test_a_product_whose_plans_could_not_be_read_may_bring_another_calling_plan() -> None:
    assert isinstance(check(contoso.ACCOUNT, Licenses((contoso.PAYG,), ("a-product",)), contoso.PRODUCTS), Unknown)
