"""The application can sign in to the ACS resource.

An ACS resource takes connection strings and access keys (HMAC) unless local authentication is switched
off. That is good practice, but then the application must sign in with Entra ID, such as by a managed
identity, and hold a role on the resource. Otherwise Call Automation answers 401, or 403 with 7509 (HMAC),
7510 (managed identity) or 7501 (invalid token).

How an application signs in can't be read. So this check passes where both ways are open, and asks a person
where only Entra ID is.

## Fix

Move the application to a managed identity, and give it a role on the ACS resource; or switch local
authentication on again.

    az role assignment create --assignee <object id> --role Contributor --scope <ARM id>
    az resource update --ids <ARM id> --set properties.disableLocalAuth=false

In the portal: Communication Service > Access control (IAM); and > Settings > Keys.
"""

from tpe_audit import Area, Manual, Owner, Pass, Severity, Verdict
from tpe_audit.facts import AcsLocalAuthentication, AcsResource, Consumer

AREA, SEVERITY, OWNER = Area.ACS, Severity.MAJOR, Owner.AZURE_ADMIN
CODES = ("7509", "7510", "7501", "7506", "7508")
REQUIRES = ("acs-exists",)
QUESTION = "Does the application sign in to the ACS resource with Entra ID, and does its identity have a role on it?"
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
LINK = "https://learn.microsoft.com/rest/api/communication/authentication"


def check(acs: AcsResource, local: AcsLocalAuthentication) -> Verdict:
    if local.enabled:
        return Pass("The resource takes access keys as well as Entra ID.", observed="local authentication on")
    return Manual(
        f"{acs.name} takes no connection strings and access keys (disableLocalAuth is true). That is no fault if "
        "the application signs in with Entra ID."
    )
