"""Scenarios of the bot, the ACS resource, its consents and its events."""

from __future__ import annotations

from dataclasses import replace

from tpe_audit.simulator import contoso, well_known
from tpe_audit.simulator.contoso import IVR, SUPPORT, invented
from tpe_audit.simulator.scenario import Scenario
from tpe_audit.simulator.scenarios.registry import consents_without, identified, numbered, scenario, voice
from tpe_audit.simulator.state import Assignment, CommunicationService, EventSubscription, SystemTopic


@scenario(
    "10105",
    "The bot has no Teams channel",
    "The Azure bot has no Microsoft Teams channel: calls end with 403/10105 (NoPermission).",
)
def _10105(healthy: Scenario) -> Scenario:
    return healthy.change("bots", lambda bot: bot.app_id == contoso.BOT_APP_ID, teams=None)


@scenario(
    "reserved-app-id",
    "Bound to a reserved application",
    "Accounts and bot carry the application id of auto attendants; the bot's Teams channel could not be "
    "added (400 Bad Request) and no IncomingCall arrives.",
)
def _reserved_app_id(healthy: Scenario) -> Scenario:
    reserved = well_known.AUTO_ATTENDANT
    broken = healthy.change("resource_accounts", identified(IVR, SUPPORT), application_id=reserved)
    broken = broken.change("bots", lambda bot: bot.app_id == contoso.BOT_APP_ID, app_id=reserved, teams=None)
    for line in ("0", "1"):
        broken = broken.configure(f"deployment.lines.{line}.application_id", reserved)
    return broken


@scenario(
    "busy-signal",
    "Bound to an ACS resource that is gone",
    "support@contoso.com points to an ACS resource that no longer exists: callers hear a busy signal, no IncomingCall.",
)
def _busy_signal(healthy: Scenario) -> Scenario:
    gone = invented("communication service", "deleted")
    return healthy.change("resource_accounts", identified(SUPPORT), acs_resource_id=gone)


@scenario(
    "no-audio",
    "No server consent",
    "The ACS resource consents to neither account: no IncomingCall, no audio, the call disconnects.",
)
def _no_audio(healthy: Scenario) -> Scenario:
    return healthy.change("communication_services", voice, assignments=consents_without(IVR, SUPPORT))


@scenario(
    "no-incoming-call",
    "Nobody is told of incoming calls",
    "No Event Grid subscription delivers IncomingCall: callers hear ringing or silence, then the call ends.",
)
def _no_incoming_call(healthy: Scenario) -> Scenario:
    return healthy.in_subscription(
        system_topics=tuple(replace(topic, event_subscriptions=()) for topic in healthy.subscription.system_topics)
    )


@scenario(
    "8586",
    "The webhook did not answer the handshake",
    "Event Grid waits for the webhook to answer its validation handshake (AwaitingManualAction) and delivers no "
    "incoming call: 8586.",
)
def _8586(healthy: Scenario) -> Scenario:
    def waiting(topic: SystemTopic) -> tuple[EventSubscription, ...]:
        return tuple(replace(item, provisioning_state="AwaitingManualAction") for item in topic.event_subscriptions)

    waits = healthy.change("system_topics", event_subscriptions=waiting)
    return waits.without_attestation("event-grid-webhook-valid")


@scenario(
    "7510",
    "Access keys are switched off",
    "The ACS resource takes Entra ID only: an application without a managed identity and a role ends with "
    "403/7510. Nobody has said how the application signs in.",
)
def _7510(healthy: Scenario) -> Scenario:
    return healthy.change("communication_services", voice, disable_local_auth=True)


@scenario(
    "7504",
    "Server consent for another tenant",
    "The ACS resource consents to both accounts, but as those of another Teams tenant: the application lacks the "
    "permission to take their calls (403/7504).",
)
def _7504(healthy: Scenario) -> Scenario:
    def elsewhere(service: CommunicationService) -> tuple[Assignment, ...]:
        other = invented("tenant", "fabrikam.com")
        return tuple(
            replace(item, tenant_id=other) if item.object_id in (IVR, SUPPORT) else item for item in service.assignments
        )

    return healthy.change("communication_services", voice, assignments=elsewhere)


@scenario(
    "7600",
    "Server consent of the wrong kind",
    "The ACS resource consents to ivr@contoso.com as to a user, not as to a resource account: access to the resource "
    "is not enabled (403/7600).",
)
def _7600(healthy: Scenario) -> Scenario:
    def as_user(service: CommunicationService) -> tuple[Assignment, ...]:
        of_user = Assignment(contoso.TENANT_ID, IVR, "user", (contoso.CLIENT_APP_ID,))
        return (*consents_without(IVR)(service), of_user)

    return healthy.change("communication_services", voice, assignments=as_user)


@scenario(
    "7601",
    "The ACS resource was never finished",
    "The provisioning of the ACS resource failed: what is asked of it is refused (403/7601), and callers hear a "
    "busy signal.",
)
def _7601(healthy: Scenario) -> Scenario:
    return healthy.change("communication_services", voice, provisioning_state="Failed")


@scenario(
    "7505",
    "The bot does not name its tenant",
    "The bot is single-tenant, but names no tenant: a token of the wrong tenant is refused (403/7505).",
)
def _7505(healthy: Scenario) -> Scenario:
    return healthy.change("bots", lambda bot: bot.app_id == contoso.BOT_APP_ID, app_tenant_id=None)


@scenario(
    "8567",
    "The ACS resource has no managed identity",
    "The ACS resource has no managed identity: speech functions end with 400/8567 or 403/7606. Nobody has said whether "
    "the application uses them.",
)
def _8567(healthy: Scenario) -> Scenario:
    return healthy.change("communication_services", voice, principal_id=None)


@scenario(
    "not-synced",
    "Nobody has confirmed the sync",
    "What both accounts are bound to may not have reached the service that looks calls up: no interface shows it, and "
    "nobody has said that Sync-CsOnlineApplicationInstance was run.",
)
def _not_synced(healthy: Scenario) -> Scenario:
    return healthy.without_attestation("ra-synced")


@scenario(
    "healthy-foundry",
    "Healthy, with a Microsoft Foundry voice agent",
    "Nothing: a voice agent of Microsoft Foundry answers both lines.",
)
def _healthy_foundry(healthy: Scenario) -> Scenario:
    return healthy.configure("deployment.consumer", "foundry")


@scenario(
    "foundry-busy",
    "The number of a Foundry voice agent is not active",
    f"The assignment of {contoso.IVR_NUMBER} is not finished: callers of the voice agent hear a busy signal, and ACS "
    "raises no event.",
)
def _foundry_busy(healthy: Scenario) -> Scenario:
    pending = healthy.change("numbers", numbered(contoso.IVR_NUMBER), activation_state="assignmentPending")
    return _healthy_foundry(pending)
