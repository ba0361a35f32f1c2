"""Verdicts over time, and what one check came to in each run: to a terminal and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import click

from tpe_audit.formats.json import Value
from tpe_audit.formats.text import counted, printable, readable_utc, utc
from tpe_audit.history import History, KeptRun
from tpe_audit.report import Outcome
from tpe_audit.stored import NotAReport, StoredFinding
from tpe_audit.verdicts import Status

SCHEMA = "tpe-audit/history/1"
_COLOURS = {
    Outcome.READY.value: "green",
    Outcome.NOT_READY.value: "red",
    Outcome.CANNOT_TELL.value: "yellow",
    Status.PASS.value: "green",
    Status.WAIVED.value: "yellow",
    Status.FAIL.value: "red",
    Status.UNKNOWN.value: "yellow",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One run, and what the check that is looked at came to in it."""

    run: KeptRun
    status: Status | None = None
    """None: no check is looked at."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The runs of a tenant, oldest first; of one check, those that it was part of."""

    entries: tuple[Entry, ...]
    check: str = ""
    subject: str = ""

    @classmethod
    def of(cls, runs: Sequence[KeptRun], check: str, subject: str, history: History) -> Timeline:
        """Return the runs, or those that judged a check, or said something of a subject by it."""
        if not check:
            return cls(tuple(Entry(run) for run in runs))
        judged = ((run, run.checks[check]) for run in runs if check in run.checks)
        if subject:
            told = ((run, _of_subject(history, run, check, subject)) for run, _ in judged)
            return cls(tuple(Entry(run, status) for run, status in told if status), check, subject)
        return cls(tuple(Entry(run, status) for run, status in judged), check)

    @property
    def last_passed(self) -> KeptRun | None:
        """The newest run in which the check passed."""
        return next((entry.run for entry in reversed(self.entries) if entry.status is Status.PASS), None)

    @property
    def first_failed(self) -> KeptRun | None:
        """The first run since then in which it failed: since when it is broken."""
        passed = [place for place, entry in enumerate(self.entries) if entry.status is Status.PASS]
        since = self.entries[passed[-1] + 1 if passed else 0 :]
        return next((entry.run for entry in since if entry.status is Status.FAIL), None)

    @property
    def last_failed(self) -> KeptRun | None:
        """The newest run in which it failed."""
        return next((entry.run for entry in reversed(self.entries) if entry.status is Status.FAIL), None)


def _of_subject(history: History, run: KeptRun, check: str, subject: str) -> Status | None:
    """Return what was said of a subject, which may be one of those that hold and are only counted."""
    try:
        found = next(finding for finding in history.report(run.name).findings if finding.check == check)
    except (NotAReport, StopIteration):
        return None
    return _said(found, subject.casefold())


def _said(finding: StoredFinding, subject: str) -> Status | None:
    those = (s for s in finding.subjects if subject in (s.id.casefold(), s.name.casefold()))
    worst = min((s.status for s in those), key=lambda status: status.rank, default=None)
    if worst is None and finding.omitted:
        listed = Counter(s.status for s in finding.subjects)
        holds = finding.subject_counts.get(Status.PASS, 0) > listed[Status.PASS]
        return Status.PASS if holds else Status.NOT_APPLICABLE
    return worst


def value(timeline: Timeline, history: History, limit: int) -> dict[str, Value]:
    """Return it as JSON values, the newest run first."""
    found: dict[str, Value] = {
        "schema": SCHEMA,
        "total": len(timeline.entries),
        "runs": [_run(entry, history) for entry in reversed(timeline.entries[-limit:])],
    }
    if timeline.check:
        found |= {
            "check": timeline.check,
            "subject": timeline.subject or None,
            "last_passed": _time(timeline.last_passed),
            "first_failed": _time(timeline.first_failed),
            "last_failed": _time(timeline.last_failed),
        }
    return found


def _run(entry: Entry, history: History) -> dict[str, Value]:
    run = entry.run
    found: dict[str, Value] = {
        "started_at": utc(run.started_at),
        "finished_at": utc(run.finished_at),
        "verdict": run.verdict.value,
        "profile": run.profile.value,
        "selected": run.selected,
        "report": str(history.folder / run.name / "report.json"),
    }
    return found | {"status": entry.status.value} if entry.status else found


def _time(run: KeptRun | None) -> str | None:
    return utc(run.started_at) if run else None


def terminal(timeline: Timeline, history: History, limit: int, *, colour: bool) -> str:
    """Return it for a terminal."""
    lines = _heading(timeline)
    if not timeline.entries:
        lines.append(f"No run is kept in {history.folder}{' that tells it' if timeline.check else ' yet'}.")
    for entry in reversed(timeline.entries[-limit:]):
        verdict = entry.run.verdict.value
        said = f"{_painted(entry.status.value, 15)}{verdict:<13}" if entry.status else _painted(verdict, 13)
        lines.append(f"{readable_utc(entry.run.started_at)}  {said}{_scope(entry.run)}".rstrip())
    if (more := len(timeline.entries) - limit) > 0:
        lines.append(f"and {counted(more, 'older run')}; --limit {len(timeline.entries)} lists all")
    text = "\n".join(lines)
    return text if colour else click.unstyle(text)


def _heading(timeline: Timeline) -> list[str]:
    if not timeline.check or not timeline.entries:
        return []
    what = f"{timeline.check}{f' for {printable(timeline.subject)}' if timeline.subject else ''}"
    lines = [click.style(what, bold=True)]
    passed, broken, failed = timeline.last_passed, timeline.first_failed, timeline.last_failed
    lines.append(f"  last passed    {readable_utc(passed.started_at) if passed else 'in none of these runs'}")
    if broken:
        lines.append(f"  first failed   {readable_utc(broken.started_at)}{', and not passed since' if passed else ''}")
    elif failed:
        lines.append(f"  last failed    {readable_utc(failed.started_at)}")
    else:
        lines.append("  first failed   in none of these runs")
    return [*lines, ""]


def _painted(text: str, width: int) -> str:
    return f"{click.style(text, fg=_COLOURS.get(text))}{' ' * (width - len(text))}"


def _scope(run: KeptRun) -> str:
    """Return what was asked, where it is not everything for every day."""
    parts = [] if run.profile.value == "scheduled" else [f"--profile {run.profile}"]
    if run.subjects:
        parts.append(f"only {', '.join(map(printable, run.subjects))}")
    if run.selected:
        parts.append(counted(len(run.checks), "check"))
    return ", ".join(parts)
