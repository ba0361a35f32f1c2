"""`tpe-audit explain`: checks, codes, symptoms, and what it does not know."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from tests.commands.cli import tpe
from tpe_audit import catalog, codes
from tpe_audit.commands.pages import plain, rendered
from tpe_audit.docs import page
from tpe_audit.plugins import plugged

CHECKS = catalog.find().checks


def test_a_check_is_explained_by_its_page(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "explain", "Bot-Exists")
    assert ran.code == 0
    assert ran.out == plain(page(CHECKS["bot-exists"], plugged(installed=False).guide))
    assert ran.out.startswith(f"{CHECKS['bot-exists'].title}\n=====")
    assert not re.search(r"\]\(|\*\*|^#|<https", ran.out, re.MULTILINE)
    assert "\n    Register-AzResourceProvider -ProviderNamespace Microsoft.BotService\n" in ran.out


def test_a_check_is_explained_as_json(tmp_path: Path) -> None:
    data = json.loads(tpe(tmp_path, "explain", "bot-exists", "--format", "json").out)
    assert data["check"] == "bot-exists"
    assert "## Fix" in data["page"]


@pytest.mark.parametrize("text", ["580462", "404/580462", "404#580462"])
def test_a_code_says_what_it_means_and_what_to_check_in_order(tmp_path: Path, text: str) -> None:
    ran = tpe(tmp_path, "explain", text)
    assert ran.code == 0
    assert ran.out.startswith("404/580462\n==========\n\nNo enabled tenant capabilities")
    places = [ran.out.index(f"{place}. {name}: {CHECKS[name].title}") for place, name in _numbered("404/580462")]
    assert places == sorted(places)
    assert "    tpe-audit diagnose 404/580462\n" in ran.out
    assert "    tpe-audit run --check payg-tenant\n" in ran.out
    assert "Microsoft documents what it means" in ran.out
    assert "- https://learn.microsoft.com/" in ran.out


def _numbered(key: str) -> list[tuple[int, str]]:
    [entry] = [entry for entry in codes.entries() if entry.key == key]
    return list(enumerate(entry.checks, 1))


def test_words_need_no_quotes(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "explain", "busy", "signal")
    assert ran.out.startswith("busy signal\n====")
    assert '    tpe-audit diagnose "busy signal"\n' in ran.out


def test_a_pasted_message_is_explained(tmp_path: Path) -> None:
    pasted = '{"resultInformation": {"code": 408,\n "subCode": 10057, "message": "addParticipants failed"}}'
    assert tpe(tmp_path, "explain", pasted).out.startswith("408/10057\n====")


def test_a_code_is_explained_as_json(tmp_path: Path) -> None:
    data = json.loads(tpe(tmp_path, "explain", "400801", "--format", "json").out)
    assert data["code"] == "400801"
    assert data["certainty"] == "hypothesis"
    assert data["configuration"] is True
    assert data["command"] == "tpe-audit diagnose 400801"
    first = data["checks"][0]
    assert first == {
        "id": "acs-federation-enabled",
        "title": CHECKS["acs-federation-enabled"].title,
        "command": "tpe-audit run --check acs-federation-enabled",
    }


@pytest.mark.parametrize("code", [entry.key for entry in codes.entries()])
def test_every_code_is_explained_though_some_of_its_checks_are_not_there(
    code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tpe_audit.commands import explain

    few = catalog.Catalog({"bot-exists": CHECKS["bot-exists"]})
    entry = codes.find(code)
    assert entry
    text = explain._text(entry, few)
    for name in entry.checks:
        by_hand = "no check of this version; look at it by hand"
        assert f"`{name}`: {CHECKS[name].title if name in few.checks else by_hand}" in text
    assert ("tpe-audit diagnose" in text) is ("bot-exists" in entry.checks)


def test_what_configuration_does_not_cause_says_so(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "explain", "8516")
    assert ran.code == 0
    assert "no setting causes it" in ran.out
    assert "tpe-audit diagnose" not in ran.out
    assert json.loads(tpe(tmp_path, "explain", "8516", "--format", "json").out)["configuration"] is False


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("403", "403 alone is no code that is known; these begin so: 403/510586, 403/10105"),
        ("10106", "nothing is known of '10106'; the nearest that is known: 403/10105"),
        ("AADSTS70002222", "the nearest that is known: AADSTS7000222"),
        ("bot-exist", "did you mean bot-exists"),
        ("bussy signal", '"busy signal"'),
        ("xyzzy", "nothing is known of 'xyzzy'"),
        ("", "nothing is known of ''"),
    ],
)
def test_what_it_does_not_know_exits_with_2_and_names_the_nearest(tmp_path: Path, text: str, said: str) -> None:
    ran = tpe(tmp_path, "explain", text)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_long_unknown_text_is_not_repeated_whole(tmp_path: Path) -> None:
    assert len(tpe(tmp_path, "explain", "xyzzy " * 1000).err) < 400


def test_a_code_of_a_check_of_ones_own_is_known(tmp_path: Path) -> None:
    file = tmp_path / "ours" / "our_own.py"
    file.parent.mkdir()
    text = CHECKS["acs-service-principal"].path.read_text(encoding="utf-8")
    file.write_text(re.sub(r"^CODES = .*$", 'CODES = ("OURS-1", "580462")', text, flags=re.MULTILINE), encoding="utf-8")
    (tmp_path / "config.toml").write_text('[checks]\npaths = ["ours"]\n', encoding="utf-8")
    assert "1. our-own" in tpe(tmp_path, "explain", "ours-1").out
    assert "5. our-own" in tpe(tmp_path, "explain", "404/580462").out


@pytest.mark.parametrize("width", [80, 200])
def test_on_a_terminal_no_command_and_no_link_is_broken_over_lines(width: int) -> None:
    shown = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None, legacy_windows=False)
    text = page(CHECKS["bot-exists"], plugged(installed=False).guide)
    rendered(text, shown)
    assert isinstance(shown.file, io.StringIO)
    lines = re.sub(r"\x1b\]8;[^\x1b]*\x1b\\|\x1b\[[0-9;]*m", "", shown.file.getvalue()).splitlines()
    commands = [line.rstrip() for line in text.splitlines() if line.startswith("    ")]
    assert commands
    assert set(commands) <= {line.rstrip() for line in lines}
    assert f"  {CHECKS['bot-exists'].link}" in lines
    assert lines[0].startswith(CHECKS["bot-exists"].title[:40])
    prose = [line for line in lines if not line.startswith(("    ", "  https://"))]
    assert max(len(line.rstrip()) for line in prose) <= min(width, 100)


@pytest.mark.parametrize(
    ("marked", "bare"),
    [
        ("Grant *Reader* on it.", "Grant Reader on it."),
        ("hold music goes on, *1 *5 *6 work", "hold music goes on, *1 *5 *6 work"),
        ("- **Rests on:** [ra-exists](ra-exists.md)", "- Rests on: ra-exists"),
        ("    az rest --url `x` **y** <https://z>", "    az rest --url `x` **y** <https://z>"),
    ],
)
def test_plain_text_has_no_marks_but_those_of_commands(marked: str, bare: str) -> None:
    assert plain(f"{marked}\n") == f"{bare}\n"


def test_it_loads_no_sdk_and_no_model() -> None:
    script = (
        "import sys; sys.argv = ['tpe-audit', 'explain', '580462']\n"
        "from tpe_audit.__main__ import _run\n"
        "_run()\n"
        "heavy = {'azure', 'msgraph', 'httpx', 'pydantic', 'jinja2', 'rich', 'asyncio', 'ssl'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stderr
