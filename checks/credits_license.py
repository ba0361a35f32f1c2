"""The resource account has a Communications Credits licence, where the billing agreement needs one.

Tenants with a Microsoft Customer Agreement pay for calls by a post-paid payment method and don't need
Communications Credits. Under an older agreement calls are paid from Communications Credits: the licence
must be there, and outbound calls from Calling Plan numbers otherwise end with 404, subcode 580462 or
580464.

Say which agreement there is in config.toml, as `billing = "mca"` or `billing = "credits"` under
`[deployment]`. It stands in the Microsoft 365 admin center > Billing > Billing accounts. Without that, a
Microsoft Customer Agreement is taken from Azure, if the identity may read the tenant's billing account;
any other agreement there may be that of Azure alone, and decides nothing.

## Fix

Buy Communications Credits, add funds, and assign the licence to the resource account.

    Set-MgUserLicense -UserId <object id> -AddLicenses @{SkuId='<SkuId>'} -RemoveLicenses @()

In the portal: Microsoft 365 admin center > Marketplace > All products > Communications Credits; then
Users > Active users > the account > Licenses and apps.
"""

from tpe_audit import Area, Fail, Manual, NotApplicable, Owner, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import (
    Billing,
    BillingAgreement,
    Deployment,
    Direction,
    Licenses,
    NumberTypeName,
    ProductIds,
    ResourceAccount,
    UnknownBillingAgreement,
)
from tpe_audit.facts.well_known import COMMUNICATIONS_CREDITS_PLANS

AREA, SEVERITY, OWNER = Area.FUNDING, Severity.BLOCKER, Owner.LICENSE_ADMIN
CODES = ("404/580462", "404/580464", "404/580406", "404/5804xx")
REQUIRES = ("ra-exists", "number-assigned")
QUESTION = "Does the tenant have a Microsoft Customer Agreement, so that it needs no Communications Credits?"
NUMBER_TYPES = (NumberTypeName.CALLING_PLAN,)
DIRECTIONS = (Direction.OUTBOUND,)
LINK = "https://learn.microsoft.com/microsoftteams/what-are-communications-credits"


def applies(deployment: Deployment) -> NotApplicable | None:
    if deployment.billing is Billing.MCA:
        return NotApplicable("config.toml says that the tenant has a Microsoft Customer Agreement (billing = mca).")
    return None


def check(
    account: ResourceAccount,
    licenses: Licenses,
    deployment: Deployment,
    products: ProductIds,
    agreement: BillingAgreement | UnknownBillingAgreement,
) -> Verdict:
    shortfall = licenses.shortfall(COMMUNICATIONS_CREDITS_PLANS)
    if not shortfall:
        return Pass("The account has a Communications Credits licence.")
    if deployment.billing is Billing.UNKNOWN and agreement.billing is Billing.MCA:
        return NotApplicable(
            f'{agreement.shown} It needs no Communications Credits. If that is Azure\'s alone, set billing = "credits".'
        )
    if doubt := licenses.doubt():
        return Unknown(doubt)
    if deployment.billing is Billing.CREDITS:
        why = f"The account has no Communications Credits licence that works. {licenses.DELAY}"
        product = licenses.product(COMMUNICATIONS_CREDITS_PLANS) or products.communications_credits
        return Fail(why, shortfall, "the service plan MCOPSTNC is on", products.assign(account.id, product))
    return Manual(
        "The account has no Communications Credits licence, and a Microsoft Customer Agreement needs none. "
        f'Say which there is, billing = "mca" or "credits" under [deployment]. {agreement.shown}'
    )
