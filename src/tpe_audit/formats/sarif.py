"""The report as SARIF 2.1.0, for code scanning and the viewers of static analysis.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html

GitHub shows every result as an alert, whatever its kind, and refuses a whole file for one result without a location
(https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support). So what holds, does not
apply, or is blocked by a failure that is in the report itself, is a result only where all of it was asked for; and
each result points to the configuration file, even where there is none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from tpe_audit import __version__
from tpe_audit.catalog import Check
from tpe_audit.findings import Finding, Judgement
from tpe_audit.formats import Options
from tpe_audit.formats.json import Value, written
from tpe_audit.formats.ordering import listing
from tpe_audit.formats.text import counted, printable, utc
from tpe_audit.report import Report, SourceState
from tpe_audit.verdicts import Severity, Status

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LIMIT = 25_000
"""Results; GitHub refuses a run with more."""

_INFORMATION = "https://github.com/tpe-audit/tpe-audit"
_ROOT = "%SRCROOT%"
_LEVELS: Mapping[Severity, str] = {
    Severity.BLOCKER: "error",
    Severity.MAJOR: "error",
    Severity.MINOR: "warning",
    Severity.INFO: "note",
}
_KINDS: Mapping[Status, str] = {
    Status.FAIL: "fail",
    Status.WAIVED: "fail",
    Status.UNKNOWN: "open",
    Status.BLOCKED: "open",
    Status.MANUAL: "review",
    Status.PASS: "pass",
    Status.NOT_APPLICABLE: "notApplicable",
}


def render(report: Report, options: Options) -> str:
    """Return the report as SARIF text."""
    return written(document(report, options))


def document(report: Report, options: Options) -> dict[str, Value]:
    """Return the report as JSON values."""
    run = report.run
    places = {finding.check.id: index for index, finding in enumerate(report.findings)}
    results = list(_results(report, places, options))
    notifications = list(_notifications(report, len(results) - LIMIT))
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "tpe-audit",
                        "version": __version__,
                        "semanticVersion": __version__,
                        "informationUri": _INFORMATION,
                        "rules": [_rule(finding.check) for finding in report.findings],
                    }
                },
                # Runs over different tenants are different analyses, whose alerts do not replace each other.
                "automationDetails": {"id": f"tpe-audit/{quote(printable(run.tenant_id))}/"},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that the audit was run in."}}},
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "exitCode": report.exit_code,
                        "startTimeUtc": utc(run.started_at),
                        "endTimeUtc": utc(run.finished_at),
                        "toolExecutionNotifications": notifications,
                    }
                ],
                "results": results[:LIMIT],
                "properties": {
                    "verdict": report.outcome.value,
                    "sentence": printable(report.sentence),
                    "first": report.first,
                    "simulated": run.simulated,
                    "tenant": printable(run.tenant_id),
                },
            }
        ],
    }


def _rule(check: Check) -> dict[str, Value]:
    level = _LEVELS[check.severity]
    return {
        "id": check.id,
        "shortDescription": {"text": _text(check.title)},
        "fullDescription": {"text": _text(check.fix_summary or check.title)},
        "help": {"text": _braced(check.body or check.title), "markdown": _braced(check.body or check.title)},
        "helpUri": check.link,
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": ["teams-phone-extensibility", check.area.value, check.owner.value],
            "precision": "very-high",
            "problem.severity": {"error": "error", "warning": "warning"}.get(level, "recommendation"),
        },
    }


@dataclass(frozen=True, slots=True)
class _Result:
    """What one check says of one subject, or of all together where these could not be listed."""

    report: Report
    finding: Finding
    rule: int
    judgement: Judgement | None

    @property
    def status(self) -> Status:
        return self.judgement.status if self.judgement else self.finding.status

    def value(self) -> dict[str, Value]:
        """Return it as SARIF."""
        check, kind = self.finding.check, _KINDS[self.status]
        identity = self._identity()
        return {
            "ruleId": check.id,
            "ruleIndex": self.rule,
            "kind": kind,
            # The specification (3.27.10) has a level for failures only.
            "level": _LEVELS[check.severity] if kind == "fail" else "none",
            "message": {"text": _text(self._message())},
            "locations": [self._location()],
            # GitHub tells results on one line apart by primaryLocationLineHash alone.
            "partialFingerprints": {"tpeAudit/v1": identity, "primaryLocationLineHash": f"{identity}:1"},
            **self._suppressions(),
            "properties": self._properties(),
        }

    def _message(self) -> str:
        finding, judgement = self.finding, self.judgement
        if judgement is None:
            return f"{finding.check.title}: {self.status}. {finding.reason}"
        said = {"Observed": judgement.observed, "Expected": judgement.expected}
        details = "".join(f" {label}: {value}." for label, value in said.items() if value)
        return f"{judgement.subject.kind} {judgement.subject.name}: {self.status}. {judgement.reason}{details}"

    def _identity(self) -> str:
        key = self.judgement.subject.key if self.judgement else ""
        return hashlib.sha256(f"{self.finding.check.id}\0{key}".encode(errors="backslashreplace")).hexdigest()[:32]

    def _location(self) -> dict[str, Value]:
        declared, subject = self.report.run.declared, self.judgement.subject if self.judgement else None
        place: dict[str, Value] = {
            "physicalLocation": {
                "artifactLocation": artifact(declared.file),
                "region": {"startLine": declared.line(subject)},
            }
        }
        if subject:
            name = printable(subject.name)
            place["logicalLocations"] = [
                {"name": name, "fullyQualifiedName": f"{subject.kind}/{printable(subject.id)}", "kind": "resource"}
            ]
        return place

    def _suppressions(self) -> dict[str, Value]:
        waiver = self.judgement.waiver if self.judgement else None
        if waiver is None:
            return {}
        why = printable(f"Waived by {waiver.owner} until {waiver.expires}: {waiver.reason}")
        return {"suppressions": [{"kind": "external", "status": "accepted", "justification": why}]}

    def _properties(self) -> dict[str, Value]:
        values: dict[str, Value] = {
            "status": self.status.value,
            "required": self.report.required(self.finding),
            "owner": self.finding.check.owner.value,
        }
        lacks = self.judgement.lacks if self.judgement else self.finding.lacks
        if lacks:
            values["toGrant"] = [printable(lack) for lack in lacks]
        if self.judgement and self.judgement.fix:
            values["fix"] = [printable(command.text) for command in self.judgement.fix]
        if self.judgement and self.judgement.blocked_by:
            values["blockedBy"] = self.judgement.blocked_by.check
        return values


def _results(report: Report, places: Mapping[str, int], options: Options) -> Iterator[dict[str, Value]]:
    failing = {finding.check.id for finding in report.findings if finding.status is Status.FAIL}
    for finding in report.findings:
        judgements: Sequence[Judgement | None] = listing(finding, everything=options.all_subjects).judgements or (None,)
        for judgement in judgements:
            result = _Result(report, finding, places[finding.check.id], judgement)
            if options.verbose or _to_act_on(result, failing):
                yield result.value()


def _to_act_on(result: _Result, failing: set[str]) -> bool:
    cause = result.judgement.blocked_by if result.judgement else None
    if result.status is Status.BLOCKED and cause:
        return cause.check not in failing
    return result.status not in (Status.PASS, Status.NOT_APPLICABLE)


def _notifications(report: Report, too_many: int) -> Iterator[dict[str, Value]]:
    """Yield what should be known beside the results."""
    told = [("error", error) for error in report.errors]
    told += [("warning", warning) for warning in report.warnings]
    told += [
        ("warning", f"{source.source} {source.state}: {source.reason}")
        for source in report.run.sources
        if source.state in (SourceState.REFUSED, SourceState.FAILED)
    ]
    if too_many > 0:
        told.append(("error", f"{counted(too_many, 'result')} left out: a run takes {LIMIT:,}."))
    for level, text in told:
        yield {"level": level, "message": {"text": _text(text)}}


def artifact(file: str) -> dict[str, Value]:
    """Return where a file is: from the folder of the run or, outside of it, by its whole address."""
    shown = printable(file)
    if shown.startswith("/"):
        return {"uri": f"file://{quote(shown)}"}
    if shown[1:3] == ":/":
        return {"uri": f"file:///{quote(shown, safe='/:')}"}
    return {"uri": quote(shown), "uriBaseId": _ROOT}


def _text(text: str) -> str:
    """Return a message in which nothing is a placeholder or a link (3.11.5, 3.11.6)."""
    return _braced(printable(text)).replace("](", "] (")


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
