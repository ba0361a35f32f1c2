"""Inbound calls to a toll-free number are funded.

The owner of a toll-free Calling Plan number pays for the calls to it, by the minute. Without Communications
Credits, or a payment method that is charged for use, inbound calls to it fail; Microsoft publishes no code
for that.

Whether a number is toll-free is told from its prefix where a numbering plan says so: +1 with 800, 833,
844, 855, 866, 877 or 888, and +800. In other countries the prefix does not say it to this check, so a
person has to. No API reads a balance or a payment method either.

## Fix

Add funds to Communications Credits and switch on Auto-Recharge; with a Microsoft Customer Agreement, add a
post-paid payment method.

In the portal: Microsoft 365 admin center > Billing > Your products > Communications Credits, or Billing >
Payment methods.
"""

from tpe_audit import Area, Manual, NotApplicable, Owner, Severity, Verdict
from tpe_audit.facts import Direction, NumberTypeName, PhoneNumber

AREA, SEVERITY, OWNER = Area.FUNDING, Severity.MAJOR, Owner.BILLING_ADMIN
CODES = ("toll-free inbound fails",)
REQUIRES = ("number-assigned",)
QUESTION = (
    "Is the number not toll-free; or, if it is, are Communications Credits funded, or is a post-paid payment "
    "method active?"
)
NUMBER_TYPES = (NumberTypeName.CALLING_PLAN,)
DIRECTIONS = (Direction.INBOUND,)
LINK = "https://learn.microsoft.com/microsoftteams/what-are-communications-credits"

LOOK = "Microsoft 365 admin center > Billing > Your products > Communications Credits, or > Payment methods."


def check(number: PhoneNumber) -> Verdict:
    if number.toll_free is None:
        return Manual(
            f"Whether {number.number} is toll-free can't be told from its prefix. If it is, look whether it is "
            f"funded: {LOOK}",
            {"number": number.number},
        )
    if number.toll_free:
        return Manual(f"{number.number} is toll-free. Look whether calls to it are funded: {LOOK}")
    return NotApplicable("The number is not toll-free: +1 has other prefixes for that.")
