"""The carrier allows outbound calls from the number.

An Operator Connect number is the carrier's. Outbound calls that the application places on its own or on
behalf of an agent end with 403, subcode 510586, if the carrier does not allow them for service numbers, has
suspended the account, or has set up Operator Connect wrongly.

Nothing reads that, so a person has to answer: one outbound test call from the application, or a word of the
carrier, is enough.

## Fix

Open a ticket with the carrier: have outbound calls from service numbers allowed, a block lifted, a balance
restored.

In the portal: Teams admin center > Voice > Operators > the operator must be Enabled for the country.
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import Direction, NumberTypeName, PhoneNumber

AREA, SEVERITY, OWNER = Area.PSTN, Severity.BLOCKER, Owner.CARRIER
CODES = ("403/510586",)
REQUIRES = ("number-assigned",)
QUESTION = "Did an outbound test call from this number go through, or has the carrier confirmed that it allows them?"
NUMBER_TYPES = (NumberTypeName.OPERATOR_CONNECT,)
DIRECTIONS = (Direction.OUTBOUND,)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
    "teams-phone-extensibility-troubleshooting"
)


def check(number: PhoneNumber) -> Verdict:
    return Manual(
        f"Only the carrier knows whether outbound calls from {number.number} are allowed: place a test call, or ask "
        "it. Its status stands in the Teams admin center > Voice > Operators."
    )
