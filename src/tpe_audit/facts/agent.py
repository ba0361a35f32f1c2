"""Facts of an agent: the person who answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tpe_audit.facts.base import Fact, Kind, Subject, Thing


@dataclass(frozen=True, slots=True)
class Agent(Thing):
    """A user that `[deployment.agents]` names, or a member of a group that it names."""

    id: str
    """Entra object id."""
    user_principal_name: str
    display_name: str

    @property
    def subject(self) -> Subject:
        """The Entra object id, called by its user principal name."""
        return Subject(Kind.AGENT, self.id, self.user_principal_name or self.display_name or self.id)


@dataclass(frozen=True, slots=True)
class NoAgent(Thing):
    """An agent is configured whom the directory does not know."""

    INSTEAD_OF: ClassVar[type[Fact] | None] = Agent

    configured: str

    @property
    def subject(self) -> Subject:
        """The agent as configured."""
        return Subject(Kind.AGENT, self.configured, self.configured)


@dataclass(frozen=True, slots=True)
class TeamsUser(Fact):
    """What Teams knows of a user (`GET /admin/teams/userConfigurations`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Agent,)

    enterprise_voice: bool
    """`isEnterpriseVoiceEnabled`."""


@dataclass(frozen=True, slots=True)
class NoTeamsUser(Fact):
    """Teams has no configuration for the user."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Agent,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = TeamsUser
