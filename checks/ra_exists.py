"""The line's resource account exists.

A line's number is assigned to a Teams resource account, and the account names the application and the ACS
resource that serve the line. Without it callers hear a busy signal, or that the number is not in service
(511404). A user made in the Microsoft Entra or Microsoft 365 admin center is no resource account, even
under the same name.

## Fix

Make the resource account with Microsoft Teams PowerShell (module MicrosoftTeams 6.1.1 or later), never in
a portal. If it was deleted by mistake, restore the deleted user in Microsoft Entra.

    New-CsOnlineApplicationInstance -UserPrincipalName <upn> -ApplicationId <bot app id> -DisplayName <name>

Where it exists, see that config.toml names it rightly: `account` under `[[deployment.lines]]` is its user
principal name or its object id. Where no line is configured, lines are found by their ACS resource id: an
account that has none, and whose application no other such account has, is not taken for a line.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import NoLine, NoResourceAccount, ResourceAccount

AREA, SEVERITY, OWNER = Area.ACCOUNT, Severity.BLOCKER, Owner.TEAMS_ADMIN
CODES = ("busy signal", "511404")
LINK = "https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/teams-phone-extensibility-quickstart"


def check(account: ResourceAccount) -> Verdict:
    return Pass("The resource account exists.", observed=account.id)


def absent(account: NoResourceAccount | NoLine) -> Verdict:
    name = "<user principal name>"
    if isinstance(account, NoLine):
        reason = (
            "No line is configured, and none was found: of the tenant's resource accounts "
            f"({account.accounts_seen} seen) none is bound to an ACS resource."
        )
        observed = f"{account.accounts_seen} resource accounts, none on a line"
    elif account.user_exists:
        reason = "There is such a user, but it is no resource account. Make one under another name."
        observed = "a user"
    else:
        reason = "There is no such resource account in the tenant."
        observed = "no account"
        name = account.configured if "@" in account.configured else name
    return Fail(
        reason,
        observed=observed,
        expected="a resource account made with New-CsOnlineApplicationInstance",
        fix=powershell(
            "New-CsOnlineApplicationInstance -UserPrincipalName %s -ApplicationId %s -DisplayName %s",
            name,
            "<bot app id>",
            "<name>",
        ),
    )
