"""The resource account is bound to the Dynamics App ID of the environment.

With Dynamics 365 Contact Center the account is bound to an application of Microsoft's; the environment shows its
id as *Dynamics App ID*. With another id, or none, no call reaches Dynamics (callers hear a busy signal), and the
number is not listed on "Sync from Teams".

No interface has the id. What it should be is the `application_id` of the line in config.toml; where none is
declared, a person is asked to compare. The commands on Microsoft's page contain
`4b8f0dce-d7d5-47a3-a27c-1764b90505e2`, while Microsoft's script asks for the value: what the environment shows
counts.

## Fix

Bind the account to the id that the environment shows, with Microsoft Teams PowerShell, then "Sync from Teams".

    Set-CsOnlineApplicationInstance -Identity <upn> -ApplicationId <Dynamics App ID> -AcsResourceId <acs id>
    Sync-CsOnlineApplicationInstance -ObjectId <object id> -ApplicationId <Dynamics App ID> -AcsResourceId <acs id>

In the Copilot Service admin center: Channels > Manage telephony > Teams phone system shows both ids.
"""

from dataclasses import replace

from tpe_audit import Area, Fail, Manual, Owner, Pass, Severity, Verdict
from tpe_audit.facts import (
    BoundApplication,
    Consumer,
    DynamicsApplicationId,
    LineIds,
    NoBoundApplication,
    NoDynamicsApplicationId,
    ResourceAccount,
)
from tpe_audit.facts.well_known import DYNAMICS_SHOWN_APPLICATION_ID

AREA, SEVERITY, OWNER = Area.DYNAMICS, Severity.BLOCKER, Owner.TEAMS_ADMIN
CODES = ("busy signal", "400801", "Sync from Teams 500 or empty")
REQUIRES = ("ra-exists", "app-not-reserved")
QUESTION = "Is this the Dynamics App ID that Manage telephony > Teams phone system shows for the environment?"
CONSUMERS = (Consumer.DYNAMICS_365,)
LINK = "https://learn.microsoft.com/dynamics365/contact-center/administer/configure-teams-phone-in-voice-channel"


def check(
    account: ResourceAccount,
    bound: BoundApplication | NoBoundApplication,
    expected: DynamicsApplicationId | NoDynamicsApplicationId,
    ids: LineIds,
) -> Verdict:
    wanted = expected.client_id if isinstance(expected, DynamicsApplicationId) else "<Dynamics App ID>"
    bind = replace(ids, application_id=wanted).bind
    if isinstance(bound, NoBoundApplication):
        reason = f"The account is bound to no application. {ids.DELAY}"
        return Fail(reason, observed="no application id", expected=wanted, fix=bind)
    if isinstance(expected, NoDynamicsApplicationId):
        differs = bound.client_id.casefold() != DYNAMICS_SHOWN_APPLICATION_ID
        hint = f" It is not {DYNAMICS_SHOWN_APPLICATION_ID}, which Microsoft's page contains." if differs else ""
        reason = f"Compare {bound.client_id} with the Dynamics App ID that the environment shows.{hint}"
        return Manual(reason, about={"application_id": bound.client_id})
    if bound.client_id.casefold() != expected.client_id.casefold():
        reason = f"The account is bound to another application than config.toml says. {ids.DELAY}"
        return Fail(reason, observed=bound.client_id, expected=wanted, fix=bind)
    return Pass("The account is bound to the Dynamics App ID that config.toml says.", observed=bound.client_id)
