"""A waiver covers a failure for a time, and hides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.commands.standing import Standing, standing
from tpe_audit.formats import Format
from tpe_audit.simulator import SCENARIOS
from tpe_audit.simulator.contoso import TENANT_ID

TODAY = datetime.now(UTC).date()
RUN = ("run", "--check", "acs-service-principal")


@pytest.fixture
def admin(tmp_path: Path) -> Iterator[Standing]:
    with standing(tmp_path, SCENARIOS["no-service-principal"]()) as standing_by:
        yield standing_by


def _waive(admin: Standing, check: str = "acs-service-principal", days: int = 90, subject: str = "") -> None:
    with admin.config.open("a", encoding="utf-8") as file:
        file.write(
            f'\n[[waivers]]\ncheck = "{check}"\nsubject = "{subject}"\nowner = "Robin Roe"\n'
            f'reason = "Ticket 1234"\nexpires = {TODAY + timedelta(days=days)}\n'
        )


def _text(pdf: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(pdf).pages)


@pytest.mark.parametrize("form", list(Format))
def test_a_waived_failure_stays_in_every_report_with_its_owner(admin: Standing, form: Format) -> None:
    _waive(admin, subject=TENANT_ID.upper())
    file = admin.folder / form.file_name
    assert admin(*RUN, "--format", form.value, "--output", str(file)).code == 0
    text = file.read_text(encoding="utf-8") if form.is_text else _text(file)
    said = re.sub(r"\s+", " ", text)
    for part in ("acs-service-principal", "Robin Roe", "Ticket 1234", "aived"):
        assert part in said or part.upper() in said, part


@pytest.mark.parametrize(
    ("check", "days", "code", "warned"),
    [
        ("acs-service-principal", 90, 0, ""),
        ("acs-service-principal", 14, 0, "The waiver of acs-service-principal expires on "),
        ("acs-service-principal", 0, 0, "The waiver of acs-service-principal expires on "),
        ("acs-service-principal", -1, 1, "The waiver of acs-service-principal expired on "),
    ],
)
def test_it_counts_to_the_end_of_its_last_day_and_is_warned_of_before(
    admin: Standing, check: str, days: int, code: int, warned: str
) -> None:
    _waive(admin, check, days)
    ran = admin(*RUN, "--format", "json")
    assert ran.code == code
    assert [warning[: len(warned)] for warning in ran.report["warnings"]] == ([warned] if warned else [])


def test_one_that_covers_nothing_is_named(admin: Standing) -> None:
    _waive(admin, "ra-exists")
    ran = admin("run", "--format", "json")
    assert "The waiver of ra-exists covers nothing." in ran.report["warnings"]


@pytest.mark.parametrize("lacking", ["owner", "reason", "expires"])
def test_one_without_owner_reason_or_end_is_refused(admin: Standing, lacking: str) -> None:
    _waive(admin)
    text = admin.config.read_text(encoding="utf-8")
    head, _, entry = text.rpartition("[[waivers]]")
    lines = [line for line in entry.splitlines() if not line.startswith(f"{lacking} =")]
    admin.config.write_text(f"{head}[[waivers]]" + "\n".join(lines) + "\n", encoding="utf-8")
    ran = admin(*RUN)
    assert (ran.code, ran.out) == (2, "")
    assert f"waivers[0].{lacking}: it is missing" in ran.err
