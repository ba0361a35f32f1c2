"""What a notification says of a report, in words that every channel shows."""

from __future__ import annotations

from dataclasses import dataclass

from tpe_audit.changes import Change
from tpe_audit.expiry import Expiry
from tpe_audit.formats.text import clipped, counted, printable, readable_utc
from tpe_audit.report import Outcome, Report

_TITLES = {Outcome.READY: "Ready", Outcome.NOT_READY: "Not ready", Outcome.CANNOT_TELL: "Cannot tell"}
_CHANGES = {Change.NEW: "New", Change.MENDED: "Mended", Change.UNREADABLE: "Can't be told any more"}
_LISTED = 10
_LONGEST = 300
"""Characters of one line: channels limit how long a message may be."""


@dataclass(frozen=True, slots=True)
class News:
    """A report in a few lines. All text is on one line each, and harmless to show as plain text."""

    verdict: Outcome
    title: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    """Heading and lines."""

    @classmethod
    def of(cls, report: Report) -> News:
        """Return what is worth telling of a report."""
        run = report.run
        tenant = f"{report.tenant_name} ({run.tenant_id})" if report.tenant_name else run.tenant_id
        before = report.changes.verdict if report.changes else "no run to compare with"
        return cls(
            verdict=report.outcome,
            title=_line(
                f"Teams Phone extensibility: {_TITLES[report.outcome]} · {report.tenant_name or run.tenant_id}"
            ),
            sentence=_line(report.sentence, 2 * _LONGEST),
            facts=(
                ("Tenant", _line(tenant)),
                ("Verdict", f"{report.outcome} (before: {before})"),
                ("Audited", readable_utc(run.finished_at)),
            ),
            sections=tuple(section for section in (_changed(report), _mend(report), _ending(report)) if section[1]),
        )

    @property
    def text(self) -> str:
        """As plain text."""
        parts = [self.sentence, "\n".join(f"{name}: {value}" for name, value in self.facts)]
        parts += ["\n".join((heading, *(f"- {line}" for line in lines))) for heading, lines in self.sections]
        return "\n\n".join(parts) + "\n"


def _changed(report: Report) -> tuple[str, tuple[str, ...]]:
    changes = report.changes
    if changes is None:
        return "", ()
    told = [item for item in changes.changed if item.change in _CHANGES]
    lines = [
        f"{_CHANGES[item.change]}: {item.check}{f' · {item.subject.name}' if item.subject else ''}: {item.reason}"
        for item in told
    ]
    if changes.otherwise:
        lines.append(f"{counted(changes.otherwise, 'more thing differs', 'more things differ')} in the report.")
    return f"Changed since {readable_utc(changes.since)}", _listed(lines)


def _mend(report: Report) -> tuple[str, tuple[str, ...]]:
    by_id = {finding.check.id: finding for finding in report.findings}
    found = [by_id[name] for name in report.first if name in by_id]
    return "Mend first", _listed([f"{f.check.id} ({f.check.owner}): {f.reason}" for f in found])


def _ending(report: Report) -> tuple[str, tuple[str, ...]]:
    def told(item: Expiry) -> str:
        return f"{item.at:%Y-%m-%d}: {item.what}"

    return "Ends soon", _listed([told(item) for item in report.expiring])


def _listed(lines: list[str]) -> tuple[str, ...]:
    shown = [_line(line) for line in lines[:_LISTED]]
    if len(lines) > _LISTED:
        shown.append(f"and {len(lines) - _LISTED:,} more")
    return tuple(shown)


def _line(text: str, limit: int = _LONGEST) -> str:
    return clipped(printable(text), limit)
