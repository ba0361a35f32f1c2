"""`tpe-audit list`: the checks, with what each reads and which right that takes."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tpe_audit import catalog
from tpe_audit.catalog import Check
from tpe_audit.collectors import GUIDE
from tpe_audit.commands.errors import NoAudit
from tpe_audit.commands.folders import check_folders
from tpe_audit.verdicts import Area


@click.command("list")
@click.option(
    "--config", type=click.Path(path_type=Path), help="Also list the checks of the folders it names."
)
@click.option(
    "--format", "form", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True
)
def command(config: Path | None, form: str) -> int:
    """List the checks: id, area, severity, owner, what they read, and the right that takes."""
    found = catalog.find(check_folders(config))
    areas = {area: rank for rank, area in enumerate(Area)}
    checks = sorted(found.checks.values(), key=lambda check: (areas[check.area], check.id))
    if form == "json":
        click.echo(json.dumps({"checks": [_entry(check) for check in checks]}, indent=2, ensure_ascii=False))
    else:
        _table(checks)
    if found.unloadable:
        raise NoAudit([str(file) for file in found.unloadable], what="some check files could not be loaded")
    return 0


def _entry(check: Check) -> dict[str, object]:
    reads = [GUIDE[question] for question in check.wants if question in GUIDE]
    return {
        "id": check.id,
        "title": check.title,
        "area": check.area,
        "severity": check.severity,
        "owner": check.owner,
        "codes": list(check.codes),
        "requires": list(check.requires),
        "asks": bool(check.question),
        "reads": list(dict.fromkeys(f"{r.source}: {r.what}" for r in reads if r.what)),
        "permissions": list(dict.fromkeys(right for r in reads for right in r.permissions)),
        "url": check.link,
        "built_in": check.built_in,
    }


def _table(checks: list[Check]) -> None:
    from rich.console import Console
    from rich.table import Table

    # Each row stays whole on a narrow screen: what is long goes below the id instead of into a column.
    console = Console(highlight=False, markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    wide = console.width >= 150
    for heading in ("check", "area", "severity", "owner"):
        table.add_column(heading, no_wrap=True)
    if wide:
        table.add_column("what must hold")
        table.add_column("takes", style="dim")
    for check in checks:
        row = [check.id, check.area, check.severity, check.owner]
        if wide:
            rights = dict.fromkeys(r for q in check.wants if q in GUIDE for r in GUIDE[q].permissions)
            row += [check.title, ", ".join(rights)]
        table.add_row(*row)
    console.print(table)
    more = (
        "" if wide else " What each reads, and the right that takes: --format json, or tpe-audit explain ID."
    )
    console.print(f"\n{len(checks)} checks.{more}")
