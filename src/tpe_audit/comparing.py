"""Compares reports: one that was just made, or was kept, with one that was kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from tpe_audit.changes import Changes, Section, Snapshot, Told, compare
from tpe_audit.report import Report
from tpe_audit.stored import StoredFinding, StoredReport
from tpe_audit.verdicts import Status


def compared(before: StoredReport, now: StoredReport | Report) -> Changes:
    """Return what has changed between two reports."""
    return compare(_of_stored(before), _of_stored(now) if isinstance(now, StoredReport) else _of_report(now))


def _of_report(report: Report) -> Snapshot:
    return Snapshot(
        report.run.finished_at,
        report.outcome.value,
        report.profile.value,
        tuple(
            Section(
                finding.check.id,
                finding.check.title,
                finding.status,
                finding.reason,
                tuple(
                    Told(j.subject, j.status, j.reason, j.blocked_by.check if j.blocked_by else "")
                    for j in finding.judgements
                ),
                listed=finding.unlisted is None,
            )
            for finding in report.findings
        ),
        _asked(report.run.subjects),
    )


def _of_stored(report: StoredReport) -> Snapshot:
    return Snapshot(
        report.finished_at,
        report.verdict.value,
        report.profile.value,
        tuple(
            Section(
                finding.check,
                finding.title,
                finding.status,
                finding.reason,
                tuple(
                    Told(s.subject, s.status, s.reason, s.blocked_by.check if s.blocked_by else "")
                    for s in finding.subjects
                ),
                listed=_listed(finding),
                quiet=_quiet(finding),
            )
            for finding in report.findings
        ),
        _asked(report.subjects),
    )


def _asked(subjects: Iterable[str]) -> frozenset[str]:
    return frozenset(subject.casefold() for subject in subjects)


def _listed(finding: StoredFinding) -> bool:
    """Whether all its things could be listed; a report that does not say so lists nothing where it could not."""
    return finding.unlisted is None and (bool(finding.subjects) or finding.status is not Status.UNKNOWN)


def _quiet(finding: StoredFinding) -> Status | None:
    """Return the status of those that are counted but not listed."""
    if not finding.omitted:
        return None
    listed = Counter(subject.status for subject in finding.subjects)
    counts: Mapping[Status, int] = finding.subject_counts
    return Status.PASS if counts.get(Status.PASS, 0) > listed[Status.PASS] else Status.NOT_APPLICABLE
