"""Where scenarios are registered, and what they are made with.

A scenario is a function that changes a healthy tenant; registering it makes it known by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tpe_audit.simulator import contoso, dynamics, skus
from tpe_audit.simulator.contoso import ACS_ID
from tpe_audit.simulator.scenario import Scenario
from tpe_audit.simulator.state import Assignment, CommunicationService, License, TeamsPowerShell, User

KNOWN: dict[str, Callable[[], Scenario]] = {"healthy": contoso.healthy}

Change = Callable[[Scenario], Scenario]


def scenario(name: str, title: str, breaks: str) -> Callable[[Change], Change]:
    """Register a scenario of Contoso with an application of its own."""

    def register(change: Change) -> Change:
        KNOWN[name] = lambda: change(contoso.healthy()).named(name, title, breaks)
        return change

    return register


def with_dynamics(name: str, title: str, breaks: str) -> Callable[[Change], Change]:
    """Register a scenario of Contoso with Dynamics 365 Contact Center."""

    def register(change: Change) -> Change:
        KNOWN[name] = lambda: change(dynamics.healthy()).named(name, title, breaks)
        return change

    return register


def identified(*identifiers: str) -> Callable[[Any], bool]:
    """Those with one of these ids."""
    return lambda item: item.id in identifiers


def voice(service: CommunicationService) -> bool:
    """Whether it is the ACS resource of the lines."""
    return service.immutable_id == ACS_ID


def consents_without(*identifiers: str) -> Callable[[CommunicationService], tuple[Assignment, ...]]:
    """The consents of an ACS resource but for these."""
    return lambda service: tuple(item for item in service.assignments if item.object_id not in identifiers)


def licenses_without(*wanted: skus.Sku) -> Callable[[User], tuple[License, ...]]:
    """The licences of a user but for those of these products."""
    return lambda user: tuple(item for item in user.licenses if item.sku not in wanted)


def with_cmdlet(scenario: Scenario, cmdlet: str, **changes: Any) -> Scenario:
    """With changes to all that a cmdlet of Teams PowerShell returns."""
    powershell = scenario.tenant.powershell or TeamsPowerShell({})
    items = tuple({**item, **changes} for item in powershell.cmdlets[cmdlet])
    return scenario.in_tenant(powershell=replace(powershell, cmdlets={**powershell.cmdlets, cmdlet: items}))


def registered(client_id: str) -> Callable[[Any], bool]:
    """Those of an application."""
    return lambda item: item.app_id == client_id


def numbered(telephone_number: str) -> Callable[[Any], bool]:
    """Those with this telephone number."""
    return lambda number: number.telephone_number == telephone_number


def midnight() -> datetime:
    """The beginning of today, UTC."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
