"""Reads the agents that config.toml names, one by one or by group, and what Teams knows of them.

https://learn.microsoft.com/graph/api/group-list-transitivemembers,
https://learn.microsoft.com/graph/api/teamsadministration-teamsuserconfiguration-get
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from tpe_audit.collectors import wire
from tpe_audit.collectors.reader import Harvest, Reader, attempt, by_id, each, gap, text
from tpe_audit.collectors.scope import asked
from tpe_audit.collectors.tenant import read_skus
from tpe_audit.collectors.users import SELECTED, of_assignments, tell_user
from tpe_audit.facts import (
    Agent,
    Answer,
    AssignedPolicies,
    Census,
    Fact,
    Gap,
    Kind,
    Known,
    Licenses,
    NoAgent,
    NoTeamsUser,
    PolicyAssignment,
    SignIn,
    Subject,
    TeamsAccountType,
    TeamsUser,
    UsageLocation,
    UserType,
)
from tpe_audit.sources import Item, SourceError

MEMBER_GRANT = "the Graph permissions GroupMember.Read.All and User.Read.All"
USER_GRANT = "the Graph permission User.Read.All"
TEAMS_GRANT = "the Graph permission TeamsUserConfiguration.Read.All"
CONFIGURATIONS = "/v1.0/admin/teams/userConfigurations"
CONFIGURED = "$select=id,userPrincipalName,accountType,isEnterpriseVoiceEnabled,effectivePolicyAssignments"
CONFIGURATION = "a Teams user configuration"
ALL_MEMBERS = {"Prefer": "include-unknown-enum-members"}
"""Without it Graph hides account types that were added later."""
ALL = f"{SELECTED},assignedLicenses,licenseAssignmentStates"
GROUPS = "the members of the agents' groups"
PAGE = 999
ONE_BY_ONE = 50
"""Up to so many agents' Teams configurations are asked for one by one; more are read in pages."""


@dataclass(frozen=True, slots=True)
class Agents:
    """All agents that config.toml names."""

    users: Mapping[str, tuple[Agent, Item]]
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
    members_of = await asyncio.gather(*(_members(reader, group) for group in groups))
    users: dict[str, tuple[Agent, Item]] = {}
    gaps = [members for members in members_of if isinstance(members, Gap)]
    listed = [item for members in members_of if not isinstance(members, Gap) for item in members]
    absent: list[NoAgent] = []
    unread: list[tuple[Subject, Gap]] = []
    for key, member in by_id(listed, GROUPS).items():
        if isinstance(member, Gap):
            unread.append((Subject(Kind.AGENT, key, key), member))
        else:
            users[key] = (_agent(member.body, (member.evidence,)), member)
    known = {agent.user_principal_name.casefold() for agent, _ in users.values()} | users.keys()
    known |= {subject.id for subject, _ in unread}
    named = [name for name in named if name.casefold() not in known]
    read: dict[str, tuple[Agent, Item]] = {}

    async def user(name: str) -> Answer:
        path = f"/v1.0/users/{quote(name, safe='@')}?$select={ALL}"
        answered = await reader.sources.graph.get(path, grant=USER_GRANT)
        if answered.body is None:
            return Known(NoAgent(name), (answered.evidence,))
        agent = _agent(answered.body, (answered.evidence,))
        read[name] = (agent, Item(answered.body, answered.evidence))
        return Known(agent, (answered.evidence,))

    evidence: list[int] = []
    for name, answer in await each(named, user):
        evidence += answer.evidence
        if isinstance(answer, Gap):
            unread.append((Subject(Kind.AGENT, name, name), answer))
        elif isinstance(answer.value, NoAgent):
            absent.append(answer.value)
        else:
            users[read[name][0].id] = read[name]
    return Agents(users, tuple(absent), tuple(unread), gaps[0] if gaps else None, tuple(evidence))


async def _members(reader: Reader, group: str) -> Sequence[Item] | Gap:
    try:
        listing = await reader.sources.graph.items(
            f"/v1.0/groups/{group}/transitiveMembers/microsoft.graph.user?$select={ALL}&$top={PAGE}",
            grant=MEMBER_GRANT,
        )
        by_id(listing.items, GROUPS)
    except SourceError as error:
        return gap(error)
    return listing.items


def _agent(body: object, evidence: tuple[int, ...]) -> Agent:
    user = wire.parsed(wire.Identified, body, "an agent", evidence)
    return Agent(user.id.lower(), text(body, "userPrincipalName"), text(body, "displayName"))


async def agents(reader: Reader) -> Harvest:
    """The agents, and whether each may sign in."""
    read = await reader.once(read_agents)
    harvest = Harvest()
    known = [(agent.subject, Known(agent, (item.evidence,))) for agent, item in read.users.values()]
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
    for agent, item in read.users.values():
        tell_user(harvest, agent.subject, item.body, (item.evidence,))
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
    for agent, item in read.users.values():
        evidence, what = (item.evidence, *pages), f"the licences of {agent.subject.name}"
        licenses = attempt(partial(of_assignments, item.body, skus, what, evidence), evidence)
        harvest.answer(agent.subject, Licenses, licenses)
    return harvest


async def teams_users(reader: Reader) -> Harvest:
    """What Teams knows of each agent: asked for one by one if they are few, else all in pages."""
    read = await reader.once(read_agents)
    harvest = Harvest()
    for subject, unread in read.unread:
        for question in OF_TEAMS_USER:
            harvest.answer(subject, question, unread)
    graph = reader.sources.graph

    async def one(agent: Agent) -> tuple[Agent, Item | Gap | tuple[int, ...]]:
        try:
            path = f"{CONFIGURATIONS}/{agent.id}?{CONFIGURED}"
            answered = await graph.get(path, grant=TEAMS_GRANT, headers=ALL_MEMBERS)
        except SourceError as error:
            return agent, gap(error)
        evidence = (answered.evidence,)
        return agent, evidence if answered.body is None else Item(answered.body, answered.evidence)

    everyone = [agent for agent, _ in read.users.values()]
    if len(everyone) <= ONE_BY_ONE:
        for agent, found in await asyncio.gather(*(one(agent) for agent in everyone)):
            _tell_configuration(harvest, agent, found)
        return harvest
    listing = await graph.items(f"{CONFIGURATIONS}?{CONFIGURED}&$top={PAGE}", grant=TEAMS_GRANT, headers=ALL_MEMBERS)
    listed = by_id(listing.items, "the list of Teams user configurations")
    for agent in everyone:
        _tell_configuration(harvest, agent, listed.get(agent.id, listing.evidence))
    return harvest


def _tell_configuration(harvest: Harvest, agent: Agent, found: Item | Gap | tuple[int, ...]) -> None:
    """Note what an agent's configuration says, or the proof that there is none, field by field."""
    for question, parse in OF_TEAMS_USER.items():
        answer: Answer
        if isinstance(found, Gap):
            answer = found
        elif isinstance(found, Item):
            answer = attempt(partial(parse, found.body, (found.evidence,)), (found.evidence,))
        else:
            answer = Known(NoTeamsUser(), found)
        harvest.answer(agent.subject, question, answer)


def _teams_user(body: object, evidence: tuple[int, ...]) -> Fact:
    item = wire.parsed(wire.UserConfiguration, body, CONFIGURATION, evidence)
    return TeamsUser(item.isEnterpriseVoiceEnabled or False)


def _account_type(body: object, evidence: tuple[int, ...]) -> Fact:
    return TeamsAccountType(wire.parsed(wire.UserAccountType, body, CONFIGURATION, evidence).accountType)


def _policies(body: object, evidence: tuple[int, ...]) -> Fact:
    listed = wire.parsed(wire.UserPolicies, body, CONFIGURATION, evidence).effectivePolicyAssignments or []
    return AssignedPolicies(tuple(PolicyAssignment(e.policyType, e.policyAssignment.displayName) for e in listed))


OF_TEAMS_USER: Mapping[type[Fact], Callable[[object, tuple[int, ...]], Fact]] = {
    TeamsUser: _teams_user,
    TeamsAccountType: _account_type,
    AssignedPolicies: _policies,
}
"""What one configuration answers, and how."""
