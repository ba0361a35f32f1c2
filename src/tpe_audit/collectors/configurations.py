"""Reads what Teams knows of users: agents and resource accounts alike.

https://learn.microsoft.com/graph/api/teamsadministration-teamsuserconfiguration-get
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

from tpe_audit.alike import Alike
from tpe_audit.collectors import wire
from tpe_audit.collectors.listed import ById
from tpe_audit.collectors.reader import Reader, all_of, attempt, gap
from tpe_audit.facts import (
    Answer,
    AssignedPolicies,
    Fact,
    Gap,
    PolicyAssignment,
    TeamsAccountType,
    TeamsUser,
    said,
)
from tpe_audit.sources import Item, SourceError

GRANT = "the Graph permission TeamsUserConfiguration.Read.All"
CONFIGURATIONS = "/v1.0/admin/teams/userConfigurations"
SELECTED = "$select=id,accountType,isEnterpriseVoiceEnabled,effectivePolicyAssignments"
ALL_MEMBERS = {"Prefer": "include-unknown-enum-members"}
"""Without it Graph hides account types that were added later."""
PAGE = 999
LIST = "the list of Teams user configurations"
WHAT = "a Teams user configuration"


@dataclass(frozen=True, slots=True)
class Configuration:
    """What Teams knows of a user, each by itself."""

    user: Answer
    account_type: Answer
    policies: Answer
    evidence: int

    @property
    def says(self) -> object:
        """What it says, whichever request brought it."""
        return said(self.user), said(self.account_type), said(self.policies)


@dataclass(frozen=True, slots=True)
class NoConfiguration:
    """The proof that Teams knows no such user."""

    evidence: tuple[int, ...]


async def configurations(
    reader: Reader, ids: Collection[str], few: int
) -> Mapping[str, Configuration | NoConfiguration | Gap]:
    """Return what Teams knows of these users: asked for one by one if they are few, else all in pages.

    Args:
        reader: where to read.
        ids: object ids in lower case.
        few: up to so many are asked for one by one.

    Raises:
        SourceError: the list of all could not be read.
    """
    if len(ids) <= few:
        return dict(zip(ids, await all_of(ids, partial(_one, reader)), strict=True))
    everyone, evidence = await reader.once(_all)
    return {one: everyone.get(one) or NoConfiguration(evidence) for one in ids}


async def _one(reader: Reader, object_id: str) -> Configuration | NoConfiguration | Gap:
    try:
        path = f"{CONFIGURATIONS}/{object_id}?{SELECTED}"
        answered = await reader.sources.graph.get(path, grant=GRANT, headers=ALL_MEMBERS)
    except SourceError as error:
        return gap(error)
    if answered.body is None:
        return NoConfiguration((answered.evidence,))
    return _understood(Item(answered.body, answered.evidence))


async def _all(reader: Reader) -> tuple[Mapping[str, Configuration | Gap], tuple[int, ...]]:
    """Read the configurations of all users of Teams, whoever they are."""
    alike = Alike()
    everyone = ById(LIST, lambda _, item: alike.once(_understood(item, alike)))
    path = f"{CONFIGURATIONS}?{SELECTED}&$top={PAGE}"
    with reader.counting("Teams users", everyone.found) as paged:
        evidence = await reader.sources.graph.each(path, everyone.take, grant=GRANT, headers=ALL_MEMBERS, paged=paged)
    return everyone.found, evidence


def _understood(item: Item, alike: Alike | None = None) -> Configuration:
    evidence = (item.evidence,)

    def told(parse: Callable[[object, tuple[int, ...]], Fact]) -> Answer:
        answer = attempt(partial(parse, item.body, evidence), evidence)
        return alike.once(answer) if alike else answer

    return Configuration(told(_user), told(_account_type), told(_policies), item.evidence)


def _user(body: object, evidence: tuple[int, ...]) -> Fact:
    item = wire.parsed(wire.UserConfiguration, body, WHAT, evidence)
    return TeamsUser(item.isEnterpriseVoiceEnabled or False)


def _account_type(body: object, evidence: tuple[int, ...]) -> Fact:
    return TeamsAccountType(wire.parsed(wire.UserAccountType, body, WHAT, evidence).accountType)


def _policies(body: object, evidence: tuple[int, ...]) -> Fact:
    listed = wire.parsed(wire.UserPolicies, body, WHAT, evidence).effectivePolicyAssignments or []
    return AssignedPolicies(tuple(PolicyAssignment(e.policyType, e.policyAssignment.displayName) for e in listed))
