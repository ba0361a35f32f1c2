from dataclasses import replace

from checks.ra_license_plan_enabled import check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown
from tpe_audit.facts import Licenses, PlanStatus


def test_a_plan_that_is_on_passes() -> None:
    assert isinstance(check(contoso.ACCOUNT, Licenses((contoso.VIRTUAL_USER,)), contoso.PRODUCTS), Pass)


def test_one_plan_that_is_on_is_enough() -> None:
    licenses = Licenses((contoso.off(contoso.VIRTUAL_USER), contoso.VIRTUAL_USER))
    assert isinstance(check(contoso.ACCOUNT, licenses, contoso.PRODUCTS), Pass)


def test_a_plan_that_is_switched_off_fails_and_its_product_is_assigned_anew() -> None:
    verdict = check(contoso.ACCOUNT, Licenses((contoso.off(contoso.VIRTUAL_USER),)), contoso.PRODUCTS)
    assert isinstance(verdict, Fail)
    assert verdict.observed == "MCOEV_VIRTUALUSER is Disabled"
    assert contoso.VIRTUAL_USER.sku_id in str(verdict.commands[0])


def test_a_plan_that_waits_to_be_activated_fails_and_needs_no_command() -> None:
    waiting = replace(contoso.VIRTUAL_USER, status=PlanStatus.PENDING, detail="PendingActivation")
    verdict = check(contoso.ACCOUNT, Licenses((waiting,)), contoso.PRODUCTS)
    assert isinstance(verdict, Fail)
    assert "wait" in verdict.reason
    assert verdict.commands == ()


def test_a_product_whose_plans_could_not_be_read_may_bring_it() -> None:
    assert isinstance(
        check(contoso.ACCOUNT, Licenses((contoso.off(contoso.VIRTUAL_USER),), ("a-product",)), contoso.PRODUCTS),
        Unknown,
    )
