"""The application uses the ACS resource that its resource accounts are bound to.

The connection string, or the endpoint, with which the application makes its `CallAutomationClient` names one
Azure Communication Services resource. It must be the one that the calls come from: calls across resources are
refused (403, subcode 7507, Call Source Identity Invalid; 7505 or 8517, tenant mismatch), or the call is not
found there (404/8522, 400/8501).

Azure tells the host name of the resource. The settings of the application only its developer sees, and is asked
before going live.

## Fix

Give the application the connection string, or the endpoint, of the ACS resource that the accounts are bound to.

    az communication show --name <ACS resource> --resource-group <group> --query hostName

In the Azure portal: Communication Service > Settings > Keys.
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import AcsResource, Consumer

AREA, SEVERITY, OWNER = Area.CODE, Severity.BLOCKER, Owner.DEVELOPER
CODES = ("403/7507", "403/7505", "8517", "404/8522", "400/8501", "7501", "7502", "7509", "7510")
REQUIRES = ("acs-exists",)
QUESTION = (
    "Does the connection string or endpoint that the application makes its CallAutomationClient with name the "
    "host of this ACS resource?"
)
CONSUMERS = (Consumer.THIRD_PARTY,)
PROFILES = ("go-live",)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/resources/troubleshooting/voice-video-calling/"
    "troubleshooting-codes"
)


def check(acs: AcsResource) -> Verdict:
    return Manual(
        "Only the application's settings tell. Look at the endpoint in its connection string: it must be "
        f"https://{acs.host_name}/",
        about={"host": acs.host_name},
    )
