"""The report as GitHub-flavoured Markdown: a comment on a pull request, or the summary of a job.

What does not fit the length of a comment is left out in whole entries, and the report says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from tpe_audit import __version__
from tpe_audit.formats import Options
from tpe_audit.formats.markup import cell, code, fenced, prose
from tpe_audit.formats.outline import CHANGES, VERDICTS, WORDS, Entry, FirstStep, Group, Outline, outline
from tpe_audit.formats.text import clipped, counted, listed, printable, readable_utc
from tpe_audit.lines import Line
from tpe_audit.report import Report
from tpe_audit.shell import Command
from tpe_audit.verdicts import Status

LIMIT = 65_536
"""Characters of a comment on GitHub; counted here in bytes, to be on the safe side. A job summary takes 1 MiB."""
NAMED = 10
"""How many subjects of a group are named, and how many groups of a finding are told."""
COMMANDED = 3
"""Of how many subjects the commands are shown, where each takes its own."""

_PROSE = 1_000
_RESERVED = 2_000
_SIMULATED = "**SIMULATED: an invented tenant, nothing real was read.**"


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of the report, made of entries that are left out one by one where there is no room."""

    title: str
    entries: Sequence[str]
    folded: bool = False
    """Behind its title, to be opened by a click."""

    def frame(self) -> tuple[str, str]:
        """Return what stands before and after the entries."""
        if self.folded:
            return f"<details>\n<summary>{self.title}</summary>\n\n", "</details>\n\n"
        return f"### {self.title}\n\n", ""


def render(report: Report, options: Options) -> str:
    """Return the report as Markdown text."""
    arranged = outline(report)
    head = _head(report, arranged)
    if options.quiet:
        return head
    return head + _fitted(list(_sections(report, arranged, options)), LIMIT - _RESERVED - _size(head)) + _foot(report)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _fitted(sections: Sequence[_Section], room: int) -> str:
    """Return as many entries as there is room for, and what was left out."""
    parts, left_out = [], []
    for section in sections:
        before, after = section.frame()
        free = room - _size(before) - _size(after)
        shown: list[str] = []
        for entry in section.entries:
            if (size := _size(entry) + 2) > free:
                break
            shown.append(entry)
            free -= size
        if missing := len(section.entries) - len(shown):
            left_out.append(f"{missing:,} of {len(section.entries):,} entries under {section.title}")
        if shown:
            parts.append("".join((before, *(f"{entry}\n\n" for entry in shown), after)))
            room = free
    if left_out:
        told = "; ".join(left_out)
        parts.append(f"**Left out, because a comment takes no more: {told}.** The HTML and JSON reports have all.\n\n")
    return "".join(parts)


def _head(report: Report, arranged: Outline) -> str:
    words = VERDICTS[report.outcome]
    who = f" · {code(report.tenant_name)}" if report.tenant_name else ""
    parts = [f"## {words.icon} {words.text}{who}"]
    if report.run.simulated:
        parts.append(_SIMULATED)
    parts.append(prose(clipped(report.sentence, _PROSE)))
    if arranged.first:
        parts += _first(arranged.first, arranged)
    counts = [f"{count} {WORDS[s].text.lower()}" for s, count in _by_rank(report) if count]
    parts.append(f"{', '.join(counts) or 'no checks'}.")
    return "\n\n".join(parts) + "\n\n"


def _by_rank(report: Report) -> Iterable[tuple[Status, int]]:
    return sorted(report.counts.items(), key=lambda item: item[0].rank)


def _first(step: FirstStep, arranged: Outline) -> Iterator[str]:
    check = step.finding.check
    if step.finding.status is Status.UNKNOWN and arranged.grants:
        yield "**Do this first:** grant or set up, so that it can be told:"
        yield "\n".join(f"- {prose(grant.what)}" for grant in arranged.grants[:NAMED])
        return
    whom = f" · {code(step.judgement.subject.name)}" if step.judgement else ""
    yield f"**Do this first:** {code(check.id)}{whom} · {check.owner}"
    commands = list(_commands(step.judgement.fix)) if step.judgement else []
    if commands and sum(map(_size, commands)) < _RESERVED * 4:
        yield from commands
    elif step.finding.status is Status.FAIL and check.fix_summary:
        yield check.fix_summary
    elif step.reason:
        yield prose(clipped(step.reason, _PROSE))


def _sections(report: Report, arranged: Outline, options: Options) -> Iterator[_Section]:
    """Yield the sections that have something to say, what matters most first."""
    if arranged.lines:
        broken = sum(line.first_broken is not None for line in arranged.lines)
        title = f"Lines ({len(arranged.lines):,}, {broken:,} broken)"
        yield _Section(title, [_lines(arranged.lines[:50], len(arranged.lines))])
    yield from _entries("Failures, in the order to mend them", arranged.failures, Status.FAIL, arranged)
    yield from _entries("Could not be read", arranged.unknowns, Status.UNKNOWN, arranged)
    if arranged.grants:
        rows = [f"- {prose(grant.what)}, for {prose(listed(grant.checks, 8))}" for grant in arranged.grants]
        yield _Section("To grant or set up, so that it can be read", ["\n".join(rows)])
    if report.changes:
        changed = [
            f"- **{CHANGES[item.change]}** {code(item.check)}"
            f"{f' · {code(item.subject.name)}' if item.subject else ''}: {prose(clipped(item.reason, 300))}"
            for item in report.changes.changed
        ]
        title = f"Changes since {readable_utc(report.changes.since)}"
        yield _Section(title, changed or ["Nothing has changed."], folded=len(changed) > NAMED)
    ending = [f"- {item.at:%Y-%m-%d}: {prose(item.what)}. {prose(item.then)}" for item in report.expiring]
    ending += [f"- not read: {prose(each.what)}. {prose(each.reason)}" for each in report.expiring_unknown]
    if ending:
        yield _Section("What ends soon", ending, folded=len(ending) > NAMED)
    yield from _entries("Questions for a person", arranged.questions, Status.MANUAL, arranged)
    yield from _entries("Waived", arranged.waived, Status.WAIVED, arranged)
    notes = [f"- error: {prose(error)}" for error in report.errors]
    notes += [f"- {prose(warning)}" for warning in report.warnings]
    if notes:
        yield _Section("Errors and warnings" if report.errors else "Warnings", notes)
    if options.verbose:
        rest = [f"- {WORDS[e.finding.status].icon} {_told(e)}" for e in (*arranged.passed, *arranged.spared)]
        yield _Section(f"What holds or does not apply ({len(rest)})", rest, folded=True)


def _told(entry: Entry) -> str:
    return f"{code(entry.check.id)}: {prose(clipped(entry.finding.reason, 300))}"


def _lines(lines: Sequence[Line], total: int) -> str:
    rows = ["| Line | Account | Breaks at | Links |", "| --- | --- | --- | --- |"]
    for line in lines:
        number = cell(line.number) if line.number else "no number read"
        account = cell(line.account.name) if line.account else ""
        breaks = f"**✗ {line.first_broken}**" if line.first_broken else "none"
        links = " → ".join(f"{state.link} {WORDS[state.status].icon}" for state in line.links)
        rows.append(f"| {number} | {account} | {breaks} | {links} |")
    if total > len(lines):
        rows.append(f"\nand {counted(total - len(lines), 'more line')}, those with a failure first.")
    return "\n".join(rows)


def _entries(title: str, entries: Sequence[Entry], status: Status, arranged: Outline) -> Iterator[_Section]:
    if entries:
        said = ["\n\n".join(_entry(entry, status, arranged)) for entry in entries]
        yield _Section(f"{title} ({len(entries)})", said, folded=status is Status.WAIVED)


def _entry(entry: Entry, status: Status, arranged: Outline) -> Iterator[str]:
    check, words = entry.check, WORDS[status]
    codes = f" · {', '.join(map(code, check.codes))}" if check.codes else ""
    yield f"#### {words.icon} {words.text} {code(check.id)} · {check.severity} · {check.owner}{codes}"
    yield f"{check.title}."
    if entry.lead:
        yield prose(clipped(entry.lead, _PROSE))
    for group in entry.groups[:NAMED]:
        yield from _group(group, status)
    if rest := entry.groups[NAMED:]:
        subjects = sum(len(group.judgements) for group in rest)
        yield f"and {counted(len(rest), 'more reason')}, for {counted(subjects, 'subject')}."
    if status is Status.MANUAL and check.question:
        yield f'**{check.question}** Answer with an entry `check = "{check.id}"` under `[[attestations]]`.'
    if status is Status.FAIL:
        if check.fix_summary:
            yield f"{check.fix_summary} [How]({check.link})"
        if effects := arranged.effects.get(check.id):
            yield f"Blocks {', '.join(code(effect.check) for effect in effects)}."


def _group(group: Group, status: Status) -> Iterator[str]:
    yield prose(clipped(group.reason, _PROSE))
    names = [clipped(printable(f"{j.subject.kind} {j.subject.name}"), 200) for j in group.judgements]
    rows = [("for", listed(names, NAMED)), ("observed", group.observed), ("expected", group.expected)]
    waiver = group.judgements[0].waiver
    if waiver:
        rows.append(("accepted", f"by {waiver.owner} until {waiver.expires}: {waiver.reason}"))
    yield fenced([f"{label:<10}{clipped(printable(value), _PROSE)}" for label, value in rows if value], "text")
    if status is not Status.FAIL:
        return
    shown = group.judgements[:COMMANDED] if group.commands is None else group.judgements[:1]
    commands = list(_commands(dict.fromkeys(command for judgement in shown for command in judgement.fix)))
    if len(commands) > NAMED or len(shown) > 1:
        yield "<details>\n<summary>Commands</summary>"
    yield from commands
    if len(commands) > NAMED or len(shown) > 1:
        yield "</details>"
    if group.commands is None and (more := len(group.judgements) - COMMANDED) > 0:
        yield f"Likewise for {more:,} more: `tpe-audit fix-plan` prints all."


def _commands(commands: Iterable[Command]) -> Iterator[str]:
    for shell, run in groupby(commands, key=lambda command: command.shell):
        yield fenced([printable(command.text) for command in run], shell.value)


def _foot(report: Report) -> str:
    run = report.run
    return (
        f"<sub>tpe-audit {__version__} · profile {report.profile} · tenant {cell(run.tenant_id)} · "
        f"{readable_utc(run.finished_at)}</sub>\n"
    )
