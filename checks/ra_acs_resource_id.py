"""The resource account is bound to the ACS resource that serves its line.

The resource account's `AcsResourceId` tells Teams which Azure Communication Services resource receives
the call. If it is empty, callers hear a busy signal, or silence and then the call ends; if it is another
resource's, calls arrive there, or nowhere if that one was deleted. It is the *immutable resource id*, a
GUID; the ARM id does not work.

What it should be is the `acs_resource` of the line in config.toml; where none is declared, the id must be
that of an ACS resource that can be found.

## Fix

Bind the account, then copy the binding to the Agent Provisioning Service. Microsoft Teams PowerShell
(module MicrosoftTeams 6.1.1 or later) does both; the Teams admin center can't.

    Set-CsOnlineApplicationInstance -Identity <upn> -ApplicationId <app id> -AcsResourceId <acs id>
    Sync-CsOnlineApplicationInstance -ObjectId <object id> -ApplicationId <app id> -AcsResourceId <acs id>

The immutable id stands in the Azure portal: Communication Service > Properties > Immutable resource ID.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict
from tpe_audit.facts import (
    BoundAcsResource,
    Consumer,
    ExpectedAcsResource,
    LineIds,
    NoBoundAcsResource,
    ResourceAccount,
)

AREA, SEVERITY, OWNER = Area.ACCOUNT, Severity.BLOCKER, Owner.TEAMS_ADMIN
CODES = ("busy signal", "no audio")
REQUIRES = ("ra-exists",)
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
LINK = "https://learn.microsoft.com/powershell/module/microsoftteams/set-csonlineapplicationinstance"


def check(
    account: ResourceAccount,
    bound: BoundAcsResource | NoBoundAcsResource,
    expected: ExpectedAcsResource,
    ids: LineIds,
) -> Verdict:
    if isinstance(bound, NoBoundAcsResource):
        return Fail(
            f"The account is bound to no ACS resource. {ids.DELAY}",
            observed="no ACS resource id",
            expected=f"{expected.immutable_id} ({expected.why})",
            fix=ids.bind,
        )
    if bound.immutable_id.casefold() != expected.immutable_id.casefold():
        return Fail(
            f"The account is bound to another ACS resource than {expected.why} says. {ids.DELAY}",
            observed=bound.immutable_id,
            expected=expected.immutable_id,
            fix=ids.bind,
        )
    return Pass(f"The account is bound to the ACS resource that {expected.why} says.", observed=bound.immutable_id)
