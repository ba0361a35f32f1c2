from dataclasses import replace

import pytest

from checks.payg_tenant import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import ServicePlan, Sku, SubscribedSkus

ZONE_2 = replace(contoso.PAYG_SKU, plans=(ServicePlan(contoso.PAYG_ZONE_2.id, contoso.PAYG_ZONE_2.name),))


@pytest.mark.parametrize("sku", [contoso.PAYG_SKU, ZONE_2], ids=["known by id", "known by name"])
def test_a_plan_in_force_passes(sku: Sku) -> None:
    assert isinstance(check(contoso.TENANT, SubscribedSkus((sku,))), Pass)


def test_a_plan_with_all_licences_in_use_passes() -> None:
    assert isinstance(check(contoso.TENANT, SubscribedSkus((replace(contoso.PAYG_SKU, consumed_units=5),))), Pass)


def test_no_plan_fails() -> None:
    other = replace(contoso.PAYG_SKU, plans=(ServicePlan(contoso.DOMESTIC.id, "MCOPSTN1"),))
    assert isinstance(check(contoso.TENANT, SubscribedSkus((other,))), Fail)


@pytest.mark.parametrize(
    "sku",
    [replace(contoso.PAYG_SKU, capability_status="Suspended"), replace(contoso.PAYG_SKU, enabled_units=0)],
    ids=["suspended", "no licences"],
)
def test_a_plan_that_is_not_in_force_fails_and_says_why(sku: Sku) -> None:
    verdict = check(contoso.TENANT, SubscribedSkus((sku,)))
    assert isinstance(verdict, Fail)
    assert sku.capability_status in verdict.observed
    assert str(sku.enabled_units) in verdict.observed
