"""The agents' application has a redirect URI, and is open to the tenant's users.

An agent desktop in the browser is registered with the platform *Single-page application* and the address it
is opened at (`http://localhost` in Microsoft's example). Without a redirect URI agents are turned away at
sign-in (AADSTS50011). An application of another tenant must also be open to users of other tenants.

A desktop or mobile client has redirect URIs of another platform, and works without this one. Whether the
address is the right one is for you to see.

## Fix

Add the address of the agent desktop as a redirect URI for a single-page application.

In the portal: Microsoft Entra admin center > App registrations > the application > Authentication > Add a
platform > Single-page application. Who may use it stands there under Supported account types. What is
registered is shown by

    az ad app show --id <client id> --query "{redirects: spa.redirectUris, audience: signInAudience}"
"""

from tpe_audit import Area, Fail, Manual, Owner, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import (
    ClientApplication,
    Consumer,
    ForeignRegistration,
    RedirectUris,
    Registration,
    Tenant,
    UnseenRedirects,
)

AREA, SEVERITY, OWNER = Area.CLIENT, Severity.MINOR, Owner.DEVELOPER
CODES = ("AADSTS50011",)
CONSUMERS = (Consumer.THIRD_PARTY,)
QUESTION = "Does whoever owns the application confirm its redirect URI, and that users of your tenant may use it?"
LINK = (
    "https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/"
    "teams-phone-extensibility-access-teams-phone"
)


def check(
    application: ClientApplication,
    registration: Registration | ForeignRegistration,
    redirects: RedirectUris | UnseenRedirects,
    tenant: Tenant,
) -> Verdict:
    if isinstance(registration, ForeignRegistration):
        return Manual(registration.words, about={"client_id": application.client_id})
    if isinstance(redirects, UnseenRedirects):
        return Unknown("The registration was read, but not its redirect URIs.")
    if registration.audience == "AzureADMyOrg" and registration.tenant_id != tenant.id.casefold():
        why = f"The application is for users of its own tenant {registration.tenant_id} alone."
        return Fail(why, registration.audience, "open to users of the Teams tenant", application.look())
    if not redirects.uris:
        why = "The registration has no redirect URI for a single-page application. Other clients need none."
        return Fail(why, "no redirect URI", "the address of the agent desktop", application.look())
    return Pass("The registration has a redirect URI for a single-page application.", ", ".join(redirects.uris))
