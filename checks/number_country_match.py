"""The number and its resource account belong to the same country.

A number is assigned, and its calls are paid for, in the country of the account's usage location. A
Pay-As-You-Go plan for the zone of another country does not pay for the number's calls, and the assignment
of a Calling Plan number may be refused.

Which countries belong to which Pay-As-You-Go zone is not published as a list that this check could use, so
the plan's zone is not compared.

## Fix

Set the account's usage location to the country of the number, or assign a number of the account's country.

    Update-MgUser -UserId <object id> -UsageLocation <two-letter country code>
"""

from tpe_audit import Area, Fail, NotApplicable, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import NumberCountry, PhoneNumber, UsageLocation

AREA, SEVERITY, OWNER = Area.NUMBER, Severity.MINOR, Owner.TEAMS_ADMIN
CODES = ("404/580464",)
REQUIRES = ("number-assigned", "ra-usage-location")
LINK = "https://learn.microsoft.com/microsoftteams/manage-resource-accounts"


def check(number: PhoneNumber, country: NumberCountry, location: UsageLocation) -> Verdict:
    if not country.country:
        return NotApplicable("Microsoft Graph states no country for the number, so there is nothing to compare.")
    if country.country.casefold() == location.country.casefold():
        return Pass("The number and its account belong to the same country.", observed=country.country)
    return Fail(
        f"The number belongs to {country.country}, its account to {location.country or 'no country'}.",
        observed=location.country or "no usage location",
        expected=country.country,
        fix=powershell("Update-MgUser -UserId %s -UsageLocation %s", number.account.id, country.country),
    )
