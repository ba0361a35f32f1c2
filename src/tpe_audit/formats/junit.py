"""The report as JUnit XML, which pipelines show as tests: a case for each check and subject.

A failure is a `failure`, what could not be read an `error`. What waits for a person, is waived, does not apply, or is
blocked by a failure that is counted already, is `skipped`, and its message says which. A case named *verdict* is red
where nothing else is and the verdict is not "ready": whoever reads nothing but this file is never told a lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.etree import ElementTree as ET

from tpe_audit import __version__
from tpe_audit.findings import Finding, Judgement
from tpe_audit.formats import Options
from tpe_audit.formats.ordering import listing
from tpe_audit.formats.text import clipped, printable
from tpe_audit.report import Outcome, Report
from tpe_audit.verdicts import Area, Status

_NAME = 200
_SKIPPED = "skipped"
_RESULTS = {
    Status.FAIL: "failure",
    Status.UNKNOWN: "error",
    Status.BLOCKED: _SKIPPED,
    Status.MANUAL: _SKIPPED,
    Status.WAIVED: _SKIPPED,
    Status.NOT_APPLICABLE: _SKIPPED,
}


@dataclass(frozen=True, slots=True)
class _Case:
    """One test: its name, and what came of it."""

    group: str
    name: str
    result: str = ""
    """The element that tells it; empty: it passed."""
    kind: str = ""
    message: str = ""
    details: tuple[str, ...] = ()

    def element(self) -> ET.Element:
        """Return it as XML."""
        case = ET.Element("testcase", classname=printable(self.group), name=clipped(printable(self.name), _NAME))
        case.set("time", "0")
        if not self.result:
            return case
        told = ET.SubElement(case, self.result, message=printable(self.message))
        if self.result != _SKIPPED:
            told.set("type", self.kind)
            told.text = "\n".join(map(printable, self.details))
        return case


@dataclass(frozen=True, slots=True)
class _Suite:
    """The cases of one area."""

    name: str
    cases: tuple[_Case, ...]
    omitted: int = 0

    def count(self, result: str) -> int:
        """Return how many of its cases came to this."""
        return sum(case.result == result for case in self.cases)


def render(report: Report, options: Options) -> str:
    """Return the report as XML text."""
    audited = [_area(report, area, list(findings), options) for area, findings in _by_area(report.findings)]
    suites = [_program(report, audited), *audited]
    run = report.run
    root = ET.Element("testsuites", {"name": f"tpe-audit {__version__}", **_counts(suites)})
    root.set("time", f"{(run.finished_at - run.started_at).total_seconds():.3f}")
    for suite in suites:
        element = ET.SubElement(root, "testsuite", {"name": suite.name, **_counts([suite])})
        element.set("time", "0")
        element.set("timestamp", f"{run.started_at:%Y-%m-%dT%H:%M:%S}")
        properties = ET.SubElement(element, "properties")
        for name, value in _properties(report, suite).items():
            ET.SubElement(properties, "property", name=name, value=printable(value))
        element.extend(case.element() for case in suite.cases)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _by_area(findings: Sequence[Finding]) -> Iterator[tuple[Area, Iterator[Finding]]]:
    """Yield the findings of each area, the areas in the order of the chain."""
    order = list(Area)
    return groupby(sorted(findings, key=lambda f: order.index(f.check.area)), key=lambda f: f.check.area)


def _area(report: Report, area: Area, findings: Sequence[Finding], options: Options) -> _Suite:
    cases, omitted = [], 0
    for finding in findings:
        listed = listing(finding, everything=options.all_subjects)
        omitted += listed.omitted
        judged: Sequence[Judgement | None] = listed.judgements or (None,)
        cases += [_case(finding, judgement) for judgement in judged]
    return _Suite(f"tpe-audit.{area}", tuple(cases), omitted)


def _case(finding: Finding, judgement: Judgement | None) -> _Case:
    check = finding.check
    status = judgement.status if judgement else finding.status
    reason = judgement.reason if judgement else finding.reason
    group, name = f"tpe-audit.{check.area}.{check.id}", _name(judgement) if judgement else check.title
    result = _RESULTS.get(status, "")
    message = f"{status}: {reason}" if result == _SKIPPED else reason
    if judgement and judgement.waiver:
        message += f" Accepted by {judgement.waiver.owner} until {judgement.waiver.expires}: {judgement.waiver.reason}"
    return _Case(group, name, result, check.severity.value, message, tuple(_details(finding, judgement, reason)))


def _name(judgement: Judgement) -> str:
    subject = judgement.subject
    return subject.name if subject.name == subject.id else f"{subject.name} ({subject.kind} {subject.id})"


def _details(finding: Finding, judgement: Judgement | None, reason: str) -> Iterator[str]:
    check = finding.check
    yield reason
    if judgement:
        if judgement.observed:
            yield f"Observed: {judgement.observed}"
        if judgement.expected:
            yield f"Expected: {judgement.expected}"
        yield from (f"Run ({command.shell}): {command.text}" for command in judgement.fix)
    yield from (f"Grant or set up: {lack}" for lack in (judgement.lacks if judgement else finding.lacks))
    yield f"Must hold: {check.title}. Owner: {check.owner}."
    yield f"How: {check.link}"


def _program(report: Report, audited: Sequence[_Suite]) -> _Suite:
    """Return the suite of the audit itself: its verdict, and what did not work in it."""
    broken = [
        _Case("tpe-audit.program", f"error {place}", "error", "program", error, (error,))
        for place, error in enumerate(report.errors, 1)
    ]
    red = any(suite.count("failure") or suite.count("error") for suite in audited) or bool(broken)
    verdict = _Case("tpe-audit.program", "verdict")
    if not red and report.outcome is not Outcome.READY:
        result = "failure" if report.outcome is Outcome.NOT_READY else "error"
        verdict = _Case(verdict.group, verdict.name, result, report.outcome.value, report.sentence, (report.sentence,))
    return _Suite("tpe-audit.program", (verdict, *broken))


def _counts(suites: Sequence[_Suite]) -> dict[str, str]:
    return {
        "tests": str(sum(len(suite.cases) for suite in suites)),
        "failures": str(sum(suite.count("failure") for suite in suites)),
        "errors": str(sum(suite.count("error") for suite in suites)),
        "skipped": str(sum(suite.count(_SKIPPED) for suite in suites)),
    }


def _properties(report: Report, suite: _Suite) -> dict[str, str]:
    properties = {"tenant": report.run.tenant_id, "verdict": report.outcome.value, "sentence": report.sentence}
    if report.run.simulated:
        properties["simulated"] = "true"
    if suite.omitted:
        properties["omitted"] = f"{suite.omitted} that need no attention; --all-subjects lists them"
    return properties
