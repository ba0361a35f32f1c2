"""Facts of the Teams policies that hold for agents and accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tpe_audit.facts.account import ResourceAccount
from tpe_audit.facts.agent import Agent
from tpe_audit.facts.base import Fact, Thing
from tpe_audit.shell import Command, powershell

GLOBAL = "Global"
"""The policy that holds for everyone who has no other."""

_SET = "Set-CsTeamsSharedCallingRoutingPolicy"


def named(identity: str) -> str:
    """Return the name of a policy: Teams PowerShell writes `Tag:` before those that are not Global."""
    return identity[4:] if identity[:4].casefold() == "tag:" else identity


@dataclass(frozen=True, slots=True)
class TeamsAccountType(Fact):
    """What kind of account Teams takes a user for (`accountType` of `userConfigurations`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Agent,)

    value: str
    """user, resourceAccount, guest, sfbOnPremUser, unknown or ineligibleUser."""


@dataclass(frozen=True, slots=True)
class PolicyAssignment:
    """A Teams policy that was given to a user, directly or by a group."""

    policy_type: str
    """As Microsoft names it: TeamsCallingPolicy, …"""
    name: str


@dataclass(frozen=True, slots=True)
class AssignedPolicies(Fact):
    """The Teams policies that were given to a user (`effectivePolicyAssignments`); Global ones are not among them."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Agent,)

    assigned: tuple[PolicyAssignment, ...]

    def of(self, policy_type: str) -> tuple[str, ...]:
        """Return the name of the policy of this type, if one is listed; more than one contradict each other."""
        wanted = policy_type.casefold()
        names = [named(each.name) for each in self.assigned if each.policy_type.casefold() == wanted]
        return tuple({name.casefold(): name for name in reversed(names)}.values())[::-1]


@dataclass(frozen=True, slots=True)
class ExternalAccess(Fact):
    """The external access policy that holds for an agent (`Get-CsExternalAccessPolicy`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Agent,)

    policy: str
    acs_federation: bool
    """`EnableAcsFederationAccess`."""


@dataclass(frozen=True, slots=True)
class CallingPolicy(Fact):
    """The calling policy that holds for an agent (`Get-CsTeamsCallingPolicy`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Agent,)

    policy: str
    private_calling: bool
    """`AllowPrivateCalling`."""


@dataclass(frozen=True, slots=True)
class SharedCallingPolicy:
    """A shared calling routing policy: calls of its users, emergency calls too, show an account's number."""

    name: str
    emergency_numbers: tuple[str, ...]
    """Numbers that emergency services call back; E.164 as far as they are."""


@dataclass(frozen=True, slots=True)
class SharedCalling(Fact):
    """The shared calling policies that use an account (`Get-CsTeamsSharedCallingRoutingPolicy`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    policies: tuple[SharedCallingPolicy, ...]

    @property
    def names(self) -> str:
        """The names of the policies, as part of a sentence."""
        return ", ".join(policy.name for policy in self.policies)

    @property
    def emergency_numbers(self) -> tuple[str, ...]:
        """The numbers of all these policies; one that is listed twice is there twice."""
        return tuple(number for policy in self.policies for number in policy.emergency_numbers)

    def without(self, number: str) -> tuple[Command, ...]:
        """Take a number off the policies that list it."""
        return tuple(
            powershell(f"{_SET} -Identity %s -EmergencyNumbers @{{remove=%s}}", each.name, number)
            for each in self.policies
            if number in each.emergency_numbers
        )


@dataclass(frozen=True, slots=True)
class NoSharedCalling(Fact):
    """No shared calling policy uses the account."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = SharedCalling
