"""The resource account is bound to the application that serves its line.

The resource account's `ApplicationId` tells Teams whose application owns the account. If it is empty, or
another application's, the call never reaches the application: callers hear a busy signal instead of the
greeting, or calls end with 403, subcode 10105.

What it should be is the `application_id` of the line in config.toml; where none is declared, the id must
be that of an Azure Bot that can be found.

## Fix

Bind the account, then copy the binding to the Agent Provisioning Service. Microsoft Teams PowerShell
(module MicrosoftTeams 6.1.1 or later) does both; the Teams admin center can't.

    Set-CsOnlineApplicationInstance -Identity <upn> -ApplicationId <app id> -AcsResourceId <acs id>
    Sync-CsOnlineApplicationInstance -ObjectId <object id> -ApplicationId <app id> -AcsResourceId <acs id>

Microsoft documents no time for the change to take effect; others report a minute to some hours.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict
from tpe_audit.facts import (
    BoundApplication,
    Consumer,
    ExpectedApplication,
    LineIds,
    NoBoundApplication,
    ResourceAccount,
)

AREA, SEVERITY, OWNER = Area.ACCOUNT, Severity.BLOCKER, Owner.TEAMS_ADMIN
CODES = ("busy signal", "403/10105", "no audio")
REQUIRES = ("ra-exists", "app-not-reserved")
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
LINK = "https://learn.microsoft.com/powershell/module/microsoftteams/set-csonlineapplicationinstance"


def check(
    account: ResourceAccount,
    bound: BoundApplication | NoBoundApplication,
    expected: ExpectedApplication,
    ids: LineIds,
) -> Verdict:
    if isinstance(bound, NoBoundApplication):
        return Fail(
            f"The account is bound to no application. {ids.DELAY}",
            observed="no application id",
            expected=f"{expected.client_id} ({expected.why})",
            fix=ids.bind,
        )
    if bound.client_id.casefold() != expected.client_id.casefold():
        return Fail(
            f"The account is bound to another application than {expected.why} says. {ids.DELAY}",
            observed=bound.client_id,
            expected=expected.client_id,
            fix=ids.bind,
        )
    return Pass(f"The account is bound to the application that {expected.why} says.", observed=bound.client_id)
