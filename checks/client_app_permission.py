r"""The agents' application asks for the permission to manage calls.

The application that agents sign in to asks for a token of *Azure Communication Services* with the scope
`TeamsExtension.ManageCalls`. If its registration does not list that permission, agents are stopped at sign-in
(AADSTS65001), or the exchange of their token is refused with 401 or 403.

The id of the scope is that of the tenant's own service principal of *Azure Communication Services*. Agents who
use no application of your own need none: leave `client_applications` empty.

## Fix

Add the permission to the registration, then grant admin consent.

    az ad app permission add --id <client id> --api 1fd5118e-2576-4263-8130-9503064c837a \
        --api-permissions <id of the scope>=Scope

In the portal: Microsoft Entra admin center > App registrations > the application > API permissions > Add a
permission > APIs my organization uses > Azure Communication Services > TeamsExtension.ManageCalls.
"""

from tpe_audit import Area, Fail, Manual, Owner, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import (
    AcsScopes,
    ClientApplication,
    Consumer,
    ForeignRegistration,
    NoRegistration,
    Registration,
    RequiredScopes,
    UnseenScopes,
)
from tpe_audit.facts.well_known import ACS_APPLICATION_ID, MANAGE_CALLS

AREA, SEVERITY, OWNER = Area.CLIENT, Severity.BLOCKER, Owner.DEVELOPER
CODES = ("AADSTS65001", "lacks a service principal")
CONSUMERS = (Consumer.THIRD_PARTY,)
REQUIRES = ("acs-service-principal",)
QUESTION = "Does whoever owns the application confirm that it asks for TeamsExtension.ManageCalls?"
LINK = (
    "https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/"
    "teams-phone-extensibility-access-teams-phone"
)


def check(
    application: ClientApplication,
    registration: Registration | NoRegistration | ForeignRegistration,
    required: RequiredScopes | UnseenScopes,
    offered: AcsScopes,
) -> Verdict:
    expected, scope = f"{MANAGE_CALLS} of {ACS_APPLICATION_ID}", offered.id_of(MANAGE_CALLS)
    if isinstance(registration, NoRegistration):
        why = f"The tenant {registration.tenant_id}, which should own the application, has no registration of it."
        return Fail(why, "no app registration", expected, application.look())
    if isinstance(registration, ForeignRegistration):
        return Manual(registration.words, about={"client_id": application.client_id})
    if isinstance(required, UnseenScopes):
        return Unknown("The registration was read, but not the permissions that it asks for.")
    if not scope:
        return Unknown(f"The tenant's service principal of Azure Communication Services offers no {MANAGE_CALLS}.")
    if (ACS_APPLICATION_ID, scope) in required.scopes:
        return Pass(f"The registration {registration.name} asks for {MANAGE_CALLS}.", observed=scope)
    why, others = f"The registration {registration.name} does not ask for {MANAGE_CALLS}.", len(required.scopes)
    fix = application.ask_for(ACS_APPLICATION_ID, scope)
    return Fail(why, f"{others} other delegated permissions", expected, fix)
