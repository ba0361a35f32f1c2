"""The report as JSON, for programs; `report.schema.json` beside this file says what every field means."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar, overload

from tpe_audit import __version__
from tpe_audit.changes import Changes
from tpe_audit.expiry import Expiry
from tpe_audit.facts import Request, Subject
from tpe_audit.findings import Cause, Finding, Judgement
from tpe_audit.formats import Options
from tpe_audit.formats.ordering import Appendix, appendix, listing
from tpe_audit.formats.text import utc
from tpe_audit.lines import Line
from tpe_audit.report import Report
from tpe_audit.terms import Attestation, Waiver

SCHEMA = "tpe-audit/report/1"
_INDENT = "  "

T = TypeVar("T")


class Made(Sequence["Value"], Generic[T]):
    """A list whose elements are made as they are looked at: all at once they take more memory than the report."""

    def __init__(self, of: Sequence[T], make: Callable[[T], Value]) -> None:
        self._of = of
        self._make = make

    def __len__(self) -> int:
        return len(self._of)

    @overload
    def __getitem__(self, place: int) -> Value: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Value]: ...

    def __getitem__(self, place: int | slice) -> Value | Sequence[Value]:
        return self._make(self._of[place]) if isinstance(place, int) else Made(self._of[place], self._make)


Value = str | int | bool | None | Sequence["Value"] | dict[str, "Value"]
"""What JSON can say."""


def schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of the report."""
    path = Path(__file__).with_name("report.schema.json")
    found: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return found


def render(report: Report, options: Options) -> str:
    """Return the report as JSON text."""
    return written(document(report, options))


def document(report: Report, options: Options) -> dict[str, Value]:
    """Return the report as JSON values."""
    run = report.run
    ordered = appendix(report.requests)
    return {
        "schema": SCHEMA,
        "tool": {"name": "tpe-audit", "version": __version__},
        "tenant": {"id": run.tenant_id, "name": report.tenant_name},
        "azure_tenant": {"id": run.azure_tenant_id},
        "simulated": run.simulated,
        "selected": run.selected,
        "subjects": run.subjects,
        "profile": report.profile.value,
        "threshold": report.threshold.value,
        "started_at": utc(run.started_at),
        "finished_at": utc(run.finished_at),
        "verdict": report.outcome.value,
        "exit_code": report.exit_code,
        "sentence": report.sentence,
        "first": report.first,
        "warnings": report.warnings,
        "errors": report.errors,
        "sources": [
            {"source": s.source, "tenant": s.tenant, "state": s.state.value, "reason": s.reason}
            for s in sorted(run.sources, key=lambda source: (source.source, source.tenant))
        ],
        "counts": {status.value: count for status, count in report.counts.items()},
        "seen": {what: report.seen[what] for what in sorted(report.seen)},
        "lines": Made(sorted(report.lines, key=_place), _line),
        "findings": Made(report.findings, lambda finding: _Described(report, ordered, finding).value(options)),
        "changes": changes_value(report.changes),
        "expiring": [_expiry(expiry) for expiry in report.expiring],
        "expiring_unread": [
            {"what": each.what, "reason": each.reason, "declared": each.declared} for each in report.expiring_unread
        ],
        "notifications": [
            {"channel": each.channel, "sent": each.sent, "reason": each.reason} for each in report.notifications
        ],
        "evidence": Made(ordered.requests, _request),
    }


def _request(request: Request) -> dict[str, Value]:
    return {
        "source": request.source,
        "request": request.request,
        "status": request.status,
        "request_id": request.request_id,
        "at": utc(request.at),
    }


def _place(line: Line) -> tuple[str, str]:
    return (line.number or "", line.account.key if line.account else "")


def _line(line: Line) -> dict[str, Value]:
    account = line.account
    return {
        "number": line.number,
        "account": {"id": account.id, "name": account.name} if account else None,
        "links": [
            {"link": state.link.value, "status": state.status.value, "checks": state.checks} for state in line.links
        ],
        "first_broken": line.first_broken.value if line.first_broken else None,
    }


@dataclass(frozen=True, slots=True)
class _Described:
    """One finding of a report, on its way into JSON."""

    report: Report
    ordered: Appendix
    finding: Finding

    def value(self, options: Options) -> dict[str, Value]:
        """Return the finding with its subjects."""
        finding, check = self.finding, self.finding.check
        counts = Counter(judgement.status for judgement in finding.judgements)
        listed = listing(finding, everything=options.all_subjects)
        return {
            "check": check.id,
            "title": check.title,
            "area": check.area.value,
            "severity": check.severity.value,
            "owner": check.owner.value,
            "required": self.report.required(finding),
            "status": finding.status.value,
            "reason": finding.reason,
            "codes": check.codes,
            "question": check.question or None,
            "subject_counts": {status.value: counts[status] for status in self.report.counts},
            "omitted": listed.omitted,
            "subjects": Made(listed.judgements, self._subject),
            "fix": {"summary": check.fix_summary, "url": check.link},
            "reads": [f"{reads.source}: {reads.what}" for reads in self.report.reads(finding)],
            "permissions": self.report.permissions(finding),
            "lacks": finding.lacks,
            "unlisted": finding.unlisted.reason if finding.unlisted else None,
            "attestation": _attestation(finding.attestation),
            "evidence": self.ordered.placed(finding.evidence),
        }

    def _subject(self, judgement: Judgement) -> dict[str, Value]:
        subject = judgement.subject
        return {
            "kind": subject.kind.value,
            "id": subject.id,
            "name": subject.name,
            "status": judgement.status.value,
            "reason": judgement.reason,
            "observed": judgement.observed,
            "expected": judgement.expected,
            "blocked_by": _cause(judgement.blocked_by),
            "attestation": _attestation(judgement.attestation),
            "waiver": _waiver(judgement.waiver),
            "fix": [command.text for command in judgement.fix],
            "fix_shells": [command.shell.value for command in judgement.fix],
            "about": dict(judgement.about),
            "evidence": self.ordered.placed(judgement.evidence),
        }


def changes_value(changes: Changes | None) -> dict[str, Value] | None:
    """Return what has changed as JSON values."""
    if changes is None:
        return None
    return {
        "since": utc(changes.since),
        "verdict": changes.verdict,
        "otherwise": changes.otherwise,
        "changed": [
            {
                "change": item.change.value,
                "check": item.check,
                "title": item.title,
                "subject": _named(item.subject),
                "before": item.before.value if item.before else None,
                "now": item.now.value if item.now else None,
                "reason": item.reason,
            }
            for item in changes.changed
        ],
    }


def _expiry(expiry: Expiry) -> dict[str, Value]:
    return {
        "ending": expiry.ending.value,
        "what": expiry.what,
        "at": utc(expiry.at),
        "then": expiry.then,
        "owner": expiry.owner.value if expiry.owner else None,
        "subject": _named(expiry.subject),
        "check": expiry.check or None,
    }


def _named(subject: Subject | None) -> dict[str, Value] | None:
    return {"kind": subject.kind.value, "id": subject.id, "name": subject.name} if subject else None


def _cause(cause: Cause | None) -> dict[str, Value] | None:
    return {"check": cause.check, "subject": cause.subject} if cause else None


def _attestation(attestation: Attestation | None) -> dict[str, Value] | None:
    if attestation is None:
        return None
    return {
        "by": attestation.by,
        "on": attestation.on.isoformat(),
        "expires": attestation.expires.isoformat(),
        "evidence": attestation.evidence,
    }


def _waiver(waiver: Waiver | None) -> dict[str, Value] | None:
    if waiver is None:
        return None
    return {"owner": waiver.owner, "reason": waiver.reason, "expires": waiver.expires.isoformat()}


def written(value: Value) -> str:
    """Return JSON text that survives every console and pipe, and in which nothing can act on what shows it.

    It is ASCII, and has no ## for the log of a pipeline to obey.
    """
    return "".join((*_written(value, ""), "\n"))


def _written(value: Value, indent: str) -> Iterable[str]:
    """Write objects that hold no objects in a list on one line each: a line of a diff is then one subject."""
    inner = indent + _INDENT
    if isinstance(value, dict) and any(map(_holds_objects, value.values())):
        for index, (key, item) in enumerate(value.items()):
            yield f"{',' if index else '{'}\n{inner}{_text(key)}: "
            yield from _written(item, inner)
        yield f"\n{indent}}}"
    elif _holds_objects(value) and isinstance(value, list | Made):
        for index, item in enumerate(value):
            yield f"{',' if index else '['}\n{inner}"
            yield from _written(item, inner)
        yield f"\n{indent}]"
    else:
        yield _text(value)


def _text(value: Value) -> str:
    # Nothing but text within quotes can hold a #.
    return json.dumps(value, default=_all).replace("##", "#\\u0023")


def _all(value: object) -> list[Value]:
    if isinstance(value, Made):
        return list(value)
    raise TypeError(f"{type(value).__name__} is nothing that JSON can say")


def _holds_objects(value: Value) -> bool:
    return isinstance(value, list | Made) and bool(value) and isinstance(value[0], dict)
