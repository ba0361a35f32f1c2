"""The page of each check, printed from the check itself; `python -m tpe_audit.docs` writes docs/checks/."""

from __future__ import annotations

import argparse
import importlib
import sys
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path

from tpe_audit.catalog import BUILT_IN, Catalog, Check, Profile, Reads, find
from tpe_audit.facts import Consumer, Direction, Fact
from tpe_audit.verdicts import Area, Severity

PAGES = BUILT_IN.parent / "docs" / "checks"

Guide = Mapping[tuple[type[Fact], type[Fact]], Reads]
"""Where the answer to each question comes from: a thing, and a fact of it."""


def page(check: Check, reads: Guide) -> str:
    """Return the page of a check, in Markdown."""
    fields = {
        "Id": f"`{check.id}`",
        "Area": check.area,
        "Severity": f"{check.severity}: {_WORDS[check.severity]}",
        "Who mends it": check.owner,
        "Codes and symptoms": ", ".join(check.codes),
        "Applies to": _applies_to(check),
        "Rests on": ", ".join(f"[{name}]({name}.md)" for name in check.requires),
    }
    head = "\n".join(f"- **{name}:** {value}" for name, value in fields.items() if value)
    parts = [f"# {check.title}", head, check.body]
    if check.question:
        answer = (
            f'An entry `check = "{check.id}"` under `[[attestations]]` in config.toml records the answer for a time.'
        )
        parts.append(f"## Question\n\n{textwrap.fill(check.question, 106)}\n\n{answer}")
    if read := _read(check, reads):
        parts.append(f"## What it reads\n\n{read}")
    parts.append(f"## More\n\n<{check.link}>")
    return "\n\n".join(parts) + "\n"


def index(checks: Iterable[Check]) -> str:
    """Return the list of checks, in Markdown, in the order in which they are given."""
    rows = [
        f"| [{check.id}]({check.id}.md) | {check.title} | {check.area} | {check.severity} | {check.owner} |"
        for check in checks
    ]
    head = ["| Check | What must hold | Area | Severity | Who mends it |", "| --- | --- | --- | --- | --- |"]
    return "\n".join(["# Checks", "", *head, *rows]) + "\n"


_WORDS = {
    Severity.BLOCKER: "calls fail",
    Severity.MAJOR: "some calls fail, or a step of the set-up does",
    Severity.MINOR: "a risk, or hygiene",
    Severity.INFO: "good to know",
}


def _applies_to(check: Check) -> str:
    limits = []
    if set(check.consumers) != set(Consumer):
        limits.append(f"consumer {' or '.join(check.consumers)}")
    if check.number_types:
        limits.append(f"{' or '.join(kind.words for kind in check.number_types)} numbers")
    if set(check.directions) != set(Direction):
        limits.append(f"{' or '.join(check.directions)} calls")
    if set(check.profiles) != set(Profile):
        limits.append(f"profile {' or '.join(check.profiles)}")
    return ", ".join(limits) or "every deployment"


def _read(check: Check, reads: Guide) -> str:
    found = [reads[question] for question in check.wants if question in reads]
    lines = dict.fromkeys(f"- `{reading.what}` ({reading.source})" for reading in found if reading.what)
    rights = dict.fromkeys(right for reading in found for right in reading.permissions)
    if rights:
        lines[f"\nIt takes: {', '.join(rights)}."] = None
    return "\n".join(lines)


def pages(catalog: Catalog, reads: Guide) -> dict[str, str]:
    """Return the text of every file in docs/checks/, by its name."""
    checks = [check for check in catalog.checks.values() if check.built_in]
    by_area = sorted(checks, key=lambda check: (list(Area).index(check.area), check.id))
    return {f"{check.id}.md": page(check, reads) for check in checks} | {"README.md": index(by_area)}


def stale(wanted: Mapping[str, str], folder: Path) -> list[str]:
    """Return the names of the files in `folder` that are missing, too many, or other than wanted."""
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or with --check say which are stale."""
    parser = argparse.ArgumentParser(prog="python -m tpe_audit.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a page is stale")
    options = parser.parse_args(arguments)
    wanted = pages(find(), _guide())
    names = stale(wanted, PAGES)
    if options.check:
        sys.stderr.writelines(f"stale: docs/checks/{name}\n" for name in names)
        return 1 if names else 0
    PAGES.mkdir(parents=True, exist_ok=True)
    for name in names:
        if name in wanted:
            (PAGES / name).write_text(wanted[name], encoding="utf-8")
        else:
            (PAGES / name).unlink()
    return 0


def _guide() -> Guide:
    """Return where each fact is read: the one thing that the checks themselves do not say."""
    guide: Guide = importlib.import_module("tpe_audit.collectors").GUIDE
    return guide


if __name__ == "__main__":
    sys.exit(main())
