"""Reads which billing agreement the tenant has, where the identity may.

https://learn.microsoft.com/rest/api/billing/billing-accounts/list
"""

from __future__ import annotations

from tpe_audit.collectors import wire
from tpe_audit.collectors.reader import Harvest, Reader
from tpe_audit.facts import Billing, BillingAgreement, Fact, UnknownBillingAgreement
from tpe_audit.sources import SourceError
from tpe_audit.sources.arm import BILLING_VERSION

GRANT = "the role Billing account reader on the tenant's billing account"


async def billing_agreement(reader: Reader) -> Harvest:
    """The agreement of the billing accounts whose home is the Teams tenant.

    An empty list is the normal answer to an identity without a role there, and says nothing.
    """
    harvest = Harvest()
    fact, evidence = await _agreement(reader)
    if isinstance(fact, BillingAgreement):
        _compare(reader, fact)
    harvest.tell(reader.tenant.subject, fact, evidence)
    return harvest


async def _agreement(reader: Reader) -> tuple[Fact, tuple[int, ...]]:
    if why := reader.sources.off.get("arm"):
        return UnknownBillingAgreement(why), ()
    try:
        listing = await reader.sources.arm.items(
            f"/providers/Microsoft.Billing/billingAccounts?api-version={BILLING_VERSION}", grant=GRANT, link="nextLink"
        )
        items = [
            wire.parsed(wire.BillingAccountItem, item.body, "a billing account", (item.evidence,))
            for item in listing.items
        ]
    except SourceError as error:
        return UnknownBillingAgreement(f"The billing agreement was not read: {error}"), error.evidence
    home = reader.tenant.id.casefold()
    own = [
        item
        for item in items
        if (item.properties.primaryBillingTenantId or "").casefold() == home
        and item.properties.accountStatus in (None, "Active")
    ]
    if not own:
        return UnknownBillingAgreement(f"Azure shows no billing account of this tenant; it takes {GRANT}."), (
            listing.evidence
        )
    types = {item.properties.agreementType or "Other" for item in own}
    if len(types) > 1:
        why = f"Azure shows billing accounts with several agreements: {', '.join(sorted(types))}."
        return UnknownBillingAgreement(why), listing.evidence
    names = tuple(sorted(item.properties.displayName or item.name for item in own))
    return BillingAgreement(types.pop(), names), listing.evidence


def _compare(reader: Reader, read: BillingAgreement) -> None:
    """Let the report say where config.toml declares another agreement: it is believed, for it is about calls."""
    declared = reader.deployment.billing
    if declared is not Billing.UNKNOWN and (declared is Billing.MCA) != (read.billing is Billing.MCA):
        reader.warn(f'config.toml says billing = "{declared}" and is believed. {read.shown}')
