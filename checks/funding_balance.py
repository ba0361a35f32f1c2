"""Outbound calls are funded: a payment method is active, or there is credit.

Calls that an application places from a Calling Plan number cost money. With a Microsoft Customer
Agreement a post-paid payment method must be active; under an older agreement the balance of
Communications Credits must be above zero (funds lapse after 12 months). Otherwise calls end with 404,
subcode 580406 (Balance not found) or another 5804xx.

No API reads a payment method or a balance, so a person has to answer.

## Fix

Microsoft Customer Agreement: add a post-paid payment method. Older agreement: add funds to Communications
Credits and switch on Auto-Recharge.

In the portal: Microsoft 365 admin center > Billing > Payment methods, or Billing > Your products >
Communications Credits. Which agreement you have stands under Billing > Billing accounts. Record the
answer under `[[attestations]]` in config.toml.
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import (
    Billing,
    BillingAgreement,
    Deployment,
    Direction,
    NumberTypeName,
    Tenant,
    UnknownBillingAgreement,
)

AREA, SEVERITY, OWNER = Area.FUNDING, Severity.BLOCKER, Owner.BILLING_ADMIN
CODES = ("404/580406", "404/580462", "404/5804xx")
QUESTION = (
    "Is a post-paid payment method active (Microsoft Customer Agreement), or is the balance of "
    "Communications Credits above zero with Auto-Recharge on (older agreement)?"
)
NUMBER_TYPES = (NumberTypeName.CALLING_PLAN,)
DIRECTIONS = (Direction.OUTBOUND,)
LINK = "https://learn.microsoft.com/microsoftteams/set-up-communications-credits-for-your-organization"

PAYMENT = "whether a post-paid payment method is active: Microsoft 365 admin center > Billing > Payment methods"
CREDIT = (
    "whether the balance of Communications Credits is above zero and Auto-Recharge is on: "
    "Microsoft 365 admin center > Billing > Your products > Communications Credits"
)


def check(tenant: Tenant, deployment: Deployment, agreement: BillingAgreement | UnknownBillingAgreement) -> Verdict:
    declared = deployment.billing
    billing = agreement.billing if declared is Billing.UNKNOWN else declared
    shown = f" {agreement.shown}" if declared is Billing.UNKNOWN else ""
    look = {
        Billing.MCA: f"Look {PAYMENT}.",
        Billing.CREDITS: f"Look {CREDIT}.",
        Billing.UNKNOWN: f"With a Microsoft Customer Agreement look {PAYMENT}. Otherwise look {CREDIT}.",
    }
    return Manual(f"Nothing can read whether calls are funded.{shown} {look[billing]}")
