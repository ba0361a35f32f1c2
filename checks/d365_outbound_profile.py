"""Outbound calls in Dynamics 365 have a number to go out with.

Agents dial with a number that is in an outbound profile, or in an outbound workstream; never in both, and the
agents must be linked to the profile. Otherwise the number can't be chosen for dialling, and no outbound
conversation is made.

The columns of outbound profiles are not documented, so a person has to answer.

## Fix

Make an outbound profile with the number, and link the agents to it; or put the number into an outbound workstream.

In the Copilot Service admin center: Channels > Phone numbers > Outbound profiles.
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import Consumer, Direction, PhoneNumber

AREA, SEVERITY, OWNER = Area.DYNAMICS, Severity.MAJOR, Owner.DYNAMICS_ADMIN
CODES = ("Outbound conversation not created", "Number not in D365 or not selectable")
REQUIRES = ("number-assigned",)
QUESTION = (
    "Is this number, if it is dialled out with, in an outbound profile that the agents are linked to or in an "
    "outbound workstream, and not in both?"
)
CONSUMERS = (Consumer.DYNAMICS_365,)
DIRECTIONS = (Direction.OUTBOUND,)
LINK = "https://learn.microsoft.com/dynamics365/customer-service/administer/voice-channel-outbound-calling"


def check(number: PhoneNumber) -> Verdict:
    return Manual(
        f"Only the admin center shows it. Look for {number.number} under Channels > Phone numbers > Outbound profiles.",
        about={"number": number.number},
    )
