"""reports/sample/ is the default scenario as it is reported, whole: what a newcomer opens first."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import re
import uuid
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tpe_audit import catalog, config
from tpe_audit.catalog import Check, Profile
from tpe_audit.commands.asked import Asked
from tpe_audit.commands.demo import with_secrets
from tpe_audit.commands.run import audited
from tpe_audit.facts import Request
from tpe_audit.formats import Format, Options, content, render
from tpe_audit.report import Report
from tpe_audit.simulator import DEFAULT, SCENARIOS, serve

SAMPLE = Path(__file__).parents[1] / "reports" / "sample"
WHEN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOST = "contoso-voice.unitedstates.communication.azure.com"


def _asked(profile: Profile) -> Asked:
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
        profile=profile,
        all_subjects=False,
        quiet=False,
        verbose=False,
        no_color=True,
        no_progress=True,
    )


def _constant(text: str) -> str:
    """Return the same with what differs from run to run: the ACS host, and when the invented secret ends."""
    return re.sub(
        r"production until \d{4}-\d\d-\d\d", "production until 2027-09-23", re.sub(r"localhost:\d+", HOST, text)
    )


def _settled(value: Any) -> Any:
    """Return the same with what is constant, wherever it stands."""
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return _constant(value)
    if isinstance(value, tuple):
        return tuple(_settled(item) for item in value)
    if isinstance(value, dict):
        return {key: _settled(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type | Check):
        return replace(value, **{field.name: _settled(getattr(value, field.name)) for field in fields(value)})
    return value


def _identified(request: Request, index: int) -> Request:
    identity = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{request.source} {request.request} {index}"))
    return replace(request, request_id=identity if request.request_id else "", at=WHEN)


def _report(folder: Path, profile: Profile) -> Report:
    """Return the report on the default scenario, but for what differs from run to run."""
    scenario = SCENARIOS[DEFAULT]()
    for index in range(len(scenario.config["attestations"])):
        scenario = scenario.configure(f"attestations.{index}.on", date(2026, 11, 12))
        scenario = scenario.configure(f"attestations.{index}.expires", date(2099, 12, 31))
    with serve(scenario) as tenant:
        asked = config.of_mapping(with_secrets(tenant.config, tenant.secrets), folder)
        checks = catalog.find()
        report = asyncio.run(audited(_asked(profile), asked, checks, list(checks.checks), simulated=True))
    settled: Report = _settled(report)
    made = settled.requests
    order = sorted(range(len(made)), key=lambda index: (made[index].source, made[index].request))
    requests = {index: _identified(made[index], place) for place, index in enumerate(order)}
    return replace(
        settled,
        run=replace(settled.run, started_at=WHEN, finished_at=WHEN),
        expiring=(),  # the export that it read is of today, whenever that is
        requests=tuple(requests[index] for index in range(len(made))),
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return _report(tmp_path_factory.mktemp("sample"), Profile.SCHEDULED)


@pytest.fixture(scope="module")
def go_live(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return _report(tmp_path_factory.mktemp("go-live"), Profile.GO_LIVE)


def _stale(path: Path) -> str:
    return f"{path} is stale: REWRITE_GOLDEN=1 pytest tests/test_sample.py"


@pytest.mark.parametrize("form", [form for form in Format if form.is_text])
def test_the_sample_report_is_what_the_default_scenario_gives(report: Report, form: Format) -> None:
    text = render(report, form, Options(width=100))
    path = SAMPLE / form.file_name
    if os.environ.get("REWRITE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode(), _stale(path)


def test_the_sample_of_a_go_live_is_what_the_default_scenario_gives(go_live: Report) -> None:
    text, document = render(go_live, Format.HTML), content(go_live, Format.PDF)
    page, pdf = SAMPLE / "go-live.html", SAMPLE / "go-live.pdf"
    if os.environ.get("REWRITE_GOLDEN"):
        page.write_text(text, encoding="utf-8")
        # Its bytes differ by the version of the typesetter, so it is written only where it says something else.
        if not pdf.exists() or _said(pdf.read_bytes()) != _said(document):
            pdf.write_bytes(document)
    assert text == page.read_text(encoding="utf-8"), _stale(page)
    assert _said(document) == _said(pdf.read_bytes()), _stale(pdf)


def _said(pdf: bytes) -> list[str]:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split()


def test_the_digest_of_the_sample_is_that_of_the_file_beside_it() -> None:
    digest = hashlib.sha256((SAMPLE / "report.json").read_bytes()).hexdigest()
    assert digest in (SAMPLE / "report.html").read_text(encoding="utf-8")
