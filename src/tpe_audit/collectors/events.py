"""Understands an Event Grid subscription: what it delivers, and whom its filters keep out.

https://learn.microsoft.com/azure/event-grid/event-filtering
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tpe_audit.collectors import wire
from tpe_audit.collectors.reader import text
from tpe_audit.facts import EventSubscription, Fact, UnreadEventSubscription
from tpe_audit.sources import Item, SourceError

RECIPIENT = "data.to.rawid"
"""The field of an IncomingCall event that names the resource account, in lower case."""

_ANY = ("StringIn", "StringContains", "StringBeginsWith", "StringEndsWith")
_NONE = ("StringNotIn", "StringNotContains", "StringNotBeginsWith", "StringNotEndsWith")
_HOLDS: Mapping[str, Callable[[str, str], bool]] = {
    "In": lambda field, value: field == value,
    "Contains": lambda field, value: value in field,
    "BeginsWith": lambda field, value: field.startswith(value),
    "EndsWith": lambda field, value: field.endswith(value),
}


def event_subscription(item: Item, raw_ids: Sequence[str]) -> tuple[str, Fact]:
    """Return a subscription's ARM id and what it does for the accounts of these raw ids."""
    evidence = (item.evidence,)
    try:
        known = wire.parsed(wire.EventSubscriptionItem, item.body, "an event subscription", evidence)
    except SourceError as error:
        key, name = unread(item)
        return key, UnreadEventSubscription(name, str(error))
    properties = known.properties
    chosen = properties.filter or wire.EventFilter()
    excludes, undecided = _kept_out(chosen, raw_ids)
    types = chosen.includedEventTypes
    return known.id, EventSubscription(
        name=known.name,
        provisioning_state=properties.provisioningState,
        destination=properties.destination.endpointType if properties.destination else "",
        # "All" is how older versions of the service wrote what is null now.
        event_types=tuple(types) if types and types != ["All"] else None,
        expires=properties.expirationTimeUtc,
        excludes=excludes,
        undecided=undecided,
    )


def unread(item: Item) -> tuple[str, str]:
    """Return what to know a subscription by that could not be understood, and what to call it."""
    name = text(item.body, "name")
    called = f"The event subscription {name}" if name else "An event subscription without a name"
    return text(item.body, "id") or str(id(item)), called


def _kept_out(chosen: wire.EventFilter, raw_ids: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the raw ids that a filter keeps out, and those for which that can't be decided."""
    excludes: list[str] = []
    undecided: list[str] = []
    # An event's subject also names the caller, so a filter on it lets some calls of an account through.
    partly = bool(chosen.subjectBeginsWith or chosen.subjectEndsWith)
    for raw_id in raw_ids:
        decisions = [_passes(condition, raw_id) for condition in chosen.advancedFilters or []]
        if False in decisions:
            excludes.append(raw_id)
        elif partly or None in decisions:
            undecided.append(raw_id)
    return tuple(excludes), tuple(undecided)


def _passes(condition: wire.AdvancedFilter, raw_id: str) -> bool | None:
    """Whether a call to the account meets a condition; None if that hangs on something else."""
    if (condition.key or "").lower() != RECIPIENT:
        return None
    values = [value.lower() for value in condition.values or [] if isinstance(value, str)]
    if not values or len(values) != len(condition.values or []):
        return None
    operator = condition.operatorType
    if operator in _ANY:
        return any(_HOLDS[operator.removeprefix("String")](raw_id, value) for value in values)
    if operator in _NONE:
        return not any(_HOLDS[operator.removeprefix("StringNot")](raw_id, value) for value in values)
    return None
