"""Facts of what may keep calls from reaching an account: blocked callers, auto attendants and call queues."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from tpe_audit.facts.account import ResourceAccount
from tpe_audit.facts.base import Fact, Thing
from tpe_audit.facts.tenant import Tenant

_ENDINGS = ("000000", "271828", "999999")
"""Ends of numbers that have nothing in common: what matches them all matches the whole area."""


@dataclass(frozen=True, slots=True)
class CallerPattern:
    """A regular expression on the caller's number."""

    name: str
    pattern: str
    enabled: bool
    redirects_to: str = ""
    """Object id of the resource account that these callers are sent to; empty: they are rejected."""

    @property
    def expression(self) -> re.Pattern[str] | None:
        """The pattern, ready to be tried; None if it is written in a way that only Teams understands."""
        try:
            return re.compile(self.pattern)
        except re.error:
            return None

    def matches(self, caller: str) -> bool:
        """Whether it matches a caller's number; a pattern that can't be tried here matches nothing."""
        return bool(self.expression and self.expression.search(caller))


@dataclass(frozen=True, slots=True)
class CallerBlocking(Fact):
    """Whether the tenant's list of blocked callers is in force (`Get-CsTenantBlockedCallingNumbers`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    enabled: bool


@dataclass(frozen=True, slots=True)
class ExemptCallers(Fact):
    """Callers who are never blocked (`Get-CsInboundExemptNumberPattern`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    patterns: tuple[CallerPattern, ...]


@dataclass(frozen=True, slots=True)
class BlockedCallers(Fact):
    """Callers who are blocked, or sent elsewhere (`Get-CsInboundBlockedNumberPattern`)."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    patterns: tuple[CallerPattern, ...]

    @property
    def on(self) -> tuple[CallerPattern, ...]:
        """The patterns that are switched on."""
        return tuple(pattern for pattern in self.patterns if pattern.enabled)

    def of_the_area(self, numbers: Iterable[str], exempt: ExemptCallers) -> tuple[tuple[CallerPattern, str], ...]:
        """Return the patterns that keep out every caller of the area of one of these numbers, with that area.

        Callers who are exempt don't count; nothing is returned where it can't be told who is.
        """
        spared = [pattern for pattern in exempt.patterns if pattern.enabled]
        if not all(pattern.expression for pattern in spared):
            return ()
        found: dict[CallerPattern, str] = {}
        for area in dict.fromkeys(number[:-6] for number in numbers if len(number) > 8):
            callers = [area + ending for ending in _ENDINGS]
            callers = [caller for caller in callers if not any(pattern.matches(caller) for pattern in spared)]
            for pattern in self.on:
                if callers and all(pattern.matches(caller) for caller in callers):
                    found.setdefault(pattern, area)
        return tuple(found.items())


@dataclass(frozen=True, slots=True)
class VoiceApplications(Fact):
    """The auto attendants and call queues that an account answers for.

    Read of the auto attendants and call queues themselves (`Get-CsAutoAttendant`, `Get-CsCallQueue`).
    """

    OF: ClassVar[tuple[type[Thing], ...]] = (ResourceAccount,)

    names: tuple[str, ...]
    """Such as: the call queue Sales."""
