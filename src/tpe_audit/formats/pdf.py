"""The report as a PDF to be read, signed and filed: A4, with page numbers and the report's digest on every page.

It takes the extra `tpe-audit[pdf]`. The typesetter is given data, never markup: what a tenant's names hold is shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from tpe_audit import __version__
from tpe_audit.catalog import Profile
from tpe_audit.formats import Options, rows
from tpe_audit.formats.chains import chain
from tpe_audit.formats.digest import digest
from tpe_audit.formats.ordering import appendix
from tpe_audit.formats.outline import VERDICTS, WORDS, Entry, Group, Outline, outline
from tpe_audit.formats.requirements import Requirement, answering, attestations, requirements, scope
from tpe_audit.formats.text import clipped, counted, listed, printable, readable_utc, utc
from tpe_audit.lines import Line
from tpe_audit.report import Report
from tpe_audit.verdicts import Status

LINES = 200
"""How many lines are shown."""
NAME = 80
"""How much of a name is shown."""
NAMED = 10
"""How many subjects of a group are named, groups of a finding are told, and commands are printed."""
EVIDENCE = 5_000

_TEMPLATE = Path(__file__).with_name("page") / "report.typ"
_UNBROKEN = re.compile(r"[^\s/.@-]{40}(?=[^\s/.@-]{8})")
_WHOLE = frozenset({"digest", "link"})
"""What must not be changed, so that it can be copied."""


Value = str | int | bool | None | Sequence["Value"] | dict[str, "Value"]
"""What JSON can say."""


def render(report: Report, options: Options) -> bytes:
    """Return the report as PDF."""
    import typst

    data = json.dumps(_shown(document(report, options)))
    source = _TEMPLATE.read_bytes()
    try:
        return typst.compile(source, sys_inputs={"data": data}, pdf_standards=["ua-1"])
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        # No font here has some character of a name. It is shown as a box, which PDF/UA does not allow.
        return typst.compile(source, sys_inputs={"data": data})


def document(report: Report, options: Options) -> dict[str, Value]:
    """Return what the template sets, as JSON values."""
    run, arranged, ordered = report.run, outline(report), appendix(report.requests)
    most = len(ordered.requests) if options.all_subjects else EVIDENCE
    finished = run.finished_at
    return {
        "title": "Go-live report" if report.profile is Profile.GO_LIVE else "Audit report",
        "going_live": report.profile is Profile.GO_LIVE,
        "simulated": run.simulated,
        "tenant": clipped(report.tenant_name or run.tenant_id, NAME),
        "moment": [finished.year, finished.month, finished.day, finished.hour, finished.minute, finished.second],
        "cover": _cover(report, arranged),
        "verdict": {"word": VERDICTS[report.outcome].text, "colour": report.outcome.value, "said": report.sentence},
        "counts": [{"status": _status(status), "count": count} for status, count in report.counts.items()],
        "threshold": report.threshold.value,
        "first": _first(arranged),
        "lines": {
            "rows": [_line(line) for line in arranged.lines[:LINES]],
            "more": max(len(arranged.lines) - LINES, 0),
        },
        "sections": [
            {"title": title, "about": about, "findings": [_entry(entry) for entry in entries]}
            for title, about, entries in _sections(arranged)
            if entries
        ],
        "grants": [[grant.what, ", ".join(grant.checks)] for grant in arranged.grants],
        "attested": [
            [entry.check.id, answer.by, str(answer.on), str(answer.expires), answer.evidence]
            for entry in arranged.attested
            for answer in attestations(entry.finding)
        ],
        "changes": _changes(report),
        "expiring": [
            *([utc(one.at)[:10], one.what, one.then] for one in report.expiring),
            *(["not read", one.what, one.reason] for one in report.expiring_unknown),
        ],
        "requirements": [
            {"area": area[:1].upper() + area[1:], "rows": [_requirement(one) for one in those]}
            for area, those in requirements(report, ordered)
        ],
        "roles": [[owner.value.replace("-", " "), counted(count, "requirement")] for owner, count in answering(report)],
        "notes": [*(f"Error: {error}" for error in report.errors), *report.warnings],
        "evidence": {
            "rows": _cells(rows.requests(ordered.requests, most)),
            "more": max(len(ordered.requests) - most, 0),
        },
        "run": _run(report, options),
        "digest": digest(report, options),
    }


def _cover(report: Report, arranged: Outline) -> Sequence[Sequence[str]]:
    run = report.run
    numbers = [clipped(line.number or "not read", NAME) for line in arranged.lines]
    narrowed = "; only the chosen checks or subjects" if run.selected else ""
    judged = ", ".join((counted(len(report.findings), "requirement"), *scope(report)))
    return [
        ["Teams tenant", f"{clipped(report.tenant_name or 'name not read', NAME)}, {run.tenant_id}"],
        ["Azure tenant", run.azure_tenant_id],
        ["Date", readable_utc(run.finished_at)],
        ["Profile", report.profile.value],
        ["Scope", f"{judged}{narrowed}"],
        ["Lines", listed(numbers, 12) or "none"],
    ]


def _run(report: Report, options: Options) -> Sequence[Sequence[str]]:
    run = report.run
    whole = ", written with --all-subjects" if options.all_subjects else ""
    return [
        ["Tool", f"tpe-audit {__version__}{', SIMULATED' if run.simulated else ''}"],
        ["Time", f"{readable_utc(run.started_at)} to {readable_utc(run.finished_at)}"],
        ["Terms", f"profile {report.profile}, threshold {report.threshold}, exit code {report.exit_code}"],
        *([f"Source {s.source}", f"{s.state}. {s.reason}".strip()] for s in run.sources),
        *(["Seen, not judged", f"{count:,} {what}"] for what, count in report.seen.items()),
        ["Digest", f"SHA-256 of the file report.json of this run{whole}: sha256sum report.json"],
    ]


def _first(arranged: Outline) -> Value:
    step = arranged.first
    if step is None:
        return None
    commands = step.judgement.fix if step.judgement else ()
    return {
        "check": step.finding.check.id,
        "owner": step.finding.check.owner.value.replace("-", " "),
        "reason": step.reason,
        "subject": clipped(step.judgement.subject.name, NAME) if step.judgement else "",
        "commands": [command.text for command in commands],
    }


def _line(line: Line) -> Value:
    links: Sequence[Value] = [
        {"link": link.name, "status": link.status.value, "broken": link.broken} for link in chain(line)
    ]
    account = clipped(line.account.name, NAME) if line.account else ""
    return {"number": clipped(line.number or "not read", NAME), "account": account, "links": links}


def _sections(arranged: Outline) -> Sequence[tuple[str, str, Sequence[Entry]]]:
    return (
        ("Failures", "In the order to mend them: causes before effects.", arranged.failures),
        ("Blocked", "These rest on something that fails.", arranged.blocked),
        ("Questions for a person", "No interface can answer these.", arranged.questions),
        ("Could not be read", "Neither right nor wrong: nobody knows until it is read.", arranged.unknowns),
        ("Waived", "It fails, and somebody has accepted that for a time.", arranged.waived),
    )


def _entry(entry: Entry) -> Value:
    check, status = entry.check, entry.judgements[0].status if entry.judgements else entry.finding.status
    return {
        "status": _status(status),
        "check": check.id,
        "title": check.title,
        "severity": check.severity.value,
        "owner": check.owner.value.replace("-", " "),
        "lead": entry.lead,
        "question": check.question if status is Status.MANUAL else "",
        "fix": check.fix_summary if status is Status.FAIL else "",
        "link": check.link if check.link.startswith("https://") else "",
        "groups": [_group(group, status) for group in entry.groups[:NAMED]],
        "more": max(len(entry.groups) - NAMED, 0),
    }


def _group(group: Group, status: Status) -> Value:
    names = listed([clipped(j.subject.name, NAME) for j in group.judgements[:NAMED]], NAMED, len(group.judgements))
    first = group.judgements[0]
    waivers = dict.fromkeys(judgement.waiver for judgement in group.judgements if judgement.waiver)
    causes = dict.fromkeys(judgement.blocked_by.check for judgement in group.judgements if judgement.blocked_by)
    told = [
        ["Concerns", names],
        ["Observed", group.observed if group.observed is not None else f"{first.observed} (the first)"],
        ["Expected", group.expected if group.expected is not None else f"{first.expected} (the first)"],
        ["Waits for", ", ".join(causes)],
        *(["Accepted by", f"{waiver.owner}, until {waiver.expires}: {waiver.reason}"] for waiver in waivers),
    ]
    commands = (group.commands or first.fix) if status is Status.FAIL else ()
    return {
        "reason": group.reason,
        "told": [pair for pair in told if pair[1]],
        "commands": [command.text for command in commands[:NAMED]],
        "only_first": group.commands is None and bool(commands),
    }


def _requirement(one: Requirement) -> Value:
    check, finding = one.finding.check, one.finding
    answers = [answer.evidence for answer in one.attestations if answer.evidence]
    places = listed([str(place) for place in one.evidence[:8]], 8, len(one.evidence))
    return {
        "status": _status(finding.status),
        "title": check.title,
        "about": f"{check.id} · {check.severity}" + (f" · {one.subjects:,} subjects" if one.subjects > 1 else ""),
        "decides": one.decides,
        "reason": clipped(finding.reason, 400),
        "who": ", ".join(one.people) or check.owner.value.replace("-", " "),
        "evidence": "; ".join([*(clipped(answer, 200) for answer in answers), *([places] if places else [])]),
    }


def _changes(report: Report) -> Value:
    if report.changes is None:
        return None
    return {
        "since": f"{readable_utc(report.changes.since)}, which came to {report.changes.verdict}",
        "rows": [
            [change.change.value, change.check, change.subject.name if change.subject else "all", change.reason]
            for change in report.changes.changed
        ],
    }


def _status(status: Status) -> Value:
    return {"word": WORDS[status].text, "colour": status.value}


def _cells(those: Sequence[Sequence[str]]) -> Value:
    return [list(cells) for cells in those]


def _shown(value: Value) -> Value:
    """Return the same with every text made harmless, and with places where a word as long as a line may be broken."""
    if isinstance(value, str):
        return _UNBROKEN.sub(lambda part: part.group() + "\u200b", clipped(printable(value), 1_000))
    if isinstance(value, dict):
        return {key: item if key in _WHOLE else _shown(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_shown(item) for item in value]
    return value
