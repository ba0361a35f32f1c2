"""Facts of agents' consents on ACS resources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from tpe_audit.facts.acs import give_consent
from tpe_audit.facts.agent import Agent
from tpe_audit.facts.base import Fact, Thing
from tpe_audit.shell import Command


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

    @property
    def words(self) -> str:
        """What stands there."""
        return f"{self.principal_type}: {', '.join(self.client_ids)}" if self.principal_type else "no assignment"

    @property
    def doubt(self) -> str:
        """Why it can't be told whom it lets act; empty if it can."""
        if self.principal_type.casefold() in ("", "user", "teamsresourceaccount", "resourceaccount"):
            return ""
        return f"The consent on {self.acs_name} is of the type {self.principal_type}, which is not documented."

    def allows(self, tenant_id: str, client_ids: Iterable[str]) -> bool:
        """Whether it lets all these applications, in lower case, act for a user of the tenant."""
        return self._is_of_user(tenant_id) and set(client_ids) <= set(self.client_ids)

    def give(self, tenant_id: str, object_id: str, client_ids: Iterable[str]) -> Command:
        """Let these applications act for a user, beside those that may already: it replaces the list that is there."""
        kept = self.client_ids if self._is_of_user(tenant_id) else ()
        body = {"principalType": "user", "clientIds": sorted({*client_ids, *kept})}
        return give_consent(self.host_name, tenant_id, object_id, body)

    def _is_of_user(self, tenant_id: str) -> bool:
        return self.principal_type.casefold() == "user" and self.tenant_id.casefold() == tenant_id.casefold()


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
