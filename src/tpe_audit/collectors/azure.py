"""Finds Azure resources: Resource Graph to discover, Azure Resource Manager to judge, and to prove absence.

What Resource Graph does not show proves nothing: it lags behind, and shows only what the identity may read. Absence
is proven by a 404 on a resource's own address, or by the list of a subscription that the identity may read whole.
https://learn.microsoft.com/azure/governance/resource-graph/concepts/query-language
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tpe_audit.collectors import wire
from tpe_audit.collectors.reader import Reader, all_of, gap
from tpe_audit.facts import Gap
from tpe_audit.sources import Answered, Item, SourceError
from tpe_audit.sources.arm import (
    AUTHORIZATION_VERSION,
    BOT_VERSION,
    COMMUNICATION_VERSION,
    SUBSCRIPTIONS_VERSION,
)
from tpe_audit.sources.errors import Malformed

GRANT = "the Azure role Reader on the resource group or the subscription"

_ARM_ID = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)/providers/[^/]+/[^/]+/(?P<name>[^/]+)/?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ArmId:
    """The parts of an ARM id."""

    subscription: str
    group: str
    name: str


def arm_id(text: str, evidence: tuple[int, ...] = ()) -> ArmId:
    """Return the parts of an ARM id.

    Raises:
        Malformed: it is none.
    """
    match = _ARM_ID.fullmatch(text)
    if match is None:
        raise Malformed(f"Azure Resource Manager gave a resource the id {text!r}, which is none.", evidence)
    return ArmId(match["subscription"], match["group"], match["name"])


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A type of Azure resource that is looked for by one of its properties."""

    name: str
    version: str
    key: str
    """The property, below `properties`, by which it is looked for."""
    words: str


BOT = ResourceType("Microsoft.BotService/botServices", BOT_VERSION, "msaAppId", "bot")
ACS = ResourceType(
    "Microsoft.Communication/communicationServices",
    COMMUNICATION_VERSION,
    "immutableResourceId",
    "ACS resource",
)


@dataclass(frozen=True, slots=True)
class Found:
    """The resources of one type that were looked for, by the value of their key in lower case."""

    items: Mapping[str, Item]
    """Each as Azure Resource Manager describes it."""
    failed: Mapping[str, Gap]
    """Those that are there, but could not be read."""
    gap: Gap | None
    """Why what is in neither is not proven absent; None: it is."""
    looked: str = ""
    """Where it was looked, as part of a sentence."""
    evidence: tuple[int, ...] = ()


Get = Callable[[str], Awaitable[Answered]]
"""Reads one resource by its ARM id."""


async def find(reader: Reader, kind: ResourceType, keys: Sequence[str], get: Get) -> Found:
    """Find the resources of a type that have one of these keys, and read each at its own address."""
    wanted = {key.lower() for key in keys}
    if why := reader.sources.off.get("arm"):
        return Found({}, {}, Gap(why, declared_off=True))
    if not wanted:
        return Found({}, {}, None)
    discovered, evidence = await reader.once(Discovered(kind))
    items, failed = await _read(kind, {key: at for key, at in discovered.items() if key in wanted}, get)
    missing = wanted - items.keys() - failed.keys()
    if not missing:
        return Found(items, failed, None)
    listed = await _listed(reader, kind)
    more, worse = await _read(kind, {key: at for key, at in listed.ids.items() if key in missing}, get)
    pages = tuple(dict.fromkeys((*evidence, *listed.evidence)))
    return Found(items | more, failed | worse, listed.gap, listed.looked, pages)


async def _read(kind: ResourceType, ids: Mapping[str, str], get: Get) -> tuple[dict[str, Item], dict[str, Gap]]:
    """Read resources at their own addresses; one that is gone, or has another key by now, is not found."""

    async def one(resource: tuple[str, str]) -> tuple[str, Item | Gap | None]:
        key, at = resource
        try:
            answered = await get(at)
        except SourceError as error:
            return key, gap(error)
        if answered.body is None:
            return key, None
        properties = answered.body.get("properties")
        found = properties.get(kind.key) if isinstance(properties, dict) else None
        if isinstance(found, str) and found and found.lower() != key:
            return key, None
        return key, Item(answered.body, answered.evidence)

    read = await all_of(ids.items(), one)
    items = {key: item for key, item in read if isinstance(item, Item)}
    return items, {key: unread for key, unread in read if isinstance(unread, Gap)}


async def keys_of_all(reader: Reader, kind: ResourceType) -> tuple[tuple[str, ...], Found]:
    """Return the keys of all resources of a type, and how far that was read: for want of lines to start from."""
    if why := reader.sources.off.get("arm"):
        return (), Found({}, {}, Gap(why, declared_off=True))
    (discovered, evidence), listed = await asyncio.gather(reader.once(Discovered(kind)), _listed(reader, kind))
    pages = tuple(dict.fromkeys((*evidence, *listed.evidence)))
    return tuple(sorted(discovered.keys() | listed.ids.keys())), Found({}, {}, listed.gap, listed.looked, pages)


@dataclass(frozen=True, slots=True)
class _Listed:
    """Where the resources of one type are, by the value of their key in lower case."""

    ids: Mapping[str, str]
    gap: Gap | None
    looked: str = ""
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Discovered:
    """Asks Resource Graph where the resources of a type are, once however many ask."""

    kind: ResourceType

    async def __call__(self, reader: Reader) -> tuple[Mapping[str, str], tuple[int, ...]]:
        """Return what it shows by key; nothing where it does not answer, for it only saves time."""
        query = (
            f"resources | where type =~ '{self.kind.name.lower()}'"
            f" | project id, key = tostring(properties.{self.kind.key}) | order by id asc"
        )
        subscriptions = list(reader.sources.config.azure.subscriptions)
        try:
            listing = await reader.sources.arm.query(query, subscriptions, grant=GRANT)
        except SourceError as error:
            return {}, error.evidence
        rows = [item.body for item in listing.items]
        found = {
            row["key"].lower(): row["id"]
            for row in rows
            if isinstance(row, dict) and isinstance(row.get("key"), str) and isinstance(row.get("id"), str)
        }
        return found, listing.evidence


async def _listed(reader: Reader, kind: ResourceType) -> _Listed:
    """List the resources of a type in every subscription, and tell whether the lists are whole."""
    try:
        subscriptions = await reader.once(read_subscriptions)
    except SourceError as error:
        return _Listed({}, gap(error), "", error.evidence)
    if not subscriptions:
        why = f"This identity sees no Azure subscription. Reading takes {GRANT}."
        return _Listed({}, Gap(why, lacks=(GRANT,)))
    parts = await asyncio.gather(*(_in_subscription(reader, kind, s) for s in subscriptions))
    ids: dict[str, str] = {}
    for part in parts:
        ids |= part.ids
    first = next((part.gap for part in parts if part.gap), None)
    looked = f"subscription {subscriptions[0]}" if len(subscriptions) == 1 else f"{len(subscriptions)} subscriptions"
    return _Listed(ids, first, looked, tuple(index for part in parts for index in part.evidence))


async def _in_subscription(reader: Reader, kind: ResourceType, subscription: str) -> _Listed:
    path = f"/subscriptions/{subscription}/providers/{kind.name}?api-version={kind.version}"
    listing, whole = await asyncio.gather(
        reader.sources.arm.items(path, grant=GRANT, link="nextLink"),
        _may_read_whole(reader, kind, subscription),
        return_exceptions=True,
    )
    if isinstance(listing, SourceError):
        return _Listed({}, gap(listing), "", listing.evidence)
    if isinstance(listing, BaseException):
        raise listing
    if isinstance(whole, BaseException):
        raise whole
    keys = [_key(item, kind) for item in listing.items]
    if whole is None and None in keys:
        why = f"A {kind.words} in subscription {subscription} does not tell its {kind.key}, so it may be the one."
        whole = Gap(why, listing.evidence)
    return _Listed(dict(key for key in keys if key), whole, "", listing.evidence)


def _key(item: Item, kind: ResourceType) -> tuple[str, str] | None:
    body = item.body
    properties = body.get("properties") if isinstance(body, dict) else None
    key = properties.get(kind.key) if isinstance(properties, dict) else None
    if isinstance(key, str) and key and isinstance(body.get("id"), str):
        return key.lower(), body["id"]
    return None


async def _may_read_whole(reader: Reader, kind: ResourceType, subscription: str) -> Gap | None:
    """Return why a list of a subscription may not show everything; None if it does.

    https://learn.microsoft.com/rest/api/authorization/permissions
    """
    grant = f"the Azure role Reader on subscription {subscription}"
    advice = f"Grant {grant}, or name the {kind.words} by its ARM id in config.toml"
    path = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/permissions"
    try:
        listing = await reader.sources.arm.items(
            f"{path}?api-version={AUTHORIZATION_VERSION}", grant=GRANT, link="nextLink"
        )
        rights = [
            wire.parsed(wire.Permission, i.body, "the identity's own permissions", (i.evidence,)) for i in listing.items
        ]
    except SourceError as error:
        return Gap(
            f"That there is no other {kind.words} in subscription {subscription} is not proven: {error} {advice}.",
            error.evidence,
            lacks=(grant,),
        )
    action = f"{kind.name}/read".lower()
    if any(_matches(right.actions, action) and not _matches(right.notActions, action) for right in rights):
        return None
    return Gap(
        f"This identity may not read the whole subscription {subscription}, so a {kind.words} that it does not see "
        f"may still exist. {advice}.",
        listing.evidence,
        lacks=(grant,),
    )


def _matches(patterns: Sequence[str], action: str) -> bool:
    # In role definitions only the asterisk is special.
    return any(fnmatchcase(action, pattern.lower().replace("[", "[[]").replace("?", "[?]")) for pattern in patterns)


async def read_subscriptions(reader: Reader) -> tuple[str, ...]:
    """Return the configured subscriptions or, if none is configured, all that the identity sees.

    https://learn.microsoft.com/rest/api/resources/subscriptions/list
    """
    configured = reader.sources.config.azure.subscriptions
    if configured:
        return tuple(configured)
    listing = await reader.sources.arm.items(
        f"/subscriptions?api-version={SUBSCRIPTIONS_VERSION}", grant=GRANT, link="nextLink"
    )
    items = [
        wire.parsed(wire.Subscription, item.body, "the list of subscriptions", (item.evidence,))
        for item in listing.items
    ]
    return tuple(sorted(item.subscriptionId.lower() for item in items))
