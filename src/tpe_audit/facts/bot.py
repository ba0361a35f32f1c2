"""Facts of the application that an account is bound to, and of its Azure Bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tpe_audit.facts.account import ResourceAccount
from tpe_audit.facts.base import Fact, Kind, Subject, Thing
from tpe_audit.shell import Command, bash


@dataclass(frozen=True, slots=True)
class Application(Thing):
    """An application that an account of a line is, or should be, bound to."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    client_id: str

    @property
    def subject(self) -> Subject:
        """The client id."""
        return Subject(Kind.APPLICATION, self.client_id, self.client_id)


@dataclass(frozen=True, slots=True)
class ApplicationOwner(Fact):
    """The tenant that owns an application: where it is registered."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Application,)

    tenant_id: str
    display_name: str


@dataclass(frozen=True, slots=True)
class UnseenApplication(Fact):
    """Neither the Teams tenant nor the Azure tenant has a trace of the application."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Application,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = ApplicationOwner


@dataclass(frozen=True, slots=True)
class Bot(Thing):
    """The Azure Bot of an application."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount, Application)
    POINTS_TO: ClassVar[tuple[type[Thing], ...]] = (Application,)

    arm_id: str
    name: str
    resource_group: str
    subscription: str
    client_id: str
    """`msaAppId`: the application that the bot is of."""

    @property
    def subject(self) -> Subject:
        """The ARM id, called by the bot's name."""
        return Subject(Kind.BOT, self.arm_id, self.name)

    @property
    def add_channel(self) -> Command:
        """Add the Microsoft Teams channel, with calling."""
        return bash(
            "az bot msteams create -n %s -g %s --subscription %s --enable-calling --calling-web-hook %s",
            self.name,
            self.resource_group,
            self.subscription,
            "https://<any valid https address>",
        )

    @property
    def remove_channel(self) -> Command:
        """Remove the Microsoft Teams channel: it can be added, but not changed."""
        return bash(
            "az bot msteams delete -n %s -g %s --subscription %s",
            self.name,
            self.resource_group,
            self.subscription,
        )


@dataclass(frozen=True, slots=True)
class NoBot(Thing):
    """No Azure Bot is of this application."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount, Application)
    INSTEAD_OF: ClassVar[type[Fact] | None] = Bot

    client_id: str
    looked: str
    """Where it was looked for, as part of a sentence."""

    @property
    def subject(self) -> Subject:
        """The application that has no bot."""
        return Subject(Kind.APPLICATION, self.client_id, self.client_id)


@dataclass(frozen=True, slots=True)
class BotAppType(Fact):
    """How a bot's application signs in (`msaAppType`), and what that takes."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Bot,)

    MANAGED_IDENTITY: ClassVar[str] = "UserAssignedMSI"

    kind: str
    """SingleTenant, UserAssignedMSI or MultiTenant; empty if the bot does not say."""
    tenant_id: str
    """`msaAppTenantId`; empty if none is set."""
    managed_identity: str
    """`msaAppMSIResourceId`; empty if none is set."""


@dataclass(frozen=True, slots=True)
class TeamsChannel(Fact):
    """The bot's Microsoft Teams channel."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Bot,)

    enabled: bool


@dataclass(frozen=True, slots=True)
class NoTeamsChannel(Fact):
    """The bot has no Microsoft Teams channel."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Bot,)
    INSTEAD_OF: ClassVar[type[Fact] | None] = TeamsChannel


@dataclass(frozen=True, slots=True)
class ChannelCalling(Fact):
    """The calling settings of the bot's Microsoft Teams channel."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Bot,)

    enabled: bool
    webhook: str
    """Empty if none is set."""
