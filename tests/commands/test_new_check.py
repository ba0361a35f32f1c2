"""`tpe-audit new-check`: a skeleton that keeps every rule from the start."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.cli import tpe
from tpe_audit.catalog import BUILT_IN, find
from tpe_audit.testing import simulated
from tpe_audit.verdicts import Status

ROOT = BUILT_IN.parent


def ran(folder: Path, *command: str) -> None:
    """Run a command in a folder; it must succeed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment["PYTHONPATH"] = os.pathsep.join([str(folder / "src"), str(folder), str(ROOT / "src")])
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_check_of_ones_own_is_written_with_its_test(tmp_path: Path) -> None:
    written = tpe(tmp_path, "new-check", "our-location", "--folder", "ours")
    assert written.code == 0
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.py")} == {
        os.path.join("ours", "our_location.py"),  # noqa: PTH118
        os.path.join("ours", "tests", "test_our_location.py"),  # noqa: PTH118
    }
    found = find([tmp_path / "ours"])
    assert found.unloadable == ()
    assert "our-location" in found.checks
    assert "Wrote" in written.out
    assert 'paths = ["ours"]' in written.out


def test_the_skeleton_passes_its_own_test_the_linter_and_the_type_checker(tmp_path: Path) -> None:
    tpe(tmp_path, "new-check", "our-location", "--folder", "ours")
    ran(tmp_path, "pytest", "-q", "-p", "no:asyncio", "ours")
    ran(tmp_path, "ruff", "check", "--isolated", "--select", "E,F,I,UP,B,RUF,PL", "--line-length", "120", "ours")
    ran(tmp_path, "ruff", "format", "--isolated", "--line-length", "120", "--check", "ours")
    ran(tmp_path, "mypy", "--strict", "ours/our_location.py")
    # What the test imports leads to the SDKs, which take minutes to look through.
    ran(tmp_path, "mypy", "--strict", "--follow-imports=skip", "ours/tests")


def test_the_skeleton_holds_on_the_simulated_tenant(tmp_path: Path) -> None:
    tpe(tmp_path, "new-check", "our-location", "--folder", "ours")
    assert simulated(tmp_path / "ours")["our-location"].status is Status.PASS


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    test = tmp_path / "ours" / "tests" / "test_our_location.py"
    test.parent.mkdir(parents=True)
    test.write_text("mine", encoding="utf-8")
    refused = tpe(tmp_path, "new-check", "our-location", "--folder", "ours")
    assert (refused.code, refused.out) == (2, "")
    assert "it is there already" in refused.err
    assert test.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "ours" / "our_location.py").exists()


@pytest.mark.parametrize(
    "name", ["Our-Check", "our_check", "our--check", "-our", "our-", "1st", "../our", "ö", "class"]
)
def test_what_can_not_be_an_id_is_refused(tmp_path: Path, name: str) -> None:
    refused = tpe(tmp_path, "new-check", "--folder", "ours", "--", name)
    assert refused.code == 2
    assert "can't be the id of a check" in refused.err
    assert list(tmp_path.iterdir()) == []


def test_an_id_that_is_taken_is_refused(tmp_path: Path) -> None:
    refused = tpe(tmp_path, "new-check", "bot-exists", "--folder", "ours")
    assert refused.code == 2
    assert "there is a check bot-exists already" in refused.err


def test_what_is_installed_is_no_place_for_new_checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tpe_audit.commands import new_check

    monkeypatch.setattr(new_check, "BUILT_IN", tmp_path / "site-packages" / "tpe_audit" / "checks")
    refused = tpe(tmp_path, "new-check", "our-location")
    assert refused.code == 2
    assert "say where: --folder DIR" in refused.err


def test_a_check_that_is_to_ship_comes_with_its_page_and_keeps_the_contract(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    for name in ("src", "checks", "docs/checks", "tests/checks"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "tests/__init__.py", "tests/test_catalog.py"):
        shutil.copy(ROOT / name, checkout / name)
    ran(checkout, "tpe_audit", "new-check", "our-location")
    assert (checkout / "checks" / "our_location.py").is_file()
    assert (checkout / "docs" / "checks" / "our-location.md").is_file()
    assert "[our-location](our-location.md)" in (checkout / "docs" / "checks" / "README.md").read_text(encoding="utf-8")
    ran(
        checkout,
        "pytest",
        "-q",
        "tests/checks/test_our_location.py",
        "tests/test_catalog.py",
        "-k",
        "our-location or our_location or pages",
    )
    ran(checkout, "ruff", "check", "checks/our_location.py", "tests/checks/test_our_location.py")
    ran(checkout, "ruff", "format", "--check", "checks/our_location.py", "tests/checks/test_our_location.py")
