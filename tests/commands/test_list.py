"""`tpe-audit list`, `explain` and `completion`: what there is, before anything is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.cli import tpe
from tpe_audit import __version__, catalog
from tpe_audit.collectors import GUIDE
from tpe_audit.commands.pages import plain
from tpe_audit.docs import page

CHECKS = catalog.find().checks


def test_list_has_a_line_for_every_check(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "list", environment={"COLUMNS": "200"})
    assert (ran.code, ran.err) == (0, "")
    for check in CHECKS.values():
        [line] = [line for line in ran.out.splitlines() if line.startswith(f"{check.id} ")]
        assert line.split()[1:4] == [check.area, check.severity, check.owner]


def test_list_keeps_to_a_narrow_terminal(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "list", environment={"COLUMNS": "80"})
    table = ran.out.split("\n\n", maxsplit=1)[0]
    assert max(len(line) for line in table.splitlines()) <= 80


def test_list_as_json_says_what_each_reads_and_the_right_that_takes(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "list", "--format", "json")
    listed = {check["id"]: check for check in json.loads(ran.out)["checks"]}
    assert listed.keys() == CHECKS.keys()
    channel = listed["bot-teams-channel"]
    assert (channel["area"], channel["severity"], channel["owner"]) == ("bot", "blocker", "azure-admin")
    assert "403/10105" in channel["codes"]
    assert "Azure role Reader" in channel["permissions"]
    assert any("MsTeamsChannel" in reading for reading in channel["reads"])
    assert listed["ra-synced"]["asks"]
    assert not channel["asks"]


def test_explain_prints_the_page_of_a_check(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "explain", "Bot-Teams-Channel")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == plain(page(CHECKS["bot-teams-channel"], GUIDE))
    assert "\nFix\n---\n" in ran.out


def test_explain_lays_the_page_out_on_a_terminal(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "explain", "bot-teams-channel", terminal=True)
    assert ran.code == 0
    assert "az bot msteams create" in ran.out
    assert "## Fix" not in ran.out


def test_explain_of_what_it_does_not_know_names_the_nearest(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "explain", "bot-channel")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no check 'bot-channel'; did you mean " in ran.err
    assert "bot-teams-channel" in ran.err
    assert tpe(tmp_path, "explain").code == 2


def test_the_version_is_told(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "--version")
    assert (ran.code, ran.out) == (0, f"tpe-audit, version {__version__}\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_each_shell(tmp_path: Path, shell: str) -> None:
    ran = tpe(tmp_path, "completion", shell)
    assert (ran.code, ran.err) == (0, "")
    assert "_TPE_AUDIT_COMPLETE" in ran.out


def test_completion_of_another_shell_is_refused(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "completion", "cmd")
    assert (ran.code, ran.out) == (2, "")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("tpe-audit ru", "run"),
        ("tpe-audit explain bot-t", "bot-teams-channel"),
        ("tpe-audit run --check server-", "server-consent"),
        ("tpe-audit run --demo 10", "10105"),
        ("tpe-audit run --area fed", "federation"),
    ],
)
def test_words_are_completed(tmp_path: Path, words: str, expected: str) -> None:
    asked = {
        "_TPE_AUDIT_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    ran = tpe(tmp_path, environment=asked)
    assert ran.code == 0
    assert f"plain,{expected}" in ran.out.splitlines()
