"""The tenant has enough resource account licences.

Each resource account needs *Microsoft Teams Phone Resource Account*. The licences cost nothing, but must be
ordered: 25 with the first licence of Teams Phone for a user, and one more for every ten further ones. Where
none is left, a licence can't be assigned, and without it no number.

Counted are the accounts on lines that have no such licence, against those that are paid for and not in use.
That an account lacks one is told by `ra-license-assigned`.

## Fix

A billing administrator orders more, at no cost. There is no command for it.

Microsoft 365 admin center > Marketplace > All products > Microsoft Teams Phone Resource Account. What the
tenant has is shown by

    Get-MgSubscribedSku | Select-Object SkuPartNumber, CapabilityStatus, ConsumedUnits, PrepaidUnits
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import SubscribedSkus, Tenant, UnlicensedAccounts
from tpe_audit.facts.well_known import RESOURCE_ACCOUNT_PLANS

AREA, SEVERITY, OWNER = Area.LICENSE, Severity.MAJOR, Owner.BILLING_ADMIN
LINK = "https://learn.microsoft.com/microsoftteams/teams-add-on-licensing/virtual-user"


def check(tenant: Tenant, subscribed: SubscribedSkus, unlicensed: UnlicensedAccounts) -> Verdict:
    products = subscribed.holding(RESOURCE_ACCOUNT_PLANS)
    good = [sku for sku in products if sku.capability_status == "Enabled"]
    free = sum(sku.enabled_units - sku.consumed_units for sku in good)
    needed = len(unlicensed.names)
    if good and free >= needed:
        return Pass("The tenant has enough resource account licences.", observed=f"{free} free, {needed} needed")
    if not needed and any(sku.capability_status == "Warning" for sku in products):
        return Pass("Warning: the subscription has run out, and the licences still work. Renew it now.")
    states = (f"{s.part_number}: {s.capability_status}, {s.consumed_units} of {s.enabled_units} used" for s in products)
    return Fail(
        f"The tenant has no resource account licence for {', '.join(unlicensed.names)}."
        if needed
        else "The tenant's resource account licences are not in force, or more are assigned than it has.",
        observed="; ".join(states) or "no product with the service plan MCOEV_VIRTUALUSER",
        expected=f"Microsoft Teams Phone Resource Account, Enabled, with {needed} or more free",
        fix=powershell(
            "Get-MgSubscribedSku | Select-Object 'SkuPartNumber', 'CapabilityStatus', 'ConsumedUnits', 'PrepaidUnits'"
        ),
    )
