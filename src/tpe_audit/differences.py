"""Tells what changed between two reports: to a terminal, as JSON, as Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import click

from tpe_audit.changes import Change, Changed, Changes
from tpe_audit.comparing import compared
from tpe_audit.formats.json import Value, changes_value
from tpe_audit.formats.markup import code
from tpe_audit.formats.outline import VERDICTS
from tpe_audit.formats.text import MEASURE, clipped, counted, listed, printable, readable_utc, utc
from tpe_audit.stored import StoredReport

SCHEMA = "tpe-audit/diff/1"
NAMED = 10
"""How many subjects of one check are named, unless all are wanted."""

TITLES = {
    Change.NEW: "NEW",
    Change.MENDED: "MENDED",
    Change.STILL: "STILL FAILING",
    Change.UNREADABLE: "NO LONGER READABLE",
}
_SIGNS = {Change.NEW: "✗", Change.MENDED: "✓", Change.STILL: "✗", Change.UNREADABLE: "?"}
_COLOURS = {Change.NEW: "red", Change.MENDED: "green", Change.STILL: "red", Change.UNREADABLE: "yellow"}


@dataclass(frozen=True, slots=True)
class Difference:
    """Two reports, and what changed from one to the other."""

    old: StoredReport
    new: StoredReport
    changes: Changes

    @classmethod
    def between(cls, old: StoredReport, new: StoredReport) -> Difference:
        """Compare two reports."""
        return cls(old, new, compared(old, new))

    @property
    def different(self) -> bool:
        """Whether anything has changed."""
        return self.changes.different or self.old.verdict is not self.new.verdict

    @property
    def notes(self) -> tuple[str, ...]:
        """What should be known about the comparison."""
        return tuple(self._notes())

    def _notes(self) -> Iterator[str]:
        old, new = self.old, self.new
        if old.tenant.id.casefold() != new.tenant.id.casefold():
            yield "The reports are of two tenants."
        if old.simulated or new.simulated:
            yield "SIMULATED: an invented tenant, nothing real was read."
        if old.profile is not new.profile:
            yield f"The old run was made with --profile {old.profile}, the new one with --profile {new.profile}."
        if old.threshold is not new.threshold:
            yield f"The old verdict was decided by checks from {old.threshold} on, the new one from {new.threshold} on."
        checks = [{finding.check for finding in report.findings} for report in (old, new)]
        if alone := len(checks[0] ^ checks[1]):
            yield f"{counted(alone, 'check')} that only one of them asked for {_is(alone)} left out."
        if self.changes.otherwise:
            count = self.changes.otherwise
            differs = "differs" if count == 1 else "differ"
            yield (
                f"{counted(count, 'subject')} {differs} in another way: blocked by a failure that is named here, or "
                "told now and not before, for instance."
            )

    def groups(self, change: Change) -> Iterator[tuple[Changed, list[Changed]]]:
        """Yield the changes of one kind by check: the first of each, and all of it."""
        for _, same in groupby(self.changes.of(change), key=lambda item: item.check):
            group = list(same)
            yield group[0], group

    @property
    def conclusion(self) -> str:
        """All of it in one sentence."""
        parts = [f"{len(found)} {TITLES[change].lower()}" for change in Change if (found := self.changes.of(change))]
        was, now = VERDICTS[self.old.verdict].text, VERDICTS[self.new.verdict].text
        verdict = f"It is {now}, as before" if was == now else f"It was {was}, and is {now}"
        return f"{verdict}: {', '.join(parts)}." if parts else f"{verdict}; nothing fails in either."


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def value(found: Difference) -> dict[str, Value]:
    """Return it as JSON values."""
    changes = changes_value(found.changes) or {}
    return {
        "schema": SCHEMA,
        "different": found.different,
        "old": _report(found.old),
        "new": _report(found.new),
        "notes": list(found.notes),
        "otherwise": changes["otherwise"],
        "changed": changes["changed"],
    }


def _report(report: StoredReport) -> dict[str, Value]:
    return {
        "tenant": {"id": report.tenant.id, "name": report.tenant.name},
        "simulated": report.simulated,
        "selected": report.selected,
        "profile": report.profile.value,
        "finished_at": utc(report.finished_at),
        "verdict": report.verdict.value,
    }


def terminal(found: Difference, *, everything: bool, colour: bool, width: int) -> str:
    """Return it for a terminal, the conclusion last."""
    lines = list(_lines(found, everything=everything, width=max(40, min(width, MEASURE))))
    text = "\n".join(lines)
    return text if colour else click.unstyle(text)


def _lines(found: Difference, *, everything: bool, width: int) -> Iterator[str]:
    yield f"{_whose(found.new)}"
    for name, report in (("old", found.old), ("new", found.new)):
        yield f"  {name}  {readable_utc(report.finished_at)}  {VERDICTS[report.verdict].text}"
    for change in Change:
        if not (these := found.changes.of(change)):
            continue
        yield ""
        yield click.style(f"{TITLES[change]} ({len(these):,})", bold=True)
        for first, group in found.groups(change):
            yield f"{click.style(_SIGNS[change], fg=_COLOURS[change])} {first.check}"
            yield from _wrapped(_subjects(group, everything=everything), width)
            yield from _wrapped(_said(group), width)
    yield ""
    for note in found.notes:
        yield from textwrap.wrap(note, width)
    yield from (click.style(line, bold=True) for line in textwrap.wrap(found.conclusion, width))


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)


def _whose(report: StoredReport) -> str:
    return (
        f"{printable(report.tenant.name)} ({printable(report.tenant.id)})" if report.tenant.name else report.tenant.id
    )


def _subjects(group: list[Changed], *, everything: bool) -> str:
    names = [printable(item.subject.name or item.subject.id) if item.subject else "all of it" for item in group]
    return listed(names, len(names) if everything else NAMED)


def _said(group: list[Changed]) -> str:
    """Return what is said of a group: the reason that they share, or the first one's."""
    first = group[0]
    was = first.before.value if first.before else "not there"
    now = first.now.value if first.now else "not there any more"
    change = now if was == now else f"was {was}, is {now}"
    return f"{change}: {clipped(printable(first.reason), 300)}"


def markdown(found: Difference, *, everything: bool) -> str:
    """Return it as Markdown, for a comment or a summary; text of a tenant stands in code, where nothing acts."""
    lines = [
        f"### {found.conclusion}",
        "",
        f"{code(_whose(found.new))}, {readable_utc(found.old.finished_at)} to {readable_utc(found.new.finished_at)}.",
    ]
    lines += [line for note in found.notes for line in ("", note)]
    for change in Change:
        if not (these := found.changes.of(change)):
            continue
        lines += ["", f"#### {TITLES[change].capitalize()} ({len(these):,})", ""]
        for first, group in found.groups(change):
            names = [item.subject.name or item.subject.id if item.subject else "all of it" for item in group]
            shown = listed([code(name) for name in names], len(names) if everything else NAMED)
            lines += [f"- **{first.check}** {shown}<br>", f"  {code(_said(group))}"]
    return "\n".join(lines) + "\n"
