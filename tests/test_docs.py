"""What people read is true: each page is held against the program that it describes."""

from __future__ import annotations

import json
import re
import shlex
import textwrap
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click
import pytest
import tree_sitter

from tests import pages
from tests.grammar import nodes, tree
from tpe_audit import catalog, config
from tpe_audit.cli import COMMANDS, tpe_audit
from tpe_audit.collectors import COLLECTORS, GUIDE
from tpe_audit.facts import ResourceAccount
from tpe_audit.formats import Format
from tpe_audit.gather import NAME
from tpe_audit.report import Outcome
from tpe_audit.shell import Shell
from tpe_audit.simulator import SCENARIOS
from tpe_audit.sources.teams_export import Document
from tpe_audit.verdicts import Severity, Status

ROOT = Path(__file__).parents[1]
GUIDES = ROOT / "docs" / "guides"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/README.md", "checks/README.md")),
    *sorted(GUIDES.glob("*.md")),
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
]
CHECKS = catalog.find().checks


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _blocks(path: Path, language: str) -> list[str]:
    """The fenced blocks of a language on a page."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", _text(path), re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(block) for _, block in found]


def _table(path: Path, heading: str) -> list[list[str]]:
    """The rows of the table whose head begins with `heading`."""
    rows: list[list[str]] = []
    for line in _text(path).partition(f"| {heading} |")[2].splitlines()[2:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    assert rows, f"{_name(path)} has no table {heading}"
    return rows


def _prose(path: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^( *)```.*?^\1```$", "", _text(path), flags=re.DOTALL | re.MULTILINE)


def _code(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


# --- all pages -----------------------------------------------------------------------------------------------


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _text(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", _text(path)):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.is_file(), target
        assert not anchor or anchor in _anchors(there), target


def test_the_index_names_every_guide_and_decision() -> None:
    linked = set(re.findall(r"\]\(((?:guides|decisions)/[^)]+)\)", _text(ROOT / "docs" / "README.md")))
    there = {f"{path.parent.name}/{path.name}" for path in PAGES if path.parent.name in ("guides", "decisions")}
    assert linked == there


@pytest.mark.parametrize("path", [path for path in PAGES if path.parent.name == "decisions"], ids=_name)
def test_a_decision_is_numbered_and_dated(path: Path) -> None:
    head = re.match(r"# (\d{4}): .+\n\n\d{4}-\d{2}-\d{2}\. \w+\.\n", _text(path))
    assert head
    assert path.name.startswith(f"{head[1]}-")


def _commands(path: Path) -> Iterator[str]:
    """Every command line of this program on a page."""
    for line in re.findall(r"^ +((?:.*&& )?tpe-audit .+)$", _text(path), re.MULTILINE):
        yield line[line.index("tpe-audit") :]
    for span in re.findall(r"`([^`]+)`", re.sub(r"\n *", " ", _prose(path))):
        if command := re.fullmatch(r"(?:.*&& )?(tpe-audit .+)", span):
            yield command[1]


@pytest.mark.parametrize("path", [path for path in PAGES if path.name != "CHANGELOG.md"], ids=_name)
def test_commands_and_options_exist(path: Path) -> None:
    own = set(re.findall(r"tpe-audit new-check ([a-z-]+)", _text(path)))
    for line in _commands(path):
        words = shlex.split(re.sub(r"[\[\]\\]", "", line.partition("#")[0]))[1:]
        if words[0].startswith("-"):
            assert words[0] in ("--help", "--version")
            continue
        command = tpe_audit.get_command(click.Context(tpe_audit), words[0])
        assert command, line
        known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        assert {word for word in words if word.startswith("-") and word != "-"} <= known, line
        for option, value in pairwise(words):
            assert option != "--check" or value == "ID" or value in CHECKS or value in own, line
            assert option != "--demo" or value in SCENARIOS or value == "SCENARIO" or value.startswith("-"), line


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_environment_variables_exist(path: Path) -> None:
    known = {f"{config.PREFIX}{config.SEPARATOR.join(key).upper()}" for key in config.all_keys()}
    whole = {variable.rpartition(config.SEPARATOR)[0] for variable in known}
    assert set(re.findall(r"TPE_AUDIT_[A-Z_]+[A-Z]", _text(path))) <= known | whole


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_configuration_on_a_page_loads(path: Path, tmp_path: Path) -> None:
    for block in _blocks(path, "toml"):
        tomllib.loads(block)
        file = tmp_path / "config.toml"
        file.write_text(block, encoding="utf-8")
        try:
            config.load(file)
        except config.ConfigError as error:
            # Secrets are not in a file.
            assert "needs client_secret; set TPE_AUDIT_" in str(error)  # noqa: PT017


@pytest.mark.parametrize("page", pages.PARTS)
def test_what_the_program_prints_on_a_page_is_fresh(page: str) -> None:
    assert _text(ROOT / page) == pages.fresh(page), "stale: python -m tests.pages writes it anew"


# --- README --------------------------------------------------------------------------------------------------


def test_the_readme_names_the_commands_that_set_it_up() -> None:
    readme = _text(ROOT / "README.md")
    assert "    pip install . && tpe-audit run --demo\n" in readme
    assert '`pip install -e ".[dev]" && pytest`' in readme


def test_the_readme_has_every_command_exit_code_and_status() -> None:
    readme = ROOT / "README.md"
    named = re.findall(r"^\| `tpe-audit ([\w-]+)", _text(readme), re.MULTILINE)
    assert list(dict.fromkeys(named)) == list(COMMANDS)
    assert [row[0] for row in _table(readme, "Code")] == ["0", "1", "2", "3", "130, 143"]
    assert [_code(row[0]) for row in _table(readme, "Status")] == [
        {status} for status in ("pass", "fail", "unknown", "manual", "blocked", "not-applicable", "waived")
    ]


def test_the_permissions_guide_says_of_every_graph_permission_why() -> None:
    read = [NAME, *(question for check in CHECKS.values() for question in check.wants if question in GUIDE)]
    rights = {right for question in read for right in GUIDE[question].permissions if "." in right}
    why = _text(GUIDES / "permissions.md").partition("## Why each")[2]
    assert rights <= set(re.findall(r"^- \*\*`([^`]+)`\*\*:", why, re.MULTILINE))


def test_the_example_check_of_contributing_is_a_check(tmp_path: Path) -> None:
    [code] = _blocks(ROOT / "CONTRIBUTING.md", "python")
    (tmp_path / "our_widget.py").write_text(code, encoding="utf-8")
    found = catalog.find([tmp_path])
    assert found.unloadable == ()
    assert found.checks["our-widget"].judges is ResourceAccount


# --- permissions and reports ---------------------------------------------------------------------------------


def test_the_report_guide_has_every_status_verdict_and_severity() -> None:
    guide = GUIDES / "reading-a-report.md"
    assert [_code(row[0]) for row in _table(guide, "Status")] == [{status.value} for status in Status]
    verdicts = {next(iter(_code(row[0]))): int(row[1]) for row in _table(guide, "Verdict")}
    assert verdicts == {outcome.value: outcome.exit_code for outcome in Outcome}
    assert [_code(row[0]) for row in _table(guide, "Severity")] == [{severity.value} for severity in Severity]


def test_the_guide_to_the_formats_names_each_with_its_file() -> None:
    rows = {next(iter(_code(row[0]))): next(iter(_code(row[1]))) for row in _table(GUIDES / "reports.md", "Format")}
    assert rows == {form.value: form.file_name for form in Format}


def test_the_configuration_guide_names_the_checks_that_ask() -> None:
    bullet = _text(GUIDES / "configuration.md").partition("Only checks that ask a question take one")[2]
    named = _code(bullet.partition(", and those")[0])
    assert named
    assert named <= {check.id for check in CHECKS.values() if check.question}


# --- the Teams PowerShell export -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def script() -> str:
    return _text(ROOT / "src" / "tpe_audit" / "scripts" / "teams-export.ps1")


@pytest.fixture(scope="module")
def parsed(script: str) -> tree_sitter.Node:
    return tree(script, Shell.POWERSHELL)


def test_the_script_is_powershell(parsed: tree_sitter.Node) -> None:
    assert [node.start_point for node in nodes(parsed) if node.is_error or node.is_missing] == []


def test_the_script_only_reads(parsed: tree_sitter.Node) -> None:
    names = {node.text.decode() for node in nodes(parsed) if node.type == "command_name" and node.text}
    assert "Connect-MicrosoftTeams" in names
    assert {name.partition("-")[0] for name in names} == {
        "Connect", "ConvertTo", "Disconnect", "Format", "Get", "Import", "New", "Out", "Read", "Select", "Set", "Write",
    }  # fmt: skip
    assert {name for name in names if name.startswith(("New-", "Set-"))} == {"New-Object", "Set-StrictMode"}


def test_the_script_reads_all_that_is_read_from_an_export(script: str) -> None:
    exported = set(re.findall(r"^    '(Get-Cs\w+)' +=", script, re.MULTILINE))
    listed = {cmdlet for c in COLLECTORS if c.source == "teams-powershell" for cmdlet in c.what.split(", ")}
    code = "".join(_text(path) for path in (ROOT / "src" / "tpe_audit" / "collectors").glob("*.py"))
    assert listed
    assert (listed | set(re.findall(r'"(Get-Cs\w+)"', code))) - exported == set()


def test_the_script_uses_nothing_that_windows_powershell_lacks(script: str) -> None:
    for newer in ("-EnumsAsStrings", "-AsArray", "??", "?.", " && ", " || ", "-AsHashtable", "utf8NoBOM"):
        assert newer not in script
    script.encode("ascii")  # without a byte order mark it reads anything else as the machine's own code page


def test_the_sample_of_an_export_is_one(script: str) -> None:
    [sample] = _blocks(GUIDES / "teams-export.md", "json")
    document = Document.model_validate(json.loads(sample))
    assert all(f"'{name}'" in script for name in document.cmdlets)
    for key in json.loads(sample):
        assert re.search(rf"^ +{key} +=", script, re.MULTILINE)
