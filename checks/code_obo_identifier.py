"""Calls on behalf of a resource account name it by its object id.

An agent's client calls on behalf of a resource account with `onBehalfOfOptions`. What stands there is a
`MicrosoftTeamsAppIdentifier` with the *object id* of the account, neither its telephone number nor the id of the
application. With a number the call is refused (422, Invalid CommunicationUser identifier specified); with another
kind of identifier no endpoint is found (480, subcode 10037).

Only the code of the client tells; so its developer is asked, before going live.

## Fix

Set the identifier to the object id of the resource account.

    onBehalfOfOptions: { userId: { teamsAppId: '<object id of the resource account>' } }
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import Consumer, Direction, ResourceAccount

AREA, SEVERITY, OWNER = Area.CODE, Severity.MAJOR, Owner.DEVELOPER
CODES = ("422 Invalid CommunicationUser identifier specified", "480/10037")
REQUIRES = ("ra-exists",)
QUESTION = "Does onBehalfOfOptions carry { userId: { teamsAppId: … } } with the object id of this resource account?"
CONSUMERS = (Consumer.THIRD_PARTY,)
DIRECTIONS = (Direction.OUTBOUND,)
PROFILES = ("go-live",)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
    "teams-phone-extensibility-troubleshooting"
)


def check(account: ResourceAccount) -> Verdict:
    return Manual(
        "Only the client's code tells. Calls on behalf of this account need onBehalfOfOptions = "
        f"{{ userId: {{ teamsAppId: '{account.id}' }} }}.",
        about={"object_id": account.id},
    )
