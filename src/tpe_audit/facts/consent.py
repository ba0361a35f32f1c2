"""Facts of agents' consents on ACS resources."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from tpe_audit.facts.agent import Agent
from tpe_audit.facts.base import Fact, Thing
from tpe_audit.shell import Command, bash


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

    def give(self, tenant_id: str, object_id: str, client_ids: Iterable[str]) -> Command:
        """Let these applications act for a user; it replaces the list that is there.

        https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/teams-phone-extensibility-rest-api
        """
        at = f"https://{self.host_name}/access/teamsExtension/tenants/{tenant_id}/assignments/{object_id}"
        return bash(
            "az rest --method put --resource https://communication.azure.com --url %s "
            "--headers Content-Type=application/json --body %s",
            f"{at}?api-version=2025-06-30",
            json.dumps({"principalType": "user", "clientIds": sorted(client_ids)}),
        )


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
