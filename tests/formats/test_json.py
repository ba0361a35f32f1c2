import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

import jsonschema
import pytest

from tests.formats import contoso
from tests.formats.fields import described
from tpe_audit.catalog import Profile
from tpe_audit.facts import Agent, Kind
from tpe_audit.findings import Finding
from tpe_audit.formats import Format, Options, render
from tpe_audit.formats.json import schema
from tpe_audit.formats.ordering import LISTED
from tpe_audit.lines import Link
from tpe_audit.report import Outcome, Report, SourceState
from tpe_audit.verdicts import Area, Owner, Severity, Status

REPORTS = {
    "failing": contoso.report(),
    "healthy": contoso.healthy(),
    "unread": contoso.unread(),
    "hostile": contoso.hostile(),
    "large": contoso.large(50),
}


def parsed(report: Report, options: Options | None = None) -> dict[str, object]:
    found = json.loads(render(report, Format.JSON, options))
    assert isinstance(found, dict)
    return found


def part(value: object, *path: str | int) -> object:
    for step in path:
        assert isinstance(value, dict | list)
        value = value[step]  # type: ignore[index]  # the schema says which steps there are
    return value


def the_finding(report: dict[str, object], check: str) -> dict[str, object]:
    findings = report["findings"]
    assert isinstance(findings, list)
    found = next(finding for finding in findings if finding["check"] == check)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_keeps_to_its_schema(name: str) -> None:
    jsonschema.Draft202012Validator(schema()).validate(parsed(REPORTS[name]))


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def _undescribed(value: object, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        return
    for name, field in value.get("properties", {}).items():
        if not field.get("description"):
            yield f"{where}.{name}"
    for key, inner in value.items():
        for index, one in enumerate(inner if isinstance(inner, list) else [inner]):
            yield from _undescribed(one, f"{where}.{key}.{index}")


def test_the_schema_describes_every_field() -> None:
    assert not list(_undescribed(schema(), ""))


def _unknown_fields(value: object, described: object, root: dict[str, object], where: str) -> Iterator[str]:
    assert isinstance(described, dict)
    if "$ref" in described:
        described = part(root, *described["$ref"].removeprefix("#/").split("/"))
        assert isinstance(described, dict)
    if isinstance(value, list):
        for item in value:
            yield from _unknown_fields(item, described["items"], root, f"{where}[]")
    elif isinstance(value, dict) and not isinstance(described.get("additionalProperties"), dict):
        for key, item in value.items():
            if key in described.get("properties", {}):
                yield from _unknown_fields(item, described["properties"][key], root, f"{where}.{key}")
            else:
                yield f"{where}.{key}"


def test_no_field_is_written_that_the_schema_does_not_know() -> None:
    assert not list(_unknown_fields(parsed(contoso.report()), schema(), schema(), ""))


@pytest.mark.parametrize(
    ("path", "vocabulary"),
    [
        (("$defs", "status"), Status),
        (("$defs", "severity"), Severity),
        (("$defs", "area"), Area),
        (("$defs", "owner"), Owner),
        (("$defs", "kind"), Kind),
        (("$defs", "link"), Link),
        (("properties", "verdict"), Outcome),
        (("properties", "profile"), Profile),
        (("properties", "sources", "items", "properties", "state"), SourceState),
    ],
)
def test_a_closed_vocabulary_is_that_of_the_code(path: tuple[str, ...], vocabulary: type[StrEnum]) -> None:
    assert part(schema(), *path, "enum") == [value.value for value in vocabulary]


def test_a_status_has_a_count() -> None:
    assert set(parsed(contoso.report())["counts"]) == set(Status)  # type: ignore[call-overload]
    assert set(part(schema(), "$defs", "counts", "properties")) == set(Status)  # type: ignore[call-overload]


@pytest.mark.parametrize("name", REPORTS)
def test_counts_add_up(name: str) -> None:
    report = parsed(REPORTS[name])
    findings, counts = report["findings"], report["counts"]
    assert isinstance(findings, list)
    assert isinstance(counts, dict)
    assert sum(counts.values()) == len(findings)
    for finding in findings:
        assert sum(finding["subject_counts"].values()) == len(finding["subjects"]) + finding["omitted"]


@pytest.mark.parametrize(("count", "omitted"), [(LISTED - 1, 0), (LISTED, 0), (LISTED + 1, 1), (LISTED + 500, 500)])
def test_passes_beyond_the_limit_are_counted_and_not_listed(count: int, omitted: int) -> None:
    report = contoso.large(count, Status.PASS)
    found = the_finding(parsed(report), "agent-license")
    assert found["omitted"] == omitted
    assert part(found, "subject_counts", "pass") == count
    everything = the_finding(parsed(report, Options(all_subjects=True)), "agent-license")
    assert everything["omitted"] == 0


def test_what_needs_attention_is_always_listed() -> None:
    failing, passing = contoso.large(1200), contoso.large(1200, Status.PASS)
    both = [finding for finding in (*failing.findings, *passing.findings) if finding.check.judges is Agent]
    judgements = tuple(judgement for one in both if one.check.id == "agent-license" for judgement in one.judgements)
    check = next(one.check for one in both if one.check.id == "agent-license")
    mixed = contoso.composed([Finding(check, Status.FAIL, "Some fail.", judgements)])
    found = the_finding(parsed(mixed), "agent-license")
    subjects = found["subjects"]
    assert isinstance(subjects, list)
    assert [subject["status"] for subject in subjects] == ["fail"] * 1200 + ["pass"] * LISTED
    assert found["omitted"] == 200


def test_the_order_in_which_things_were_read_does_not_show() -> None:
    report = contoso.report()
    last = len(report.requests) - 1
    findings = tuple(
        replace(
            finding,
            judgements=tuple(
                replace(
                    judgement,
                    decision=replace(judgement.decision, evidence=tuple(last - index for index in judgement.evidence)),
                )
                for judgement in reversed(finding.judgements)
            ),
        )
        for finding in report.findings
    )
    other = replace(report, findings=findings, requests=report.requests[::-1], lines=report.lines[::-1])
    assert render(other, Format.JSON) == render(report, Format.JSON)


def test_evidence_points_to_the_request_that_it_did() -> None:
    report = parsed(contoso.report())
    subjects = the_finding(report, "bot-teams-channel")["subjects"]
    request = part(report, "evidence", part(subjects, 0, "evidence", 0))  # type: ignore[arg-type]
    assert part(request, "request_id") == "d4c3"


def test_what_explains_a_subject_is_there_or_null() -> None:
    report = parsed(contoso.report())
    assert part(the_finding(report, "client-consent"), "subjects", 0, "blocked_by") == {
        "check": "acs-service-principal",
        "subject": contoso.TENANT.id,
    }
    assert part(the_finding(report, "acs-network-access"), "subjects", 0, "waiver", "expires") == "2027-01-31"
    attestation = part(the_finding(report, "funding-balance"), "subjects", 0, "attestation")
    assert attestation == {
        "by": "Kim Poe, billing",
        "on": "2026-11-20",
        "expires": "2026-12-20",
        "evidence": "Invoice 4711; auto-recharge at 50 USD",
    }
    for name in ("blocked_by", "waiver", "attestation"):
        assert part(the_finding(report, "ra-exists"), "subjects", 0, name) is None


def test_what_could_not_be_read_is_null() -> None:
    report = contoso.report()
    lines = (replace(report.lines[0], number=None, account=None),)
    found = parsed(replace(report, tenant_name=None, lines=lines))
    assert part(found, "tenant", "name") is None
    assert part(found, "lines", 0, "number") is None
    assert part(found, "lines", 0, "account") is None
    jsonschema.Draft202012Validator(schema()).validate(found)


def test_times_are_utc_to_the_second() -> None:
    run = replace(contoso.RUN, finished_at=contoso.START + timedelta(seconds=12, microseconds=987654))
    assert parsed(replace(contoso.report(), run=run))["finished_at"] == "2026-11-22T09:00:12Z"


def test_the_text_is_ascii_and_gives_back_what_was_read() -> None:
    text = render(contoso.hostile(), Format.JSON)
    assert text.isascii()
    assert not set(map(ord, text)) & {*range(10), *range(11, 32), 127}
    assert part(json.loads(text), "tenant", "name") == contoso.HOSTILE


KEPT = Path(__file__).with_name("golden") / "report-1.fields.json"


def test_no_field_of_version_1_has_gone_or_means_something_else() -> None:
    """Set REWRITE_GOLDEN=1 to take up fields that were added; none is ever taken out."""
    now = {path: field.kept() for path, field in described(schema()).items()}
    if os.environ.get("REWRITE_GOLDEN"):
        KEPT.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    then = json.loads(KEPT.read_text(encoding="utf-8"))
    assert {path: now.get(path) for path in then} == then


@pytest.mark.parametrize("path", ["verdict", "findings[].subjects[].fix_shells[]", "counts.not-applicable"])
def test_a_field_is_described_wherever_it_stands(path: str) -> None:
    field = described(schema())[path]
    assert field.required
    assert field.meaning
