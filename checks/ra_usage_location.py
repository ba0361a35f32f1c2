"""The resource account has a usage location.

Microsoft 365 assigns licences by country: without a usage location the account can't be given a licence,
a Calling Plan number can't be assigned to it, and where it names another country than the Pay-As-You-Go
plan's zone, outbound calls end with 404, subcode 580464.

This looks only whether a country is set; whether it is the right one is for you to see.

## Fix

Set the usage location to the country of the phone number, as its two-letter code.

    Update-MgUser -UserId <object id> -UsageLocation US

In the portal: Microsoft 365 admin center > Users > Active users > the account > Licenses and apps >
Select location.
"""

import re

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import ResourceAccount, UsageLocation

AREA, SEVERITY, OWNER = Area.ACCOUNT, Severity.MAJOR, Owner.LICENSE_ADMIN
CODES = ("404/580464",)
REQUIRES = ("ra-exists",)
LINK = "https://learn.microsoft.com/microsoftteams/manage-resource-accounts"


def check(account: ResourceAccount, location: UsageLocation) -> Verdict:
    if not re.fullmatch("[A-Za-z]{2}", location.country):
        return Fail(
            "The account has no usage location, and can't be given a licence without one.",
            observed=location.country or "none",
            expected="a two-letter country code, such as US",
            fix=powershell("Update-MgUser -UserId %s -UsageLocation %s", account.id, "<two-letter country code>"),
        )
    return Pass("The usage location is set.", observed=location.country)
