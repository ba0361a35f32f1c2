"""`fix-plan`: a script for each owner, printed or written, from a report that is named or the newest full one."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.commands.cli import tpe
from tests.commands.standing import Standing
from tests.formats import contoso
from tpe_audit.formats import Format, render
from tpe_audit.history import History
from tpe_audit.report import Report


def _written(folder: Path, report: Report) -> str:
    (folder / "report.json").write_text(render(report, Format.JSON), encoding="utf-8")
    return "report.json"


def test_it_prints_the_scripts_one_after_the_other(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "fix-plan", _written(tmp_path, contoso.report()))
    assert (ran.code, ran.err) == (0, "")
    places = [ran.out.index(f"# fix-plan-{name}\n") for name in ("entra-admin.ps1", "azure-admin.sh")]
    assert places == sorted(places)


def test_for_one_owner_it_prints_the_script_alone(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "fix-plan", _written(tmp_path, contoso.report()), "--owner", "azure-admin")
    assert ran.code == 0
    assert ran.out.startswith("#!/usr/bin/env bash\n")
    assert "New-MgServicePrincipal" not in ran.out


def test_it_writes_a_file_for_each_owner(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "fix-plan", _written(tmp_path, contoso.report()), "--output", "plan")
    assert (ran.code, ran.out) == (0, "")
    found = {path.name: path for path in (tmp_path / "plan").iterdir()}
    assert set(found) == {"fix-plan-entra-admin.ps1", "fix-plan-azure-admin.sh"}
    assert ran.err.count("Wrote plan") == 2
    assert found["fix-plan-entra-admin.ps1"].read_bytes().startswith(b"\xef\xbb\xbf")
    assert found["fix-plan-azure-admin.sh"].read_bytes().startswith(b"#!")
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in found.values()} == {0o600}


@pytest.mark.parametrize(
    ("report", "arguments", "said"),
    [
        (contoso.healthy(), (), "# SIMULATED. Nothing to mend: no check fails. The verdict was ready.\n"),
        (contoso.unread(), (), "# SIMULATED. Nothing to mend: no check fails. The verdict was cannot-tell.\n"),
        (
            contoso.report(),
            ("--owner", "carrier"),
            "# Nothing to mend for carrier; there is for entra-admin, azure-admin.\n",
        ),
    ],
    ids=["ready", "cannot tell", "another owner"],
)
def test_where_nothing_is_to_mend_it_says_so(
    tmp_path: Path, report: Report, arguments: tuple[str, ...], said: str
) -> None:
    ran = tpe(tmp_path, "fix-plan", _written(tmp_path, report), *arguments)
    assert (ran.code, ran.out, ran.err) == (0, said, "")


def test_without_a_report_it_takes_the_newest_full_one_of_the_tenant(admin: Standing) -> None:
    nothing = admin("fix-plan")
    assert nothing.code == 2
    assert "there is no full report of this tenant in " in nothing.err
    document = json.loads(render(contoso.report(simulated=False), Format.JSON))
    document["tenant"]["id"] = admin.tenant_id
    history = History(admin.folder / "reports", admin.tenant_id)
    history.keep(json.dumps(document), datetime(2026, 11, 22, 9, tzinfo=UTC))
    narrowed = document | {
        "selected": True,
        "started_at": "2026-11-23T09:00:00Z",
        "finished_at": "2026-11-23T09:00:00Z",
    }
    history.keep(json.dumps(narrowed | {"findings": []}), datetime(2026, 11, 23, 9, tzinfo=UTC))
    ran = admin("fix-plan")
    assert ran.code == 0
    assert f"of tpe-audit's report on tenant {admin.tenant_id}\n" in ran.out
    assert "New-MgServicePrincipal" in ran.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "report.json: there is no such file"),
        ("nonsense", "report.json: "),
        ('{"schema": "tpe-audit/report/9"}', "report.json: "),
    ],
)
def test_what_is_no_report_makes_no_plan(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "report.json").write_text(text)
    ran = tpe(tmp_path, "fix-plan", "report.json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: no plan was made: {said}")


def test_a_report_without_shells_is_not_guessed_at(tmp_path: Path) -> None:
    document = json.loads(render(contoso.report(), Format.JSON))
    for finding in document["findings"]:
        for subject in finding["subjects"]:
            subject.pop("fix_shells")
    (tmp_path / "report.json").write_text(json.dumps(document))
    ran = tpe(tmp_path, "fix-plan", "report.json")
    assert ran.code == 2
    assert "it does not say which shell the commands of acs-service-principal are for; run the audit again" in ran.err


def test_a_plan_that_cannot_be_written_is_2(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    ran = tpe(tmp_path, "fix-plan", _written(tmp_path, contoso.report()), "--output", "file")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: the plan could not be written: file")
    assert (tmp_path / "file").read_text() == "mine"
