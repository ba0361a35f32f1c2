"""The number was synced into Dynamics 365 after its account was last bound.

Dynamics 365 keeps a record of its own of each number, made by "Sync from Teams". Without it, or with one of an
older binding, the number can't be chosen in a workstream, and its calls are rejected. There the number has
Telephony = Teams and no carrier; that is as it should be.

The columns of these records are not documented, so a person has to answer. The answer holds for the two ids that
the account is bound to now, and lapses when one of them changes.

## Fix

Repeat the sync after each change of the account or its number.

In the Copilot Service admin center: Channels > Manage telephony > Teams phone system > Sync from Teams.
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import (
    BoundAcsResource,
    BoundApplication,
    Consumer,
    NoBoundAcsResource,
    NoBoundApplication,
    PhoneNumber,
    ResourceAccount,
)

AREA, SEVERITY, OWNER = Area.DYNAMICS, Severity.BLOCKER, Owner.DYNAMICS_ADMIN
CODES = ("Number not in D365 or not selectable", "400801")
REQUIRES = ("number-assigned", "d365-sync-app", "d365-app-id", "d365-acs-id-match")
QUESTION = (
    "Does Channels > Phone numbers in the Copilot Service admin center list this number with Telephony = Teams, and "
    "was Sync from Teams run after its account was last bound?"
)
CONSUMERS = (Consumer.DYNAMICS_365,)
LINK = "https://learn.microsoft.com/dynamics365/contact-center/administer/configure-teams-phone-in-voice-channel"


def check(
    number: PhoneNumber,
    account: ResourceAccount,
    application: BoundApplication | NoBoundApplication,
    acs: BoundAcsResource | NoBoundAcsResource,
) -> Verdict:
    return Manual(
        f"Only the admin center shows it. Look for {number.number} under Channels > Phone numbers.",
        about={
            "account": account.id,
            "application_id": application.client_id if isinstance(application, BoundApplication) else "",
            "acs_resource_id": acs.immutable_id if isinstance(acs, BoundAcsResource) else "",
        },
    )
