"""A source that is declared off: what it would have read waits for a person, and nothing of it is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomlkit

from tests.commands.standing import Standing, standing

SOURCES = {"azure": "arm: ", "acs": "acs: ", "teams_powershell": "teams-powershell: "}


def _off(admin: Standing, source: str, *attested: str) -> None:
    document = tomlkit.parse(admin.config.read_text(encoding="utf-8")).unwrap()
    document["sources"] = {**document["sources"], source: {"mode": "off"}}
    answer = {"by": "Kim", "on": tomlkit.date("2026-01-01"), "expires": tomlkit.date("2999-01-01")}
    document["attestations"] = [{"check": check, **answer} for check in attested]
    admin.config.write_text(tomlkit.dumps(document), encoding="utf-8")


@pytest.mark.parametrize("source", SOURCES)
def test_its_checks_are_manual_and_none_is_unknown(tmp_path: Path, source: str) -> None:
    with standing(tmp_path) as admin:
        _off(admin, source)
        report = admin("run", "--format", "json").report
    assert [finding["check"] for finding in report["findings"] if finding["status"] == "unknown"] == []
    reading = [f for f in report["findings"] if any(reads.startswith(SOURCES[source]) for reads in f["reads"])]
    assert {finding["status"] for finding in reading} <= {"manual", "not-applicable"}
    assert "manual" in {finding["status"] for finding in reading}


def test_they_take_attestations(tmp_path: Path) -> None:
    with standing(tmp_path) as admin:
        _off(admin, "azure", "acs-exists", "bot-teams-channel")
        ran = admin("run", "--format", "json", "--check", "acs-exists", "--check", "bot-teams-channel")
    assert (ran.code, ran.err) == (0, "")
    assert {finding["status"] for finding in ran.report["findings"]} == {"pass"}
    assert all(subject["attestation"]["by"] == "Kim" for f in ran.report["findings"] for subject in f["subjects"])
