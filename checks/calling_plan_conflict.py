"""The resource account has no other calling plan beside Pay-As-You-Go.

A domestic or international calling plan on the resource account no longer pays for calls that the
application places, and stands in the way of the Pay-As-You-Go plan: outbound calls go on ending with 404,
subcode 5804xx, after Pay-As-You-Go was bought. Microsoft: "Remove any other conflicting calling plans."

## Fix

Take the other calling plan away and give Pay-As-You-Go in one operation, so that the account is never
without a plan for its number.

    Set-MgUserLicense -UserId <object id> -AddLicenses @{SkuId='<SkuId>'} -RemoveLicenses @('<SkuId>')

The calling plan may come with a larger product: look what else that product brings before you take it
away. In the portal: Microsoft 365 admin center > Users > Active users > the account > Licenses and apps.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import Direction, Licenses, NumberTypeName, ProductIds, ResourceAccount
from tpe_audit.facts.well_known import CALLING_PLANS, PAY_AS_YOU_GO_PLANS, PAY_AS_YOU_GO_PREFIX

AREA, SEVERITY, OWNER = Area.FUNDING, Severity.MAJOR, Owner.LICENSE_ADMIN
CODES = ("404/580464", "404/5804xx")
REQUIRES = ("ra-exists", "number-assigned")
NUMBER_TYPES = (NumberTypeName.CALLING_PLAN,)
DIRECTIONS = (Direction.OUTBOUND,)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
    "teams-phone-extensibility-troubleshooting"
)


def check(account: ResourceAccount, licenses: Licenses, products: ProductIds) -> Verdict:
    others = {CALLING_PLANS[plan.id]: plan for plan in licenses.on(CALLING_PLANS)}
    if not others and (doubt := licenses.doubt()):
        return Unknown(doubt)
    if not others:
        return Pass("The account has no other calling plan.")
    names = ", ".join(others)
    pays = licenses.on(PAY_AS_YOU_GO_PLANS, PAY_AS_YOU_GO_PREFIX)
    remove = dict.fromkeys(plan.sku_id or f"<SkuId of {name}>" for name, plan in others.items())
    return Fail(
        f"The account has another calling plan: {names}. {licenses.DELAY}",
        observed=f"{names} on",
        expected="no calling plan but Pay-As-You-Go",
        fix=products.assign(account.id, "" if pays else products.pay_as_you_go, tuple(remove)),
    )
