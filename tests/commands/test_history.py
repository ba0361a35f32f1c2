"""Each run is kept, compared with the last one, listed, and cleared away in time."""

from __future__ import annotations

import json
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.commands.cli import tpe
from tests.commands.standing import Standing
from tests.formats import contoso
from tpe_audit.formats import Format, render
from tpe_audit.history import INDEX, REPORT, History, Retention
from tpe_audit.simulator import Fault
from tpe_audit.stored import parse

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PRINCIPAL = ("run", "--check", "acs-service-principal", "--format", "json")
NO_PRINCIPAL = Fault(
    "/v1.0/servicePrincipals(appId='1fd5118e",
    status=404,
    body={"error": {"code": "Request_ResourceNotFound", "message": "It does not exist."}},
)
posix = pytest.mark.skipif(os.name != "posix", reason="there are no modes")


def _report(at: datetime = NOW, verdict: str = "not-ready", **more: Any) -> str:
    document = json.loads(render(contoso.report(), Format.JSON))
    when = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    return json.dumps(
        document | {"simulated": False, "verdict": verdict, "started_at": when, "finished_at": when} | more
    )


def _history(folder: Path) -> History:
    return History(folder, contoso.TENANT.id)


def _kept(history: History, *days: float, **more: Any) -> None:
    for day in days:
        at = NOW - timedelta(days=day)
        history.keep(_report(at, **more), at)


# --- runs that are kept --------------------------------------------------------------------------------------


def test_a_run_is_kept_even_where_its_report_goes_to_stdout(admin: Standing) -> None:
    ran = admin(*PRINCIPAL)
    assert (ran.code, ran.err) == (0, "")
    [kept] = admin.runs
    assert json.loads(kept.read_text(encoding="utf-8")) == ran.report
    assert ":" not in str(kept.relative_to(admin.folder))


def test_a_run_tells_what_changed_since_the_last_one_that_asked_the_same(admin: Standing) -> None:
    assert admin(*PRINCIPAL).report["changes"] is None
    admin("run", "--check", "ra-exists", "--format", "json")
    admin.tenant.behaviour.faults.append(NO_PRINCIPAL)
    second = admin(*PRINCIPAL)
    [changed] = second.report["changes"]["changed"]
    assert (changed["change"], changed["check"], changed["before"], changed["now"]) == (
        "new", "acs-service-principal", "pass", "fail",
    )  # fmt: skip
    assert second.report["changes"]["verdict"] == "ready"
    admin.tenant.behaviour.faults.clear()
    [mended] = admin(*PRINCIPAL).report["changes"]["changed"]
    assert mended["change"] == "mended"


def test_a_baseline_is_compared_with_instead_of_the_last_run(admin: Standing) -> None:
    admin(*PRINCIPAL, "--output", "base.json")
    old = json.loads((admin.folder / "base.json").read_text(encoding="utf-8"))
    old["findings"][0]["subjects"][0]["status"] = old["findings"][0]["status"] = "fail"
    (admin.folder / "base.json").write_text(json.dumps(old), encoding="utf-8")
    ran = admin(*PRINCIPAL, "--baseline", "base.json")
    assert [item["change"] for item in ran.report["changes"]["changed"]] == ["mended"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "--baseline base.json: it is not JSON"),
        (_report(), "it is a report on the tenant 7a1d3c52-0d4b-4f6e-9a55-3f6d1f0c2b11, and this one is "),
    ],
)
def test_a_baseline_that_cannot_be_compared_with_is_refused_before_the_audit(
    admin: Standing, content: str, said: str
) -> None:
    (admin.folder / "base.json").write_text(content, encoding="utf-8")
    ran = admin(*PRINCIPAL, "--baseline", "base.json")
    assert (ran.code, ran.out, admin.tenant.requests) == (2, "", ())
    assert said in ran.err


def test_simulated_runs_are_not_kept(tmp_path: Path) -> None:
    tpe(tmp_path, "run", "--demo", "--check", "acs-service-principal")
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == ["report.html", "report.json"]


def test_keeping_can_be_switched_off(admin: Standing) -> None:
    ran = admin(*PRINCIPAL, environment={"TPE_AUDIT_REPORT__HISTORY": "false"})
    assert (ran.code, admin.runs) == (0, [])


def test_a_history_that_cannot_be_written_is_told_and_costs_nothing(admin: Standing) -> None:
    (admin.folder / "reports").write_text("mine")
    ran = admin(*PRINCIPAL)
    assert (ran.code, ran.report["verdict"], ran.report["errors"]) == (0, "ready", [])
    assert "warning: this run was not kept for later ones: " in ran.err


# --- the folder ----------------------------------------------------------------------------------------------


@posix
def test_only_the_owner_may_read_what_is_kept(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        history = _history(tmp_path)
        _kept(history, 0)
        history.tidy(Retention(0, 0), NOW)
    finally:
        os.umask(before)
    for path in [history.folder, *history.folder.rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_runs_of_the_same_second_have_folders_of_their_own(tmp_path: Path) -> None:
    history = _history(tmp_path)
    _kept(history, 0, 0, 0)
    assert [run.name for run in history.runs()] == [
        "2026-11-22T090000Z",
        "2026-11-22T090000Z-2",
        "2026-11-22T090000Z-3",
    ]


def test_runs_at_the_same_time_are_all_kept_and_indexed(tmp_path: Path) -> None:
    def run() -> None:
        history = _history(tmp_path)
        _kept(history, 0)
        history.tidy(Retention(0, 0), NOW)

    threads = [threading.Thread(target=run) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = _history(tmp_path)
    assert len({run.name for run in history.runs()}) == 12
    assert history.damaged == []
    assert not [path for path in history.folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("spoilt", ["", "{", '{"schema": "tpe-audit/history-index/2", "runs": []}', "[]", None])
def test_an_index_that_is_spoilt_or_gone_is_made_again(tmp_path: Path, spoilt: str | None) -> None:
    history = _history(tmp_path)
    _kept(history, 2, 1)
    history.tidy(Retention(0, 0), NOW)
    whole = (history.folder / INDEX).read_text(encoding="utf-8")
    before = history.runs()
    if spoilt is None:
        (history.folder / INDEX).unlink()
    else:
        (history.folder / INDEX).write_text(spoilt)
    assert history.runs() == before
    history.tidy(Retention(0, 0), NOW)
    assert (history.folder / INDEX).read_text(encoding="utf-8") == whole


def test_the_index_saves_reading_the_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = _history(tmp_path)
    _kept(history, 2, 1)
    history.tidy(Retention(0, 0), NOW)
    expected = history.runs()
    monkeypatch.setattr(History, "report", lambda *_: pytest.fail("a report was read"))
    assert history.runs() == expected


def test_a_run_that_was_interrupted_is_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = _history(tmp_path)
    _kept(history, 1)

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            _kept(history, 0)
    assert [run.name for run in history.runs()] == ["2026-11-21T090000Z"]
    assert [path.name for path in history.folder.iterdir()] == ["2026-11-21T090000Z"]


def test_a_report_that_was_damaged_is_named_and_left_out(tmp_path: Path) -> None:
    history = _history(tmp_path)
    _kept(history, 2, 1)
    history.tidy(Retention(0, 0), NOW)
    (history.folder / "2026-11-21T090000Z" / REPORT).write_text("{")
    assert [run.name for run in history.runs()] == ["2026-11-20T090000Z"]
    assert "2026-11-21T090000Z" in history.damaged[0]


def test_runs_that_are_too_many_or_too_old_are_cleared_away(tmp_path: Path) -> None:
    history = _history(tmp_path)
    _kept(history, 9, 5, 4, 3, 2, 1)
    history.tidy(Retention(3, 0), NOW)
    assert [run.started_at.day for run in history.runs()] == [19, 20, 21]
    history.tidy(Retention(0, 1.5), NOW)
    assert [run.started_at.day for run in history.runs()] == [21]
    history.tidy(Retention(1, 0.5), NOW)
    assert [run.started_at.day for run in history.runs()] == [21]


def test_the_newest_run_that_asked_everything_stays(tmp_path: Path) -> None:
    history = _history(tmp_path)
    _kept(history, 9)
    _kept(history, 3, 2, 1, selected=True)
    history.tidy(Retention(1, 0), NOW)
    assert [run.selected for run in history.runs()] == [False, True]
    assert history.newest_full() == history.folder / "2026-11-13T090000Z" / REPORT


def test_nothing_is_removed_that_is_somebody_elses(tmp_path: Path) -> None:
    history = _history(tmp_path)
    _kept(history, 9, 8, 1)
    (history.folder / "2026-11-13T090000Z" / "notes.txt").write_text("mine")
    for name in ("2026-11-01T090000Z", "photos"):
        (history.folder / name).mkdir()
        (history.folder / name / "mine.txt").write_text("mine")
    (history.folder / ".run-old").mkdir()
    os.utime(history.folder / ".run-old", (0, 0))
    history.tidy(Retention(1, 0), NOW)
    assert {path.name for path in history.folder.iterdir()} == {
        "2026-11-13T090000Z", "2026-11-21T090000Z", "2026-11-01T090000Z", "photos", INDEX,
    }  # fmt: skip


def test_a_tenant_id_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    assert History(tmp_path, "../../etc").folder.parent == tmp_path


# --- the command ---------------------------------------------------------------------------------------------


@pytest.fixture
def past(tmp_path: Path) -> Path:
    """A folder with a configuration and five runs: it passed, failed twice, was narrowed, and could not be read."""
    (tmp_path / "config.toml").write_text(f'[teams]\ntenant_id = "{contoso.TENANT.id}"\n')
    history = _history(tmp_path / "reports")
    for day, status, selected in ((5, "pass", False), (4, "fail", False), (3, "fail", True), (2, "unknown", False)):
        document = json.loads(_report(NOW - timedelta(days=day), selected=selected))
        finding = document["findings"][0]
        finding["status"] = finding["subjects"][0]["status"] = status
        history.keep(json.dumps(document), NOW - timedelta(days=day))
    return tmp_path


def test_verdicts_are_listed_the_newest_first(past: Path) -> None:
    ran = tpe(past, "history")
    assert (ran.code, ran.err) == (0, "")
    assert [line[:23] for line in ran.out.splitlines()] == [f"2026-11-{day} 09:00:00 UTC" for day in (20, 19, 18, 17)]
    assert [line.endswith(" checks") for line in ran.out.splitlines()] == [False, True, False, False]


def test_the_list_can_be_cut_and_says_so(past: Path) -> None:
    assert tpe(past, "history", "--limit", "1").out.splitlines()[1:] == ["and 3 older runs; --limit 4 lists all"]


@pytest.mark.parametrize("subject", [(), ("--subject", contoso.TENANT.id.upper())], ids=["check", "subject"])
def test_a_check_has_passed_last_and_failed_first(past: Path, subject: tuple[str, ...]) -> None:
    ran = tpe(past, "history", "--check", "acs-service-principal", "--format", "json", *subject)
    found = ran.report
    assert (found["last_passed"], found["first_failed"]) == ("2026-11-17T09:00:00Z", "2026-11-18T09:00:00Z")
    assert [run["status"] for run in found["runs"]] == ["unknown", "fail", "fail", "pass"]
    assert parse(Path(found["runs"][0]["report"]).read_bytes(), "x").tenant.id == contoso.TENANT.id
    said = tpe(past, "history", "--check", "acs-service-principal", *subject).out
    assert "last passed    2026-11-17 09:00:00 UTC" in said
    assert "first failed   2026-11-18 09:00:00 UTC, and not passed since" in said


def test_no_secret_is_needed_to_look_back(past: Path) -> None:
    with (past / "config.toml").open("a") as file:
        file.write(f'[teams.credential]\nkind = "client-secret"\nclient_id = "{contoso.TENANT.id}"\n')
    assert tpe(past, "history").code == 0


def test_an_empty_history_says_so(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f'[teams]\ntenant_id = "{contoso.TENANT.id}"\n')
    ran = tpe(tmp_path, "history")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("No run is kept in ")
    assert tpe(tmp_path, "history", "--format", "json").report["runs"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--check", "acs-servce-principal"),
            "nothing was listed: there is no check 'acs-servce-principal'; did you mean",
        ),
        (("--subject", "x"), "--subject needs --check"),
        (("--limit", "0"), "0 is not in the range"),
        (("--config", "nowhere.toml"), "nowhere.toml: there is no such file"),
    ],
)
def test_wrong_use_is_2(past: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = tpe(past, "history", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_damaged_run_is_warned_of(past: Path) -> None:
    [damaged, *_] = past.glob("reports/*/*/report.json")
    damaged.write_text("{")
    ran = tpe(past, "history")
    assert ran.code == 0
    assert "warning: left out: " in ran.err
