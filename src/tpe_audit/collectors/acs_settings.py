"""Understands how an ACS resource is set up, and how its event subscriptions deliver.

https://learn.microsoft.com/rest/api/communication/resourcemanager/communication-services/get,
https://learn.microsoft.com/rest/api/eventgrid/controlplane/event-subscriptions/get
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tpe_audit.collectors import wire
from tpe_audit.collectors.events import unread
from tpe_audit.facts import (
    AcsDataLocation,
    AcsIdentity,
    AcsLocalAuthentication,
    AcsNetworkAccess,
    EventDelivery,
    Fact,
    NoAcsIdentity,
    UnreadEventDelivery,
)
from tpe_audit.sources import Item, SourceError

Understand = Callable[[Item, str], Fact]


def _data_location(item: Item, what: str) -> Fact:
    properties = wire.parsed(wire.AcsDataLocationProperties, item.body.get("properties"), what, (item.evidence,))
    return AcsDataLocation(properties.dataLocation)


def _local_authentication(item: Item, what: str) -> Fact:
    properties = wire.parsed(wire.AcsLocalAuthenticationProperties, item.body.get("properties"), what, (item.evidence,))
    return AcsLocalAuthentication(enabled=not properties.disableLocalAuth)


def _network_access(item: Item, what: str) -> Fact:
    properties = wire.parsed(wire.AcsNetworkProperties, item.body.get("properties"), what, (item.evidence,))
    return AcsNetworkAccess(properties.publicNetworkAccess or "")


def _identity(item: Item, what: str) -> Fact:
    identity = wire.parsed(wire.AcsIdentityItem, item.body, what, (item.evidence,)).identity
    if identity is None or "SystemAssigned" not in (identity.type or "") or not identity.principalId:
        return NoAcsIdentity()
    return AcsIdentity(identity.principalId)


SETTINGS: Mapping[type[Fact], Understand] = MappingProxyType(
    {
        AcsDataLocation: _data_location,
        AcsLocalAuthentication: _local_authentication,
        AcsNetworkAccess: _network_access,
        AcsIdentity: _identity,
    }
)
"""What a resource's own description says of it, each to be understood by itself."""


def event_delivery(item: Item) -> tuple[str, Fact]:
    """Return a subscription's ARM id, and where it delivers."""
    try:
        known = wire.parsed(wire.DeliveryItem, item.body, "an event subscription", (item.evidence,))
    except SourceError as error:
        key, name = unread(item)
        return key, UnreadEventDelivery(name, str(error))
    properties = known.properties
    destination, types = properties.destination, properties.filter.includedEventTypes if properties.filter else None
    webhook = destination.properties if destination else None
    return known.id, EventDelivery(
        name=known.name,
        destination=destination.endpointType if destination else "",
        endpoint=webhook.endpointBaseUrl or "" if webhook else "",
        handshake_open=properties.provisioningState == "AwaitingManualAction",
        # "All" is how older versions of the service wrote what is null now.
        event_types=tuple(types) if types and types != ["All"] else None,
    )
