r"""An Event Grid subscription delivers the account's incoming calls.

The ACS resource tells your application of a call by the event `Microsoft.Communication.IncomingCall`. If
no Event Grid subscription of the resource delivers that event for this account, nobody answers: the
caller hears ringing or silence until the call ends.

A subscription serves the account if it lists the event, was provisioned, has not expired, and none of its
filters keeps out the account's id (`28:orgid:<object id>`, in `data.to.rawId`).

## Fix

Subscribe your application to the event; or mend the subscription that is there: add the event type, renew
it, or widen its filter.

    az eventgrid event-subscription create --name <name> --source-resource-id <ARM id> \
        --endpoint https://<your application> --included-event-types Microsoft.Communication.IncomingCall

In the portal: Communication Service > Events > + Event Subscription > Filter to Event Types: Incoming
Call.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import (
    AcsResource,
    Collected,
    Consumer,
    EventSubscription,
    ResourceAccount,
    UnreadEventSubscription,
)
from tpe_audit.facts.well_known import INCOMING_CALL_EVENT

AREA, SEVERITY, OWNER = Area.EVENTS, Severity.BLOCKER, Owner.AZURE_ADMIN
CODES = ("no audio",)
REQUIRES = ("ra-exists", "acs-exists", "event-grid-webhook-valid")
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
LINK = "https://learn.microsoft.com/azure/communication-services/concepts/call-automation/incoming-call-notification"


def check(
    account: ResourceAccount,
    acs: AcsResource,
    subscriptions: tuple[EventSubscription | UnreadEventSubscription, ...],
    collected: Collected,
) -> Verdict:
    raw_id = f"28:orgid:{account.id}".casefold()
    lacks: list[str] = []
    doubts: list[str] = []
    for subscription in subscriptions:
        if isinstance(subscription, UnreadEventSubscription):
            doubts.append(f"{subscription.name}: {subscription.reason}")
        elif lack := subscription.shortfall(INCOMING_CALL_EVENT, raw_id, collected.at):
            lacks.append(f"{subscription.name} {lack}")
        elif doubt := subscription.doubt(raw_id):
            doubts.append(f"{subscription.name}: {doubt}")
        else:
            return Pass(f"The subscription {subscription.name} delivers the calls.", subscription.destination)
    if doubts:
        return Unknown(f"Whether a subscription delivers the calls can't be told. {' '.join(doubts)}")
    return Fail(
        f"No Event Grid subscription of {acs.name} delivers the account's incoming calls.",
        observed="; ".join(lacks) or "no subscription",
        expected=f"a subscription that delivers {INCOMING_CALL_EVENT}",
        fix=acs.subscribe,
    )
