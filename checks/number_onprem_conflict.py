"""The number is kept online, not by an on-premises directory.

A number that an on-premises attribute (`msRTCSIP-Line`) still holds is assigned by the synchronisation from
there. `Set-CsPhoneNumberAssignment` refuses it, and what is changed online may be undone.

## Fix

Clear the attribute in the on-premises directory, wait for the synchronisation, and assign the number
online.

    Set-ADUser -Identity <account> -Clear 'msRTCSIP-Line'
    Set-CsPhoneNumberAssignment -Identity <account> -TelephoneNumber <+number> -NumberType DirectRouting

The first command runs where the on-premises directory is managed.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Unknown, Verdict, powershell
from tpe_audit.facts import NumberSource, NumberType, PhoneNumber

AREA, SEVERITY, OWNER = Area.NUMBER, Severity.MINOR, Owner.TEAMS_ADMIN
CODES = ("number cannot be assigned",)
REQUIRES = ("number-assigned",)
LINK = "https://learn.microsoft.com/powershell/module/microsoftteams/set-csphonenumberassignment"


def check(number: PhoneNumber, source: NumberSource, kind: NumberType) -> Verdict:
    if not source.value:
        return Unknown("Microsoft Graph does not say where the number's assignment is kept (numberSource is null).")
    if source.value == "online":
        return Pass("The number is kept online.", observed=source.value)
    return Fail(
        "The number is kept by an on-premises directory, which stands in the way of assigning it online.",
        observed=source.value,
        expected="online",
        fix=(
            powershell("Set-ADUser -Identity %s -Clear 'msRTCSIP-Line'", "<the account on premises>"),
            powershell(
                "Set-CsPhoneNumberAssignment -Identity %s -TelephoneNumber %s -NumberType %s",
                number.account.id,
                number.number,
                kind.value.words.replace(" ", ""),
            ),
        ),
    )
