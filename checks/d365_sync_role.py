"""Whoever syncs the numbers into Dynamics 365 may read them in Teams.

The person who clicks "Sync from Teams" needs the Entra role Teams Administrator or Teams Telephony Administrator,
and System Administrator in Dynamics 365. Without the first the sync lists nothing.

Who clicks, and who takes the role on only when needed (Privileged Identity Management), no interface tells; so a
person has to answer.

## Fix

Assign the role, or let the person activate it, sign in again, and repeat the sync.

In the Microsoft Entra admin center: Roles & admins > Teams Telephony Administrator > Add assignments.
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import Consumer, Tenant

AREA, SEVERITY, OWNER = Area.DYNAMICS, Severity.MAJOR, Owner.ENTRA_ADMIN
CODES = ("Sync from Teams 500 or empty",)
QUESTION = (
    "Has the person who clicks Sync from Teams the Entra role Teams Administrator or Teams Telephony Administrator, "
    "and the Dynamics 365 role System Administrator?"
)
CONSUMERS = (Consumer.DYNAMICS_365,)
LINK = "https://learn.microsoft.com/dynamics365/contact-center/administer/configure-teams-phone-in-voice-channel"


def check(tenant: Tenant) -> Verdict:
    return Manual(
        "Who clicks Sync from Teams is nowhere to be read. Look whether this person is Teams Administrator or Teams "
        "Telephony Administrator."
    )
