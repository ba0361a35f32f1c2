"""Azure resources as Resource Manager writes them, from the state.

Shapes: the REST descriptions Microsoft.Communication 2025-09-01, Microsoft.BotService 2022-09-15 and
Microsoft.EventGrid 2025-02-15 in Azure/azure-rest-api-specs.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tpe_audit.simulator.odata import stamp
from tpe_audit.simulator.state import (
    Bot,
    CommunicationService,
    EventSubscription,
    State,
    Subscription,
    SystemTopic,
    TeamsChannel,
)

BOTS = "Microsoft.BotService/botServices"
COMMUNICATION = "Microsoft.Communication/communicationServices"
SYSTEM_TOPICS = "Microsoft.EventGrid/systemTopics"
EVENT_SUBSCRIPTIONS = "Microsoft.EventGrid/eventSubscriptions"

_SHORT_CHANNEL_NAMES = {
    "MsTeamsChannel": "msteams",
    "WebChatChannel": "webchat",
    "DirectLineChannel": "directline",
    "EmailChannel": "email",
}


@dataclass(frozen=True)
class Resource:
    """A resource with its ARM id, the subscription it stands in, and its JSON."""

    id: str
    kind: str
    subscription: Subscription
    resource_group: str
    body: Mapping[str, Any]
    top_level: bool = True


def path_of(subscription: Subscription, resource_group: str, kind: str, name: str) -> str:
    """The ARM id of a resource."""
    return f"/subscriptions/{subscription.id}/resourceGroups/{resource_group}/providers/{kind}/{name}"


class Inventory:
    """All resources, by id and by collection; ids are compared without regard to case."""

    def __init__(self, state: State, hosts: Mapping[str, str]) -> None:
        self._hosts = hosts
        self.subscriptions = {subscription.id.lower(): subscription for subscription in state.subscriptions}
        self.resources: dict[str, Resource] = {}
        self.collections: dict[str, list[Resource]] = {}
        for subscription in state.subscriptions:
            for bot in subscription.bots:
                self._add_bot(subscription, bot)
            for service in subscription.communication_services:
                self._add_service(subscription, service)
            for topic in subscription.system_topics:
                self._add_topic(subscription, topic)

    def resource_groups(self, subscription: Subscription) -> dict[str, str]:
        """Names of the resource groups of a subscription, by their lower-case name."""
        names: Iterable[str] = (
            *subscription.resource_groups,
            *(item.resource_group for item in subscription.bots),
            *(item.resource_group for item in subscription.communication_services),
            *(item.resource_group for item in subscription.system_topics),
        )
        return {name.lower(): name for name in reversed(list(names))}

    def _add(self, resource: Resource, *collections: str) -> None:
        self.resources[resource.id.lower()] = resource
        for collection in collections:
            self.collections.setdefault(collection.lower(), []).append(resource)

    def _add_top(self, subscription: Subscription, group: str, kind: str, name: str, body: dict[str, Any]) -> Resource:
        identifier = path_of(subscription, group, kind, name)
        resource = Resource(identifier, kind, subscription, group, {"id": identifier, "name": name, **body})
        self._add(
            resource,
            f"/subscriptions/{subscription.id}/providers/{kind}",
            f"/subscriptions/{subscription.id}/resourceGroups/{group}/providers/{kind}",
        )
        return resource

    def _add_bot(self, subscription: Subscription, bot: Bot) -> None:
        channels = (*bot.channels, *(("MsTeamsChannel",) if bot.teams else ()))
        short = [_SHORT_CHANNEL_NAMES.get(channel, channel.lower()) for channel in channels]
        properties: dict[str, Any] = {
            "displayName": bot.display_name or bot.name,
            "iconUrl": "https://docs.botframework.com/static/devportal/client/images/bot-framework-default.png",
            "endpoint": bot.endpoint,
            "endpointVersion": "3.0",
            "allSettings": {},
            "parameters": {},
            "msaAppType": bot.app_type,
            "msaAppId": bot.app_id,
            "msaAppTenantId": bot.app_tenant_id,
            "msaAppMSIResourceId": bot.managed_identity,
            "configuredChannels": short,
            "enabledChannels": short,
            "isCmekEnabled": False,
            "publicNetworkAccess": "Enabled",
            "isStreamingSupported": False,
            "isDeveloperAppInsightsApiKeySet": False,
            "disableLocalAuth": False,
            "schemaTransformationVersion": "1.3",
            "privateEndpointConnections": [],
            "provisioningState": bot.provisioning_state,
        }
        body = {
            "type": BOTS,
            "location": bot.location,
            "kind": "azurebot",
            "etag": f'"{uuid.uuid5(uuid.NAMESPACE_OID, bot.name)}"',
            "sku": {"name": "S1", "tier": "Standard"},
            "tags": {},
            "properties": {name: value for name, value in properties.items() if value is not None},
        }
        parent = self._add_top(subscription, bot.resource_group, BOTS, bot.name, body)
        for channel in channels:
            self._add_channel(parent, bot, channel)

    def _add_channel(self, parent: Resource, bot: Bot, channel: str) -> None:
        inner: dict[str, Any] = {"sites": []}
        if channel == "MsTeamsChannel" and bot.teams is not None:
            inner = _teams_channel(bot.teams)
        body = {
            "id": f"{parent.id}/channels/{channel}",
            "name": f"{bot.name}/{channel}",
            "type": f"{BOTS}/channels",
            "location": "global",
            "properties": {
                "channelName": channel,
                "location": "global",
                "provisioningState": "Succeeded",
                "properties": inner,
            },
        }
        resource = Resource(
            f"{parent.id}/channels/{channel}",
            f"{BOTS}/channels",
            parent.subscription,
            parent.resource_group,
            body,
            top_level=False,
        )
        self._add(resource, f"{parent.id}/channels")

    def _add_service(self, subscription: Subscription, service: CommunicationService) -> None:
        properties: dict[str, Any] = {
            "provisioningState": service.provisioning_state,
            "hostName": self._hosts[service.immutable_id],
            "dataLocation": service.data_location,
            "immutableResourceId": service.immutable_id,
            "version": "0.2.0",
            "publicNetworkAccess": service.public_network_access,
            "disableLocalAuth": service.disable_local_auth,
        }
        body: dict[str, Any] = {
            "type": "Microsoft.Communication/CommunicationServices",
            "location": "global",
            "tags": {},
            "systemData": {
                "createdBy": "admin@contoso.com",
                "createdByType": "User",
                "createdAt": "2025-03-04T08:00:00Z",
                "lastModifiedBy": "admin@contoso.com",
                "lastModifiedByType": "User",
                "lastModifiedAt": "2025-03-04T08:00:00Z",
            },
            "properties": {name: value for name, value in properties.items() if value is not None},
        }
        if service.principal_id is not None:
            body["identity"] = {
                "type": "SystemAssigned",
                "principalId": service.principal_id,
                "tenantId": subscription.tenant_id,
            }
        resource = self._add_top(subscription, service.resource_group, COMMUNICATION, service.name, body)
        self._add_events(resource, EVENT_SUBSCRIPTIONS, service.event_subscriptions)

    def _add_topic(self, subscription: Subscription, topic: SystemTopic) -> None:
        source = topic.source
        for service in subscription.communication_services:
            if service.name == source:
                source = path_of(subscription, service.resource_group, COMMUNICATION, service.name)
        body = {
            "type": SYSTEM_TOPICS,
            "location": topic.location,
            "tags": {},
            "properties": {
                "provisioningState": topic.provisioning_state,
                "source": source,
                "topicType": topic.topic_type,
                "metricResourceId": str(uuid.uuid5(uuid.NAMESPACE_OID, topic.name)),
            },
        }
        resource = self._add_top(subscription, topic.resource_group, SYSTEM_TOPICS, topic.name, body)
        self._add_events(resource, f"{SYSTEM_TOPICS}/eventSubscriptions", topic.event_subscriptions)

    def _add_events(self, owner: Resource, kind: str, events: Iterable[EventSubscription]) -> None:
        extension = kind == EVENT_SUBSCRIPTIONS
        collection = f"{owner.id}/providers/{kind}" if extension else f"{owner.id}/eventSubscriptions"
        for event in events:
            identifier = f"{collection}/{event.name}"
            body = {
                "id": identifier,
                "name": event.name,
                "type": kind,
                "properties": _event_properties(owner.id, event),
            }
            resource = Resource(identifier, kind, owner.subscription, owner.resource_group, body, top_level=False)
            self._add(resource, collection)


def _teams_channel(channel: TeamsChannel) -> dict[str, Any]:
    # Live answers carry the webhook under both spellings, and null for what was never set.
    return {
        "enableCalling": channel.calling,
        "callingWebHook": channel.calling_webhook,
        "callingWebhook": channel.calling_webhook,
        "isEnabled": channel.enabled,
        "incomingCallRoute": channel.incoming_call_route,
        "deploymentEnvironment": channel.deployment_environment,
        "acceptedTerms": channel.accepted_terms,
    }


def _event_properties(topic: str, event: EventSubscription) -> dict[str, Any]:
    filters: dict[str, Any] = {
        "subjectBeginsWith": event.subject_begins_with,
        "subjectEndsWith": "",
        "enableAdvancedFilteringOnArrays": True,
    }
    if event.event_types is not None:
        filters["includedEventTypes"] = list(event.event_types)
    if event.advanced_filters:
        filters["advancedFilters"] = [dict(item) for item in event.advanced_filters]
    webhook: dict[str, Any] = {
        "endpointBaseUrl": event.endpoint,
        "maxEventsPerBatch": 1,
        "preferredBatchSizeInKilobytes": 64,
        "azureActiveDirectoryTenantId": event.webhook_tenant_id,
        "azureActiveDirectoryApplicationIdOrUri": event.webhook_application,
    }
    properties: dict[str, Any] = {
        "topic": topic,
        "provisioningState": event.provisioning_state,
        "destination": dict(event.destination)
        if event.destination is not None
        else {
            "endpointType": "WebHook",
            "properties": {name: value for name, value in webhook.items() if value is not None},
        },
        "filter": filters,
        "labels": [],
        "eventDeliverySchema": "EventGridSchema",
        "retryPolicy": {"maxDeliveryAttempts": 30, "eventTimeToLiveInMinutes": 1440},
        "expirationTimeUtc": stamp(event.expires) if event.expires else None,
    }
    return {name: value for name, value in properties.items() if value is not None}
