"""Which rights the chosen checks need, and which check needs each for what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tpe_audit.catalog import Check, Profile
from tpe_audit.collectors import Collector, Question
from tpe_audit.commands.meant import deployment
from tpe_audit.config import Config
from tpe_audit.rights import ACCOUNTS, RIGHTS, Right, RightKind, right

OPT_IN = "directory.conditional_access"
"""The collector that reads nothing until config.toml asks for it."""

IN_AZURE_TENANT = frozenset({"bots.application_owners", "registrations.application_registrations"})
"""Collectors that ask Microsoft Graph in the Azure tenant too, where that is another one."""

PERSON_NEEDS = "Teams Administrator"
"""The Entra role of a person who signs in: Microsoft documents the list of resource accounts for such a one only
(https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/teams-phone-extensibility-quickstart)."""


@dataclass(slots=True)
class Need:
    """A right, and what needs it."""

    right: Right
    facts: dict[str, list[str]] = field(default_factory=dict)
    """By check: the names of the facts that it reads with this right."""
    in_azure_tenant: bool = False
    """A permission of Microsoft Graph that is needed in the Azure tenant as well."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What config.toml and the command line say that is not needed."""

    config: Config | None = None
    profile: Profile | None = None

    def spares(self, check: Check) -> bool:
        """Whether the audit never judges the check, or leaves it to a person: a source of it is off."""
        if self.profile and self.profile not in check.profiles:
            return True
        if self.config is None:
            return False
        try:
            return bool(check.spared(deployment(self.config), self.profile or check.profiles[0]))
        except Exception:  # the audit judges such a check all the same
            return False

    def off(self, row: Collector) -> bool:
        """Whether what the row reads from is declared off."""
        if self.config is None:
            return False
        sources = self.config.sources
        off = {
            "arm": sources.azure.mode,
            "acs": sources.acs.mode,
            "teams-powershell": sources.teams_powershell.mode,
            "dataverse": "auto" if self.config.deployment.consumer == "dynamics-365" else "off",
        }
        return off.get(row.source) == "off" or (row.name == OPT_IN and sources.conditional_access.mode == "off")


def needs(checks: Iterable[Check], table: Mapping[Question, Collector], narrowing: Narrowing) -> tuple[Need, ...]:
    """Return the rights without which one of the checks is unknown, in the order of `RIGHTS`."""
    found: dict[str, Need] = {}
    for check in checks:
        rows = [(question, table[question]) for question in check.wants if question in table]
        if any(narrowing.off(row) for _, row in rows):
            continue
        for question, row in rows:
            for (_, fact), behind in _chain(question, row, table):
                for words in behind.permissions:
                    need = found.setdefault(words, Need(right(words)))
                    facts = need.facts.setdefault(check.id, [])
                    if fact.__name__ not in facts:
                        facts.append(fact.__name__)
                    need.in_azure_tenant |= behind.name in IN_AZURE_TENANT
    order = {known: rank for rank, known in enumerate(RIGHTS)}
    return tuple(sorted(found.values(), key=lambda need: (order.get(need.right, len(order)), need.right.words)))


def _chain(
    question: Question, row: Collector, table: Mapping[Question, Collector]
) -> Iterator[tuple[Question, Collector]]:
    """Yield a question with its collector, and all that the answer builds on."""
    yield question, row
    for behind in row.needs:
        yield from _chain(behind, table[behind], table)


def of_kind(needed: Iterable[Need], kind: RightKind) -> tuple[Need, ...]:
    """Return the needs for rights of one kind."""
    return tuple(need for need in needed if need.right.kind is kind)


def roles_of_a_person(needed: Iterable[Need]) -> tuple[str, ...]:
    """Return the Entra roles that a person needs who signs in, besides the delegated permissions."""
    return (PERSON_NEEDS,) if any(need.right is ACCOUNTS for need in needed) else ()
