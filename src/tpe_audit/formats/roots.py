"""Failures by their cause, and under each cause by who mends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tpe_audit.findings import Finding
from tpe_audit.formats.outline import Entry
from tpe_audit.verdicts import Owner


@dataclass(frozen=True, slots=True)
class Root:
    """A failure that no other one explains, and those that rest on it."""

    entry: Entry
    resting: tuple[Entry, ...]
    """Causes before effects; of equals, those of one owner beside each other."""


def roots(failures: Sequence[Entry], findings: Sequence[Finding]) -> tuple[Root, ...]:
    """Return failures that stand in mending order by their roots, which keep that order.

    What rests on several roots stands under the last of them, so that all its causes come before it.
    """
    requires = {finding.check.id: finding.check.requires for finding in findings}
    failing = [entry.check.id for entry in failures]
    above = {name: _above(name, requires) & set(failing) for name in failing}
    resting: dict[str, list[Entry]] = {name: [] for name in failing if not above[name]}
    for entry in failures:
        if entry.check.id not in resting:
            resting[[name for name in resting if name in above[entry.check.id]][-1]].append(entry)
    depth = {name: len(causes) for name, causes in above.items()}
    return tuple(
        Root(entry, tuple(sorted(resting[entry.check.id], key=lambda e: (depth[e.check.id], e.check.owner))))
        for entry in failures
        if entry.check.id in resting
    )


def _above(name: str, requires: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = [cause for cause in requires.get(waiting.pop(), ()) if cause not in found]
        found.update(new)
        waiting.extend(new)
    return found - {name}


def by_owner(failures: Sequence[Entry]) -> Mapping[Owner, Sequence[Entry]]:
    """Return who has to mend what, whoever comes first in the order to mend first."""
    owners: dict[Owner, list[Entry]] = {}
    for entry in failures:
        owners.setdefault(entry.check.owner, []).append(entry)
    return owners
