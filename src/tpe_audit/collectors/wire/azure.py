"""Azure Resource Manager."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from tpe_audit.collectors.wire.base import Id, Wire


class Subscription(Wire):
    """An Azure subscription."""

    subscriptionId: Id


class BillingAccountProperties(Wire):
    """Whose billing account it is, and under which agreement."""

    agreementType: str | None = None
    primaryBillingTenantId: str | None = None
    accountStatus: str | None = None
    displayName: str | None = None


class BillingAccountItem(Wire):
    """A billing account."""

    name: Id
    properties: BillingAccountProperties


class Permission(Wire):
    """What an identity may do at a scope."""

    actions: list[str] = Field(default_factory=list)
    notActions: list[str] = Field(default_factory=list)


class BotProperties(Wire):
    """The settings of a bot."""

    msaAppId: Id


class BotSignIn(Wire):
    """How a bot signs in. Azure leaves out what is not set."""

    msaAppType: Literal["SingleTenant", "UserAssignedMSI", "MultiTenant"] | None = None
    msaAppTenantId: str | None = None
    msaAppMSIResourceId: str | None = None


class BotItem(Wire):
    """A bot."""

    id: Id
    name: Id
    properties: BotProperties


class ChannelSettings(Wire):
    """The settings of a Microsoft Teams channel."""

    isEnabled: bool


class ChannelCallingSettings(Wire):
    """The calling settings of a Microsoft Teams channel; Microsoft's answers spell the webhook both ways."""

    enableCalling: bool | None = None
    callingWebhook: str | None = None
    callingWebHook: str | None = None


class ChannelEnvelope(Wire):
    """Where a channel's settings stand."""

    channelName: Literal["MsTeamsChannel"]
    properties: dict[str, Any]


class Channel(Wire):
    """A channel of a bot."""

    properties: ChannelEnvelope


class AcsProperties(Wire):
    """The settings of an ACS resource that identify it."""

    immutableResourceId: Id
    hostName: str | None = None


class AcsItem(Wire):
    """An ACS resource."""

    id: Id
    name: Id
    properties: AcsProperties


class AcsState(Wire):
    """What state an ACS resource is in."""

    provisioningState: Literal[
        "Succeeded", "Failed", "Canceled", "Running", "Creating", "Updating", "Deleting", "Moving"
    ]


class AcsDataLocationProperties(Wire):
    """Where an ACS resource stores its data."""

    dataLocation: Id


class AcsLocalAuthenticationProperties(Wire):
    """Whether an ACS resource refuses access keys."""

    disableLocalAuth: bool | None = None


class AcsNetworkProperties(Wire):
    """Who may reach an ACS resource."""

    publicNetworkAccess: Literal["Enabled", "Disabled", "SecuredByPerimeter"] | None = None


class ManagedIdentity(Wire):
    """The managed identities of a resource."""

    type: Literal["None", "SystemAssigned", "UserAssigned", "SystemAssigned,UserAssigned"] | None = None
    principalId: str | None = None


class AcsIdentityItem(Wire):
    """An ACS resource with its managed identities."""

    identity: ManagedIdentity | None = None


class SystemTopicProperties(Wire):
    """What a system topic is of."""

    source: str | None = None


class SystemTopic(Wire):
    """An Event Grid system topic."""

    id: Id
    properties: SystemTopicProperties


class Destination(Wire):
    """Where events are sent."""

    endpointType: str


class AdvancedFilter(Wire):
    """A condition on a field of an event."""

    operatorType: str
    key: str | None = None
    value: str | float | bool | None = None
    values: list[Any] | None = None


class EventTypes(Wire):
    """The types of events that are sent."""

    includedEventTypes: list[str] | None = None


class WebhookProperties(Wire):
    """Where a webhook is."""

    endpointBaseUrl: str | None = None


class DeliveryDestination(Wire):
    """Where events are sent, and how that is set up."""

    endpointType: Id
    properties: WebhookProperties | None = None


class DeliveryProperties(Wire):
    """How an event subscription delivers."""

    provisioningState: Literal[
        "Creating", "Updating", "Deleting", "Succeeded", "Canceled", "Failed", "AwaitingManualAction"
    ]
    destination: DeliveryDestination | None = None
    filter: EventTypes | None = None


class DeliveryItem(Wire):
    """An event subscription, as far as its delivery goes."""

    id: Id
    name: Id
    properties: DeliveryProperties


class EventFilter(Wire):
    """Which events are sent."""

    includedEventTypes: list[str] | None = None
    subjectBeginsWith: str | None = None
    subjectEndsWith: str | None = None
    advancedFilters: list[AdvancedFilter] | None = None


class EventSubscriptionProperties(Wire):
    """The settings of an event subscription."""

    provisioningState: Literal[
        "Creating", "Updating", "Deleting", "Succeeded", "Canceled", "Failed", "AwaitingManualAction"
    ]
    destination: Destination | None = None
    filter: EventFilter | None = None
    expirationTimeUtc: Annotated[datetime | None, Field(strict=False)] = None


class EventSubscriptionItem(Wire):
    """An event subscription."""

    id: Id
    name: Id
    properties: EventSubscriptionProperties
