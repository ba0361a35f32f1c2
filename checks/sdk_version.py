"""The application is built with SDKs that know Teams Phone extensibility.

Older versions lack the types (`TeamsExtensionUserIdentifier`, `TeamsAppSource`), or are previews, and adding an
agent may fail (408, subcode 10057). Needed are at least

- the Call Automation SDK 1.5.0 (previews were 1.5.0-beta),
- the JavaScript Calling SDK `@azure/communication-calling` 1.37 (the preview was 1.36.1-beta.1),
- `@azure/communication-common` 2.4.0, for `EntraCommunicationTokenCredentialOptions`.

Only the package manifests of the application tell; so its developer is asked, before going live.

## Fix

Raise the packages to at least these versions, and build and deploy the application anew.

    dotnet add package Azure.Communication.CallAutomation
    npm install @azure/communication-calling@latest @azure/communication-common@latest
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import Application, Consumer

AREA, SEVERITY, OWNER = Area.CODE, Severity.MAJOR, Owner.DEVELOPER
CODES = ("408/10057", "400/8523")
QUESTION = (
    "Do the package manifests ask for the Call Automation SDK 1.5.0 or later, @azure/communication-calling 1.37 "
    "or later, and @azure/communication-common 2.4.0 or later?"
)
CONSUMERS = (Consumer.THIRD_PARTY,)
PROFILES = ("go-live",)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/"
    "teams-phone-extensibility-answer-teams-calls"
)


def check(application: Application) -> Verdict:
    return Manual(
        "Only the application's package manifests tell. Look at the versions of the Call Automation SDK (1.5.0), "
        "@azure/communication-calling (1.37) and @azure/communication-common (2.4.0).",
        about={"client_id": application.client_id},
    )
