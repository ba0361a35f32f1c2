"""The number belongs to a voice workstream that brings calls to agents.

In Dynamics 365 a number takes calls by the voice channel of an active workstream, whose route-to-queue rules lead
to a queue; agents take them if they are members of that queue, have a capacity profile and a notification
template, and are available. If one of these is missing, the caller waits for ever.

The columns of workstreams are not documented, so a person has to answer. A workstream that lacks something does
not explain 400801 by itself.

## Fix

Attach the number to the voice channel of a workstream, and let its rules lead to a queue with agents.

In the Copilot Service admin center: Customer support > Workstreams > the workstream > Voice channel.
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import Consumer, PhoneNumber

AREA, SEVERITY, OWNER = Area.DYNAMICS, Severity.BLOCKER, Owner.DYNAMICS_ADMIN
CODES = ("Holding music",)
REQUIRES = ("number-assigned",)
QUESTION = (
    "Is this number attached to the voice channel of an active workstream whose rules lead to a queue with available "
    "agents, who have a capacity profile?"
)
CONSUMERS = (Consumer.DYNAMICS_365,)
LINK = "https://learn.microsoft.com/dynamics365/contact-center/administer/configure-teams-phone-in-voice-channel"


def check(number: PhoneNumber) -> Verdict:
    return Manual(
        f"Only the admin center shows it. Look for the workstream of {number.number}, its rules, its queue, and the "
        "agents there.",
        about={"number": number.number},
    )
