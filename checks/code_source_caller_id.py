"""The application passes no caller id of its own when it adds a telephone number to a call.

With Teams Phone extensibility the caller sees the number of the resource account. `SourceCallerIdNumber` and
`SourceDisplayName` are not supported: a request that has one of them is refused (400, code 8523). So the second
parameter of `CallInvite` is null; and for a call that the server starts, `CreateCallOptions.TeamsAppSource`
names the resource account instead.

Only the code of the application tells; so its developer is asked, before going live.

## Fix

Pass null as the second parameter of `CallInvite`, and set `TeamsAppSource` where the server starts the call.

    new CallInvite(new PhoneNumberIdentifier("+1…"), null)
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import Application, Consumer, Direction

AREA, SEVERITY, OWNER = Area.CODE, Severity.MAJOR, Owner.DEVELOPER
CODES = ("400/8523",)
QUESTION = (
    "Is the second parameter of every CallInvite null, is SourceDisplayName set nowhere, and is "
    "CreateCallOptions.TeamsAppSource set where the server starts a call?"
)
CONSUMERS = (Consumer.THIRD_PARTY,)
DIRECTIONS = (Direction.OUTBOUND,)
PROFILES = ("go-live",)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
    "teams-phone-extensibility-troubleshooting"
)


def check(application: Application) -> Verdict:
    return Manual(
        "Only the application's code tells. Search it for CallInvite, SourceCallerIdNumber and SourceDisplayName.",
        about={"client_id": application.client_id},
    )
