"""Facts of how an Azure Communication Services resource is set up.

https://learn.microsoft.com/rest/api/communication/resourcemanager/communication-services/get
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from tpe_audit.facts.acs import AcsResource
from tpe_audit.facts.base import Fact, Thing

_COUNTRIES = MappingProxyType(
    {
        "australia": "AU",
        "brazil": "BR",
        "canada": "CA",
        "france": "FR",
        "germany": "DE",
        "india": "IN",
        "japan": "JP",
        "korea": "KR",
        "norway": "NO",
        "switzerland": "CH",
        "uae": "AE",
        "united arab emirates": "AE",
        "uk": "GB",
        "united kingdom": "GB",
        "united states": "US",
    }
)
"""Data locations that are one country."""

_EUROPEAN_UNION = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)


@dataclass(frozen=True, slots=True)
class AcsDataLocation(Fact):
    """The geography in which an ACS resource stores its data at rest (`dataLocation`).

    The geographies: https://learn.microsoft.com/azure/communication-services/concepts/privacy
    """

    OF: ClassVar[tuple[type[Thing], ...]] = (AcsResource,)

    value: str
    """United States, Europe, …"""

    def surely_holds(self, country: str) -> bool:
        """Whether a country (ISO 3166 alpha-2) lies in it beyond doubt: it is the country, or Europe holds it."""
        if self.value.casefold() == "europe":
            return country.upper() in _EUROPEAN_UNION
        return _COUNTRIES.get(self.value.casefold()) == country.upper()


@dataclass(frozen=True, slots=True)
class AcsLocalAuthentication(Fact):
    """Whether an ACS resource takes connection strings and access keys (not `disableLocalAuth`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (AcsResource,)

    enabled: bool


@dataclass(frozen=True, slots=True)
class AcsNetworkAccess(Fact):
    """Who may reach an ACS resource over the network (`publicNetworkAccess`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (AcsResource,)

    value: str
    """Enabled, Disabled or SecuredByPerimeter; empty if nobody ever set it."""


@dataclass(frozen=True, slots=True)
class AcsIdentity(Fact):
    """The system-assigned managed identity of an ACS resource."""

    OF: ClassVar[tuple[type[Thing], ...]] = (AcsResource,)

    principal_id: str


@dataclass(frozen=True, slots=True)
class NoAcsIdentity(Fact):
    """The ACS resource has no system-assigned managed identity."""

    OF: ClassVar[tuple[type[Thing], ...]] = (AcsResource,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = AcsIdentity


@dataclass(frozen=True, slots=True)
class EventDelivery(Fact):
    """Where an Event Grid subscription on an ACS resource delivers events, and whether that was confirmed."""

    OF: ClassVar[tuple[type[Thing], ...]] = (AcsResource,)

    name: str
    destination: str
    """WebHook, ServiceBusQueue, …; empty if it has none."""
    endpoint: str
    """Address of the webhook without its query; empty if it is not told."""
    handshake_open: bool
    """The webhook has not answered the validation handshake yet (`AwaitingManualAction`)."""
    event_types: tuple[str, ...] | None
    """None: all default event types of the topic."""

    @property
    def lack(self) -> str:
        """Why the webhook surely gets no events; empty if nothing says so."""
        if self.handshake_open:
            return "has not answered the validation handshake"
        return "is no https address" if self.endpoint.casefold().startswith("http:") else ""

    def may_deliver(self, event: str) -> bool:
        """Whether it lists an event, or does not say which events it delivers."""
        return self.event_types is None or event.casefold() in {each.casefold() for each in self.event_types}


@dataclass(frozen=True, slots=True)
class UnreadEventDelivery(Fact):
    """A subscription, or a place where there may be some, of which it can't be told where it delivers."""

    OF: ClassVar[tuple[type[Thing], ...]] = (AcsResource,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = EventDelivery

    name: str
    reason: str
