"""Facts of how calls leave the tenant: voice routing (Direct Routing), and restrictions of outbound calls.

https://learn.microsoft.com/microsoftteams/direct-routing-voice-routing
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from tpe_audit.facts.account import ResourceAccount
from tpe_audit.facts.base import Fact, Thing
from tpe_audit.facts.policy import GLOBAL
from tpe_audit.facts.tenant import Tenant
from tpe_audit.shell import Command, powershell


@dataclass(frozen=True, slots=True)
class VoiceRoutingPolicy:
    """A policy that gives accounts PSTN usages, in the order to try them."""

    name: str
    usages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssignedVoiceRoutingPolicy(Fact):
    """The voice routing policy that is in effect for an account."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    name: str
    """Without its scope; Global if the account has no policy of its own."""

    @property
    def own(self) -> bool:
        """Whether it is the account's own, and not the tenant's Global one."""
        return self.name != GLOBAL


@dataclass(frozen=True, slots=True)
class VoiceRoutingPolicies(Fact):
    """The voice routing policies of the tenant (`Get-CsOnlineVoiceRoutingPolicy`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    policies: tuple[VoiceRoutingPolicy, ...]

    def named(self, name: str) -> VoiceRoutingPolicy | None:
        """Return the policy of this name; None if the tenant has none."""
        return next((policy for policy in self.policies if policy.name.casefold() == name.casefold()), None)


@dataclass(frozen=True, slots=True)
class VoiceRoute:
    """A way for numbers of a pattern to session border controllers."""

    name: str
    pattern: str
    """A regular expression on the dialled number."""
    usages: tuple[str, ...]
    gateways: tuple[str, ...]
    """Host names of session border controllers."""


@dataclass(frozen=True, slots=True)
class VoiceRoutes(Fact):
    """The voice routes of the tenant (`Get-CsOnlineVoiceRoute`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    routes: tuple[VoiceRoute, ...]

    def by(self, usages: Iterable[str]) -> tuple[VoiceRoute, ...]:
        """Return the routes that one of these PSTN usages leads to, and that lead on to a controller."""
        wanted = {usage.casefold() for usage in usages}
        return tuple(
            route for route in self.routes if route.gateways and wanted & {usage.casefold() for usage in route.usages}
        )


@dataclass(frozen=True, slots=True)
class SessionBorderController:
    """A session border controller that is paired with the tenant."""

    name: str
    """Its host name."""
    enabled: bool
    """It is sent new calls."""


@dataclass(frozen=True, slots=True)
class SessionBorderControllers(Fact):
    """The session border controllers of the tenant (`Get-CsOnlinePSTNGateway`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    controllers: tuple[SessionBorderController, ...]

    def named(self, name: str) -> SessionBorderController | None:
        """Return the controller of this host name; None if it is not paired with the tenant."""
        return next((one for one in self.controllers if one.name.casefold() == name.casefold()), None)

    def working(self, route: VoiceRoute) -> bool | None:
        """Whether a route leads to an enabled controller; None if it may, by one that the tenant does not know."""
        known = [self.named(name) for name in route.gateways]
        if any(one and one.enabled for one in known):
            return True
        return None if None in known else False

    @property
    def all_off(self) -> bool:
        """Whether there are controllers, and none is enabled."""
        return bool(self.controllers) and not any(one.enabled for one in self.controllers)

    def off(self, routes: Iterable[VoiceRoute]) -> tuple[str, ...]:
        """Return the names of the controllers that are not enabled: of these routes or, without any, of all."""
        wanted = {name.casefold() for route in routes for name in route.gateways}
        off = (one.name for one in self.controllers if not one.enabled)
        return tuple(name for name in off if not wanted or name.casefold() in wanted)

    @staticmethod
    def enable(names: Iterable[str]) -> tuple[Command, ...]:
        """Send controllers new calls (https://learn.microsoft.com/powershell/module/microsoftteams/set-csonlinepstngateway)."""
        return tuple(powershell("Set-CsOnlinePSTNGateway -Identity %s -Enabled $true", name) for name in names)

    def broken(self, routes: Iterable[VoiceRoute]) -> tuple[VoiceRoute, ...]:
        """Return the routes that lead to no enabled controller, and whose numbers no other of them takes."""
        routes = tuple(routes)
        taken = {route.pattern for route in routes if self.working(route) is not False}
        return tuple(route for route in routes if self.working(route) is False and route.pattern not in taken)


@dataclass(frozen=True, slots=True)
class AssignedDialOutPolicy(Fact):
    """The policy of outbound call restrictions that is in effect for an account."""

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    name: str
    """Without its scope; Global if the account has no policy of its own."""


@dataclass(frozen=True, slots=True)
class DialOutPolicy:
    """What outbound calls a policy allows.

    https://learn.microsoft.com/microsoftteams/outbound-calling-restriction-policies
    """

    name: str
    calls: str
    """InternationalAndDomestic, DomesticOnly or Disabled."""


@dataclass(frozen=True, slots=True)
class DialOutPolicies(Fact):
    """The policies of outbound call restrictions of the tenant (`Get-CsOnlineDialOutPolicy`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    policies: tuple[DialOutPolicy, ...]

    def named(self, name: str) -> DialOutPolicy | None:
        """Return the policy of this name; None if the tenant has none."""
        return next((policy for policy in self.policies if policy.name.casefold() == name.casefold()), None)
