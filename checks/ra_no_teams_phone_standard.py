"""The resource account has no Teams Phone licence for people.

A resource account needs *Microsoft Teams Phone Resource Account*, which costs nothing. *Microsoft Teams Phone
Standard* (plan `MCOEV`), alone or within a bundle, is for people: on a resource account it is wasted. Calls
work either way.

## Fix

Swap the licences in one operation: if Teams Phone Standard is removed first, the account loses its number.

    Set-MgUserLicense -UserId <object id> -AddLicenses @{SkuId='<resource account>'} -RemoveLicenses @('<SkuId>')

In the portal: Microsoft 365 admin center > Users > Active users > the account > Licenses and apps.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import Licenses, ProductIds, ResourceAccount
from tpe_audit.facts.well_known import RESOURCE_ACCOUNT_PLANS, TEAMS_PHONE_PLANS

AREA, SEVERITY, OWNER = Area.LICENSE, Severity.MINOR, Owner.LICENSE_ADMIN
REQUIRES = ("ra-exists",)
LINK = "https://learn.microsoft.com/microsoftteams/manage-resource-accounts"


def check(account: ResourceAccount, licenses: Licenses, products: ProductIds) -> Verdict:
    phone = licenses.on(TEAMS_PHONE_PLANS)
    if phone:
        remove = tuple(dict.fromkeys(plan.sku_id for plan in phone if plan.sku_id)) or ("<SkuId of Teams Phone>",)
        add = "" if licenses.of(RESOURCE_ACCOUNT_PLANS) else products.resource_account
        return Fail(
            "The account has a Teams Phone licence for people, which it does not need. Calls work all the same.",
            observed=", ".join(dict.fromkeys(plan.sku_part_number or plan.words for plan in phone)),
            expected="Microsoft Teams Phone Resource Account alone",
            fix=products.assign(account.id, add, remove),
        )
    if doubt := licenses.doubt():
        return Unknown(doubt)
    return Pass("The account has no Teams Phone licence for people.")
