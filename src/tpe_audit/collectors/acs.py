"""Reads ACS resources, their consent to serve accounts, and their event subscriptions.

https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/teams-phone-extensibility-rest-api,
https://learn.microsoft.com/azure/communication-services/concepts/call-automation/incoming-call-notification
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from tpe_audit.collectors import wire
from tpe_audit.collectors.accounts import LineAccount, LineAccounts, line_accounts
from tpe_audit.collectors.acs_settings import SETTINGS, event_delivery
from tpe_audit.collectors.azure import ACS, GRANT, Found, arm_id, find
from tpe_audit.collectors.bots import NO_LINE, listless
from tpe_audit.collectors.events import event_subscription
from tpe_audit.collectors.reader import Harvest, Reader, attempt, each, gap
from tpe_audit.config import is_guid
from tpe_audit.facts import (
    AcsProvisioning,
    AcsResource,
    AcsResourceId,
    Answer,
    Census,
    EventDelivery,
    EventSubscription,
    Fact,
    Gap,
    Known,
    NoAcsResource,
    NoBoundAcsResource,
    NoServerConsent,
    ServerConsent,
    Subject,
    UnreadEventDelivery,
    UnreadEventSubscription,
)
from tpe_audit.sources import Answered, Item, Listing, SourceError
from tpe_audit.sources.arm import EVENT_GRID_VERSION
from tpe_audit.sources.errors import Malformed

CONSENT_GRANT = "a role on the ACS resource that covers its data plane; Microsoft names Contributor"


@dataclass(frozen=True, slots=True)
class AcsAt:
    """Reads the ACS resource at an ARM id, once however many ask."""

    arm_id: str

    async def __call__(self, reader: Reader) -> Answered:
        """Return it, or the proof of its absence."""
        at = arm_id(self.arm_id)
        return await reader.sources.arm.acs_resource(at.subscription, at.group, at.name, grant=GRANT)


async def acs_resources(reader: Reader) -> Harvest:
    """The ACS resources that lines are, or should be, bound to."""
    wanted: dict[str, None] = dict.fromkeys(line.acs_resource for line in reader.deployment.lines if line.acs_resource)
    for at in wanted:
        if not is_guid(at) and "arm" not in reader.sources.off:
            reader.begin(AcsAt(at))
    read = await reader.once(line_accounts)
    wanted |= dict.fromkeys(account.acs_id for account in read.accounts if account.acs_id)

    async def get(at: str) -> Answered:
        return await reader.once(AcsAt(at))

    found = await find(reader, ACS, [key for key in wanted if is_guid(key)], get)
    items: dict[str, Item] = dict(found.items)
    answers: dict[str, Answer] = {key: _found(key, found) for key in wanted if is_guid(key)}

    async def configured(at: str) -> Answer:
        answered = await get(at)
        if answered.body is None:
            return Known(NoAcsResource(at, "its configured address"), (answered.evidence,))
        items[at] = Item(answered.body, answered.evidence)
        return Known(_resource(answered.body, (answered.evidence,)), (answered.evidence,))

    addresses = [key for key in wanted if not is_guid(key)]
    if why := reader.sources.off.get("arm"):
        answers |= {key: Gap(why, declared_off=True) for key in addresses}
    else:
        answers |= dict(await each(addresses, configured))
    missing = () if wanted else tuple((thing.subject, Known(thing, read.evidence)) for thing in read.absent)
    return _harvest(read.accounts, answers, items, Census(missing, next(iter(_unbound(reader, read)), None), NO_LINE))


def _unbound(reader: Reader, read: LineAccounts) -> list[Gap]:
    """Return why there may be more ACS resources: an account's own could not be read, and none is declared."""
    gaps = [read.gap] if read.gap else []
    if not all(line.acs_resource for line in reader.deployment.lines):
        gaps += [unread for _, unread in read.unread]
    return gaps + [a.acs for a in read.accounts if not a.acs_id and isinstance(a.acs, Gap)]


def _found(key: str, found: Found) -> Answer:
    if item := found.items.get(key):
        return attempt(lambda: _resource(item.body, (item.evidence,)), (item.evidence,))
    if unread := found.failed.get(key) or found.gap:
        return unread
    return Known(NoAcsResource(key, found.looked), found.evidence)


def _resource(body: object, evidence: tuple[int, ...]) -> AcsResource:
    item = wire.parsed(wire.AcsItem, body, "an ACS resource", evidence)
    at = arm_id(item.id, evidence)
    properties = item.properties
    return AcsResource(
        properties.immutableResourceId.lower(),
        item.id,
        at.name,
        at.group,
        at.subscription,
        properties.hostName or "",
    )


def _harvest(
    accounts: Sequence[LineAccount], answers: Mapping[str, Answer], items: Mapping[str, Item], rest: Census
) -> Harvest:
    harvest = Harvest()
    found: dict[str, tuple[Subject, Answer]] = {}
    for key, answer in answers.items():
        subject = AcsResourceId(key).subject
        harvest.answer(subject, AcsResource, answer)
        if isinstance(answer, Known) and isinstance(answer.value, AcsResource | NoAcsResource):
            subject = answer.value.subject
            harvest.answer(AcsResourceId(subject.id).subject, AcsResource, answer)
        found[subject.key] = (subject, answer)
        if isinstance(answer, Known) and isinstance(answer.value, AcsResource):
            item = items[key]
            what, evidence = f"the ACS resource {answer.value.name}", (item.evidence,)
            state = attempt(partial(_provisioning, item, what, evidence), evidence)
            harvest.answer(subject, AcsProvisioning, state)
            for question, understand in SETTINGS.items():
                harvest.answer(subject, question, attempt(partial(understand, item, what), evidence))
    for account in accounts:
        subject = account.account.subject
        if account.acs_id:
            harvest.answer(subject, AcsResource, answers[account.acs_id])
        elif isinstance(account.acs, Gap):
            harvest.answer(subject, AcsResource, account.acs)
        else:
            harvest.answer(subject, AcsResource, Known(NoBoundAcsResource(), account.evidence))
    harvest.census[AcsResource] = listless([*found.values(), *rest.found], rest.gap, NO_LINE)
    return harvest


def _provisioning(item: Item, what: str, evidence: tuple[int, ...]) -> Fact:
    properties = item.body.get("properties")
    return AcsProvisioning(wire.parsed(wire.AcsState, properties, what, evidence).provisioningState)


async def acs_resource_ids(reader: Reader) -> Harvest:
    """The immutable ids of these ACS resources, which need no look at Azure unless config.toml names an ARM id."""
    read = await reader.once(line_accounts)
    harvest = Harvest()
    found: dict[str, tuple[Subject, Answer]] = {}
    # An account that could not be read is bound to a resource that is not among those found here.
    gaps = [*_unbound(reader, read), *(unread for _, unread in read.unread)]
    addresses = [a.acs_id for a in read.accounts if a.acs_id and not is_guid(a.acs_id)]
    resources = await reader.once(acs_resources) if addresses else Harvest()
    for account in read.accounts:
        subject = account.account.subject
        answer: Answer = Known(NoBoundAcsResource(), account.evidence)
        if is_guid(account.acs_id):
            answer = Known(AcsResourceId(account.acs_id), account.evidence)
        elif account.acs_id:
            answer = _id_of(resources.answers[(AcsResource, subject.key)])
        elif isinstance(account.acs, Gap):
            answer = account.acs
        harvest.answer(subject, AcsResourceId, answer)
        if isinstance(answer, Gap):
            gaps.append(answer)
        elif isinstance(answer.value, AcsResourceId | NoAcsResource):
            found[answer.value.subject.key] = (answer.value.subject, answer)
    missing = [] if found else [(thing.subject, Known(thing, read.evidence)) for thing in read.absent]
    harvest.census[AcsResourceId] = Census((*found.values(), *missing), next(iter(gaps), None), NO_LINE)
    return harvest


def _id_of(answer: Answer) -> Answer:
    if isinstance(answer, Known) and isinstance(answer.value, AcsResource):
        return Known(AcsResourceId(answer.value.immutable_id), answer.evidence)
    return answer


async def server_consents(reader: Reader) -> Harvest:
    """Each ACS resource's consent to serve an account: one request each, for there is no list."""
    read = await reader.once(line_accounts)
    harvest = Harvest()
    if why := reader.sources.off.get("acs"):
        for account in read.accounts:
            harvest.answer(account.account.subject, ServerConsent, Gap(why, declared_off=True))
        return harvest
    source = reader.sources.acs
    needed = any(account.acs_id for account in read.accounts)
    signing_in = source.prepare() if needed else asyncio.sleep(0)
    resources, _ = await asyncio.gather(reader.once(acs_resources), signing_in)

    async def consent(account: LineAccount) -> Answer:
        resource = resources.answers[(AcsResource, account.account.subject.key)]
        if isinstance(resource, Gap) or not isinstance(resource.value, AcsResource):
            return resource
        url = source.assignment(resource.value.host_name, reader.tenant.id, account.account.id)
        answered = await source.get(url, grant=CONSENT_GRANT)
        evidence = (answered.evidence,)
        if answered.body is None:
            return Known(NoServerConsent(), evidence)
        what = f"the assignment of {account.account.subject.name}"
        item = wire.parsed(wire.Assignment, answered.body, what, evidence)
        if item.objectId.lower() != account.account.id:
            raise Malformed(f"The answer for {what} is the assignment of {item.objectId}.", evidence)
        return Known(ServerConsent(item.principalType, item.tenantId.lower()), evidence)

    counted = partial(reader.sources.ledger.counted, "consents of accounts")
    for account, answer in await each(read.accounts, consent, counted):
        harvest.answer(account.account.subject, ServerConsent, answer)
    return harvest


async def event_subscriptions(reader: Reader) -> Harvest:
    """The event subscriptions of each ACS resource, on the resource itself and on its system topics."""
    read = await reader.once(line_accounts)
    raw_ids = [f"28:orgid:{account.account.id}" for account in read.accounts]
    return understood(
        await reader.once(read_subscriptions),
        EventSubscription,
        lambda item: event_subscription(item, raw_ids),
        UnreadEventSubscription,
    )


async def event_deliveries(reader: Reader) -> Harvest:
    """Where the event subscriptions of each ACS resource deliver."""
    subscriptions = await reader.once(read_subscriptions)
    return understood(subscriptions, EventDelivery, event_delivery, UnreadEventDelivery)


@dataclass(frozen=True, slots=True)
class _Subscriptions:
    """The event subscriptions of one resource, as they were answered."""

    items: tuple[Item, ...]
    unread: tuple[tuple[str, str], ...]
    """Places where there may be more, and why they could not be read."""
    evidence: tuple[int, ...]


def understood(
    subscriptions: Sequence[tuple[AcsResource, _Subscriptions]],
    question: type[Fact],
    understand: Callable[[Item], tuple[str, Fact]],
    unread: Callable[[str, str], Fact],
) -> Harvest:
    """Answer a question on each resource with what is to be understood of its subscriptions."""
    harvest = Harvest()
    for resource, read in subscriptions:
        merged = {key.lower(): fact for key, fact in map(understand, read.items)}
        facts = (*merged.values(), *(unread(place, reason) for place, reason in read.unread))
        harvest.answer(resource.subject, question, Known(facts, read.evidence))
    return harvest


async def read_subscriptions(reader: Reader) -> list[tuple[AcsResource, _Subscriptions]]:
    """Read the event subscriptions of each ACS resource, on the resource itself and on its system topics."""
    known = await reader.once(acs_resources)
    things = [answer.value for _, answer in known.census[AcsResource].found if isinstance(answer, Known)]
    resources = [thing for thing in things if isinstance(thing, AcsResource)]
    subscriptions = list({resource.subscription for resource in resources})
    read_topics = await asyncio.gather(*(_topics(reader, subscription) for subscription in subscriptions))
    topics = dict(zip(subscriptions, read_topics, strict=True))

    async def of(resource: AcsResource) -> tuple[AcsResource, _Subscriptions]:
        own, elsewhere = await asyncio.gather(
            _at(reader, f"{resource.arm_id}/providers/Microsoft.EventGrid", "The ACS resource itself"),
            _on_topics(reader, topics[resource.subscription], resource),
        )
        return resource, _joined(own, elsewhere)

    return list(await asyncio.gather(*(of(resource) for resource in resources)))


def _joined(*parts: _Subscriptions) -> _Subscriptions:
    return _Subscriptions(
        tuple(item for part in parts for item in part.items),
        tuple(place for part in parts for place in part.unread),
        tuple(dict.fromkeys(index for part in parts for index in part.evidence)),
    )


async def _topics(reader: Reader, subscription: str) -> Listing | Gap:
    """Read the system topics of a subscription, once for all its ACS resources."""
    path = f"/subscriptions/{subscription}/providers/Microsoft.EventGrid/systemTopics?api-version={EVENT_GRID_VERSION}"
    try:
        return await reader.sources.arm.items(path, grant=GRANT, link="nextLink")
    except SourceError as error:
        return gap(error)


async def _on_topics(reader: Reader, topics: Listing | Gap, resource: AcsResource) -> _Subscriptions:
    if isinstance(topics, Gap):
        return _Subscriptions((), (("The system topics", topics.reason),), topics.evidence)
    found = _Subscriptions((), (), topics.evidence)
    for item in topics.items:
        try:
            topic = wire.parsed(wire.SystemTopic, item.body, "a system topic", (item.evidence,))
            arm_id(topic.id, (item.evidence,))
        except SourceError as error:
            found = _joined(found, _Subscriptions((), (("A system topic", str(error)),), ()))
            continue
        if (topic.properties.source or "").lower() == resource.arm_id.lower():
            more = await _at(reader, topic.id, f"Its system topic {topic.id.rsplit('/', 1)[-1]}")
            found = _joined(found, more)
    return found


async def _at(reader: Reader, scope: str, where: str) -> _Subscriptions:
    try:
        listing = await reader.sources.arm.items(
            f"{quote(scope)}/eventSubscriptions?api-version={EVENT_GRID_VERSION}", grant=GRANT, link="nextLink"
        )
    except SourceError as error:
        return _Subscriptions((), ((where, str(error)),), error.evidence)
    return _Subscriptions(listing.items, (), listing.evidence)
