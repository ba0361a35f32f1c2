"""`tpe-audit list`: the checks, with what each reads and which right that takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import shorten, wrap

import click

from tpe_audit.catalog import Check
from tpe_audit.commands.errors import NoAudit
from tpe_audit.commands.folders import check_folders
from tpe_audit.commands.stdout import print_json, print_out, width
from tpe_audit.docs import Guide
from tpe_audit.plugins import plugged
from tpe_audit.rights import right
from tpe_audit.verdicts import Area


@click.command("list")
@click.option("--config", type=click.Path(path_type=Path), help="Also list the checks of the folders it names.")
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
def command(config: Path | None, form: str) -> int:
    """List the checks: id, area, severity, owner, what they read, and the right that takes."""
    plugins = plugged(check_folders(config))
    found = plugins.catalog
    areas = {area: rank for rank, area in enumerate(Area)}
    checks = sorted(found.checks.values(), key=lambda check: (areas[check.area], check.id))
    if form == "json":
        entries = [_entry(check, plugins.guide) for check in checks]
        print_json({"checks": entries})
    else:
        print_out("\n".join(_table(checks, plugins.guide)))
    if found.unloadable:
        raise NoAudit([str(file) for file in found.unloadable], what="some check files could not be loaded")
    return 0


def _entry(check: Check, guide: Guide) -> dict[str, object]:
    reads = [guide[question] for question in check.wants if question in guide]
    rights = dict.fromkeys(words for r in reads for words in r.permissions)
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
        "permissions": list(rights),
        "rights": [right(words).described for words in rights],
        "url": check.link,
        "built_in": check.built_in,
    }


def _table(checks: list[Check], guide: Guide) -> Iterator[str]:
    """Return lines: a check and, below it, what it reads; on a wide terminal with what must hold."""
    # Plain text: a table library would take longer to load than everything else here.
    rows = [("check", "area", "severity", "owner", "what must hold")]
    rows += [(check.id, check.area, check.severity, check.owner, check.title) for check in checks]
    by_id = {check.id: check for check in checks}
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    columns = width(elsewhere=200)
    room = columns - sum(widths) - 2 * len(widths)
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        cells += [shorten(row[4], room, placeholder=" …")] if room >= 30 else []
        yield "  ".join(cells).rstrip()
        if check := by_id.get(row[0]):
            for line in wrap(_reading(check, guide), max(columns - 4, 40)):
                yield f"    {line}"
    yield f"\n{len(checks)} checks. The requests that each makes: tpe-audit explain ID, or --format json."


def _reading(check: Check, guide: Guide) -> str:
    """Return what a check reads from, and the rights that takes."""
    reads = [guide[question] for question in check.wants if question in guide]
    sources = ", ".join(dict.fromkeys(r.source for r in reads if r.what))
    rights = ", ".join(dict.fromkeys(right for r in reads for right in r.permissions))
    return f"reads {sources}; takes {rights or 'no right'}" if sources else "reads nothing: a person answers"
