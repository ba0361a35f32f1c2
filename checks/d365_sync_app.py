"""An application may list resource accounts for the sync of Dynamics 365.

"Sync from Teams" lists the resource accounts with an application that is registered in the tenant and has the
delegated Graph permission `TeamsResourceAccount.Read.All`, with an admin's consent for the whole tenant. Without
one the sync ends with 500, or lists nothing. Which of the applications Dynamics uses can't be read; one that could
be used is enough here.

Microsoft's page also names `TeamsResourceAccount.Read`, which the list of Graph permissions does not have.

## Fix

Register an application, add the delegated permission of Microsoft Graph, and grant admin consent.

In the Microsoft Entra admin center: App registrations > the application > API permissions > Add a permission >
Microsoft Graph > Delegated permissions > TeamsResourceAccount.Read.All, then *Grant admin consent*.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict
from tpe_audit.facts import Consumer, SyncApplications, Tenant

AREA, SEVERITY, OWNER = Area.DYNAMICS, Severity.BLOCKER, Owner.ENTRA_ADMIN
CODES = ("Sync from Teams 500 or empty",)
CONSUMERS = (Consumer.DYNAMICS_365,)
LINK = "https://learn.microsoft.com/dynamics365/contact-center/administer/configure-teams-phone-in-voice-channel"


def check(tenant: Tenant, applications: SyncApplications) -> Verdict:
    if not applications.principals:
        return Fail(
            "No application has the delegated permission TeamsResourceAccount.Read.All with consent for the tenant.",
            observed="no such consent",
            expected="one application with it",
        )
    count = len(applications.principals)
    return Pass(
        f"{count} application{'s' if count > 1 else ''} may list resource accounts.",
        observed=", ".join(applications.principals),
    )
