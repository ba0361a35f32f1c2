"""The report as a table for spreadsheets and scripts: one row a subject, as RFC 4180 has it.

UTF-8 with a byte order mark, without which Excel reads it in the machine's own code page; scripts read it as
`utf-8-sig`. docs/guides/reports.md documents the columns; new ones are added at the end.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from io import StringIO

from tpe_audit.findings import Finding, Judgement
from tpe_audit.formats import Options
from tpe_audit.formats.ordering import listing
from tpe_audit.formats.text import clipped, counted, printable, utc
from tpe_audit.report import Report

COLUMNS = (
    "tenant",
    "check",
    "title",
    "area",
    "severity",
    "owner",
    "required",
    "status",
    "subject_kind",
    "subject_id",
    "subject_name",
    "reason",
    "observed",
    "expected",
    "blocked_by",
    "blocked_by_subject",
    "waived_by",
    "waived_until",
    "waived_because",
    "attested_by",
    "attested_until",
    "codes",
    "fix",
    "url",
    "to_grant",
    "read_at",
    "simulated",
)

_BOM = "\ufeff"
_CELL = 32_000
"""Characters. Excel takes no more than 32,767."""
_NUMBER = re.compile(r"\+[1-9]\d{1,14}")

# What makes a formula of a cell; the wide forms too, which some locales take for the same. Where a spreadsheet parts
# cells at semicolons, one that is inside a text begins a cell of its own.
_FORMULA = re.compile(r"((?:^|[;\n])[\s\"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")


def render(report: Report, options: Options) -> str:
    """Return the report as CSV text."""
    table = StringIO()
    writer = csv.DictWriter(table, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for finding in report.findings:
        listed = listing(finding, everything=options.all_subjects)
        for judgement in listed.judgements:
            writer.writerow(_row(report, finding, judgement))
        if listed.omitted:
            more = counted(listed.omitted, "subject")
            rest = f"{more} more that need no attention; --all-subjects lists them."
            writer.writerow(_row(report, finding, None) | {"reason": rest})
        elif not listed.judgements:
            writer.writerow(_row(report, finding, None))
    return _BOM + table.getvalue()


def _row(report: Report, finding: Finding, judgement: Judgement | None) -> dict[str, str]:
    check = finding.check
    row = {
        "tenant": report.run.tenant_id,
        "check": check.id,
        "title": check.title,
        "area": check.area.value,
        "severity": check.severity.value,
        "owner": check.owner.value,
        "required": _yes(report.required(finding)),
        "status": finding.status.value,
        "reason": finding.reason,
        "codes": ", ".join(check.codes),
        "url": check.link,
        "to_grant": ", ".join(finding.lacks),
        "read_at": utc(report.run.finished_at),
        "simulated": _yes(report.run.simulated),
    }
    attestation = finding.attestation
    if judgement:
        cause, waiver, attestation = judgement.blocked_by, judgement.waiver, judgement.attestation
        row |= {
            "status": judgement.status.value,
            "subject_kind": judgement.subject.kind.value,
            "subject_id": judgement.subject.id,
            "subject_name": judgement.subject.name,
            "reason": judgement.reason,
            "observed": judgement.observed,
            "expected": judgement.expected,
            "blocked_by": cause.check if cause else "",
            "blocked_by_subject": cause.subject if cause else "",
            "waived_by": waiver.owner if waiver else "",
            "waived_until": waiver.expires.isoformat() if waiver else "",
            "waived_because": waiver.reason if waiver else "",
            "fix": "\n".join(command.text for command in judgement.fix),
            "to_grant": ", ".join(judgement.lacks),
        }
    if attestation:
        row |= {"attested_by": attestation.by, "attested_until": attestation.expires.isoformat()}
    return {column: cell(value.split("\n") if column == "fix" else [value]) for column, value in row.items()}


def cell(lines: Sequence[str]) -> str:
    """Return the text of one cell, which no spreadsheet takes for a formula.

    A telephone number becomes `tel:+1…` (RFC 3966): it stays the number, and no spreadsheet makes a sum of it. Before
    anything else that begins like a formula stands an apostrophe.
    """
    shown = clipped("\n".join(map(printable, lines)), _CELL)
    if _NUMBER.fullmatch(shown):
        return f"tel:{shown}"
    return _FORMULA.sub(r"\1'", shown)


def _yes(value: bool) -> str:
    return "true" if value else "false"
