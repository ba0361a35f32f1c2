"""The line's number is assigned to its resource account.

Teams finds the resource account by the number that is called. If no number is assigned to it, callers
hear a busy signal or that the number is not in service (511404), and outbound calls have no caller id. If
another number is assigned than config.toml says, the published number leads elsewhere.

## Fix

Assign the number to the account, with Microsoft Teams PowerShell.

    Set-CsPhoneNumberAssignment -Identity <upn> -TelephoneNumber <+number> -NumberType CallingPlan

The number type is `CallingPlan`, `OperatorConnect` or `DirectRouting`; `Get-CsPhoneNumberAssignment
-TelephoneNumber <+number>` shows that of a number that the tenant has. The account needs its licence
first: see `ra-license-assigned`. In the portal: Teams admin center > Voice > Phone numbers.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import ExpectedNumber, NoExpectedNumber, NoPhoneNumber, PhoneNumber, ResourceAccount

AREA, SEVERITY, OWNER = Area.NUMBER, Severity.BLOCKER, Owner.TEAMS_ADMIN
CODES = ("busy signal", "511404")
REQUIRES = ("ra-exists",)
LINK = "https://learn.microsoft.com/powershell/module/microsoftteams/set-csphonenumberassignment"


def check(
    account: ResourceAccount, number: PhoneNumber | NoPhoneNumber, expected: ExpectedNumber | NoExpectedNumber
) -> Verdict:
    wanted = expected.number if isinstance(expected, ExpectedNumber) else ""
    assign = powershell(
        "Set-CsPhoneNumberAssignment -Identity %s -TelephoneNumber %s -NumberType %s",
        account.user_principal_name or account.id,
        wanted or "<+number>",
        "<CallingPlan, OperatorConnect or DirectRouting>",
    )
    if isinstance(number, NoPhoneNumber):
        return Fail(
            "No number is assigned to the account.",
            observed="no number",
            expected=wanted or "a service number",
            fix=assign,
        )
    if wanted and number.number != wanted:
        return Fail(
            "Another number is assigned to the account than config.toml says.",
            observed=number.number,
            expected=wanted,
            fix=assign,
        )
    return Pass("The number is assigned to the account.", observed=number.number)
