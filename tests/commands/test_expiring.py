"""`tpe-audit expiring` reads what it needs, or a report; and never takes for lasting what it could not read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.commands.cli import tpe
from tests.commands.standing import Standing, standing, with_a_lasting_export
from tests.tenant import healthy
from tpe_audit.simulator import Behaviour, Fault

TODAY = datetime.now(UTC).date()
NO_DATES = Fault(
    "/v1.0/directory/subscriptions",
    status=403,
    body={"error": {"code": "Authorization_RequestDenied", "message": "no"}},
)


@pytest.fixture
def admin(tmp_path: Path) -> Iterator[Standing]:
    with standing(tmp_path) as standing_by:
        with_a_lasting_export(standing_by)
        yield standing_by


def told(ran: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran.out)
    assert found["exit_code"] == ran.code
    return found


def test_nothing_that_ends_is_0_and_something_is_1(admin: Standing) -> None:
    ran = admin("expiring", "--days", "30")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Nothing ends within 30 days")
    ran = admin("expiring", "--days", "400", "--format", "json")
    assert (ran.code, told(ran)["unread"]) == (1, [])
    assert {item["ending"] for item in told(ran)["expiring"]} == {"attestation", "credential", "subscription"}


def test_it_reads_the_tenant_for_no_more_than_it_needs(admin: Standing) -> None:
    admin("expiring")
    paths = {recorded.path for recorded in admin.tenant.requests if recorded.api == "graph"}
    assert any("/directory/subscriptions" in path for path in paths)
    assert not any("/organization" in path or "licenseDetails" in path for path in paths)
    assert {recorded.method for recorded in admin.tenant.requests if recorded.api == "graph"} == {"GET"}


def test_what_could_not_be_read_is_told_and_is_3_unless_something_ends(tmp_path: Path) -> None:
    with standing(tmp_path, healthy(), Behaviour(faults=[NO_DATES])) as admin:
        with_a_lasting_export(admin)
        ran = admin("expiring")
        assert ran.code == 3
        assert "Cannot tell" in ran.out
        assert "Organization.Read.All" in ran.out
        assert told(admin("expiring", "--days", "400", "--format", "json"))["exit_code"] == 1


def test_an_answer_that_ends_today_still_counts_today(admin: Standing) -> None:
    text = admin.config.read_text()
    waiver = '\n[[waivers]]\ncheck = "ra-usage-location"\nowner = "Kim \\u001b[31m"\nreason = "r"\nexpires = {}\n'
    admin.config.write_text(text + waiver.format(TODAY))
    ran = admin("expiring", "--days", "0")
    assert ran.code == 1
    assert "1 thing ends within 0 days" in ran.out
    assert "\x1b" not in ran.out
    admin.config.write_text(text + waiver.format(TODAY - timedelta(1)))
    assert admin("expiring", "--days", "0").code == 0


def test_a_report_tells_the_same_without_signing_in(admin: Standing) -> None:
    admin("run", "--output", "out/", "--format", "json")
    asked = len(admin.tenant.requests)
    ran = admin("expiring", "--report", "out/report.json", "--format", "json")
    assert (ran.code, told(ran)["expiring"], told(ran)["unread"]) == (0, [], [])
    assert admin("expiring", "--report", "last").code == 0
    assert len(admin.tenant.requests) == asked
    ran = admin("expiring", "--report", "last", "--days", "61")
    assert (ran.code, "looks ahead to" in ran.err) == (2, True)


def test_a_report_keeps_what_could_not_be_read(tmp_path: Path) -> None:
    with standing(tmp_path, healthy(), Behaviour(faults=[NO_DATES])) as admin:
        with_a_lasting_export(admin)
        admin("run", "--output", "out/", "--format", "json")
        assert admin("expiring", "--report", "out/report.json").code == 3
        path = tmp_path / "out" / "report.json"
        document = json.loads(path.read_text())
        del document["expiring_unread"]
        path.write_text(json.dumps(document))
        ran = admin("expiring", "--report", "out/report.json")
        assert (ran.code, "an older version wrote it" in ran.err) == (2, True)


def test_a_report_that_is_not_full_or_not_there_is_refused(admin: Standing) -> None:
    ran = admin("expiring", "--report", "last")
    assert (ran.code, "no full run of this tenant was kept" in ran.err) == (2, True)
    admin("run", "--check", "acs-service-principal", "--output", "one.json", "--format", "json")
    assert admin("expiring", "--report", "one.json").code == 2
    assert admin("expiring", "--report", "none.json").code == 2


@pytest.mark.parametrize("arguments", [("--days", "-1"), ("--days", "x"), ("--report", "last", "--demo")])
def test_wrong_use_is_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert tpe(tmp_path, "expiring", *arguments).code == 2


def test_the_demo_says_that_it_is_one(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "expiring", "--demo", "--no-progress")
    assert ran.out.startswith("SIMULATED")


def test_an_export_of_teams_powershell_ends_with_the_hours_that_it_is_believed_for(tmp_path: Path) -> None:
    with standing(tmp_path) as admin:
        ran = admin("expiring", "--days", "2", "--format", "json")
    assert [item["ending"] for item in told(ran)["expiring"]] == ["teams-export"]
