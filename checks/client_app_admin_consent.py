"""An administrator consented to the agents' application for the whole tenant.

The application that agents sign in to may manage calls (`TeamsExtension.ManageCalls` of *Azure Communication
Services*) only once an administrator of the Teams tenant has consented for all its users. Otherwise agents are
stopped at sign-in (AADSTS65001), or by a consent prompt that they can't answer. Consent for single users does
not serve the others.

The consent page itself fails where `acs-service-principal` does: "lacks a service principal". Agents who use
no application of your own need no consent: leave `client_applications` empty.

## Fix

Open the consent page as an administrator of the Teams tenant, and accept for the organization.

    Start-Process "https://login.microsoftonline.com/<tenant id>/adminconsent?client_id=<client id>"

In the portal: Microsoft Entra admin center > App registrations > the application > API permissions > Grant
admin consent.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict
from tpe_audit.facts import (
    AcsConsents,
    ApplicationPrincipal,
    ClientApplication,
    Consumer,
    NoApplicationPrincipal,
    Tenant,
)
from tpe_audit.facts.well_known import MANAGE_CALLS

AREA, SEVERITY, OWNER = Area.CLIENT, Severity.BLOCKER, Owner.ENTRA_ADMIN
CODES = ("AADSTS65001", "408/10057", "401/10009", "495/4507", "lacks a service principal")
CONSUMERS = (Consumer.THIRD_PARTY,)
REQUIRES = ("acs-service-principal",)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/"
    "teams-phone-extensibility-access-teams-phone"
)


def check(
    application: ClientApplication,
    principal: ApplicationPrincipal | NoApplicationPrincipal,
    consents: AcsConsents,
    tenant: Tenant,
) -> Verdict:
    expected = f"{MANAGE_CALLS}, consented to for all users (AllPrincipals)"
    fix = application.consent(tenant.id)
    if isinstance(principal, NoApplicationPrincipal):
        why = "The Teams tenant has no service principal of the application, and so no consent."
        return Fail(why, "no service principal", expected, fix)
    if MANAGE_CALLS in consents.tenant_wide:
        return Pass(f"An administrator consented to {MANAGE_CALLS}.", observed=", ".join(consents.tenant_wide))
    if MANAGE_CALLS in consents.personal:
        return Fail(f"{MANAGE_CALLS} is consented to for single users only.", "consent of users", expected, fix)
    observed = ", ".join(consents.tenant_wide) or "no consent"
    return Fail(f"Nobody consented to {MANAGE_CALLS} for the tenant.", observed, expected, fix)
