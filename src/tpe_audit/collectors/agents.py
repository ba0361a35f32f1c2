"""Reads the agents that config.toml names, one by one or by group, and what Teams knows of them.

https://learn.microsoft.com/graph/api/group-list-transitivemembers,
https://learn.microsoft.com/graph/api/teamsadministration-teamsuserconfiguration-get
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from urllib.parse import quote

from tpe_audit.alike import Alike
from tpe_audit.collectors import wire
from tpe_audit.collectors.configurations import Configuration, NoConfiguration, configurations
from tpe_audit.collectors.instances import USER_GRANT
from tpe_audit.collectors.licenses import Assigned
from tpe_audit.collectors.listed import ById
from tpe_audit.collectors.reader import Harvest, Reader, each, gap, text, tried
from tpe_audit.collectors.scope import asked
from tpe_audit.collectors.tenant import read_skus
from tpe_audit.collectors.users import SELECTED, UserAnswers
from tpe_audit.facts import (
    Agent,
    Answer,
    AssignedPolicies,
    Census,
    Gap,
    Kind,
    Known,
    Licenses,
    NoAgent,
    NoTeamsUser,
    SignIn,
    Subject,
    TeamsAccountType,
    TeamsUser,
    UsageLocation,
    UserType,
    said,
)
from tpe_audit.sources import Item, SourceError

MEMBER_GRANT = "the Graph permissions GroupMember.Read.All and User.Read.All"
ALL = f"{SELECTED},assignedLicenses,licenseAssignmentStates"
GROUPS = "the members of the agents' groups"
PAGE = 999
ONE_BY_ONE = 50
"""Up to so many agents' Teams configurations are asked for one by one; more are read in pages."""


@dataclass(frozen=True, slots=True)
class Member:
    """An agent, and what the directory says of it."""

    agent: Agent
    answers: UserAnswers
    licenses: Assigned | Gap
    evidence: int

    @property
    def says(self) -> object:
        """What it says, whichever request brought it."""
        return self.agent, self.answers.says, said(self.licenses)


@dataclass(frozen=True, slots=True)
class Agents:
    """All agents that config.toml names."""

    users: Mapping[str, Member]
    """By object id."""
    absent: tuple[NoAgent, ...]
    unread: tuple[tuple[Subject, Gap], ...]
    gap: Gap | None
    """Some group's members could not be read."""
    evidence: tuple[int, ...]


async def read_agents(reader: Reader) -> Agents:
    """Read the members of the configured groups, in pages, and the configured users."""
    groups, named = reader.deployment.agent_groups, list(reader.deployment.agent_users)
    if reader.subjects:
        groups = ()
        named = [a.user.id for a in await reader.once(asked) if a.user and not a.account and not a.error]
    understand = partial(_member, alike=Alike())
    lists = [ById(GROUPS, understand) for _ in groups]
    with reader.counting("agents", *(one.found for one in lists)) as paged:
        told = await asyncio.gather(
            *(_members(reader, group, into, paged) for group, into in zip(groups, lists, strict=True))
        )
    gaps = [one for one in told if one]
    members = ById(GROUPS, understand)
    for one, unread_list in zip(lists, told, strict=True):
        if unread_list is None:
            members.join(one)
    users = {key: member for key, member in members.found.items() if not isinstance(member, Gap)}
    absent: list[NoAgent] = []
    unread = [(Subject(Kind.AGENT, key, key), one) for key, one in members.found.items() if isinstance(one, Gap)]
    known = {member.agent.user_principal_name.casefold() for member in users.values()} | members.found.keys()
    named = [name for name in named if name.casefold() not in known]
    read: dict[str, Member] = {}

    async def user(name: str) -> Answer:
        path = f"/v1.0/users/{quote(name, safe='@')}?$select={ALL}"
        answered = await reader.sources.graph.get(path, grant=USER_GRANT)
        if answered.body is None:
            return Known(NoAgent(name), (answered.evidence,))
        item = Item(answered.body, answered.evidence)
        key = wire.parsed(wire.Identified, item.body, "an agent", (item.evidence,)).id.lower()
        read[name] = understand(key, item)
        return Known(read[name].agent, (answered.evidence,))

    evidence: list[int] = []
    for name, answer in await each(named, user):
        evidence += answer.evidence
        if isinstance(answer, Gap):
            unread.append((Subject(Kind.AGENT, name, name), answer))
        elif isinstance(answer.value, NoAgent):
            absent.append(answer.value)
        else:
            users[read[name].agent.id] = read[name]
    return Agents(users, tuple(absent), tuple(unread), gaps[0] if gaps else None, tuple(evidence))


async def _members(reader: Reader, group: str, into: ById[Member], paged: Callable[[], None]) -> Gap | None:
    """Read the members of a group; the gap, if they can't be read to the last."""
    try:
        await reader.sources.graph.each(
            f"/v1.0/groups/{group}/transitiveMembers/microsoft.graph.user?$select={ALL}&$top={PAGE}",
            into.take,
            grant=MEMBER_GRANT,
            paged=paged,
        )
    except SourceError as error:
        return gap(error)
    return None


def _member(key: str, item: Item, alike: Alike) -> Member:
    evidence = (item.evidence,)
    agent = Agent(key, text(item.body, "userPrincipalName"), text(item.body, "displayName"))
    what = f"the licences of {agent.subject.name}"
    return Member(
        agent,
        alike.once(UserAnswers.of(item.body, agent.subject.name, evidence)),
        alike.once(tried(partial(Assigned.of, item.body, what, evidence), evidence)),
        item.evidence,
    )


async def agents(reader: Reader) -> Harvest:
    """The agents, and whether each may sign in."""
    read = await reader.once(read_agents)
    harvest = Harvest()
    behind = {one.evidence: (one.evidence,) for one in read.users.values()}
    known = [(one.agent.subject, Known(one.agent, behind[one.evidence])) for one in read.users.values()]
    absent = [(thing.subject, Known(thing, read.evidence)) for thing in read.absent]
    nothing = "No agents are configured ([deployment.agents])."
    if reader.deployment.names_agents:
        nothing = "The groups of [deployment.agents] have no members."
    if reader.subjects:
        nothing = "No agent was asked about (--subject)."
    harvest.census[Agent] = Census((*known, *absent, *read.unread), read.gap, nothing)
    for subject, unread in read.unread:
        for question in (SignIn, UsageLocation, UserType):
            harvest.answer(subject, question, unread)
    for member in read.users.values():
        member.answers.tell(harvest, member.agent.subject)
    return harvest


async def agent_licenses(reader: Reader) -> Harvest:
    """The licences of the agents, as service plans."""
    read = await reader.once(read_agents)
    harvest = Harvest()
    for subject, unread in read.unread:
        harvest.answer(subject, Licenses, unread)
    if not read.users:
        return harvest
    try:
        skus, pages = await reader.once(read_skus)
    except SourceError as error:
        harvest.unread[(Licenses, Kind.AGENT)] = gap(error)
        return harvest
    licenses: Callable[[Assigned, int], Known] = cache(
        lambda assigned, index: Known(assigned.licenses(skus), (index, *pages))
    )
    for member in read.users.values():
        assigned = member.licenses
        answer = assigned if isinstance(assigned, Gap) else licenses(assigned, member.evidence)
        harvest.answer(member.agent.subject, Licenses, answer)
    return harvest


async def teams_users(reader: Reader) -> Harvest:
    """What Teams knows of each agent."""
    read = await reader.once(read_agents)
    harvest = Harvest()
    for subject, unread in read.unread:
        _tell(harvest, subject, unread)
    told = await configurations(reader, read.users.keys(), ONE_BY_ONE)
    for key, member in read.users.items():
        _tell(harvest, member.agent.subject, told[key])
    return harvest


def _tell(harvest: Harvest, subject: Subject, found: Configuration | NoConfiguration | Gap) -> None:
    """Note what an agent's configuration says, or the proof that there is none."""
    answers: tuple[Answer, Answer, Answer]
    match found:
        case Configuration(user, account_type, policies):
            answers = user, account_type, policies
        case NoConfiguration(evidence):
            answers = (Known(NoTeamsUser(), evidence),) * 3
        case Gap():
            answers = found, found, found
    for question, answer in zip((TeamsUser, TeamsAccountType, AssignedPolicies), answers, strict=True):
        harvest.answer(subject, question, answer)
