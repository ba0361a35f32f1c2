"""The application Skype and Teams Tenant Admin API is present and enabled in the Teams tenant.

Teams PowerShell signs in to Microsoft's own application *Skype and Teams Tenant Admin API*
(`48ac35b8-9aa8-4d74-927d-1f4a14a0b239`). Where a tenant has no service principal of it, or sign-in to it is
switched off, `Connect-MicrosoftTeams` fails. Microsoft Graph reads resource accounts through the same
application; whether that fails too is not documented.

Calls are not affected: only whoever has to set something up.

## Fix

An Entra administrator adds the service principal once, or enables it again. The application id is
Microsoft's and the same in every tenant: don't change it.

    Connect-MgGraph -TenantId "<tenant id>" -Scopes Application.ReadWrite.All
    New-MgServicePrincipal -AppId "48ac35b8-9aa8-4d74-927d-1f4a14a0b239"

In the portal: Microsoft Entra admin center > Enterprise applications > filter "Microsoft Applications" >
Skype and Teams Tenant Admin API > Properties > Enabled for users to sign in.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import NoTeamsAdminApi, TeamsAdminApi, Tenant
from tpe_audit.facts.well_known import TEAMS_ADMIN_API_ID

AREA, SEVERITY, OWNER = Area.TENANT, Severity.MINOR, Owner.ENTRA_ADMIN
CODES = ("resourceAccounts 403",)
LINK = "https://learn.microsoft.com/microsoftteams/teams-powershell-application-authentication"


def check(tenant: Tenant, principal: TeamsAdminApi | NoTeamsAdminApi) -> Verdict:
    connect = powershell("Connect-MgGraph -TenantId %s -Scopes Application.ReadWrite.All", tenant.id)
    expected = f"a service principal of {TEAMS_ADMIN_API_ID}, enabled"
    if isinstance(principal, NoTeamsAdminApi):
        return Fail(
            "The tenant has no service principal of the application that Teams PowerShell signs in to.",
            observed="no service principal",
            expected=expected,
            fix=(connect, powershell("New-MgServicePrincipal -AppId %s", TEAMS_ADMIN_API_ID)),
        )
    if not principal.enabled:
        enable = "Update-MgServicePrincipal -ServicePrincipalId %s -AccountEnabled:$true"
        return Fail(
            "Sign-in to the application that Teams PowerShell signs in to is switched off.",
            observed="accountEnabled is false",
            expected=expected,
            fix=(connect, powershell(enable, principal.object_id)),
        )
    return Pass("The service principal is there and enabled.", observed=principal.object_id)
