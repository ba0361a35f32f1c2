"""The Azure Communication Services application is present and enabled in the Teams tenant.

Applications that use Teams Phone extensibility ask Microsoft Entra for tokens to Microsoft's own
application *Azure Communication Services* (`1fd5118e-2576-4263-8130-9503064c837a`). A tenant that has
never used it has no service principal for it, and every consent then stops with "The app is trying to
access a service '1fd5118e-2576-4263-8130-9503064c837a'(Azure Communication Services) that your
organization lacks a service principal for".

## Fix

An Entra administrator adds the service principal once, or enables it again. The application id is
Microsoft's and the same in every tenant: don't change it.

    Connect-MgGraph -TenantId "<tenant id>" -Scopes Application.ReadWrite.All
    New-MgServicePrincipal -AppId "1fd5118e-2576-4263-8130-9503064c837a"

If the commands are missing, install them with `Install-Module Microsoft.Graph`. In the portal: Microsoft
Entra admin center > Enterprise applications > filter "Microsoft Applications" > Azure Communication
Services > Properties > Enabled for users to sign in.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import AcsServicePrincipal, NoAcsServicePrincipal, Tenant
from tpe_audit.facts.well_known import ACS_APPLICATION_ID

AREA, SEVERITY, OWNER = Area.TENANT, Severity.BLOCKER, Owner.ENTRA_ADMIN
CODES = ("lacks a service principal", "AADSTS650052")
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
    "teams-phone-extensibility-troubleshooting"
)


def check(tenant: Tenant, principal: AcsServicePrincipal | NoAcsServicePrincipal) -> Verdict:
    connect = powershell("Connect-MgGraph -TenantId %s -Scopes Application.ReadWrite.All", tenant.id)
    if isinstance(principal, NoAcsServicePrincipal):
        return Fail(
            "The tenant has no service principal of the application Azure Communication Services.",
            observed="no service principal",
            expected=f"a service principal of {ACS_APPLICATION_ID}, enabled",
            fix=(connect, powershell("New-MgServicePrincipal -AppId %s", ACS_APPLICATION_ID)),
        )
    if not principal.enabled:
        return Fail(
            "Sign-in to the application Azure Communication Services is switched off.",
            observed="accountEnabled is false",
            expected="accountEnabled is true",
            fix=(
                connect,
                powershell(
                    "Update-MgServicePrincipal -ServicePrincipalId %s -AccountEnabled:$true",
                    principal.object_id,
                ),
            ),
        )
    return Pass("The service principal is there and enabled.", observed=principal.object_id)
