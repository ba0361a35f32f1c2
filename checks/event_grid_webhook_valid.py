"""The webhook of incoming calls was validated, and events reach it.

Event Grid delivers events only to an https address that has answered its validation handshake. Until then
the subscription waits (`AwaitingManualAction`) and delivers nothing: calls are not answered in time (8586,
8587, 8610), or no call arrives at all. A webhook that is protected by Entra ID also needs the right tenant,
audience and application role, or deliveries end with 401 or 403.

The set-up is read. Whether deliveries succeed is shown by metrics that a person has to look at.

## Fix

Let the application answer the handshake with the `validationResponse`, and save the subscription again;
for a protected webhook, correct tenant, application id and role.

    az eventgrid event-subscription show --name <name> --source-resource-id <ARM id>

In the portal: Communication Service > Events > the subscription > Metrics > Delivery Failed Events.
"""

from tpe_audit import Area, Fail, Manual, NotApplicable, Owner, Severity, Unknown, Verdict, bash
from tpe_audit.facts import AcsResource, Consumer, EventDelivery, ResourceAccount, UnreadEventDelivery
from tpe_audit.facts.well_known import INCOMING_CALL_EVENT

AREA, SEVERITY, OWNER = Area.EVENTS, Severity.BLOCKER, Owner.AZURE_ADMIN
CODES = ("8586", "8587", "8610", "no audio")
REQUIRES = ("ra-exists", "acs-exists")
QUESTION = "Do the metrics of the Event Grid subscription show deliveries of the last days, and none that failed?"
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
LINK = "https://learn.microsoft.com/azure/communication-services/concepts/call-automation/incoming-call-notification"


def check(
    account: ResourceAccount, acs: AcsResource, deliveries: tuple[EventDelivery | UnreadEventDelivery, ...]
) -> Verdict:
    calls = [d for d in deliveries if isinstance(d, EventDelivery) and d.may_deliver(INCOMING_CALL_EVENT)]
    webhooks = [delivery for delivery in calls if delivery.destination == "WebHook"]
    ready = [delivery for delivery in webhooks if not delivery.lack]
    if ready:
        where = ", ".join(f"{delivery.name} ({delivery.endpoint or 'address not told'})" for delivery in ready)
        return Manual(f"Look whether the deliveries succeed: {where}.", {"webhooks": where})
    if unread := [delivery for delivery in deliveries if isinstance(delivery, UnreadEventDelivery)]:
        return Unknown(" ".join(f"{delivery.name}: {delivery.reason}" for delivery in unread))
    if others := [delivery for delivery in calls if delivery not in webhooks]:
        return NotApplicable(f"Calls are delivered to {others[0].destination}, which needs no validation.")
    if not webhooks:
        return NotApplicable("No event subscription tells a webhook of incoming calls.")
    show = "az eventgrid event-subscription show --name %s --source-resource-id %s"
    return Fail(
        "The webhook of incoming calls is not valid, so no event is delivered to it.",
        observed="; ".join(f"{delivery.name} {delivery.lack}" for delivery in webhooks),
        expected="an https address that has answered the validation handshake",
        fix=tuple(bash(show, delivery.name, acs.arm_id) for delivery in webhooks),
    )
