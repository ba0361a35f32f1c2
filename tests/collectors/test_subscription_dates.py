"""When what the tenant bought ends: its commercial subscriptions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.tenant import TENANT, healthy, item_edited, reading
from tpe_audit import facts
from tpe_audit.collectors import Question
from tpe_audit.facts import well_known
from tpe_audit.simulator import skus
from tpe_audit.simulator.state import OwnedSku

DATES: Question = (facts.Tenant, facts.SubscriptionDates)
PATH = "/v1.0/directory/subscriptions"
ENDS = datetime(2030, 1, 31, tzinfo=UTC)


async def test_each_purchase_comes_with_its_state_and_its_next_date() -> None:
    lapsing = OwnedSku(skus.PAY_AS_YOU_GO_US, enabled=0, warning=5, capability_status="Warning", next_lifecycle=ENDS)
    async with reading(healthy().in_tenant(skus=(lapsing, OwnedSku(skus.RESOURCE_ACCOUNT, trial=True)))) as reads:
        dates = (await reads(DATES)).known(facts.SubscriptionDates, TENANT)
    (payg,) = dates.holding(well_known.PAY_AS_YOU_GO_PLANS, well_known.PAY_AS_YOU_GO_PREFIX)
    assert (payg.sku_id, payg.part_number) == (skus.PAY_AS_YOU_GO_US.id, skus.PAY_AS_YOU_GO_US.part_number)
    assert (payg.status, payg.licenses, payg.next_lifecycle, payg.trial) == ("Warning", 5, ENDS, False)
    (free,) = dates.holding(well_known.RESOURCE_ACCOUNT_PLANS)
    assert (free.status, free.next_lifecycle, free.trial) == ("Enabled", None, True)


async def test_a_tenant_that_bought_nothing_has_none() -> None:
    async with reading(healthy().in_tenant(skus=())) as reads:
        assert (await reads(DATES)).known(facts.SubscriptionDates, TENANT) == facts.SubscriptionDates(())


async def test_without_the_permission_the_dates_are_unknown_and_it_is_named() -> None:
    scenario = healthy().permitted("Organization.Read.All", "Directory.Read.All")
    async with reading(scenario) as reads:
        gap = (await reads(DATES)).gap(facts.SubscriptionDates, TENANT)
    assert gap.lacks == ("the Graph permission Organization.Read.All",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "Paused"},
        {"skuId": 5},
        {"nextLifecycleDateTime": "soon"},
        {"nextLifecycleDateTime": "2030-01-31T00:00:00"},
        {"nextLifecycleDateTime": ...},
    ],
)
async def test_what_is_not_documented_is_no_answer(wrong: dict[str, object]) -> None:
    behaviour = item_edited(PATH, {"skuPartNumber": "SPE_E5"}, wrong)
    async with reading(healthy(), behaviour) as reads:
        assert next(iter(wrong)) in (await reads(DATES)).gap(facts.SubscriptionDates, TENANT).reason
