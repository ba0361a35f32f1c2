"""Facts of an Azure Communication Services resource."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from tpe_audit.facts.account import ResourceAccount
from tpe_audit.facts.base import Fact, Kind, Subject, Thing
from tpe_audit.facts.well_known import INCOMING_CALL_EVENT
from tpe_audit.shell import Command, bash


@dataclass(frozen=True, slots=True)
class AcsResourceId(Thing):
    """The immutable resource id of the ACS resource that an account is, or should be, bound to."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    immutable_id: str

    @property
    def subject(self) -> Subject:
        """The immutable resource id."""
        return Subject(Kind.ACS, self.immutable_id, self.immutable_id)


@dataclass(frozen=True, slots=True)
class AcsResource(Thing):
    """An ACS resource as Azure Resource Manager describes it."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount, AcsResourceId)

    immutable_id: str
    arm_id: str
    name: str
    resource_group: str
    subscription: str
    host_name: str
    """Host of its data plane."""

    @property
    def subject(self) -> Subject:
        """The immutable resource id, called by the resource's name."""
        return Subject(Kind.ACS, self.immutable_id, self.name)

    @property
    def look(self) -> Command:
        """Show what state it is in."""
        return bash(
            "az communication show -n %s -g %s --subscription %s --query provisioningState",
            self.name,
            self.resource_group,
            self.subscription,
        )

    @property
    def subscribe(self) -> Command:
        """Have Event Grid deliver its incoming calls (https://learn.microsoft.com/cli/azure/eventgrid/event-subscription)."""
        return bash(
            "az eventgrid event-subscription create --name %s --source-resource-id %s --endpoint %s "
            "--included-event-types %s",
            "<name of a new subscription>",
            self.arm_id,
            "https://<your application>/api/incomingCall",
            INCOMING_CALL_EVENT,
        )

    def serve(self, tenant_id: str, account_id: str) -> Command:
        """Consent to serve a resource account."""
        return give_consent(self.host_name, tenant_id, account_id, {"principalType": "teamsResourceAccount"})


def give_consent(host_name: str, tenant_id: str, object_id: str, body: Mapping[str, object]) -> Command:
    """Put an assignment of the Teams extension, in the place of one that is there.

    https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/teams-phone-extensibility-rest-api
    """
    at = f"https://{host_name}/access/teamsExtension/tenants/{tenant_id}/assignments/{object_id}"
    return bash(
        "az rest --method put --resource https://communication.azure.com --url %s "
        "--headers Content-Type=application/json --body %s",
        f"{at}?api-version=2025-06-30",
        json.dumps(body),
    )


@dataclass(frozen=True, slots=True)
class NoAcsResource(Thing):
    """There is no ACS resource of this id."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount, AcsResourceId)
    INSTEAD_OF: ClassVar[type[Fact] | None] = AcsResource

    configured: str
    """The immutable id, or the ARM id of config.toml."""
    looked: str
    """Where it was looked for, as part of a sentence."""

    @property
    def subject(self) -> Subject:
        """The id as it is configured."""
        return Subject(Kind.ACS, self.configured, self.configured)


@dataclass(frozen=True, slots=True)
class AcsProvisioning(Fact):
    """What state an ACS resource is in (`provisioningState`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (AcsResource,)

    state: str


@dataclass(frozen=True, slots=True)
class EventSubscription(Fact):
    """An Event Grid subscription on an ACS resource."""

    OF: ClassVar[tuple[type[Thing], ...]] = (AcsResource,)

    name: str
    provisioning_state: str
    destination: str
    """WebHook, ServiceBusQueue, …"""
    event_types: tuple[str, ...] | None
    """None: all default event types of the topic."""
    expires: datetime | None
    """None: never."""
    excludes: tuple[str, ...]
    """Raw ids (`28:orgid:…`) of line accounts that its filters keep out, in lower case."""
    undecided: tuple[str, ...]
    """Raw ids for which a filter could not be decided."""

    def shortfall(self, event: str, raw_id: str, now: datetime) -> str:
        """Return why it surely delivers no such event for this raw id; empty if nothing says so."""
        if self.provisioning_state.casefold() != "succeeded":
            return f"is {self.provisioning_state}"
        if self.expires is not None and self.expires <= now:
            return f"expired on {self.expires:%Y-%m-%d}"
        types = self.event_types
        if types is not None and event.casefold() not in {each.casefold() for each in types}:
            return "does not list the event"
        return "filters the account out" if raw_id in self.excludes else ""

    def doubt(self, raw_id: str) -> str:
        """Return why it can't be told whether it delivers calls for this raw id; empty if it can."""
        if self.event_types is None:
            return "it lists no event types, and whether the default ones include calls is not documented."
        return "one of its filters can't be decided." if raw_id in self.undecided else ""


@dataclass(frozen=True, slots=True)
class UnreadEventSubscription(Fact):
    """A subscription, or a place where there may be some, that could not be read."""

    OF: ClassVar[tuple[type[Thing], ...]] = (AcsResource,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = EventSubscription

    name: str
    reason: str
