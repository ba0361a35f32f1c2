"""The resource account has the licence Microsoft Teams Phone Resource Account.

Without it no number can be assigned to the account, and calls to one that was assigned before end with a
busy signal. The licence costs nothing within Microsoft's allowance, but has to be ordered and assigned.

It is judged by its service plan (`MCOEV_VIRTUALUSER`), so any product that brings the plan will do.

## Fix

Assign *Microsoft Teams Phone Resource Account* to the account. If none is left, a billing administrator
gets more in the Marketplace, at no cost.

    Set-MgUserLicense -UserId <object id> -AddLicenses @{SkuId='<SkuId>'} -RemoveLicenses @()

In the portal: Microsoft 365 admin center > Users > Active users > the account > Licenses and apps. The
account needs a usage location first: see `ra-usage-location`.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import Licenses, ProductIds, ResourceAccount
from tpe_audit.facts.well_known import RESOURCE_ACCOUNT_PLANS

AREA, SEVERITY, OWNER = Area.LICENSE, Severity.BLOCKER, Owner.LICENSE_ADMIN
CODES = ("busy signal",)
REQUIRES = ("ra-exists",)
LINK = "https://learn.microsoft.com/microsoftteams/teams-add-on-licensing/virtual-user"


def check(account: ResourceAccount, licenses: Licenses, products: ProductIds) -> Verdict:
    plans = licenses.of(RESOURCE_ACCOUNT_PLANS)
    if not plans and (doubt := licenses.doubt()):
        return Unknown(doubt)
    if not plans:
        return Fail(
            f"The account has no licence Microsoft Teams Phone Resource Account. {licenses.DELAY}",
            observed="no service plan MCOEV_VIRTUALUSER",
            expected="the service plan MCOEV_VIRTUALUSER",
            fix=products.assign(account.id, products.resource_account),
        )
    return Pass("The licence is assigned.", observed=", ".join(plan.words for plan in plans))
