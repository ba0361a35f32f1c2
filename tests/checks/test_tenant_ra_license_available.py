from dataclasses import replace

import pytest

from checks.tenant_ra_license_available import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import Sku, SubscribedSkus, UnlicensedAccounts

SKU = contoso.ACCOUNT_SKU
ONE = UnlicensedAccounts(("ivr@contoso.com",))


def test_licences_to_spare_pass() -> None:
    verdict = check(contoso.TENANT, SubscribedSkus((SKU,)), ONE)
    assert isinstance(verdict, Pass)
    assert "23 free" in verdict.observed


def test_licences_that_are_all_in_use_pass_where_no_account_lacks_one() -> None:
    full = replace(SKU, consumed_units=25)
    assert isinstance(check(contoso.TENANT, SubscribedSkus((full,)), UnlicensedAccounts(())), Pass)


def test_licences_of_two_products_are_counted_together() -> None:
    faculty = replace(SKU, id="0e142028", enabled_units=1, consumed_units=0)
    full = replace(SKU, consumed_units=25)
    assert isinstance(check(contoso.TENANT, SubscribedSkus((full, faculty)), ONE), Pass)


@pytest.mark.parametrize(
    "sku",
    [replace(SKU, consumed_units=25), replace(SKU, capability_status="Suspended"), contoso.PAYG_SKU],
    ids=["all in use", "suspended", "none"],
)
def test_no_licence_for_an_account_that_lacks_one_fails_and_names_it(sku: Sku) -> None:
    verdict = check(contoso.TENANT, SubscribedSkus((sku,)), ONE)
    assert isinstance(verdict, Fail)
    assert "ivr@contoso.com" in verdict.reason


def test_a_subscription_in_its_grace_period_passes_with_a_warning_where_none_is_needed() -> None:
    lapsed = SubscribedSkus((replace(SKU, capability_status="Warning"),))
    verdict = check(contoso.TENANT, lapsed, UnlicensedAccounts(()))
    assert isinstance(verdict, Pass)
    assert "Warning" in verdict.reason
    assert isinstance(check(contoso.TENANT, lapsed, ONE), Fail)


def test_more_licences_in_use_than_there_are_fails() -> None:
    over = SubscribedSkus((replace(SKU, consumed_units=26),))
    assert isinstance(check(contoso.TENANT, over, UnlicensedAccounts(())), Fail)
