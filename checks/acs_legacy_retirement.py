"""Nothing on the ACS resource rests on services that Microsoft retires.

Teams Phone extensibility stays. But Azure Communication Services on their own retire on 2028-09-30: phone
numbers bought there, Direct Offer, Direct Routing of ACS, SMS, Chat, Rooms, Job Router, Email and the UI
Library. Numbers bought in ACS can't serve Teams Phone extensibility anyway.

This is for information. Which of these services an application uses can't be read.

## Fix

Move what still uses them: numbers to Teams Phone, the rest as the retirement guide says.
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import AcsResource, Consumer

AREA, SEVERITY, OWNER = Area.ACS, Severity.INFO, Owner.AZURE_ADMIN
REQUIRES = ("acs-exists",)
QUESTION = "Is this ACS resource free of ACS phone numbers, SMS, Chat, Rooms, Job Router, Email and the UI Library?"
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
LINK = "https://learn.microsoft.com/azure/communication-services/acs-retirement-and-breaking-changes-guide"


def check(acs: AcsResource) -> Verdict:
    return Manual(
        f"If {acs.name} is used for more than Teams Phone extensibility, plan the move: ACS phone numbers, SMS, "
        "Chat, Rooms, Job Router, Email and the UI Library retire on 2028-09-30."
    )
