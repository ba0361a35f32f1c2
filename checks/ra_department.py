"""Teams knows the resource account by its department.

The user behind a resource account has the department *Microsoft Communication Application Instance*; Teams
writes it, and knows the account by it. Where it was edited, or still says *Skype for Business Application
Endpoint* as in hybrid days, Teams does not take the account for an application: cmdlets do not list it, and
calls to it end with 480, subcode 10037.

The value is right for every resource account. With it, a client must name the account as a Teams application
(`MicrosoftTeamsAppIdentifier`), not as a user.

## Fix

Make the account anew, which is what Microsoft prefers, or restore the value. Where a directory on your own
premises is the source of it, change it there.

    Update-MgUser -UserId <object id> -Department 'Microsoft Communication Application Instance'

In the portal: Microsoft Entra admin center > Users > the account > Properties > Job information > Department.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import Department, ResourceAccount
from tpe_audit.facts.well_known import HYBRID_DEPARTMENT, RESOURCE_ACCOUNT_DEPARTMENT

AREA, SEVERITY, OWNER = Area.ACCOUNT, Severity.MAJOR, Owner.TEAMS_ADMIN
CODES = ("480/10037",)
REQUIRES = ("ra-exists",)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/resources/troubleshooting/voice-video-calling/"
    "troubleshooting-codes"
)


def check(account: ResourceAccount, department: Department) -> Verdict:
    if department.value == RESOURCE_ACCOUNT_DEPARTMENT:
        return Pass("The department is the one that Teams knows resource accounts by.", observed=department.value)
    old = department.value == HYBRID_DEPARTMENT
    return Fail(
        "The department is the one of hybrid days, and Teams does not know the account by it."
        if old
        else "The department was changed, and Teams does not know the account by it.",
        observed=department.value or "empty",
        expected=RESOURCE_ACCOUNT_DEPARTMENT,
        fix=powershell("Update-MgUser -UserId %s -Department %s", account.id, RESOURCE_ACCOUNT_DEPARTMENT),
    )
