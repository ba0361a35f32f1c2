"""Nobody can sign in as the resource account.

A resource account needs no sign-in: `accountEnabled` false (`AccountEnabled=False` in Get-CsOnlineUser)
is its right state, and never the cause of a call that fails. Where sign-in is allowed, the account has a
password that somebody may guess or know, and Conditional Access and password policies concern themselves
with it. That is a finding about security; calls work either way.

Microsoft's advice is written for the resource accounts of auto attendants and call queues; no page on
Teams Phone extensibility says otherwise.

## Fix

Block sign-in for the account.

    Update-MgUser -UserId <object id> -AccountEnabled:$false

In the portal: Microsoft 365 admin center > Users > Active users > the account > Block sign-in.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import ResourceAccount, SignIn

AREA, SEVERITY, OWNER = Area.ACCOUNT, Severity.MINOR, Owner.ENTRA_ADMIN
REQUIRES = ("ra-exists",)
LINK = "https://learn.microsoft.com/microsoftteams/manage-resource-accounts"


def check(account: ResourceAccount, sign_in: SignIn) -> Verdict:
    if sign_in.enabled:
        return Fail(
            "Sign-in is allowed for the account, which it does not need. Calls work all the same.",
            observed="accountEnabled is true",
            expected="accountEnabled is false",
            fix=powershell("Update-MgUser -UserId %s -AccountEnabled:$false", account.id),
        )
    return Pass("Sign-in is blocked, as it should be.", observed="accountEnabled is false")
