"""The tenant has a Pay-As-You-Go Calling Plan.

Since 2025-11-01 outbound calls that an application places from a resource account with a Calling Plan
number are paid by *Microsoft Teams Calling Plan (Pay-As-You-Go)*; other calling plans no longer pay for
them. A tenant that does not have it sees such calls end with 404, subcode 580462 (No enabled tenant
capabilities) or another 5804xx. Direct Routing and Operator Connect numbers don't need it.

The plan is known by its service plan, whose name starts with `MCOPSTN_PAYG_`.

## Fix

A billing administrator adds the plan for the zone that your country is in (Zone 1 or Zone 2). It is
bought in the portal; there is no command for it.

Microsoft 365 admin center > Marketplace > All products > Microsoft Teams Calling Plan (Pay-As-You-Go) >
Zone 1 or Zone 2 > Add-ons. With a Microsoft Customer Agreement a post-paid payment method must be active
first. Then assign it to the resource account: see `payg-assigned`. What the tenant has is shown by

    Get-MgSubscribedSku | Select-Object SkuPartNumber, SkuId, CapabilityStatus
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import Direction, NumberTypeName, SubscribedSkus, Tenant
from tpe_audit.facts.well_known import PAY_AS_YOU_GO_PLANS, PAY_AS_YOU_GO_PREFIX

AREA, SEVERITY, OWNER = Area.FUNDING, Severity.BLOCKER, Owner.BILLING_ADMIN
CODES = ("404/580462", "404/580464", "404/580406", "404/5804xx")
NUMBER_TYPES = (NumberTypeName.CALLING_PLAN,)
DIRECTIONS = (Direction.OUTBOUND,)
LINK = "https://learn.microsoft.com/microsoftteams/calling-plans-for-office-365#pay-as-you-go-calling-plan"


def check(tenant: Tenant, subscribed: SubscribedSkus) -> Verdict:
    plans = subscribed.holding(PAY_AS_YOU_GO_PLANS, PAY_AS_YOU_GO_PREFIX)
    good = [sku for sku in plans if sku.capability_status == "Enabled" and sku.enabled_units > 0]
    if good:
        return Pass("The tenant has a Pay-As-You-Go Calling Plan.", observed=good[0].part_number)
    look = powershell("Get-MgSubscribedSku | Select-Object 'SkuPartNumber', 'SkuId', 'CapabilityStatus'")
    if plans:
        return Fail(
            "The tenant's Pay-As-You-Go Calling Plan is not in force.",
            observed=", ".join(f"{s.part_number}: {s.capability_status}, {s.enabled_units} licences" for s in plans),
            expected="Enabled, with 1 licence or more",
            fix=look,
        )
    return Fail(
        "The tenant has no Pay-As-You-Go Calling Plan.",
        observed="no product with a service plan MCOPSTN_PAYG_…",
        expected="Microsoft Teams Calling Plan (Pay-As-You-Go), Zone 1 or Zone 2",
        fix=look,
    )
