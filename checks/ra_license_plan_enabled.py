"""The service plan in the resource account's licence is on.

Within the licence *Microsoft Teams Phone Resource Account* the service plan `MCOEV_VIRTUALUSER` does the
work. It can be switched off by itself (in the portal: a box under Apps), wait to be activated, or be in
error; then the account is as good as without the licence, and calls end with a busy signal or 404,
subcode 580464.

## Fix

Assign the licence anew with all its service plans on. Don't take it away in between: an account without
the licence loses its number.

    Set-MgUserLicense -UserId <object id> -AddLicenses @{SkuId='<SkuId>'} -RemoveLicenses @()

In the portal: Microsoft 365 admin center > Users > Active users > the account > Licenses and apps > Apps.
A plan that waits to be activated needs only time; one that stays in error is for Microsoft's support.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import Licenses, PlanStatus, ProductIds, ResourceAccount
from tpe_audit.facts.well_known import RESOURCE_ACCOUNT_PLANS

AREA, SEVERITY, OWNER = Area.LICENSE, Severity.BLOCKER, Owner.LICENSE_ADMIN
CODES = ("busy signal", "404/580464")
REQUIRES = ("ra-license-assigned",)
LINK = "https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference"


def check(account: ResourceAccount, licenses: Licenses, products: ProductIds) -> Verdict:
    shortfall = licenses.shortfall(RESOURCE_ACCOUNT_PLANS)
    if not shortfall:
        return Pass("The service plan is on.", observed="MCOEV_VIRTUALUSER is on")
    if doubt := licenses.doubt():
        return Unknown(doubt)
    plans = licenses.of(RESOURCE_ACCOUNT_PLANS)
    waiting = any(plan.status is PlanStatus.PENDING for plan in plans)
    sku = licenses.product(RESOURCE_ACCOUNT_PLANS) or products.resource_account
    return Fail(
        f"Its service plan {'is not on yet: wait' if waiting else 'does not work'}. {licenses.DELAY}",
        observed=shortfall,
        expected="MCOEV_VIRTUALUSER is on",
        fix=() if waiting else products.assign(account.id, sku),
    )
