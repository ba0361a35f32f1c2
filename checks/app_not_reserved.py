"""The application is your own, not one that Microsoft reserves.

A resource account may be bound to Microsoft's own applications *Auto attendant*
(`ce933385-9390-45d1-9512-c8d228074e07`) and *Call queue* (`11cd3e2e-fccb-42ad-ad00-878b93575e07`), but
with these, or any other application of Microsoft, Teams Phone extensibility does not work: no call is
offered to your application, and Azure answers 400 Bad Request when the Teams channel is added to a bot
that has such an id.

In Dynamics 365 the application is Microsoft's and right: only the two ids above are refused there.

## Fix

Register an application of your own in Microsoft Entra, make the Azure Bot anew with its id, and bind the
account to it. Choosing a type for the account in the Teams admin center may put a reserved id back.

    Set-CsOnlineApplicationInstance -Identity <upn> -ApplicationId <app id> -AcsResourceId <acs id>
    Sync-CsOnlineApplicationInstance -ObjectId <object id> -ApplicationId <app id> -AcsResourceId <acs id>

In the portal: Microsoft Entra admin center > App registrations > New registration.
"""

from tpe_audit import Area, Fail, Manual, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import Application, ApplicationOwner, Consumer, Deployment, LineIds, UnseenApplication
from tpe_audit.facts.well_known import MICROSOFT_TENANT_ID, RESERVED_APPLICATIONS

AREA, SEVERITY, OWNER = Area.APP, Severity.BLOCKER, Owner.TEAMS_ADMIN
CODES = ("403/10105", "400 Bad Request on adding the Teams channel", "busy signal")
QUESTION = "Whose application is it: your own or your provider's, and not one of Microsoft's?"
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
    "teams-phone-extensibility-troubleshooting"
)


def check(application: Application, owner: ApplicationOwner | UnseenApplication, deployment: Deployment) -> Verdict:
    reserved = RESERVED_APPLICATIONS.get(application.client_id.casefold(), "")
    microsofts = isinstance(owner, ApplicationOwner) and owner.tenant_id.casefold() == MICROSOFT_TENANT_ID
    dynamics = deployment.consumer is Consumer.DYNAMICS_365
    if reserved or (microsofts and not dynamics):
        wanted = "Dynamics App ID" if dynamics else "id of your own application"
        which = f'"{reserved}", which' if reserved else "one that"
        return Fail(
            f"The application is {which} Microsoft reserves for itself.",
            observed=application.client_id,
            expected=f"the {wanted}",
            fix=(
                powershell(
                    "Get-CsOnlineApplicationInstance | Where-Object ApplicationId -eq %s",
                    application.client_id,
                ),
                *LineIds("<upn>", "<object id>", f"<{wanted}>", "<immutable resource id>").bind,
            ),
        )
    if isinstance(owner, UnseenApplication) and not dynamics:
        return Manual(
            "Neither tenant knows the application, so its owner can't be read.",
            about={"client_id": application.client_id},
        )
    return Pass("The application is none that Microsoft reserves.", observed=application.client_id)
