"""Narrows evidence to some accounts, numbers or agents, as a run that reads would have been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tpe_audit.audit import pointers_of, related
from tpe_audit.evidence.readings import Readings
from tpe_audit.facts import (
    Agent,
    Census,
    ClientApplication,
    ConfiguredLine,
    Evidence,
    Fact,
    Known,
    PhoneNumber,
    ResourceAccount,
    Subject,
)

_OF_LINES: frozenset[str] = frozenset({"ResourceAccount", "PhoneNumber", "Application", "Bot", "AcsResource"})
_NOT_ASKED = "It was not asked about (--subject)."


def narrowed(read: Readings, names: Sequence[str]) -> tuple[Readings, tuple[str, ...]]:
    """Return what is to be told of these, and the names that are nothing in the evidence.

    Args:
        read: the evidence.
        names: object ids, user principal names or numbers.
    """
    evidence = read.evidence
    keys: set[str] = set()
    nothing = []
    for name in names:
        found = _called(evidence, name)
        if not found and not any(name.casefold() in _names(line) for line in read.deployment.lines):
            nothing.append(name)
        keys |= found
    census = dict(evidence.census)
    for thing, listed in evidence.census.items():
        if thing is ClientApplication:
            census[thing] = Census((), None, _NOT_ASKED)
        elif thing is Agent or thing.__name__ in _OF_LINES or thing.__name__ == "AcsResourceId":
            kept = tuple((subject, answer) for subject, answer in listed.found if subject.key in keys)
            # What is not among those that were asked about is no matter of theirs.
            census[thing] = Census(kept, listed.gap if not keys else None, _NOT_ASKED)
    return replace(read, evidence=replace(evidence, census=census)), tuple(nothing)


def _names(line: ConfiguredLine) -> set[str]:
    return {line.account.casefold(), line.number} - {""}


def _called(evidence: Evidence, name: str) -> set[str]:
    """Return the keys of what a name names, and of all that it hangs on."""
    wanted = {name.casefold(), name.casefold().removeprefix("tel:")}
    pointers = pointers_of(evidence)
    found: set[str] = set()
    for thing in (ResourceAccount, Agent, PhoneNumber):
        for subject, answer in evidence.census.get(thing, Census()).found:
            if {subject.id.casefold(), subject.name.casefold()} & wanted:
                found |= related(
                    _account(subject, answer.value if isinstance(answer, Known) else None), evidence, pointers
                )
                found.add(subject.key)
    return found - {evidence.tenant.subject.key}


def _account(subject: Subject, value: Fact | tuple[Fact, ...] | None) -> Subject:
    """Return the account that holds a number; anything else stands for itself."""
    return value.account if isinstance(value, PhoneNumber) else subject
