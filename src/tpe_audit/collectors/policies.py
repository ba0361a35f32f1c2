"""Reads the Teams policies that hold for agents and accounts: Graph names them, Teams PowerShell has what they say.

https://learn.microsoft.com/graph/api/resources/teamsadministration-teamsuserconfiguration,
https://learn.microsoft.com/powershell/module/microsoftteams/get-csexternalaccesspolicy
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from tpe_audit.collectors import wire
from tpe_audit.collectors.accounts import line_accounts
from tpe_audit.collectors.agents import read_agents, teams_users
from tpe_audit.collectors.reader import Harvest, Reader, attempt, gap, text, tried
from tpe_audit.config import e164, is_guid
from tpe_audit.facts import (
    Agent,
    Answer,
    AssignedPolicies,
    CallingPolicy,
    ExternalAccess,
    Fact,
    Gap,
    Known,
    NoSharedCalling,
    SharedCalling,
    SharedCallingPolicy,
    Subject,
)
from tpe_audit.facts.policy import GLOBAL, named
from tpe_audit.sources import SourceError
from tpe_audit.sources.errors import Malformed

Policies = Mapping[str, tuple[str, Answer]]
"""By name in lower case: the name as it is written, and what the policy says."""

_EXPORT = "a Teams PowerShell export with Get-CsOnlineUser (docs/guides/teams-export.md)"


def _policies(
    data: Sequence[Mapping[str, Any]], make: Callable[[str, Mapping[str, Any]], Fact], evidence: tuple[int, ...]
) -> Policies:
    """Return policies by name; one that can't be read, or is there twice, is not known."""
    found: dict[str, tuple[str, Answer]] = {}
    for item in data:
        identity = item.get("Identity")
        if not isinstance(identity, str) or not identity:
            raise Malformed("Teams PowerShell gave a policy without Identity.", evidence)
        name = named(identity)
        answer = attempt(partial(make, name, item), evidence)
        if name.casefold() in found and found[name.casefold()][1] != answer:
            answer = Gap(f"Teams PowerShell gave two policies {name}, and they differ.", evidence)
        found[name.casefold()] = (name, answer)
    return found


def _holding(policies: Policies, names: Sequence[str], cmdlet: str, evidence: tuple[int, ...]) -> Answer:
    """Return what the policy of this name says; of several nobody knows which one holds."""
    if len(names) > 1:
        why = f"Microsoft Graph says that the agent has several policies of the type of {cmdlet}: {', '.join(names)}."
        advice = "Look where they come from with Get-CsUserPolicyAssignment -Identity, and leave one."
        return Gap(f"{why} {advice}")
    [name] = names
    if name.casefold() in policies:
        return policies[name.casefold()][1]
    why = f"The agent has the policy {name}, and {cmdlet} does not list it."
    return Gap(f"{why} If the policy is new, make a new export.", evidence, lacks=("a fresh Teams PowerShell export",))


def _with(answer: Answer, *evidence: int) -> Answer:
    """Return an answer that rests on more requests."""
    behind = tuple(dict.fromkeys((*evidence, *answer.evidence)))
    return Known(answer.value, behind) if isinstance(answer, Known) else Gap(answer.reason, behind, lacks=answer.lacks)


async def external_access(reader: Reader) -> Harvest:
    """The external access policy that holds for each agent.

    Graph names the policy of an agent if it lists this type of policy at all, which Microsoft does not say; so where
    it lists none, `Get-CsOnlineUser` has to tell.
    """
    cmdlet = "Get-CsExternalAccessPolicy"

    def content(name: str, item: Mapping[str, Any]) -> Fact:
        what = f"the external access policy {name}"
        return ExternalAccess(name, wire.parsed(wire.ExternalAccessPolicyItem, item, what).EnableAcsFederationAccess)

    async def of(agent: Agent, assigned: Answer, policies: Policies, pages: tuple[int, ...]) -> Answer:
        listed = assigned.value if isinstance(assigned, Known) else None
        if isinstance(listed, AssignedPolicies) and (names := listed.of("ExternalAccessPolicy")):
            return _with(_holding(policies, names, cmdlet, pages), *assigned.evidence)
        users, evidence = await reader.once(_external_access_policies)
        found = users.get(agent.id, users.get(agent.user_principal_name.casefold()))
        if found is None and isinstance(assigned, Known) and not isinstance(listed, AssignedPolicies):
            return assigned  # Teams does not know the agent
        if found is None:
            why = f"Get-CsOnlineUser in Teams PowerShell does not list {agent.subject.name}."
            return Gap(why, evidence, lacks=(_EXPORT,))
        return found if isinstance(found, Gap) else _with(_holding(policies, [found], cmdlet, pages), *evidence)

    return await _of_agents(reader, ExternalAccess, cmdlet, content, of)


async def _external_access_policies(reader: Reader) -> tuple[Mapping[str, str | Gap], tuple[int, ...]]:
    """The external access policy of each user of `Get-CsOnlineUser`, by object id, else by name."""
    data, evidence = await reader.sources.teams_powershell.cmdlet("Get-CsOnlineUser")
    users: dict[str, str | Gap] = {}
    for item in data:
        identity, name = text(item, "Identity"), text(item, "UserPrincipalName")
        policy = tried(partial(_policy_of, item, name or identity, evidence), evidence)
        for key in (identity,) if is_guid(identity) else (identity, name):
            if key:
                users[sys.intern(key.casefold())] = policy
    return users, evidence


def _policy_of(item: Mapping[str, Any], name: str, evidence: tuple[int, ...]) -> str:
    """Return the external access policy of a user of `Get-CsOnlineUser`.

    Raises:
        Malformed: it does not tell.
    """
    user = wire.parsed(wire.OnlineUserExternalAccess, item, f"the user {name}", evidence)
    policy = user.ExternalAccessPolicy
    given = (policy.Name if isinstance(policy, wire.NamedPolicy) else policy) or ""
    return sys.intern(named(given) or GLOBAL)


async def calling_policies(reader: Reader) -> Harvest:
    """The calling policy that holds for each agent: the one that Graph lists, else the Global one."""
    cmdlet = "Get-CsTeamsCallingPolicy"

    def content(name: str, item: Mapping[str, Any]) -> Fact:
        what = f"the calling policy {name}"
        return CallingPolicy(name, wire.parsed(wire.CallingPolicyItem, item, what).AllowPrivateCalling)

    async def of(agent: Agent, assigned: Answer, policies: Policies, pages: tuple[int, ...]) -> Answer:
        if isinstance(assigned, Gap) or not isinstance(assigned.value, AssignedPolicies):
            return assigned
        names = assigned.value.of("TeamsCallingPolicy") or (GLOBAL,)
        return _with(_holding(policies, names, cmdlet, pages), *assigned.evidence)

    return await _of_agents(reader, CallingPolicy, cmdlet, content, of)


async def _of_agents(
    reader: Reader,
    question: type[Fact],
    cmdlet: str,
    content: Callable[[str, Mapping[str, Any]], Fact],
    of: Callable[[Agent, Answer, Policies, tuple[int, ...]], Any],
) -> Harvest:
    """Answer a question on each agent by the policy that holds for it."""
    read = await reader.once(read_agents)
    harvest = Harvest()
    for subject, unread in read.unread:
        harvest.answer(subject, question, unread)
    if not read.users:
        return harvest
    data, evidence = await reader.sources.teams_powershell.cmdlet(cmdlet)
    policies = _policies(data, content, evidence)
    for member in read.users.values():
        agent = member.agent
        try:
            answer = await of(agent, await _assigned(reader, agent.subject), policies, evidence)
        except SourceError as error:
            answer = gap(error)
        harvest.answer(agent.subject, question, answer)
    return harvest


async def _assigned(reader: Reader, subject: Subject) -> Answer:
    """Return the policies that Graph lists for an agent, or why they are not known."""
    try:
        return (await reader.once(teams_users)).answers[(AssignedPolicies, subject.key)]
    except SourceError as error:
        return gap(error)


async def shared_calling(reader: Reader) -> Harvest:
    """The shared calling policies that use each account.

    https://learn.microsoft.com/powershell/module/microsoftteams/get-csteamssharedcallingroutingpolicy
    """
    read = await reader.once(line_accounts)
    harvest = Harvest()
    for subject, unread in read.unread:
        harvest.answer(subject, SharedCalling, unread)
    if not read.accounts:
        return harvest
    data, evidence = await reader.sources.teams_powershell.cmdlet("Get-CsTeamsSharedCallingRoutingPolicy")
    of: dict[str, list[SharedCallingPolicy]] = {}
    for each in data:
        item = wire.parsed(wire.SharedCallingPolicyItem, each, "a shared calling policy", evidence)
        numbers = tuple(_number(number) for number in item.EmergencyNumbers or [])
        if item.ResourceAccount:
            policy = SharedCallingPolicy(named(item.Identity), numbers)
            of.setdefault(item.ResourceAccount.casefold(), []).append(policy)
    for account in read.accounts:
        subject = account.account.subject
        names = {account.account.id, account.account.user_principal_name.casefold()} - {""}
        policies = tuple(policy for name in sorted(names) for policy in of.get(name, []))
        harvest.tell(subject, SharedCalling(policies) if policies else NoSharedCalling(), evidence)
    return harvest


def _number(text: str) -> str:
    try:
        return e164(text)
    except ValueError:
        return text
