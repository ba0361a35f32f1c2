"""Checks of one's own, from the folders of `[checks] paths`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.cli import tpe
from tpe_audit.commands import demo

GOOD = '''"""The tenant is the one that was meant.

It is read from config.toml.

## Fix

Correct the tenant id.
"""

from tpe_audit import Area, Owner, Pass, Severity, Verdict
from tpe_audit.facts import Tenant

AREA, SEVERITY, OWNER = Area.TENANT, Severity.MAJOR, Owner.DEVELOPER
LINK = "https://learn.microsoft.com/entra/fundamentals/how-to-find-tenant"


def check(tenant: Tenant) -> Verdict:
    return Pass(f"It is {tenant.id}.")
'''
CONFIG = '[teams]\ntenant_id = "aaaaaaaa-0000-4000-8000-000000000001"\n[checks]\npaths = ["./ours"]\n'
OURS = ("run", "--check", "our-tenant", "--format", "json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "our_tenant.py").write_text(GOOD)
    (tmp_path / "config.toml").write_text(CONFIG)
    return tmp_path


def test_a_check_of_ones_own_is_run_listed_and_explained(folder: Path) -> None:
    ran = tpe(folder, *OURS)
    assert (ran.code, ran.checks) == (0, {"our-tenant"})
    listed = json.loads(tpe(folder, "list", "--format", "json").out)["checks"]
    assert [check["built_in"] for check in listed if check["id"] == "our-tenant"] == [False]
    assert tpe(folder, "explain", "our-tenant").out.startswith("The tenant is the one that was meant")


def test_folders_are_relative_to_the_file_that_names_them(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    configured = ("--config", str(folder / "config.toml"))
    assert tpe(elsewhere, *OURS, *configured).code == 0
    assert tpe(elsewhere, "explain", "our-tenant", *configured).code == 0
    assert tpe(elsewhere, "explain", "our-tenant").code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def check(:\n", "SyntaxError"),
        ('"""Broken.\n\n## Fix\n\nX.\n"""\nraise OSError("no disk")\n', "OSError: no disk"),
        ("import azure_that_is_not_there\n", "azure_that_is_not_there"),
        ("x = 1\n", ""),
    ],
    ids=["syntax", "raises", "import", "nothing"],
)
def test_a_broken_file_is_named_and_keeps_the_verdict_open(folder: Path, text: str, said: str) -> None:
    (folder / "ours" / "broken.py").write_text(text)
    ran = tpe(folder, *OURS)
    assert (ran.code, ran.report["verdict"]) == (3, "cannot-tell")
    [error] = ran.report["errors"]
    assert "broken.py" in error
    assert said in error
    listed = tpe(folder, "list")
    assert listed.code == 2
    assert "our-tenant" in listed.out
    assert "broken.py" in listed.err


def test_a_check_that_breaks_while_it_judges_is_named_too(folder: Path) -> None:
    (folder / "ours" / "our_tenant.py").write_text(GOOD.replace("return Pass", "raise RuntimeError"))
    ran = tpe(folder, *OURS)
    assert (ran.code, ran.report["verdict"]) == (3, "cannot-tell")
    assert "our_tenant.py" in ran.report["errors"][0]


def test_a_folder_that_is_not_there_is_told(folder: Path) -> None:
    (folder / "config.toml").write_text(CONFIG.replace("./ours", "./theirs"))
    ran = tpe(folder, "list")
    assert ran.code == 2
    assert "theirs" in ran.err


def test_a_broken_file_does_not_hide_a_failure(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "ours" / "broken.py").write_text("x =\n")
    of_scenario = demo.with_secrets

    def with_our_checks(data: dict[str, object], secrets: dict[str, str]) -> dict[str, object]:
        return of_scenario(data, secrets) | {"checks": {"paths": ["ours"]}}

    monkeypatch.setattr(demo, "with_secrets", with_our_checks)
    ran = tpe(folder, "run", "--demo", "--check", "number-activated", "--format", "json")
    assert (ran.code, ran.report["verdict"]) == (1, "not-ready")
    assert "broken.py" in ran.report["errors"][0]
