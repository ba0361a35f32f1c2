"""What a report for people says, in the order to say it: shared by the terminal and the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tpe_audit.catalog import Check
from tpe_audit.changes import Change
from tpe_audit.findings import Finding, Judgement
from tpe_audit.formats.ordering import by_weight
from tpe_audit.lines import Line
from tpe_audit.report import Outcome, Report
from tpe_audit.shell import Command
from tpe_audit.verdicts import Status

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Words:
    """How a status is shown where colour is not to be had."""

    icon: str
    text: str


WORDS: Mapping[Status, Words] = {
    Status.FAIL: Words("✗", "FAIL"),
    Status.UNKNOWN: Words("?", "unknown"),
    Status.BLOCKED: Words("⊘", "blocked"),
    Status.MANUAL: Words("✎", "manual"),
    Status.WAIVED: Words("≈", "waived"),
    Status.PASS: Words("✓", "pass"),
    Status.NOT_APPLICABLE: Words("·", "n/a"),
}

VERDICTS: Mapping[Outcome, Words] = {
    Outcome.READY: Words("✓", "READY"),
    Outcome.NOT_READY: Words("✗", "NOT READY"),
    Outcome.CANNOT_TELL: Words("?", "CANNOT TELL"),
}

CHANGES: Mapping[Change, str] = {
    Change.NEW: "new failure",
    Change.MENDED: "mended",
    Change.STILL: "still failing",
    Change.UNREADABLE: "no longer readable",
}


@dataclass(frozen=True, slots=True)
class Group:
    """The subjects of one check of which it says the same."""

    reason: str
    judgements: tuple[Judgement, ...]
    observed: str | None
    """What was read of all of them; None where it differs."""
    expected: str | None
    """What should have been read of all of them; None where it differs."""
    commands: tuple[Command, ...] | None
    """What mends all of them; None where each takes commands of its own."""
    evidence: frozenset[int]
    """The requests behind all of them."""


def _group(reason: str, judgements: Sequence[Judgement]) -> Group:
    return Group(
        reason,
        tuple(judgements),
        observed=_common(judgement.observed for judgement in judgements),
        expected=_common(judgement.expected for judgement in judgements),
        commands=_common(judgement.fix for judgement in judgements),
        evidence=frozenset(index for judgement in judgements for index in judgement.evidence),
    )


def _common(values: Iterable[_T]) -> _T | None:
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else None


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding, as far as one section of the report is about it."""

    finding: Finding
    groups: tuple[Group, ...]
    main: bool
    """The section is that of the finding's own status."""

    @property
    def check(self) -> Check:
        """The check."""
        return self.finding.check

    @property
    def lead(self) -> str:
        """What is to be said before the groups: what they do not say themselves."""
        reason = self.finding.reason
        said = any(reason.endswith(group.reason) for group in self.groups)
        return reason if self.main and not said else ""

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """All subjects of the groups."""
        return tuple(judgement for group in self.groups for judgement in group.judgements)

    @property
    def others(self) -> dict[Status, int]:
        """How many other subjects the finding has, of which the section is not."""
        shown = {judgement.status for judgement in self.judgements}
        counted = Counter(judgement.status for judgement in self.finding.judgements)
        return {status: counted[status] for status in Status if counted[status] and status not in shown}


@dataclass(frozen=True, slots=True)
class Effect:
    """A check that a failure keeps from being judged, and of how many subjects."""

    check: str
    subjects: int


@dataclass(frozen=True, slots=True)
class Grant:
    """What to grant or set up so that more can be read, and the checks that wait for it."""

    what: str
    """A noun phrase: "the Graph permission User.Read.All"."""
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FirstStep:
    """What to do before anything else."""

    finding: Finding
    judgement: Judgement | None
    """The first subject that it concerns; None where the things could not be listed."""

    @property
    def reason(self) -> str:
        """Why."""
        return self.judgement.reason if self.judgement else self.finding.reason


@dataclass(frozen=True, slots=True)
class Outline:
    """A report in its sections; all of them in mending order."""

    failures: tuple[Entry, ...]
    unknowns: tuple[Entry, ...]
    questions: tuple[Entry, ...]
    blocked: tuple[Entry, ...]
    waived: tuple[Entry, ...]
    attested: tuple[Entry, ...]
    passed: tuple[Entry, ...]
    spared: tuple[Entry, ...]
    """Not applicable."""
    effects: Mapping[str, tuple[Effect, ...]]
    """What a failing check blocks, by its id."""
    grants: tuple[Grant, ...]
    first: FirstStep | None
    lines: tuple[Line, ...]
    """Broken ones first."""


def outline(report: Report) -> Outline:
    """Arrange a report for people."""
    sections = {status: _section(report.findings, status) for status in Status}
    return Outline(
        failures=sections[Status.FAIL],
        unknowns=sections[Status.UNKNOWN],
        questions=sections[Status.MANUAL],
        blocked=sections[Status.BLOCKED],
        waived=sections[Status.WAIVED],
        attested=tuple(_attested(report.findings)),
        passed=tuple(entry for entry in sections[Status.PASS] if entry.main),
        spared=tuple(entry for entry in sections[Status.NOT_APPLICABLE] if entry.main),
        effects=_effects(report.findings),
        grants=_grants(sections[Status.UNKNOWN]),
        first=_first(report, sections),
        lines=tuple(sorted(report.lines, key=_brokenness)),
    )


def _section(findings: Sequence[Finding], status: Status) -> tuple[Entry, ...]:
    entries = []
    for finding in findings:
        grouped = _grouped(judgement for judgement in finding.judgements if judgement.status is status)
        if grouped or finding.status is status:
            entries.append(Entry(finding, grouped, finding.status is status))
    return tuple(entries)


def _attested(findings: Sequence[Finding]) -> Iterable[Entry]:
    for finding in findings:
        grouped = _grouped(judgement for judgement in finding.judgements if judgement.attestation)
        if grouped or finding.attestation:
            yield Entry(finding, grouped, finding.attestation is not None)


def _grouped(judgements: Iterable[Judgement]) -> tuple[Group, ...]:
    groups: dict[str, list[Judgement]] = {}
    for judgement in by_weight(judgements):
        groups.setdefault(judgement.reason, []).append(judgement)
    return tuple(_group(reason, members) for reason, members in groups.items())


def _effects(findings: Sequence[Finding]) -> dict[str, tuple[Effect, ...]]:
    blocked: dict[str, Counter[str]] = {}
    for finding in findings:
        for judgement in finding.judgements:
            if judgement.blocked_by:
                blocked.setdefault(judgement.blocked_by.check, Counter())[finding.check.id] += 1
    return {
        cause: tuple(Effect(check, subjects) for check, subjects in effects.items())
        for cause, effects in blocked.items()
    }


def _grants(unknowns: Sequence[Entry]) -> tuple[Grant, ...]:
    checks: dict[str, list[str]] = {}
    for entry in unknowns:
        for lack in entry.finding.lacks:
            checks.setdefault(lack, []).append(entry.check.id)
    return tuple(Grant(what, tuple(names)) for what, names in sorted(checks.items()))


def _first(report: Report, sections: Mapping[Status, Sequence[Entry]]) -> FirstStep | None:
    """Return the failure to begin with; where none is known, what has to be read or asked first."""
    by_id = {finding.check.id: finding for finding in report.findings}
    if report.outcome is Outcome.NOT_READY:
        found = next((by_id[name] for name in report.first if name in by_id), None)
        if found:
            return _step(found, Status.FAIL)
    if report.outcome is Outcome.READY:
        return None
    for status in (Status.UNKNOWN, Status.BLOCKED, Status.MANUAL):
        for entry in sections[status]:
            if report.required(entry.finding):
                return _step(entry.finding, status)
    return None


def _step(finding: Finding, status: Status) -> FirstStep:
    those = by_weight(judgement for judgement in finding.judgements if judgement.status is status)
    return FirstStep(finding, those[0] if those else None)


def _brokenness(line: Line) -> tuple[int, int, str, str]:
    worst = min((state.status.rank for state in line.links), default=len(Status))
    name = line.account.name.casefold() if line.account else ""
    return (0 if line.first_broken else 1, worst, line.number or "~", name)
