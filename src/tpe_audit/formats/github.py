"""The report as workflow commands of GitHub Actions: annotations on the run and on the configuration file.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions

GitHub shows ten annotations of a type for a step and drops the rest in silence, so the tenth says how many more.
Every line is a command: nothing that comes from a tenant can begin one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tpe_audit.findings import Judgement
from tpe_audit.formats import Options
from tpe_audit.formats.outline import VERDICTS, Entry, Group, outline
from tpe_audit.formats.text import clipped, counted, listed, printable
from tpe_audit.report import Outcome, Report
from tpe_audit.verdicts import Status

SHOWN = 10
"""How many annotations of one type GitHub shows for a step."""

_MESSAGE = 3_000
"""Characters; GitHub cuts an annotation at 4,096 bytes or so."""
_COMMANDS = 1_200
_NAMED = 5
_ERROR, _WARNING, _NOTICE = "error", "warning", "notice"
_VERDICTS: Mapping[Outcome, str] = {
    Outcome.READY: _NOTICE,
    Outcome.NOT_READY: _ERROR,
    Outcome.CANNOT_TELL: _ERROR,
}


@dataclass(frozen=True, slots=True)
class _Annotation:
    """One annotation."""

    type: str
    title: str
    message: str
    line: int = 1

    def command(self, file: str) -> str:
        """Return it as a workflow command."""
        properties = {"file": file, "line": str(self.line), "title": clipped(self.title, 200)}
        told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        return f"::{self.type} {told}::{_data(clipped(self.message, _MESSAGE))}"


def render(report: Report, options: Options) -> str:
    """Return the report as lines of workflow commands, the verdict first."""
    simulated = "SIMULATED, nothing real was read: " if report.run.simulated else ""
    title = f"tpe-audit: {VERDICTS[report.outcome].text}"
    annotations = [_Annotation(_VERDICTS[report.outcome], title, f"{simulated}{report.sentence}")]
    if not options.quiet:
        annotations += _annotations(report)
    commands = [
        annotation.command(report.run.declared.file)
        for kind in (_ERROR, _WARNING, _NOTICE)
        for annotation in _shown(kind, [each for each in annotations if each.type == kind])
    ]
    return "\n".join(commands) + "\n"


def _annotations(report: Report) -> Iterator[_Annotation]:
    arranged = outline(report)
    for error in report.errors:
        yield _Annotation(_ERROR, "tpe-audit: error", error)
    for entry in arranged.failures:
        yield from _told(report, entry, _ERROR if report.required(entry.finding) else _WARNING, "fails")
    for entry in arranged.unknowns:
        yield from _told(report, entry, _WARNING, "could not be read")
    for entry in arranged.questions:
        yield from _told(report, entry, _NOTICE, "waits for a person's answer")
    for entry in arranged.waived:
        yield from _told(report, entry, _NOTICE, "is waived")
    for warning in report.warnings:
        yield _Annotation(_NOTICE, "tpe-audit: warning", warning)


def _told(report: Report, entry: Entry, kind: str, what: str) -> Iterator[_Annotation]:
    """Yield one annotation for all subjects of which a check says the same."""
    check = entry.check
    title = f"{check.id} {what} ({check.severity}, {check.owner})"
    if not entry.groups:
        message = "\n".join([entry.finding.reason, *_granting(entry.finding.lacks), check.link])
        yield _Annotation(kind, title, message, report.run.declared.line(None))
    for group in entry.groups:
        message = "\n".join([*_lines(group), check.link])
        yield _Annotation(kind, title, message, report.run.declared.line(group.judgements[0].subject))


def _lines(group: Group) -> Iterator[str]:
    names = [clipped(printable(judgement.subject.name), 100) for judgement in group.judgements]
    yield f"{listed(names, _NAMED)}: {group.reason}"
    for label, value in (("Observed", group.observed), ("Expected", group.expected)):
        if value:
            yield f"{label}: {clipped(value, 500)}"
    first = group.judgements[0]
    waived = first.status is Status.WAIVED and first.waiver
    if waived:
        yield f"Accepted by {waived.owner} until {waived.expires}: {waived.reason}"
    else:
        yield from _commands(first)
    yield from _granting(first.lacks)


def _commands(judgement: Judgement) -> Iterator[str]:
    """Yield what mends it: whole, or not at all."""
    commands = [command.text for command in judgement.fix]
    if sum(map(len, commands)) > _COMMANDS:
        yield "Run: the commands stand in the report in another format."
        return
    yield from (f"Run: {command}" for command in commands)


def _granting(lacks: Iterable[str]) -> Iterator[str]:
    yield from (f"Grant or set up: {lack}" for lack in lacks)


def _shown(kind: str, annotations: list[_Annotation]) -> list[_Annotation]:
    if len(annotations) <= SHOWN:
        return annotations
    rest = len(annotations) - SHOWN + 1
    said = f"{counted(rest, f'more {kind}')}: the report in another format has all of them."
    return [*annotations[: SHOWN - 1], _Annotation(kind, "tpe-audit: more", said)]


def _data(text: str) -> str:
    lines = "\n".join(printable(line) for line in text.split("\n"))
    return lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
