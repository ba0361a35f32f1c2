"""What is meant to be: the one fact that is not read of a tenant but declared by its admin."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import ClassVar

from tpe_audit.facts.base import Fact, Thing
from tpe_audit.facts.tenant import Tenant


class Consumer(StrEnum):
    """What answers the calls."""

    THIRD_PARTY = "third-party"
    DYNAMICS_365 = "dynamics-365"
    FOUNDRY = "foundry"


class Direction(StrEnum):
    """Which way calls are placed."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Billing(StrEnum):
    """How the tenant pays for calls: its billing agreement decides."""

    MCA = "mca"
    CREDITS = "credits"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ConfiguredLine:
    """One line as `[[deployment.lines]]` declares it. Empty: not declared."""

    number: str = ""
    """E.164 with the leading +."""
    account: str = ""
    """User principal name or object id."""
    application_id: str = ""
    acs_resource: str = ""
    """ARM id or immutable id."""
    bot: str = ""
    """ARM id."""

    def contradictions(self, other: ConfiguredLine) -> tuple[str, ...]:
        """Return the keys to which two lines of one account give different values."""
        return tuple(
            name
            for name in ("number", "application_id", "acs_resource", "bot")
            if (mine := getattr(self, name)) and (its := getattr(other, name)) and mine.casefold() != its.casefold()
        )

    def joined(self, other: ConfiguredLine) -> ConfiguredLine:
        """Return what two lines of one account say together, where they don't contradict each other."""
        return ConfiguredLine(*(getattr(self, each.name) or getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Deployment(Fact):
    """The deployment as `[deployment]` of config.toml declares it."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    consumer: Consumer = Consumer.THIRD_PARTY
    directions: tuple[Direction, ...] = (Direction.INBOUND, Direction.OUTBOUND)
    billing: Billing = Billing.UNKNOWN
    acs_federation_used: bool = True
    lines: tuple[ConfiguredLine, ...] = ()
    agent_groups: tuple[str, ...] = ()
    agent_users: tuple[str, ...] = ()
    client_applications: tuple[str, ...] = ()
    dynamics_environment: str = ""

    WITHOUT_ACS_FEDERATION: ClassVar[str] = 'config.toml says that ACS federation is "not-used" ([deployment]).'

    @property
    def names_agents(self) -> bool:
        """Whether it says who the agents are."""
        return bool(self.agent_groups or self.agent_users)
