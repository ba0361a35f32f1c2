"""`run --check … --wait`: the same checks again, with growing pauses, until they pass or the time is over."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import click
import pytest

from tests.commands.cli import tpe
from tests.commands.standing import Standing
from tests.commands.test_process import ENVIRONMENT, posix
from tests.tenant import audit, broken
from tpe_audit import config
from tpe_audit.commands import waiting
from tpe_audit.commands.asked import Asked
from tpe_audit.commands.durations import duration
from tpe_audit.report import Report
from tpe_audit.simulator import SCENARIOS, Fault

PRINCIPAL = "/v1.0/servicePrincipals(appId='1fd5118e"
ABSENT = {"error": {"code": "Request_ResourceNotFound", "message": "It does not exist."}}
BUSY = {"error": {"code": "TooManyRequests", "message": "Slow down."}}
WAIT = ("run", "--check", "acs-service-principal", "--format", "json", "--wait")


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(waiting, "LONGEST_PAUSE", 0.2)


def _asked(admin: Standing) -> int:
    return len([recorded for recorded in admin.tenant.requests if PRINCIPAL.lower() in recorded.path.lower()])


def test_it_goes_on_until_the_check_passes_and_delivers_the_last_report(admin: Standing) -> None:
    admin.tenant.behaviour.faults.append(Fault(PRINCIPAL, status=404, body=ABSENT, times=3))
    ran = admin(*WAIT, "60s")
    assert (ran.code, ran.report["verdict"], _asked(admin)) == (0, "ready", 4)
    assert len(admin.runs) == 1
    assert re.fullmatch(r"Next try in 0 s, \d\d s left: 0 of 1 checks hold, not yet acs-service-principal\n", ran.err)


def test_each_try_signs_in_anew_for_what_was_granted_is_in_a_new_token_only(admin: Standing) -> None:
    admin.tenant.behaviour.faults.append(Fault(PRINCIPAL, status=404, body=ABSENT, times=2))
    admin(*WAIT, "60s")
    tokens = [r for r in admin.tenant.requests if r.api == "entra" and r.method == "POST"]
    assert len(tokens) == 3


def test_what_could_not_be_read_is_waited_for_too(admin: Standing) -> None:
    admin.tenant.behaviour.faults.append(Fault(PRINCIPAL, status=403, body=ABSENT, times=1))
    assert (admin(*WAIT, "60s").code, _asked(admin)) == (0, 2)


def test_when_the_time_is_over_it_exits_as_a_run_does(tmp_path: Path) -> None:
    began = time.monotonic()
    ran = tpe(tmp_path, *WAIT, "1s", "--demo", "no-service-principal")
    assert (ran.code, ran.report["first"]) == (1, ["acs-service-principal"])
    assert time.monotonic() - began < 20


def test_what_passes_at_once_is_not_waited_for(tmp_path: Path) -> None:
    ran = tpe(tmp_path, *WAIT, "1h", "--demo", "healthy")
    assert (ran.code, ran.err) == (0, "")


def test_what_only_a_person_can_answer_is_not_waited_for(admin: Standing) -> None:
    text = admin.config.read_text(encoding="utf-8")
    admin.config.write_text(text.partition("[[attestations]]")[0] + "[endpoints]" + text.partition("[endpoints]")[2])
    ran = admin("run", "--check", "ra-synced", "--wait", "1h", "--format", "json")
    assert (ran.code, ran.report["verdict"], ran.err) == (3, "cannot-tell", "")


def test_a_check_of_lesser_weight_is_waited_for_as_well(tmp_path: Path) -> None:
    ran = tpe(tmp_path, *WAIT, "1s", "--demo", "no-service-principal", "--fail-on", "never")
    assert ran.code == 0
    assert "Next try in" in ran.err


def test_a_service_that_asks_to_wait_longer_than_there_is_time_is_left_alone(admin: Standing) -> None:
    fault = Fault(PRINCIPAL, status=429, headers={"Retry-After": "7200"}, body=BUSY)
    admin.tenant.behaviour.faults.append(fault)
    ran = admin(*WAIT, "10m")
    assert (ran.code, ran.report["verdict"], _asked(admin)) == (3, "cannot-tell", 1)
    assert "longer than retry_after_cap" in ran.report["findings"][0]["reason"]


def test_the_pauses_grow_and_are_never_shorter_than_a_service_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Fault(PRINCIPAL, status=429, headers={"Retry-After": "500"}, body=BUSY)
    busy, _ = asyncio.run(audit(SCENARIOS["healthy"](), broken(slow), check=("acs-service-principal",)))
    failing, _ = asyncio.run(audit(SCENARIOS["no-service-principal"](), check=("acs-service-principal",)))
    reports = [failing, failing, failing, failing, busy]
    monkeypatch.undo()
    now, pauses = [0.0], list[float]()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        now[0] += seconds

    async def once() -> Report:
        return reports.pop(0) if reports else failing

    async def an_hour() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(asyncio, "sleep", sleep)
            patch.setattr(asyncio.get_running_loop(), "time", lambda: now[0])
            await waiting.waited(once, timedelta(hours=1), Asked(quiet=True))

    asyncio.run(an_hour())
    assert pauses[:4] == [15.0, 22.5, 33.75, 50.625]
    assert 400 < pauses[4] <= 500
    assert max(pauses[5:]) == waiting.LONGEST_PAUSE
    assert sum(pauses) == pytest.approx(3600)


def test_nothing_is_said_where_nothing_is_to_be_said(tmp_path: Path) -> None:
    for option in ("-q", "--no-progress"):
        assert tpe(tmp_path, *WAIT, "1s", "--demo", "no-service-principal", option).err == ""


def test_a_terminal_has_a_live_line(tmp_path: Path) -> None:
    ran = tpe(tmp_path, *WAIT, "1s", "--demo", "no-service-principal", "--no-color", terminal=True)
    assert "Next try in 0 s, " in ran.err
    assert json.loads(ran.out)["verdict"] == "not-ready"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "--demo", "--wait", "15m"), "--wait needs --check."),
        *(
            (("run", "--demo", "--check", "ra-exists", "--wait", wrong), f"{wrong!r} is no duration, such as 90s")
            for wrong in ("", "0", "15 m", "m", "-5m", "0s", "1.5h", "15M", "1h30", "30m1h", "9999999h", "٣m")
        ),
    ],
)
def test_a_wrong_duration_is_refused(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = tpe(tmp_path, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


@pytest.mark.parametrize(
    ("written", "seconds"), [("90s", 90), ("90", 90), ("15m", 900), ("1h", 3600), ("1h30m5s", 5405)]
)
def test_a_duration_is_understood_as_people_write_it(written: str, seconds: int) -> None:
    parameter = click.Option(["--wait"])
    assert duration(click.Context(click.Command("run")), parameter, written) == timedelta(seconds=seconds)


def test_a_person_is_warned_that_each_try_may_ask(admin: Standing) -> None:
    text = admin.config.read_text(encoding="utf-8")
    assert waiting.doubts(_loaded(admin, text)) == ()
    [doubt] = waiting.doubts(_loaded(admin, text.replace('"client-secret"', '"device-code"')))
    assert "device-code" in doubt


def _loaded(admin: Standing, text: str) -> config.Config:
    admin.config.write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in admin.tenant.secrets.items():
            patch.setenv(name, value)
        return config.load(admin.config)


@posix
def test_an_interrupted_wait_leaves_no_report(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tpe_audit", *WAIT, "10m", "--demo", "no-service-principal"]
    with subprocess.Popen(  # noqa: S603 - this very program
        [*command, "--output", "out/"], cwd=tmp_path, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        assert "Next try in 15 s, 10 min left: " in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read().strip() == "Interrupted: no report was written."
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []
