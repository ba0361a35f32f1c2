"""The ACS resource has a managed identity, if the application uses speech.

Recognize, Play with text and other speech functions of Call Automation use an Azure AI resource, which the
ACS resource calls in its own name. Without a system-assigned managed identity, or without the role
Cognitive Services User on the Azure AI resource, they end with 400, subcode 8567, or 403, subcode 7606.

Whether an application uses speech can't be read, so where there is no identity a person is asked. The role
on the Azure AI resource is not looked at.

## Fix

Switch the system-assigned identity of the ACS resource on, and connect the Azure AI resource, which
assigns the role.

In the portal: Communication Service > Identity > On; then Cognitive Services > Connect.
"""

from tpe_audit import Area, Manual, Owner, Pass, Severity, Verdict
from tpe_audit.facts import AcsIdentity, AcsResource, Consumer, NoAcsIdentity

AREA, SEVERITY, OWNER = Area.ACS, Severity.MINOR, Owner.AZURE_ADMIN
CODES = ("400/8567", "7606")
REQUIRES = ("acs-exists",)
QUESTION = "Does the application do without speech (Recognize, Play with text) on this ACS resource?"
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/call-automation/"
    "azure-communication-services-azure-cognitive-services-integration"
)


def check(acs: AcsResource, identity: AcsIdentity | NoAcsIdentity) -> Verdict:
    if isinstance(identity, AcsIdentity):
        return Pass("The resource has a system-assigned managed identity.", observed=identity.principal_id)
    return Manual(f"{acs.name} has no system-assigned managed identity, which only speech functions need.")
