"""Facts of agents' consents on ACS resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tpe_audit.facts.agent import Agent
from tpe_audit.facts.base import Fact, Thing


@dataclass(frozen=True, slots=True)
class ClientAssignment:
    """The Teams extension assignment of a user on one ACS resource."""

    acs_name: str
    host_name: str
    principal_type: str
    """Empty: there is no assignment."""
    tenant_id: str
    client_ids: tuple[str, ...]
    """In lower case."""


@dataclass(frozen=True, slots=True)
class ClientConsents(Fact):
    """The consents of the lines' ACS resources to let client applications act for an agent, one for each."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Agent,)

    assignments: tuple[ClientAssignment, ...]


@dataclass(frozen=True, slots=True)
class UnaskedConsents(Fact):
    """There are so many agents that their consents are read only where config.toml asks for it."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Agent,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = ClientConsents

    agents: int
