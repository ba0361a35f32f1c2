"""Brings the checks, facts and collectors of other people together with those that ship.

Plug-ins are folders of check files: those that `[checks] paths` names, and packages that are installed with an
entry point in the group `tpe_audit.checks`. Whatever is wrong with one is told in `Catalog.unloadable`, and so in
the report, whose verdict is then "cannot tell" at best; it never stops the audit. Nothing that ships is changed by
a plug-in: it can add rows to the table of collectors, and take none away.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tpe_audit.catalog import Brought, Catalog, Check, CheckFileError, Folder, Reads, Unloadable, find
from tpe_audit.collectors import COLLECTORS, Collector, Question, guide, table
from tpe_audit.facts import Fact, Tenant

GROUP = "tpe_audit.checks"
"""The group of entry points: each names a package, or a module, whose folder of check files is loaded."""


@dataclass(frozen=True, slots=True)
class Plugged:
    """All checks that there are, and where each answer that they want comes from."""

    catalog: Catalog
    table: Mapping[Question, Collector]
    guide: Mapping[Question, Reads]


def plugged(folders: Sequence[Path] = (), *, installed: bool = True) -> Plugged:
    """Return what ships together with all plug-ins.

    Args:
        folders: those that `[checks] paths` names.
        installed: whether packages take part that are installed with an entry point.
    """
    packages, faults = _installed() if installed else ((), ())
    catalog = find([*folders, *packages])
    rows = list(COLLECTORS)
    for brought in catalog.brought:
        added, problems = _rows(brought, rows)
        rows += added
        faults = (*faults, *(Unloadable(brought.path, problem) for problem in problems))
    known = table(rows)
    return Plugged(catalog.without(_asking_in_vain(catalog, known), faults), known, guide(known))


def _installed() -> tuple[tuple[Folder, ...], tuple[Unloadable, ...]]:
    """Return the folders of the packages that are installed with an entry point, and those that can't be had."""
    from importlib.metadata import entry_points

    folders, faults = [], []
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            folders.append(_folder(entry.value))
        except (Exception, SystemExit) as error:  # whatever a package raises must not stop the others
            reason = error if isinstance(error, CheckFileError) else f"{type(error).__name__}: {error}"
            where = f"entry point {entry.name} = {entry.value}"
            faults.append(Unloadable(Path(where), f"it can't be loaded: {reason}"))
    return tuple(folders), tuple(faults)


def _folder(name: str) -> Folder:
    module = importlib.import_module(name)
    if paths := list(getattr(module, "__path__", ())):
        return Folder(Path(paths[0]), name)
    if module.__file__ is None:
        raise CheckFileError("it is no file, and so in no folder")
    package = module.__package__ or ""
    if not package:
        raise CheckFileError("it is neither a package nor in one")
    return Folder(Path(module.__file__).parent, package)


def _rows(brought: Brought, before: Sequence[Collector]) -> tuple[list[Collector], list[str]]:
    """Return the rows of a plug-in that keep the contract, and what is wrong with the others."""
    if not isinstance(brought.rows, tuple):
        return [], [f"COLLECTORS must be a tuple of Collector, and is {brought.rows!r}"]
    good, problems = [], []
    taken = {question: row.name for row in before for question in row.gives}
    for row in brought.rows:
        problem = _malformed(row) or _clash(row, taken)
        if problem:
            name = row.name if isinstance(row, Collector) else repr(row)
            problems.append(f"COLLECTORS: {name}: {problem}")
            continue
        good.append(replace(row, package=brought.package))
        taken |= dict.fromkeys(row.gives, row.name)
    return _resting(good, before, problems), problems


def _malformed(row: object) -> str:
    """Return how a row breaks the contract; empty if it does not."""
    if not isinstance(row, Collector):
        return "it is no Collector"
    # What a plug-in says is of the declared types only if its author has checked them.
    said: Mapping[str, Any] = {name: getattr(row, name) for name in Collector.__slots__}
    if not all(isinstance(said[name], str) for name in ("name", "what", "source")) or not said["source"]:
        return "name, what and source must be texts, and the source must not be empty"
    if said["name"].count(".") != 1 or not all(part.isidentifier() for part in said["name"].split(".")):
        return 'its name is not "module.function"'
    if not all(isinstance(said[name], tuple) for name in ("gives", "permissions", "needs")) or not said["gives"]:
        return "gives, permissions and needs must be tuples, and gives must not be empty"
    for question in (*said["gives"], *said["needs"]):
        pair = question if isinstance(question, tuple) and len(question) == 2 else (None,)
        if not all(isinstance(part, type) and issubclass(part, Fact) for part in pair):
            return f"{question!r} is no question: a thing and a fact of it"
    return ""


def _clash(row: Collector, taken: Mapping[Question, str]) -> str:
    """Return which answer another row gives already; empty if none."""
    both = (question for question in row.gives if question in taken)
    return next((f"{_words(question)} is given by {taken[question]} already" for question in both), "")


def _resting(rows: list[Collector], before: Sequence[Collector], problems: list[str]) -> list[Collector]:
    """Return the rows all of whose needs are given by one before them; the others rest on nothing or in a circle."""
    given = {question for row in before for question in row.gives}
    resting: list[Collector] = []
    left = rows
    while ready := [row for row in left if given.issuperset(row.needs)]:
        resting += ready
        given |= {question for row in ready for question in row.gives}
        left = [row for row in left if row not in ready]
    for row in left:
        missing = ", ".join(_words(question) for question in row.needs if question not in given)
        problems.append(f"COLLECTORS: {row.name}: it needs {missing}, which nothing gives before it")
    return resting


def _asking_in_vain(catalog: Catalog, known: Mapping[Question, Collector]) -> dict[str, Unloadable]:
    """Return the checks of plug-ins that ask for a fact that nothing reads."""
    faults = {}
    for check in catalog.checks.values():
        if not check.built_in and (missing := [want for want in _wants(check) if want not in known]):
            asked = ", ".join(_words(question) for question in missing)
            reason = f"check(): it asks for {asked}, which no collector reads; see checks/README.md, COLLECTORS"
            faults[check.id] = Unloadable(check.path, reason)
    return faults


def _wants(check: Check) -> tuple[Question, ...]:
    return tuple(want for want in check.wants if want != (Tenant, Tenant))


def _words(question: Question) -> str:
    thing, fact = question
    return f"the list of {fact.__name__}" if thing is fact else f"{fact.__name__} of {thing.__name__}"
