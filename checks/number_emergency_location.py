"""The number has an emergency location.

Where a country requires one, a Calling Plan or Operator Connect number is not assigned without an emergency
location, and an emergency call from it would not say where help is needed. A number that a shared calling
policy uses must have one in any case.

Which countries require it is not read, so this is a reminder and not a fault of every number.

## Fix

Give the number the emergency location of the site that it belongs to.

    Get-CsOnlineLisLocation
    Set-CsPhoneNumberAssignment -TelephoneNumber <+number> -LocationId <location id>

In the portal: Teams admin center > Voice > Phone numbers > select the number > Edit > Emergency location.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import NumberEmergencyLocation, NumberTypeName, PhoneNumber

AREA, SEVERITY, OWNER = Area.NUMBER, Severity.MINOR, Owner.TEAMS_ADMIN
CODES = ("emergency call without location",)
REQUIRES = ("number-assigned",)
NUMBER_TYPES = (NumberTypeName.CALLING_PLAN, NumberTypeName.OPERATOR_CONNECT)
LINK = "https://learn.microsoft.com/powershell/module/microsoftteams/new-csteamssharedcallingroutingpolicy"


def check(number: PhoneNumber, location: NumberEmergencyLocation) -> Verdict:
    if observed := location.location_id or location.civic_address_id:
        return Pass("The number has an emergency location.", observed=observed)
    return Fail(
        "The number has no emergency location, which some countries require.",
        observed="none",
        expected="an emergency location",
        fix=(
            powershell("Get-CsOnlineLisLocation"),
            powershell(
                "Set-CsPhoneNumberAssignment -TelephoneNumber %s -LocationId %s", number.number, "<location id>"
            ),
        ),
    )
