"""What a check says of itself, and all checks in order of cause."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tpe_audit.facts import (
    Consumer,
    Deployment,
    Direction,
    Fact,
    NumberType,
    NumberTypeName,
    PhoneNumber,
    Tenant,
    Thing,
    slot,
)
from tpe_audit.verdicts import Area, NotApplicable, Owner, Severity, Verdict


class Profile(StrEnum):
    """What an audit is for."""

    SCHEDULED = "scheduled"
    GO_LIVE = "go-live"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Reads:
    """Where a fact comes from, and what it takes to read it."""

    what: str
    """The request, as Microsoft documents it."""
    source: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One fact that a check asks for."""

    name: str
    accepts: tuple[type[Fact], ...]
    """The classes that the check can be called with."""
    many: bool
    path: tuple[type[Fact], ...]
    """From the subject to the fact: the questions to follow. Empty: the subject itself."""

    @property
    def slot(self) -> type[Fact]:
        """The question that the fact answers."""
        return slot(self.accepts[0])


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement, as its file states it."""

    id: str
    title: str
    body: str
    """The docstring below its title, in Markdown."""
    area: Area
    severity: Severity
    owner: Owner
    codes: tuple[str, ...]
    requires: tuple[str, ...]
    link: str
    """The Microsoft page with the fix."""
    function: Callable[..., Verdict]
    parameters: tuple[Parameter, ...]
    path: Path
    absent: Callable[..., Verdict] | None = None
    """Judges where the thing does not exist; None: another check does."""
    absences: tuple[type[Fact], ...] = ()
    """What `absent` takes."""
    question: str = ""
    """What a person is asked; empty: the check asks nobody."""
    consumers: tuple[Consumer, ...] = tuple(Consumer)
    directions: tuple[Direction, ...] = tuple(Direction)
    number_types: tuple[NumberTypeName, ...] = ()
    """Numbers that it concerns; empty: all, and accounts without one."""
    profiles: tuple[Profile, ...] = tuple(Profile)
    applies: Callable[[Deployment], NotApplicable | None] | None = None
    built_in: bool = True

    @property
    def judges(self) -> type[Fact]:
        """The kind of thing that it judges, as a question of the census."""
        return self.parameters[0].slot

    @property
    def wants(self) -> tuple[tuple[type[Fact], type[Fact]], ...]:
        """What must be read for it: a thing and a fact of it; a thing and itself is the list of these."""
        wants = [] if self.judges is Tenant else [(self.judges, self.judges)]
        for parameter in self.parameters:
            wants += _pairs(self.judges, parameter.path)
        if self.number_types:
            path: tuple[type[Fact], ...] = (PhoneNumber, NumberType)
            wants += _pairs(self.judges, path[1:] if self.judges is PhoneNumber else path)
        return tuple(dict.fromkeys(wants))

    @property
    def reads(self) -> tuple[type[Fact], ...]:
        """The questions that it needs answered, its subject among them."""
        return tuple(dict.fromkeys([self.judges, *(slot(fact) for _, fact in self.wants)]))

    def spared(self, deployment: Deployment, profile: Profile) -> str:
        """Return why the deployment as declared does not need the check at all; empty if it does.

        Raises:
            Exception: whatever the check's own `applies` raises.
        """
        if deployment.consumer not in self.consumers:
            return f"The deployment's consumer is {deployment.consumer}; this concerns {_or(self.consumers)}."
        if not set(deployment.directions) & set(self.directions):
            return f"The deployment has no {_or(self.directions)} calls."
        if profile not in self.profiles:
            return f"It is asked with --profile {_or(self.profiles)} only."
        verdict = self.applies(deployment) if self.applies else None
        return verdict.reason if isinstance(verdict, NotApplicable) else ""

    @property
    def fix_summary(self) -> str:
        """The first paragraph of the Fix section."""
        section = re.search(r"^## Fix\s*\n(.*?)(?=^## |\Z)", self.body, re.MULTILINE | re.DOTALL)
        return " ".join(section.group(1).strip().split("\n\n")[0].split()) if section else ""


def _or(words: Sequence[str]) -> str:
    return " or ".join(words)


def _pairs(judges: type[Fact], path: Sequence[type[Fact]]) -> list[tuple[type[Fact], type[Fact]]]:
    """Return the steps of a path as things and facts of them."""
    pairs: list[tuple[type[Fact], type[Fact]]] = []
    at = judges
    for step in path:
        if step is Tenant:  # is known without reading
            continue
        if at is Tenant and issubclass(step, Thing):
            pairs.append((step, step))
        else:
            pairs.append((Tenant if Tenant in step.OF else at, step))
        at = step
    return pairs


@dataclass(frozen=True, slots=True)
class Unloadable:
    """A check file, or a folder of them, that could not be read."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Brought:
    """The `COLLECTORS` that a plug-in brings, unread: what reads is no matter of the judging wing."""

    path: Path
    """The file that defines them."""
    package: str
    """The package that the names in them are looked up in."""
    rows: object


@dataclass(frozen=True, slots=True)
class Catalog:
    """All checks that there are, by id, in order of cause: what a check rests on stands before it."""

    checks: Mapping[str, Check]
    unloadable: tuple[Unloadable, ...] = ()
    levels: Mapping[str, int] = field(default_factory=dict)
    """How far down the chain of causes a check stands; 0 rests on nothing."""
    brought: tuple[Brought, ...] = ()
    """What plug-ins read by themselves."""

    def without(self, faults: Mapping[str, Unloadable], more: Iterable[Unloadable] = ()) -> Catalog:
        """Return the catalogue without these checks, and what rests on them; each is told, and so is `more`."""
        left = {name: check for name, check in self.checks.items() if name not in faults}
        told = [*self.unloadable, *more, *faults.values()]
        return replace(ordered(left, told), brought=self.brought)

    def closure(self, ids: Iterable[str]) -> tuple[Check, ...]:
        """Return these checks and all that they rest on, in order of cause."""
        wanted: set[str] = set()
        waiting = list(ids)
        while waiting:
            wanted.add(name := waiting.pop())
            waiting.extend(set(self.checks[name].requires) - wanted)
        return tuple(check for check in self.checks.values() if check.id in wanted)

    def judged(self, ids: Iterable[str]) -> tuple[Check, ...]:
        """Return all checks that are judged when these are chosen, in the order of judging."""
        return self.closure(ids)


def ordered(checks: dict[str, Check], unloadable: list[Unloadable]) -> Catalog:
    """Drop what rests on nothing that exists, or on itself, and put the rest in order of cause."""
    while dangling := [c for c in checks.values() if not set(c.requires) <= checks.keys()]:
        for check in dangling:
            missing = ", ".join(sorted(set(check.requires) - checks.keys()))
            unloadable.append(Unloadable(check.path, f"REQUIRES names no check that could be loaded: {missing}"))
            del checks[check.id]
    while True:
        sorter = TopologicalSorter({name: checks[name].requires for name in sorted(checks)})
        try:
            order = list(sorter.static_order())
            break
        except CycleError as error:
            circle = " -> ".join(error.args[1])
            for name in set(error.args[1]):
                unloadable.append(Unloadable(checks[name].path, f"REQUIRES runs in a circle: {circle}"))
                del checks[name]
            return ordered(checks, unloadable)
    levels: dict[str, int] = {}
    for name in order:
        levels[name] = 1 + max((levels[required] for required in checks[name].requires), default=-1)
    return Catalog({name: checks[name] for name in order}, tuple(unloadable), levels)
