"""The parts of pages that are printed by the program itself; `python -m tests.pages` writes them.

They stand between `<!-- begin: name -->` and `<!-- end: name -->`.
"""

from __future__ import annotations

import re
import tempfile
import textwrap
from pathlib import Path

from tests.commands.cli import tpe
from tests.formats.fields import described
from tpe_audit import catalog
from tpe_audit.collectors import GUIDE
from tpe_audit.formats.json import schema
from tpe_audit.simulator import DEFAULT, SCENARIOS
from tpe_audit.verdicts import Area

ROOT = Path(__file__).parents[1]
VERDICTS = {0: "Ready, exit code 0.", 1: "Not ready, exit code 1.", 3: "Cannot tell, exit code 3."}


def report() -> str:
    """The beginning of the report on the default scenario, for the README."""
    printed = _run("--output", "-")
    shown = printed[printed.index("SIMULATED") : printed.index("  run  ")]
    return f"```text\n{shown.strip()}\n```"


def scenarios() -> str:
    """A section for each scenario: what is broken, and what the audit says first."""
    names = [DEFAULT, *(name for name in SCENARIOS if name != DEFAULT)]
    return "\n\n".join(_scenario(name) for name in names)


def _scenario(name: str) -> str:
    scenario = SCENARIOS[name]()
    with tempfile.TemporaryDirectory() as folder:
        ran = tpe(Path(folder), "run", "--demo", name, "--format", "json")
    first = ", then ".join(f"[{check}](../checks/{check}.md)" for check in ran.report["first"])
    says = f"{VERDICTS[ran.code]} First: {first}." if first else VERDICTS[ran.code]
    command = "tpe-audit run --demo" if name == DEFAULT else f"tpe-audit run --demo {name}"
    return f"## {name}\n\n{_filled(f'**{scenario.title}.** {scenario.breaks}')}\n\n    {command}\n\n{_filled(says)}"


def areas() -> str:
    """The rights that the checks of each area take."""
    checks = catalog.find().checks.values()
    rows = ["| Area | Microsoft Graph | Everything else |", "| --- | --- | --- |"]
    for area in Area:
        wants = [question for check in checks if check.area is area for question in check.wants if question in GUIDE]
        rights = sorted({right for question in wants for right in GUIDE[question].permissions})
        graph = ", ".join(f"`{right}`" for right in rights if re.fullmatch(r"[\w.]+", right))
        other = ", ".join(right for right in rights if not re.fullmatch(r"[\w.]+", right))
        if rights:
            rows.append(f"| {area} | {graph} | {other} |")
    return "\n".join(rows)


def fields() -> str:
    """Every field of the JSON report, as its schema describes it."""
    rows = ["| Field | Type | Holds |", "| --- | --- | --- |"]
    for path, field in described(schema()).items():
        values = f" One of {', '.join(f'`{value}`' for value in field.values)}." if field.values else ""
        optional = "" if field.required else " Not always there."
        rows.append(f"| `{path}` | {field.type} | {field.meaning}{values}{optional} |")
    return "\n".join(rows)


PARTS = {
    "README.md": ("report", report),
    "docs/guides/scenarios.md": ("scenarios", scenarios),
    "docs/guides/permissions.md": ("areas", areas),
    "docs/guides/json-report.md": ("fields", fields),
}


def fresh(page: str) -> str:
    """Return a page as it should be."""
    name, make = PARTS[page]
    begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
    head, rest = (ROOT / page).read_text(encoding="utf-8").split(begin)
    return f"{head}{begin}\n\n{make()}\n\n{end}{rest.split(end)[1]}"


def _run(*arguments: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        return tpe(Path(folder), "run", "--demo", *arguments).out


def _filled(text: str) -> str:
    return textwrap.fill(text, 120, break_on_hyphens=False, break_long_words=False)


if __name__ == "__main__":
    for name in PARTS:
        (ROOT / name).write_text(fresh(name), encoding="utf-8")
