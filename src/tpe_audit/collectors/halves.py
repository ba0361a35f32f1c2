"""Reads half of a deployment: what is in the Teams tenant, or what is on the Azure side.

Vendor and customer may each read their half. Which accounts are on lines stands in the Teams tenant, and the Azure
side knows them by nothing: so its half starts from the lines that the configuration names by ids and, as far as these
don't name everything, from the lists of all bots and ACS resources. What leads from one half to the other is put
together when the files are joined (`tpe_audit.evidence.join`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from copy import copy
from dataclasses import replace
from typing import Any

from tpe_audit.collectors import Collector
from tpe_audit.collectors.accounts import LineAccount, LineAccounts, line_accounts
from tpe_audit.collectors.acs import event_subscriptions, read_subscriptions, understood
from tpe_audit.collectors.agents import Agents, Member, read_agents
from tpe_audit.collectors.azure import ACS, BOT, ResourceType, keys_of_all
from tpe_audit.collectors.bots import APPLICATION_GRANT, application_owners, applications
from tpe_audit.collectors.events import event_subscription
from tpe_audit.collectors.reader import Harvest, Reader, each, text
from tpe_audit.collectors.registrations import PrincipalOf
from tpe_audit.collectors.users import UserAnswers
from tpe_audit.config import is_guid
from tpe_audit.evidence.readings import ANYONE, Half, Looked, not_part
from tpe_audit.facts import (
    AcsResource,
    AcsResourceId,
    Agent,
    Answer,
    Answers,
    Application,
    ApplicationOwner,
    ApplicationPrincipal,
    Bot,
    ConfiguredLine,
    Deployment,
    EventSubscription,
    Fact,
    Gap,
    Kind,
    Known,
    ManagedIdentity,
    NoAcsResource,
    NoBot,
    ResourceAccount,
    Subject,
    UnreadEventSubscription,
    UnseenApplication,
)
from tpe_audit.sources import Item

AZURE = frozenset({"arm", "acs"})
"""Sources on the Azure side."""

_SHARED = frozenset({"declared", "applications", "acs_resource_ids", "client_applications"})
"""Readings that only bring ids, and those of what is expected: both halves tell what they know of them."""

_REGISTERED = frozenset({"application_owners", "application_registrations", "client_registrations"})
"""Readings of app registrations, which may be in either tenant, and which a bot may tell where to look for."""

_ON_LINES: Mapping[type[Fact], ResourceType] = {Bot: BOT, AcsResource: ACS}

Read = Callable[[Reader], Awaitable[Any]]


class Part:
    """The half that is read, or all."""

    def __init__(self, half: Half, reader: Reader) -> None:
        self._half = half
        self._reader = reader
        self._declared = reader.deployment
        self._one_tenant = reader.sources.graph is reader.sources.azure_graph
        self.listed: Mapping[type[Fact], Looked] = {}

    @property
    def why(self) -> Gap:
        """Why what the other half reads is not known."""
        return Gap(not_part(self._half))

    async def prepare(self) -> None:
        """Shut the sources of the other half and, on the Azure side, find what to start from."""
        sources = self._reader.sources
        if self._half is Half.TEAMS:
            for source in (sources.arm, sources.acs):
                source.unsupported = self.why.reason
            if not self._one_tenant:
                sources.azure_graph.unsupported = self.why.reason
        if self._half is not Half.AZURE:
            return
        sources.dataverse.unsupported = self.why.reason
        if not self._one_tenant:
            sources.graph.unsupported = self.why.reason
        self._reader.instead = self._instead
        lines = self._declared.lines
        if not lines or not all(line.application_id and line.acs_resource for line in lines):
            await self._start_from_lists()

    async def _start_from_lists(self) -> None:
        """Read every bot and every ACS resource, as if each were on a line; `own` tells them apart again."""
        kinds = list(_ON_LINES.items())
        found = await asyncio.gather(*(keys_of_all(self._reader, kind) for _, kind in kinds))
        bots, resources = (keys for keys, _ in found)
        more = (
            *(ConfiguredLine(application_id=key) for key in bots),
            *(ConfiguredLine(acs_resource=key) for key in resources),
        )
        self._reader.deployment = replace(self._declared, lines=(*self._declared.lines, *more))
        self.listed = {
            thing: Looked(how.looked, how.gap, how.evidence, keys)
            for (thing, _), (keys, how) in zip(kinds, found, strict=True)
        }

    def holds(self, row: Collector) -> bool:
        """Whether a reading is part of the half."""
        if self._half is Half.ALL:
            return True
        if self._half is Half.TEAMS:
            return row.source not in AZURE
        name = row.name.rpartition(".")[2]
        expected = row.name.startswith("expectations.")
        return row.source in AZURE or name in _SHARED | _REGISTERED or expected

    def own(self, row: Collector, harvest: Harvest) -> Harvest:
        """Return what the half has to say of what a reading brought home."""
        if self._half is not Half.AZURE:
            return harvest
        # Other readings build on what was brought home, so that stays as it is.
        harvest = Harvest(dict(harvest.census), Answers(harvest.answers), dict(harvest.unread), dict(harvest.seen))
        for key, answer in list(harvest.answers.items()):
            if isinstance(answer, Known) and isinstance(answer.value, Deployment):
                harvest.answers[key] = Known(self._declared)
            elif not self._one_tenant and row.name.rpartition(".")[2] in _REGISTERED and not _seen_here(answer):
                harvest.answers[key] = self.why
        for thing, census in list(harvest.census.items()):
            if thing in (Application, Bot, AcsResource, AcsResourceId):
                found = tuple(one for one in census.found if self._on_a_line(*one))
                harvest.census[thing] = replace(census, found=found, gap=census.gap or self._unlined(found))
        return harvest

    def _unlined(self, found: tuple[tuple[Subject, Answer], ...]) -> Gap | None:
        return None if found or self._declared.lines else self.why

    def _on_a_line(self, subject: Subject, answer: Answer) -> bool:
        """Whether a thing is on a line that is declared, and not only on a list."""
        if not self.listed:
            return True
        lines = self._declared.lines
        named = {name.casefold() for line in lines for name in (line.application_id, line.acs_resource) if name}
        value = answer.value if isinstance(answer, Known) else None
        ids = {subject.id}
        match value:
            case Bot() | NoBot():
                ids.add(value.client_id)
            case AcsResource():
                ids |= {value.immutable_id, value.arm_id}
            case NoAcsResource():
                ids.add(value.configured)
        return bool(named & {name.casefold() for name in ids})

    def _instead(self, reading: Read) -> Read:
        """Return what the Azure side reads in the place of a reading that needs the Teams tenant."""
        if reading is line_accounts:
            return self._accounts
        if reading is read_agents:
            return self._agents
        if reading is event_subscriptions:
            return _event_subscriptions
        if not self._one_tenant:
            if reading is application_owners:
                return _owners_here
            if isinstance(reading, PrincipalOf):
                return _owned_here
        return reading

    async def _accounts(self, reader: Reader) -> LineAccounts:
        """Return the accounts on lines, where the tenants are one and it lets us; else those declared by object id."""
        declared = self._declared
        if self._one_tenant:
            beside = copy(reader)
            beside.deployment = declared
            read = await line_accounts(beside)
            if not read.unread and not read.gap:
                return read
        accounts: dict[str, LineAccount] = {}
        unread: list[tuple[Subject, Gap]] = []
        for line in declared.lines:
            name = line.account or line.number
            if is_guid(line.account):
                account = ResourceAccount(line.account.lower(), "", "")
                if not reader.subjects or {account.id, line.number} & {s.lower() for s in reader.subjects}:
                    accounts[account.id] = LineAccount(account, self.why, self.why, line.number, line, ())
            else:
                unread.append((Subject(Kind.ACCOUNT, name, name), self.why))
        return LineAccounts(tuple(accounts.values()), (), tuple(unread), None if declared.lines else self.why)

    async def _agents(self, reader: Reader) -> Agents:
        """Return the agents, where the tenants are one and it lets us; else those declared by object id."""
        if self._one_tenant:
            read = await read_agents(reader)
            if not read.unread and not read.gap:
                return read
        names = self._declared.agent_users
        users = {name.lower(): self._undescribed(Agent(name.lower(), "", "")) for name in names if is_guid(name)}
        unread = tuple((Subject(Kind.AGENT, name, name), self.why) for name in names if not is_guid(name))
        return Agents(users, (), unread, self.why if self._declared.agent_groups else None, ())

    def _undescribed(self, agent: Agent) -> Member:
        return Member(agent, UserAnswers(self.why, self.why, self.why), self.why, 0)


def _seen_here(answer: Answer) -> bool:
    """Whether a registration is there, in the Azure tenant: that it is not may mean that it is in the other one."""
    if isinstance(answer, Gap):
        return True
    fact = answer.value[0] if isinstance(answer.value, tuple) and answer.value else answer.value
    return isinstance(fact, ManagedIdentity) or (isinstance(fact, Fact) and fact.INSTEAD_OF is None)


async def _owned_here(reader: Reader) -> tuple[ApplicationPrincipal, tuple[int, ...]]:
    """Suppose that the Azure tenant owns an application; `own` drops what would rest on that alone."""
    return ApplicationPrincipal("", enabled=True, owner_tenant_id=reader.sources.azure_graph.tenant.lower()), ()


async def _owners_here(reader: Reader) -> Harvest:
    """The applications that the Azure tenant has a registration of."""
    census = (await reader.once(applications)).census[Application]
    harvest = Harvest()
    graph = reader.sources.azure_graph

    async def owner(application: Application) -> Answer:
        path = f"/v1.0/applications(appId='{application.client_id}')?$select=id,appId,displayName"
        answered = await graph.get(path, grant=APPLICATION_GRANT)
        evidence = (answered.evidence,)
        if answered.body is None:
            return Known(UnseenApplication(), evidence)
        return Known(ApplicationOwner(graph.tenant, text(answered.body, "displayName")), evidence)

    things = [answer.value for _, answer in census.found if isinstance(answer, Known)]
    for application, answer in await each([t for t in things if isinstance(t, Application)], owner):
        harvest.answer(application.subject, ApplicationOwner, answer)
    return harvest


async def _event_subscriptions(reader: Reader) -> Harvest:
    """The event subscriptions; of one with filters it can't be told what it does for an account not known here."""
    read = await reader.once(line_accounts)
    raw_ids = [f"28:orgid:{account.account.id}" for account in read.accounts]

    def understand(item: Item) -> tuple[str, Fact]:
        key, fact = event_subscription(item, raw_ids)
        if isinstance(fact, EventSubscription) and _filters(item):
            fact = replace(fact, undecided=(*fact.undecided, ANYONE))
        return key, fact

    return understood(await reader.once(read_subscriptions), EventSubscription, understand, UnreadEventSubscription)


def _filters(item: Item) -> bool:
    """Whether a subscription delivers only some of the events of its types."""
    chosen = item.body["properties"].get("filter") or {}
    return any(chosen.get(key) for key in ("advancedFilters", "subjectBeginsWith", "subjectEndsWith"))
