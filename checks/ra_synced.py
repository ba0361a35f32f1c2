"""The account's binding was copied to the Agent Provisioning Service.

`Set-CsOnlineApplicationInstance` changes what the resource account is bound to; calls are routed by a
copy of it in the Agent Provisioning Service, which `Sync-CsOnlineApplicationInstance` makes. Without the
copy the account looks right, but no call reaches the application: callers hear a busy signal, or silence
and then the call ends.

No API and no cmdlet reads that copy, so a person has to answer. The answer holds for the two ids that the
account is bound to now, and lapses when one of them changes.

## Fix

Run the cmdlet with the ids that the account is bound to, place a test call, and record the answer under
`[[attestations]]` in config.toml.

    Sync-CsOnlineApplicationInstance -ObjectId <object id> -ApplicationId <app id> -AcsResourceId <acs id>

"An item with the same key has already been added" means that there is a copy, not that it is the right
one: remove it first, by running the cmdlet with the application id 00000000-0000-0000-0000-000000000000,
then run it again with the right ids. Others report that it takes from a minute to some hours.
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import (
    BoundAcsResource,
    BoundApplication,
    LineIds,
    NoBoundAcsResource,
    NoBoundApplication,
    ResourceAccount,
)

AREA, SEVERITY, OWNER = Area.ACCOUNT, Severity.BLOCKER, Owner.TEAMS_ADMIN
CODES = ("busy signal", "no audio", "An item with the same key has already been added")
REQUIRES = ("ra-exists", "ra-application-id", "ra-acs-resource-id", "d365-app-id", "d365-acs-id-match")
QUESTION = (
    "Was Sync-CsOnlineApplicationInstance run after the account was last bound, with the ids that it is "
    "bound to, and did a test call reach the application since?"
)
LINK = "https://learn.microsoft.com/powershell/module/microsoftteams/sync-csonlineapplicationinstance"


def check(
    account: ResourceAccount,
    application: BoundApplication | NoBoundApplication,
    acs: BoundAcsResource | NoBoundAcsResource,
    ids: LineIds,
) -> Verdict:
    return Manual(
        f"Nothing can read whether the binding was copied. If in doubt, run: {ids.sync}",
        about={
            "application_id": application.client_id if isinstance(application, BoundApplication) else "",
            "acs_resource_id": acs.immutable_id if isinstance(acs, BoundAcsResource) else "",
        },
    )
