"""Reads every wanted fact once, all at the same time, and says of each what it rests on or why it is not known."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tpe_audit.collectors import KINDS, PACKAGE, TABLE, Collector, Question
from tpe_audit.collectors.halves import Part
from tpe_audit.collectors.reader import Harvest, Reader, gap
from tpe_audit.collectors.scope import asked
from tpe_audit.evidence.readings import Half, Looked
from tpe_audit.facts import (
    Answer,
    Answers,
    Census,
    Deployment,
    Evidence,
    Fact,
    Gap,
    Kind,
    Known,
    Organization,
    Tenant,
)
from tpe_audit.sources import SourceError, Sources
from tpe_audit.sources.ledger import masked

_log = logging.getLogger(__name__)

NAME: Question = (Tenant, Organization)
"""Read besides what checks want, for the name at the top of a whole report."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The evidence, and what went wrong in getting it."""

    evidence: Evidence
    errors: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    """What the run was narrowed to, and is nothing in this tenant."""
    listed: Mapping[type[Fact], Looked] = field(default_factory=dict)
    """The lists that were read whether or not a line leads to what is on them."""
    warnings: tuple[str, ...] = ()
    """Where something was not read as usual, and how it was."""


async def gather(  # noqa: PLR0913 - what is read, of what, for what, and whom to tell
    wanted: Collection[Question],
    sources: Sources,
    deployment: Deployment,
    collected_at: datetime,
    subjects: Sequence[str] = (),
    told: Callable[[int, int], None] | None = None,
    table: Mapping[Question, Collector] = TABLE,
    *,
    half: Half = Half.ALL,
) -> Gathered:
    """Return the evidence for `wanted`, reading nothing that it does not need.

    Args:
        wanted: things and facts of them.
        sources: where to read.
        deployment: what is meant to be.
        collected_at: the time that the evidence is of.
        subjects: only these accounts, numbers and agents; empty: all.
        told: called with how many readings are done, and of how many.
        table: where each answer comes from: the collectors that ship, and those of plug-ins.
        half: read only what one of two parties can read; the rest are gaps that say so.
    """
    reader = Reader(sources, deployment, collected_at, subjects)
    rows = list({id(row): row for question in wanted if (row := table.get(question))}.values())
    reader.reads_powershell = any("Get-Cs" in row.what for row in rows)
    part = Part(half, reader)
    errors: list[str] = []
    try:
        await part.prepare()
        harvests = await _all(rows, reader, part, errors, told or (lambda done, of: None))
        nothing = await _nothing(reader)
    finally:
        await reader.end()
    census: dict[type[Fact], Census] = {}
    answers = Answers()
    unread: dict[tuple[type[Fact], Kind], Gap] = {}
    seen: dict[str, int] = {}
    # What ships is taken up last, so that no plug-in can put an answer in the place of one of its.
    remaining = sorted(zip(rows, harvests, strict=True), key=lambda both: both[0].package == PACKAGE)[::-1]
    harvests.clear()
    while remaining:
        # None is kept longer than it takes: there may be a million answers.
        _, harvest = remaining.pop()
        census |= harvest.census
        answers.take(harvest.answers)
        unread |= harvest.unread
        seen |= {what: count for what, count in harvest.seen.items() if count}
    evidence = Evidence(_named(reader.tenant, answers), census, answers, tuple(sources.ledger.requests), unread, seen)
    instead = sources.teams_powershell.instead
    warnings = (*((instead,) if instead else ()), *sorted(reader.warnings))
    return Gathered(evidence, tuple(sorted(errors)), nothing, part.listed, warnings)


def _named(tenant: Tenant, answers: Mapping[tuple[type[Fact], str], Answer]) -> Tenant:
    """Return the tenant with its name, if that was read."""
    answer = answers.get((Organization, tenant.subject.key))
    value = answer.value if isinstance(answer, Known) else None
    return Tenant(tenant.id, value.display_name) if isinstance(value, Organization) else tenant


async def _all(
    rows: Sequence[Collector], reader: Reader, part: Part, errors: list[str], told: Callable[[int, int], None]
) -> list[Harvest]:
    done = 0

    async def one(row: Collector) -> Harvest:
        nonlocal done
        holds = part.holds(row)
        harvest = part.own(row, await _harvest(row, reader, errors)) if holds else _unread(row, part.why)
        done += 1
        told(done, len(rows))
        return harvest

    return list(await asyncio.gather(*(one(row) for row in rows)))


async def _harvest(row: Collector, reader: Reader, errors: list[str]) -> Harvest:
    """Return what a collector learns or, if it can learn nothing, the gap that leaves in all that it gives."""
    try:
        async with asyncio.timeout_at(reader.sources.patience.ends + 1):
            return _whole(await reader.once(row.read))
    except SourceError as error:
        return _unread(row, gap(error))
    except TimeoutError:
        limit = reader.sources.config.limits.deadline
        return _unread(row, Gap(f"It was not read within the {limit:g} s that [limits] deadline allows."))
    except Exception as error:  # one broken collector must not sink the audit, nor hide
        _log.debug("collector %s", row.name, exc_info=True)
        errors.append(f"The collector {row.name} is broken: {type(error).__name__}: {masked(str(error))}")
        return _unread(row, Gap(f"The collector {row.name} is broken ({type(error).__name__}), so it was not read."))


def _whole(harvest: object) -> Harvest:
    """Return what a collector brought home, which is a plug-in's to get wrong."""
    if not isinstance(harvest, Harvest):
        raise TypeError(f"it returned {type(harvest).__name__}, which is no Harvest")
    return harvest


def _unread(row: Collector, why: Gap) -> Harvest:
    harvest = Harvest()
    for thing, fact in row.gives:
        if thing is fact:
            harvest.census[thing] = Census(gap=why)
        # A plug-in may bring a thing of its own, which may be of any kind.
        for kind in KINDS.get(thing.__name__, tuple(Kind)):
            harvest.unread[(fact, kind)] = why
    return harvest


async def _nothing(reader: Reader) -> tuple[str, ...]:
    """Return what the run was narrowed to that is neither a user of the tenant nor configured."""
    if not reader.subjects:
        return ()
    try:
        async with asyncio.timeout_at(reader.sources.patience.ends + 1):
            found = await reader.once(asked)
    except Exception:  # told already, with the facts that rest on it
        _log.debug("--subject", exc_info=True)
        return ()
    lines = reader.deployment.lines
    configured = {name.casefold() for line in lines for name in (line.account, line.number) if name}
    return tuple(
        one.name for one in found if one.user is None and one.error is None and one.name.casefold() not in configured
    )
