"""Facts of a Dynamics 365 environment: its Contact Center answers the calls.

Tables and columns of Dataverse are those that a community tool reads
(github.com/moliveirapinto/teams-phone-d365-wizard, `webresource/mau_TeamsPhoneSetup.html`); Microsoft does not
document them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tpe_audit.facts.account import ResourceAccount
from tpe_audit.facts.base import Fact, Kind, Subject, Thing
from tpe_audit.facts.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Environment(Thing):
    """The Dynamics 365 environment that `[deployment.dynamics]` names."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    url: str

    @property
    def subject(self) -> Subject:
        """The URL, called by its host."""
        return Subject(Kind.ENVIRONMENT, self.url, self.url.removeprefix("https://"))


@dataclass(frozen=True, slots=True)
class VoiceProvider(Fact):
    """The environment has an active communication provider for voice: its voice channel is provisioned.

    Table `msdyn_occommunicationprovidersettings`, provider 192350000, `statecode` 0 (community).
    """

    OF: ClassVar[tuple[type[Thing], ...]] = (Environment,)


@dataclass(frozen=True, slots=True)
class NoVoiceProvider(Fact):
    """The environment has no active communication provider for voice."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Environment,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = VoiceProvider


@dataclass(frozen=True, slots=True)
class EnvironmentAcsResource(Fact):
    """The ACS resource of the environment (`msdyn_occommunicationproviderimmutableid`, community)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Environment,)

    immutable_ids: tuple[str, ...]
    """In lower case, at least one; more where the environment has several active providers."""


@dataclass(frozen=True, slots=True)
class DynamicsApplicationId(Fact):
    """The Dynamics App ID that config.toml gives an account's line."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    client_id: str


@dataclass(frozen=True, slots=True)
class NoDynamicsApplicationId(Fact):
    """config.toml names no application for the account's line."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = DynamicsApplicationId


@dataclass(frozen=True, slots=True)
class SyncApplications(Fact):
    """Applications that may list resource accounts for whoever signs in to them.

    They hold the delegated Graph permission TeamsResourceAccount.Read.All with consent for the whole tenant.
    """

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    principals: tuple[str, ...]
    """Object ids of their service principals."""
