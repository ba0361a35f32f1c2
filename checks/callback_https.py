"""The callback address that the application gives is a public https address.

Whoever answers a call tells Azure Communication Services where to send the events of that call: `callbackUri`
of `AnswerCall` and `CreateCall`. If it is plain http, the call is refused ("callbackUri invalid"). If nothing
outside can reach it, or a tunnel asks for a sign-in, the call is not acknowledged or answered in time (8586,
8587, 8610).

Only the code of the application, or its settings, tell; so its developer is asked, before going live.

## Fix

Give an https address that the public internet reaches without signing in. A dev tunnel must allow anonymous
access.

    new AnswerCallOptions(incomingCallContext, new Uri("https://<public host>/api/callbacks"))
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import Application, Consumer

AREA, SEVERITY, OWNER = Area.CODE, Severity.BLOCKER, Owner.DEVELOPER
CODES = ("callbackUri invalid", "8586", "8587", "8610")
QUESTION = (
    "Does the callbackUri that the application passes to AnswerCall and CreateCall begin with https://, and can "
    "the public internet reach it without signing in?"
)
CONSUMERS = (Consumer.THIRD_PARTY,)
PROFILES = ("go-live",)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/resources/troubleshooting/voice-video-calling/"
    "troubleshooting-codes"
)


def check(application: Application) -> Verdict:
    return Manual(
        "Only the application's code tells. Look at the callbackUri in its calls of AnswerCall and CreateCall.",
        about={"client_id": application.client_id},
    )
