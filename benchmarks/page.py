"""How long Chromium takes to open a report on thousands of things: the median of several openings."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.measure import Table
from tests.formats import contoso
from tpe_audit.formats import Format, render
from tpe_audit.report import Report

GOAL = 0.1
"""Seconds of the browser's main thread, from the request to the end of the load event."""
OPENINGS = 9


def measure() -> Table:
    """Render each report, and open it several times."""
    columns = ("report", "render s", "MB", "busy s", "goal")
    title = "Page: opening a report in Chromium"
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        return Table(title, columns, (), "Not measured: no Chromium was found.")
    report = contoso.report()
    reports = {
        "a small tenant": report,
        "5,000 subjects": contoso.large(5_000),
        "5,000 lines": replace(report, lines=report.lines * 2_500),
    }
    rows = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, made in reports.items():
            file = Path(folder) / "report.html"
            taken = _write(made, file)
            busy = statistics.median(_busy(browser, file) for _ in range(OPENINGS))
            rows.append((name, round(taken, 3), round(file.stat().st_size / 1e6, 2), round(busy, 4), GOAL))
        browser.close()
    return Table(title, columns, tuple(rows))


def _write(report: Report, file: Path) -> float:
    started = time.perf_counter()
    file.write_text(render(report, Format.HTML), encoding="utf-8")
    return time.perf_counter() - started


def _busy(browser: Browser, file: Path) -> float:
    """Return how long the main thread worked, so that other programs on the machine do not count."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(file.as_uri(), wait_until="load")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    page.close()
    return float(metrics["ThreadTime"])
