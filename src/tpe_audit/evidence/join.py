"""Joins what several files hold of one deployment, on account id and immutable ACS id.

What one file knows and another does not is known; where two say different things it is not known, and both are named.
Then what leads from the Teams tenant to the Azure side, which neither half knows alone, is put together in `links`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce

from tpe_audit.evidence.links import linked
from tpe_audit.evidence.readings import NOT_PART, Half, Readings
from tpe_audit.facts import (
    Answer,
    Answers,
    ApplicationOwner,
    Census,
    Collected,
    Deployment,
    Evidence,
    Fact,
    Gap,
    Kind,
    Known,
    LineIds,
    Subject,
)
from tpe_audit.report import SourceReport


def joined(read: Sequence[Readings]) -> Readings:
    """Return the readings of several files of one tenant as if one run had made them.

    Args:
        read: at least one. Where they declare different deployments, the one that read the Teams tenant counts.
    """
    if len(read) == 1:
        return read[0]
    ordered = sorted(read, key=lambda one: (one.half is Half.AZURE, one.started_at))
    azure = [one for one in ordered if one.half is Half.AZURE]
    whole = reduce(_both, ordered)
    return linked(whole, azure) if azure and any(one.half is Half.TEAMS for one in ordered) else whole


def _both(one: Readings, other: Readings) -> Readings:
    other = _shifted(other, len(one.evidence.requests))
    a, b = one.evidence, other.evidence
    tenant = a.tenant if one.tenant.name else b.tenant
    warnings = list(dict.fromkeys((*one.warnings, *other.warnings)))
    if one.deployment != other.deployment:
        warnings.append(
            "The evidence files were collected with different [deployment] sections; the one of --source teams, or "
            "else of the older file, counts."
        )
    evidence = Evidence(
        tenant,
        {thing: _census(a.census.get(thing), b.census.get(thing)) for thing in {**a.census, **b.census}},
        Answers({key: _answer(key, a.answers.get(key), b.answers.get(key)) for key in {**a.answers, **b.answers}}),
        (*a.requests, *b.requests),
        _unread(one, other),
        {**b.seen, **a.seen},
    )
    return Readings(
        evidence=evidence,
        azure_tenant_id=(other if other.half is Half.AZURE else one).azure_tenant_id,
        started_at=min(one.started_at, other.started_at),
        finished_at=max(one.finished_at, other.finished_at),
        simulated=one.simulated,
        redacted=one.redacted,
        half=one.half if one.half is other.half else Half.ALL,
        asked=one.asked | other.asked,
        listed={**one.listed, **other.listed},
        sources=_sources((*one.sources, *other.sources)),
        warnings=tuple(warnings),
        errors=tuple(dict.fromkeys((*one.errors, *other.errors))),
        attestations=tuple({_key(entry): entry for entry in (*other.attestations, *one.attestations)}.values()),
        waivers=tuple({_key(entry): entry for entry in (*other.waivers, *one.waivers)}.values()),
    )


def _key(entry: object) -> str:
    return repr(entry)


def _sources(reports: Iterable[SourceReport]) -> tuple[SourceReport, ...]:
    """Return how the sources fared, without those that another file has the word of."""
    told = list(dict.fromkeys(reports))
    asked = {(report.source, report.tenant) for report in told if not report.reason.startswith(NOT_PART)}
    return tuple(
        report
        for report in told
        if not report.reason.startswith(NOT_PART) or (report.source, report.tenant) not in asked
    )


def elsewhere(gap: Gap | None) -> bool:
    """Whether a gap says only that another file has it."""
    return gap is not None and gap.reason.startswith(NOT_PART)


def _worse(one: Gap, other: Gap) -> Gap:
    """Return the gap that tells more."""
    return other if elsewhere(one) else one


def _answer(key: tuple[type[Fact], str], one: Answer | None, other: Answer | None) -> Answer:
    if one is None or other is None:
        return one or other or Gap("Nobody asked for it.")
    if isinstance(one, Gap):
        return _worse(one, other) if isinstance(other, Gap) else other
    if isinstance(other, Gap) or _same(one, other):
        return one
    question = key[0]
    if question is Collected:
        return max(one, other, key=lambda known: known.value.at if isinstance(known.value, Collected) else 0)
    if question in (Deployment, ApplicationOwner):
        # How the Teams tenant has it comes first, as it does in a run that reads both.
        return one
    if isinstance(one.value, LineIds) and isinstance(other.value, LineIds):
        return Known(_filled(one.value, other.value), one.evidence)
    said = f"{_words(one)} in one, {_words(other)} in the other"
    return Gap(f"The evidence files contradict each other: {said}.", (*one.evidence, *other.evidence))


def _same(one: Known, other: Known) -> bool:
    if isinstance(one.value, tuple) and isinstance(other.value, tuple):
        return sorted(map(repr, one.value)) == sorted(map(repr, other.value))
    return one.value == other.value


def _words(known: Known) -> str:
    facts = known.value if isinstance(known.value, tuple) else (known.value,)
    return ", ".join(map(str, facts)) or "none"


def _filled(one: LineIds, other: LineIds) -> LineIds:
    """Return the ids of a line with the placeholders filled in that the other half knows."""
    filled = {
        name: getattr(other, name)
        for name in LineIds.__slots__
        if getattr(one, name).startswith("<") and not getattr(other, name).startswith("<")
    }
    return replace(one, **filled)


def _census(one: Census | None, other: Census | None) -> Census:
    if one is None or other is None:
        return one or other or Census()
    found: dict[str, tuple[Subject, Answer]] = {subject.key: (subject, answer) for subject, answer in other.found}
    for subject, answer in one.found:
        known = found.get(subject.key)
        merged = _answer((type(subject), subject.key), answer, known[1]) if known else answer  # type: ignore[arg-type]
        found[subject.key] = (subject, merged)
    gap = _worse(one.gap, other.gap) if one.gap and other.gap else None
    ordered = {subject.key: found[subject.key] for subject, _ in (*one.found, *other.found)}
    return Census(tuple(ordered.values()), gap, one.nothing or other.nothing)


def _unread(one: Readings, other: Readings) -> dict[tuple[type[Fact], Kind], Gap]:
    """Return what neither file tells of any thing of a kind.

    What one was not to read and the other did is known of those things that the other knew of.
    """
    a, b = one.evidence.unread, other.evidence.unread
    unread: dict[tuple[type[Fact], Kind], Gap] = {}
    for key in {**a, **b}:
        if key in a and key in b:
            unread[key] = _worse(a[key], b[key])
            continue
        gap = a.get(key) or b[key]
        unread[key] = gap if not elsewhere(gap) else Gap(f"{NOT_PART}: neither file tells it of this {key[1]}.")
    return unread


def _shifted(read: Readings, by: int) -> Readings:
    """Return readings whose evidence begins at a later place in the list of requests."""
    evidence = read.evidence

    def answer(old: Answer) -> Answer:
        return replace(old, evidence=tuple(index + by for index in old.evidence))

    def gap(old: Gap | None) -> Gap | None:
        return replace(old, evidence=tuple(index + by for index in old.evidence)) if old else None

    census = {
        thing: replace(one, found=tuple((subject, answer(a)) for subject, a in one.found), gap=gap(one.gap))
        for thing, one in evidence.census.items()
    }
    return replace(
        read,
        evidence=replace(
            evidence,
            census=census,
            answers=Answers({key: answer(old) for key, old in evidence.answers.items()}),
            unread={key: replace(old, evidence=tuple(i + by for i in old.evidence)) for key, old in _gaps(evidence)},
        ),
        listed={
            thing: replace(looked, gap=gap(looked.gap), evidence=tuple(i + by for i in looked.evidence))
            for thing, looked in read.listed.items()
        },
    )


def _gaps(evidence: Evidence) -> Iterable[tuple[tuple[type[Fact], Kind], Gap]]:
    return evidence.unread.items()
