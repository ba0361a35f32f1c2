"""Findings point to the line of config.toml that declares what they are about."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.standing import Standing


def _places(admin: Standing, *arguments: str) -> set[tuple[str, str]]:
    ran = admin(
        "run", "--check", "ra-exists", "--check", "acs-service-principal", "--format", "sarif", "-v", *arguments
    )
    rows = admin.config.read_text(encoding="utf-8").splitlines()
    places = [result["locations"][0]["physicalLocation"] for result in json.loads(ran.out)["runs"][0]["results"]]
    return {(place["artifactLocation"]["uri"], rows[place["region"]["startLine"] - 1]) for place in places}


def test_a_line_s_account_points_to_its_line_and_the_tenant_to_the_teams_table(admin: Standing) -> None:
    assert _places(admin) == {("config.toml", "[[deployment.lines]]"), ("config.toml", "[teams]")}


def test_a_configuration_elsewhere_is_pointed_to_by_its_whole_path(admin: Standing, tmp_path: Path) -> None:
    (tmp_path / "voice").mkdir()
    (tmp_path / "voice" / "tpe.toml").write_bytes(admin.config.read_bytes())
    assert {file for file, _ in _places(admin, "--config", "voice/tpe.toml")} == {"voice/tpe.toml"}
