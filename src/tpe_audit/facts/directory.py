"""Facts of the Teams tenant's directory: Microsoft's own applications, roles, policies, and who may read what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tpe_audit.facts.base import Fact, Thing
from tpe_audit.facts.tenant import Tenant


@dataclass(frozen=True, slots=True)
class AcsScopes(Fact):
    """The delegated permissions of *Azure Communication Services*, as the tenant's service principal has them."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    ids: tuple[tuple[str, str], ...]
    """Name and id, in lower case, of each."""

    def id_of(self, name: str) -> str:
        """Return the id of a scope; empty if there is none of this name."""
        return dict(self.ids).get(name, "")


@dataclass(frozen=True, slots=True)
class NoAcsScopes(Fact):
    """The tenant has no service principal of *Azure Communication Services*, and so none of its scopes."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = AcsScopes


@dataclass(frozen=True, slots=True)
class TeamsAdminApi(Fact):
    """Microsoft's own application *Skype and Teams Tenant Admin API*, as the tenant knows it."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    object_id: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class NoTeamsAdminApi(Fact):
    """The tenant has no service principal of the application *Skype and Teams Tenant Admin API*."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = TeamsAdminApi


@dataclass(frozen=True, slots=True)
class AccountReaders(Fact):
    """Which applications may list resource accounts (Graph `TeamsResourceAccount.Read.All`).

    Looked at are those that the audit knows: of the lines, and of the agents. Others may list them too.
    """

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    looked_at: tuple[str, ...]
    """Client ids, sorted; so the next."""
    allowed: tuple[str, ...]
    """With consent for the whole tenant, or the application permission."""
    wanting: tuple[str, ...]
    """They ask for it, or single users consented, but there is no consent for the whole tenant."""


@dataclass(frozen=True, slots=True)
class RoleHolders(Fact):
    """How many active assignments the Entra roles have that mending takes; those by PIM on demand don't count."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    assignments: tuple[tuple[str, int], ...]
    """Name of the role, and how many."""


@dataclass(frozen=True, slots=True)
class BlockingPolicy:
    """A Conditional Access policy in force that blocks the sign-in of users to an application of the agents."""

    id: str
    name: str
    certain: bool
    """It blocks everybody, everywhere; otherwise it depends on who signs in, and from where or on what."""


@dataclass(frozen=True, slots=True)
class ConditionalAccess(Fact):
    """The Conditional Access policies in force that block sign-in to what agents and services need."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    blocking: tuple[BlockingPolicy, ...]
    policies: int
    """How many there are in all."""


@dataclass(frozen=True, slots=True)
class UnreadConditionalAccess(Fact):
    """Conditional Access is read only where config.toml asks for it."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = ConditionalAccess


@dataclass(frozen=True, slots=True)
class UnlicensedAccounts(Fact):
    """The accounts on lines without the licence *Microsoft Teams Phone Resource Account*."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    names: tuple[str, ...]
