"""The number is a service number.

Teams Phone extensibility works with service numbers only: numbers that may be assigned to a voice
application. A Calling Plan number for users (`userAssignment` alone) is refused when it is assigned, or
calls to it don't reach the application. Direct Routing numbers may usually be used for both. Numbers
bought in Azure Communication Services can't be used at all.

## Fix

Change the number's usage to Voice applications, or get a service number and assign that.

In the portal: Teams admin center > Voice > Phone numbers > select the number > Change usage > Voice
applications. Only a number that is assigned to nobody can be changed: unassign it first, and assign it
again afterwards. What a number may be used for is shown by

    Get-CsPhoneNumberAssignment -TelephoneNumber <+number> | Format-List NumberType, Capability

For a new one see https://learn.microsoft.com/microsoftteams/getting-service-phone-numbers.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import NumberCapabilities, PhoneNumber

AREA, SEVERITY, OWNER = Area.NUMBER, Severity.BLOCKER, Owner.TEAMS_ADMIN
CODES = ("busy signal",)
REQUIRES = ("number-assigned",)
LINK = "https://learn.microsoft.com/microsoftteams/manage-the-usage-of-a-phone-number"


def check(number: PhoneNumber, capabilities: NumberCapabilities) -> Verdict:
    observed = ", ".join(capabilities.values) or "no capability"
    if "voiceApplicationAssignment" not in capabilities.values:
        return Fail(
            "The number is no service number: it may not be assigned to a voice application.",
            observed=observed,
            expected="voiceApplicationAssignment",
            fix=powershell(
                "Get-CsPhoneNumberAssignment -TelephoneNumber %s | Format-List 'NumberType', 'Capability'",
                number.number,
            ),
        )
    return Pass("The number is a service number.", observed=observed)
