"""The resource account is bound to the ACS resource of this Dynamics 365 environment.

Each environment has an ACS resource of its own, sandbox and production too. An account that is bound to another
one sends its calls to another environment, or nowhere: callers hear a busy signal, or agents see a call that can't
be accepted. "Sync from Teams" does not list the number either.

The id of the environment is read from Dataverse, column `msdyn_occommunicationproviderimmutableid` of the table
`msdyn_occommunicationprovidersettings`. Microsoft does not document them; a community tool reads them.

## Fix

Bind the account to the environment's id, with Microsoft Teams PowerShell, then "Sync from Teams" again.

    Set-CsOnlineApplicationInstance -Identity <upn> -ApplicationId <Dynamics App ID> -AcsResourceId <acs id>
    Sync-CsOnlineApplicationInstance -ObjectId <object id> -ApplicationId <Dynamics App ID> -AcsResourceId <acs id>

In the Copilot Service admin center: Channels > Manage telephony > Teams phone system shows both ids.
"""

from dataclasses import replace

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict
from tpe_audit.facts import (
    BoundAcsResource,
    Consumer,
    Environment,
    EnvironmentAcsResource,
    LineIds,
    NoBoundAcsResource,
    ResourceAccount,
)

AREA, SEVERITY, OWNER = Area.DYNAMICS, Severity.BLOCKER, Owner.TEAMS_ADMIN
CODES = ("400801", "403/2203", "busy signal", "Calls in the wrong environment", "Sync from Teams 500 or empty")
REQUIRES = ("ra-exists", "d365-voice-provisioned")
CONSUMERS = (Consumer.DYNAMICS_365,)
LINK = "https://learn.microsoft.com/dynamics365/contact-center/administer/configure-teams-phone-in-voice-channel"


def check(
    account: ResourceAccount,
    bound: BoundAcsResource | NoBoundAcsResource,
    environment: Environment,
    own: EnvironmentAcsResource,
    ids: LineIds,
) -> Verdict:
    bind = replace(ids, acs_resource_id=own.immutable_ids[0]).bind
    expected = f"{' or '.join(own.immutable_ids)} ({environment.subject.name})"
    if isinstance(bound, NoBoundAcsResource):
        reason = f"The account is bound to no ACS resource. {ids.DELAY}"
        return Fail(reason, observed="no ACS resource id", expected=expected, fix=bind)
    if bound.immutable_id.casefold() not in own.immutable_ids:
        reason = f"The account is bound to another ACS resource than that of the environment. {ids.DELAY}"
        return Fail(reason, observed=bound.immutable_id, expected=expected, fix=bind)
    return Pass("The account is bound to the ACS resource of the environment.", observed=bound.immutable_id)
