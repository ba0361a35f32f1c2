"""reports/sample/ is the default scenario as it is reported, whole: what a newcomer opens first."""

from __future__ import annotations

import asyncio
import os
import re
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tpe_audit import catalog, config
from tpe_audit.commands.asked import Asked
from tpe_audit.commands.demo import with_secrets
from tpe_audit.commands.run import audited
from tpe_audit.facts import Request
from tpe_audit.formats import Format, Options, render
from tpe_audit.report import Report
from tpe_audit.simulator import DEFAULT, SCENARIOS, serve

SAMPLE = Path(__file__).parents[1] / "reports" / "sample"
WHEN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOST = "contoso-voice.unitedstates.communication.azure.com"


def _asked() -> Asked:
    return Asked(
        config=None,
        demo=DEFAULT,
        check=(),
        skip=(),
        subject=(),
        area=(),
        owner=(),
        severity=(),
        form=(),
        output=None,
        fail_on=None,
        profile="scheduled",
        all_subjects=False,
        quiet=False,
        verbose=False,
        no_color=True,
        no_progress=True,
    )


def _settled(request: Request, index: int) -> Request:
    identity = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{request.source} {_hosts(request.request)} {index}"))
    return replace(request, request=_hosts(request.request), request_id=identity if request.request_id else "", at=WHEN)


def _hosts(text: str) -> str:
    return re.sub(r"localhost:\d+", HOST, text)


def _report(folder: Path) -> Report:
    """Return the report on the default scenario, but for what differs from run to run."""
    scenario = SCENARIOS[DEFAULT]()
    for index in range(len(scenario.config["attestations"])):
        scenario = scenario.configure(f"attestations.{index}.on", date(2026, 11, 12))
        scenario = scenario.configure(f"attestations.{index}.expires", date(2099, 12, 31))
    with serve(scenario) as tenant:
        asked = config.of_mapping(with_secrets(tenant.config, tenant.secrets), folder)
        checks = catalog.find()
        report = asyncio.run(audited(_asked(), asked, checks, list(checks.checks), simulated=True))
    order = sorted(
        range(len(report.requests)), key=lambda i: (report.requests[i].source, _hosts(report.requests[i].request))
    )
    requests = {index: _settled(report.requests[index], place) for place, index in enumerate(order)}
    return replace(
        report,
        run=replace(report.run, started_at=WHEN, finished_at=WHEN),
        requests=tuple(requests[index] for index in range(len(report.requests))),
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return _report(tmp_path_factory.mktemp("sample"))


@pytest.mark.parametrize("form", list(Format))
def test_the_sample_report_is_what_the_default_scenario_gives(report: Report, form: Format) -> None:
    text = _hosts(render(report, form, Options(width=100)))
    path = SAMPLE / form.file_name
    if os.environ.get("REWRITE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode(), f"{path} is stale: REWRITE_GOLDEN=1 pytest tests/test_sample.py"
