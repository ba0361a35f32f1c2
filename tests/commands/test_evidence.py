"""`tpe-audit collect`, and `tpe-audit run --evidence`."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.commands.cli import Ran, tpe
from tpe_audit.simulator.contoso import TENANT_ID


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    folder = tmp_path_factory.mktemp("evidence")
    return folder, tpe(folder, "collect", "-o", "evidence.json", "--demo")


def _judge(folder: Path, *arguments: str, **options: Any) -> Ran:
    return tpe(folder, "run", "--evidence", "evidence.json", "--format", "json", *arguments, **options)


def _changed(folder: Path, source: Path, **changes: Any) -> Path:
    document = json.loads((source / "evidence.json").read_text(encoding="utf-8"))
    path = folder / "evidence.json"
    path.write_text(json.dumps({**document, **changes}), encoding="utf-8")
    return path


def test_it_says_where_the_file_is_and_only_its_owner_can_read_it(collected: tuple[Path, Ran]) -> None:
    folder, ran = collected
    assert (ran.code, ran.out) == (0, "")
    assert "Wrote evidence.json" in ran.err
    assert stat.S_IMODE((folder / "evidence.json").stat().st_mode) == 0o600


def test_it_is_judged_as_the_run_was(collected: tuple[Path, Ran]) -> None:
    ran = _judge(collected[0])
    assert (ran.code, ran.report["verdict"], ran.report["first"]) == (
        1,
        "not-ready",
        ["number-activated", "server-consent"],
    )
    assert ran.report["simulated"]
    assert ran.report["warnings"] == []
    assert {source["source"] for source in ran.report["sources"]} == {"acs", "arm", "graph", "teams-powershell"}


def test_no_sdk_is_loaded_to_judge_it(collected: tuple[Path, Ran]) -> None:
    program = (
        "import sys; from tpe_audit.cli import tpe_audit; "
        "tpe_audit(['run','--evidence','evidence.json','--format','json','--output','r.json'], standalone_mode=False); "
        "print(sorted({n.partition('.')[0] for n in sys.modules}))"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], cwd=collected[0], capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout.strip().splitlines()[-1].replace("'", '"')))
    assert "pydantic" in loaded
    assert not loaded & {
        "azure",
        "msgraph",
        "msgraph_core",
        "kiota_abstractions",
        "httpx",
        "aiohttp",
        "msal",
        "uvicorn",
    }


def test_checks_and_subjects_narrow_it(collected: tuple[Path, Ran]) -> None:
    folder, _ = collected
    assert _judge(folder, "--check", "server-consent").checks == {"server-consent"}
    ran = _judge(folder, "--subject", "ivr@contoso.com")
    assert [line["number"] for line in ran.report["lines"]] == ["+15551230100"]
    assert "server-consent" not in ran.report["first"]
    ran = _judge(folder, "--subject", "+15551230200", "--check", "number-activated")
    assert [s["id"] for f in ran.report["findings"] for s in f["subjects"]] == ["+15551230200"]
    ran = _judge(folder, "--subject", "nobody@contoso.com")
    assert (ran.code, ran.out) == (2, "")
    assert "'nobody@contoso.com' is no account, number or agent of this evidence" in ran.err


def test_what_was_not_collected_is_unknown_and_says_so(tmp_path: Path) -> None:
    tpe(tmp_path, "collect", "-o", "evidence.json", "--demo", "healthy", "--check", "acs-service-principal")
    ran = _judge(tmp_path)
    found = {finding["check"]: finding for finding in ran.report["findings"]}
    assert (ran.code, found["acs-service-principal"]["status"], found["ra-exists"]["status"]) == (3, "pass", "unknown")
    assert "not part of this evidence file" in found["ra-exists"]["reason"]
    assert {finding["status"] for finding in found.values()} <= {"pass", "unknown", "manual", "not-applicable"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "can't be read: No such file"),
        (b"", "it is not JSON"),
        (b"\xff\xfe\x00", "not UTF-8 text"),
        (b'{"schema": "tpe-audit/evidence/9"}', "this version reads 'tpe-audit/evidence/1'"),
        (b'{"schema": "tpe-audit/report/1"}', "it is something else"),
    ],
)
def test_a_file_that_is_no_evidence_is_2(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "evidence.json").write_bytes(content)
    ran = _judge(tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_evidence_and_a_demo_are_no_pair(collected: tuple[Path, Ran]) -> None:
    ran = _judge(collected[0], "--demo")
    assert (ran.code, ran.out) == (2, "")
    assert "choose one" in ran.err


def test_files_of_different_tenants_do_not_join(tmp_path: Path, collected: tuple[Path, Ran]) -> None:
    other = _changed(tmp_path, collected[0], tenant={"id": "aaaaaaaa-0000-4000-8000-000000000001", "name": None})
    ran = _judge(collected[0], "--evidence", str(other))
    assert (ran.code, ran.out) == (2, "")
    assert "different tenants can't be joined" in ran.err


def _real(tmp_path: Path, source: Path, **changes: Any) -> None:
    """The evidence as if it were of a tenant that is not simulated."""
    _changed(tmp_path, source, simulated=False, **changes)


CONFIG = f'[teams]\ntenant_id = "{TENANT_ID}"\n[teams.credential]\nkind = "client-secret"\nclient_id = "{TENANT_ID}"\n'


def test_todays_configuration_needs_no_secret_and_its_attestations_count(
    tmp_path: Path, collected: tuple[Path, Ran]
) -> None:
    _real(tmp_path, collected[0])
    without = {f["check"]: f["status"] for f in _judge(tmp_path).report["findings"]}
    (tmp_path / "config.toml").write_text(CONFIG + '[deployment]\nbilling = "credits"\n', encoding="utf-8")
    ran = _judge(tmp_path)
    found = {f["check"]: f["status"] for f in ran.report["findings"]}
    assert (without["ra-synced"], found["ra-synced"]) == ("pass", "manual")
    assert (without["credits-license"], found["credits-license"]) == ("not-applicable", "pass")


def test_of_the_simulated_tenant_too_todays_waivers_count(tmp_path: Path, collected: tuple[Path, Ran]) -> None:
    _changed(tmp_path, collected[0])
    waiver = '[[waivers]]\ncheck = "number-activated"\nowner = "Kim"\nreason = "Pilot."\nexpires = 2999-01-01\n'
    (tmp_path / "config.toml").write_text(CONFIG + waiver, encoding="utf-8")
    found = {f["check"]: f["status"] for f in _judge(tmp_path).report["findings"]}
    assert (found["number-activated"], found["server-consent"]) == ("waived", "fail")


def test_a_configuration_of_ones_own_says_nothing_of_the_simulated_tenant(
    tmp_path: Path, collected: tuple[Path, Ran]
) -> None:
    _changed(tmp_path, collected[0])
    (tmp_path / "config.toml").write_text(CONFIG.replace(TENANT_ID, "a" * 8 + TENANT_ID[8:]), encoding="utf-8")
    ran = _judge(tmp_path)
    assert ran.report["tenant"]["id"] == TENANT_ID
    assert {f["check"]: f["status"] for f in ran.report["findings"]}["ra-synced"] == "pass"


def test_lines_of_today_do_not_change_what_was_read_and_that_is_told(
    tmp_path: Path, collected: tuple[Path, Ran]
) -> None:
    _real(tmp_path, collected[0])
    (tmp_path / "config.toml").write_text(CONFIG + '[[deployment.lines]]\naccount = "a@b.c"\n', encoding="utf-8")
    ran = _judge(tmp_path)
    assert len(ran.report["lines"]) == 2
    assert [warning for warning in ran.report["warnings"] if "collect it anew" in warning and "lines" in warning]


def test_the_configuration_of_another_tenant_is_refused(tmp_path: Path, collected: tuple[Path, Ran]) -> None:
    _real(tmp_path, collected[0])
    other = "aaaaaaaa-0000-4000-8000-000000000001"
    (tmp_path / "config.toml").write_text(f'[teams]\ntenant_id = "{other}"\n', encoding="utf-8")
    ran = _judge(tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert other in ran.err


def test_old_evidence_is_warned_of_with_its_age(tmp_path: Path, collected: tuple[Path, Ran]) -> None:
    then = datetime.now(UTC) - timedelta(days=3)
    _changed(tmp_path, collected[0], collected_at=then.isoformat())
    ran = _judge(tmp_path)
    assert [w for w in ran.report["warnings"] if "3 days old" in w and f"{then:%Y-%m-%d}" in w]
    assert ran.report["started_at"].startswith(f"{then:%Y-%m-%d}")


def test_what_ends_by_itself_is_judged_as_of_the_day_it_was_read(tmp_path: Path, collected: tuple[Path, Ran]) -> None:
    _changed(tmp_path, collected[0], collected_at="2999-01-01T00:00:00Z")
    assert _judge(tmp_path, "--check", "app-credential-valid").report["findings"][0]["status"] == "fail"
    assert _judge(collected[0], "--check", "app-credential-valid").report["findings"][0]["status"] == "pass"


def test_it_can_go_to_stdout(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "collect", "-o", "-", "--demo", "--check", "acs-service-principal")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["schema"] == "tpe-audit/evidence/1"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Missing option '-o'"),
        (("-o", "e.json", "--redact-key", "k"), "give both"),
        (("-o", "e.json", "--redact", "--redact-key", "k"), "the key can't be read"),
        (("-o", "e.json", "--redact", "--redact-key", "short"), "a key takes at least 32 characters"),
        (("-o", "folder/", "--check", "acs-service-principal"), "no evidence was collected"),
        (("-o", "e.json", "--source", "phones"), "'phones' is not one of"),
    ],
)
def test_wrong_use_of_collect_is_2(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    (tmp_path / "short").write_text("secret", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    ran = tpe(tmp_path, "collect", "--demo", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
