"""The resource account has a Pay-As-You-Go Calling Plan.

Since 2025-11-01 the resource account itself needs the licence *Microsoft Teams Calling Plan
(Pay-As-You-Go)* if it has a Calling Plan number and the application places calls from it; that the tenant
owns the plan is not enough. Without it outbound calls end with 404, subcode 580464 (No enabled user
capabilities). Inbound calls work all the same, and Direct Routing and Operator Connect numbers don't need
it.

## Fix

Assign the Pay-As-You-Go plan of your zone to the resource account, and take any other calling plan away
in the same operation (see `calling-plan-conflict`).

    Set-MgUserLicense -UserId <object id> -AddLicenses @{SkuId='<SkuId>'} -RemoveLicenses @()

`Get-MgSubscribedSku` shows the SkuId. In the portal: Microsoft 365 admin center > Users > Active users >
the account > Licenses and apps.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import Direction, Licenses, NumberTypeName, ProductIds, ResourceAccount
from tpe_audit.facts.well_known import PAY_AS_YOU_GO_PLANS, PAY_AS_YOU_GO_PREFIX

AREA, SEVERITY, OWNER = Area.FUNDING, Severity.BLOCKER, Owner.LICENSE_ADMIN
CODES = ("404/580464", "404/580462", "404/580406", "404/5804xx")
REQUIRES = ("ra-exists", "number-assigned", "payg-tenant")
NUMBER_TYPES = (NumberTypeName.CALLING_PLAN,)
DIRECTIONS = (Direction.OUTBOUND,)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
    "teams-phone-extensibility-connectivity-cost"
)


def check(account: ResourceAccount, licenses: Licenses, products: ProductIds) -> Verdict:
    shortfall = licenses.shortfall(PAY_AS_YOU_GO_PLANS, PAY_AS_YOU_GO_PREFIX)
    if not shortfall:
        return Pass("The account has a Pay-As-You-Go Calling Plan.")
    if doubt := licenses.doubt(PAY_AS_YOU_GO_PREFIX):
        return Unknown(doubt)
    return Fail(
        f"The account has no Pay-As-You-Go Calling Plan that works. {licenses.DELAY}",
        observed=shortfall,
        expected="a service plan MCOPSTN_PAYG_… is on",
        fix=products.assign(
            account.id, licenses.product(PAY_AS_YOU_GO_PLANS, PAY_AS_YOU_GO_PREFIX) or products.pay_as_you_go
        ),
    )
