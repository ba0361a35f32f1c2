"""Reports that were kept are read whole, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.formats import contoso
from tpe_audit import stored
from tpe_audit.formats import Format, Options, render
from tpe_audit.formats.json import SCHEMA
from tpe_audit.report import Report
from tpe_audit.shell import Shell
from tpe_audit.stored import NotAReport, StoredReport

REPORTS = {
    "failing": contoso.report(),
    "healthy": contoso.healthy(),
    "unread": contoso.unread(),
    "hostile": contoso.hostile(),
}


def kept(report: Report) -> StoredReport:
    return stored.parse(render(report, Format.JSON).encode(), "report.json")


def changed(edit: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(render(contoso.report(), Format.JSON))
    edit(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize("name", REPORTS)
def test_what_was_written_is_read_again(name: str) -> None:
    report = REPORTS[name]
    found = kept(report)
    assert (found.verdict, found.exit_code, found.first) == (report.outcome, report.exit_code, report.first)
    assert (found.tenant.id, found.started_at) == (report.run.tenant_id, report.run.started_at)
    assert [f.check for f in found.findings] == [f.check.id for f in report.findings]
    for told, finding in zip(found.findings, report.findings, strict=True):
        assert told.required == report.required(finding)
        assert {(s.subject.key, s.status) for s in told.subjects} == {
            (j.subject.key.encode("utf-8", "replace").decode(), j.status) for j in finding.judgements
        }


def test_each_command_has_its_shell() -> None:
    subjects = [subject for finding in kept(contoso.report()).findings for subject in finding.subjects]
    assert all(len(subject.fix) == len(subject.fix_shells) for subject in subjects)
    assert {shell for subject in subjects for shell in subject.fix_shells} == set(Shell)


def test_fields_of_a_later_version_are_passed_over() -> None:
    def later(document: dict[str, Any]) -> None:
        document["weather"] = {"is": "fine"}
        document["findings"][0]["weather"] = document["findings"][0]["subjects"][0]["weather"] = 1

    assert stored.parse(changed(later), "x").findings[0].check == "acs-service-principal"


def test_fields_that_came_later_may_be_missing() -> None:
    def earlier(document: dict[str, Any]) -> None:
        for name in ("selected", "subjects", "threshold", "seen", "changes", "expiring"):
            del document[name]
        for finding in document["findings"]:
            for name in ("required", "question", "lacks", "attestation", "evidence", "unlisted"):
                del finding[name]
            for subject in finding["subjects"]:
                del subject["fix_shells"], subject["about"]

    found = stored.parse(changed(earlier), "x")
    assert not found.selected
    assert found.findings[0].required is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_a_shell_redirected_is_read_whatever_it_is_encoded_as(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "old.json"
    path.write_text(render(contoso.report(), Format.JSON, Options()), encoding=encoding)
    assert stored.read(path).tenant.id == contoso.TENANT.id


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda d: d.pop("verdict"), "it is no whole report: verdict: Field required"),
        (lambda d: d.update(verdict="fine"), "it is no whole report: verdict: "),
        (lambda d: d.update(simulated="no"), "it is no whole report: simulated: it should be a valid boolean"),
        (lambda d: d.update(schema="tpe-audit/report/2"), f'its "schema" is not "{SCHEMA}"'),
        (lambda d: d.pop("schema"), f'its "schema" is not "{SCHEMA}"'),
        (lambda d: d.update(started_at="2026-11-22T09:00:00"), "started_at: it should have timezone info"),
        (lambda d: d["findings"][1].pop("subjects"), "findings.1.subjects: Field required"),
        (lambda d: d["findings"][0]["subjects"][0].update(status="ok"), "findings.0.subjects.0.status: "),
        (lambda d: d["findings"][0]["subjects"][0].update(id=7), "findings.0.subjects.0.id: "),
    ],
)
def test_half_a_report_is_none(edit: Callable[[dict[str, Any]], object], said: str) -> None:
    with pytest.raises(NotAReport, match=r"^old\.json: ") as error:
        stored.parse(changed(edit), "old.json")
    assert said in str(error.value)


@pytest.mark.parametrize("raw", [b"", b"report", b'{"schema": ', b"[" * 10_000, b"[]", b"7", b"null", b"\x80"])
def test_what_is_no_report_is_said_to_be_none(raw: bytes) -> None:
    with pytest.raises(NotAReport, match=r"^old\.json: it is "):
        stored.parse(raw, "old.json")


def test_files_that_cannot_be_read_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotAReport, match="it can't be read"):
        stored.read(tmp_path)
    with pytest.raises(NotAReport, match="there is no such file"):
        stored.read(tmp_path / "nowhere.json")
    monkeypatch.setattr(stored, "LARGEST", 10)
    (tmp_path / "huge.json").write_text(" " * 11)
    with pytest.raises(NotAReport, match="it is larger than"):
        stored.read(tmp_path / "huge.json")
