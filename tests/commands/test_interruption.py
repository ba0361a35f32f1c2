"""Ctrl-C and SIGTERM, at any moment: no half-written report, no traceback, and the exit code that shells expect."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.commands.test_process import _start

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")

MOMENTS = 10
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


RUN = ("-m", "tpe_audit", "run", "--demo", "--output", "reports/", "--format", "json", "--format", "html")


def _is_whole(report: Path) -> bool:
    text = report.read_text(encoding="utf-8")
    if report.suffix == ".json":
        return bool(json.loads(text)["schema"] == "tpe-audit/report/1")
    return text.rstrip().endswith("</html>")


@pytest.fixture(scope="module")
def seconds(tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long an audit takes that is left alone."""
    started = time.monotonic()
    with _start(tmp_path_factory.mktemp("alone"), *RUN) as process:
        process.communicate(timeout=120)
    assert process.returncode == 1
    return time.monotonic() - started


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_an_interruption_leaves_whole_reports_or_none(tmp_path: Path, seconds: float, moment: int) -> None:
    sent = (signal.SIGINT, signal.SIGTERM)[moment % 2]
    with _start(tmp_path, *RUN) as process:
        time.sleep(seconds * moment / MOMENTS)
        process.send_signal(sent)
        try:
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    # Before Python runs the program a signal ends it by itself: shells show the same code for that.
    assert process.returncode in {CODES[sent], -sent, 1}
    # What a signal handler raises in a callback of Python's own, Python tells and passes over.
    assert "Traceback" not in err or process.returncode == -sent or "Exception ignored in" in err
    assert out == ""
    reports = list((tmp_path / "reports").glob("*")) if (tmp_path / "reports").exists() else []
    assert {report.name for report in reports} <= {"report.json", "report.html"}
    assert all(map(_is_whole, reports))
    assert len(reports) == 2 or process.returncode != 1
