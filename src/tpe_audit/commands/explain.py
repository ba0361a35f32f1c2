"""`tpe-audit explain`: a check's page."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from tpe_audit import catalog
from tpe_audit.collectors import GUIDE
from tpe_audit.commands.errors import NoAudit, unknown_check
from tpe_audit.commands.folders import check_folders
from tpe_audit.docs import page


def complete_check(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the checks whose id begins as typed, for shell completion."""
    checks = catalog.find().checks.values()
    return [CompletionItem(c.id, help=c.title) for c in checks if c.id.startswith(incomplete)]


@click.command("explain")
@click.argument("check_id", metavar="CHECK-ID", shell_complete=complete_check)
@click.option("--config", type=click.Path(path_type=Path), help="Also know the checks of the folders it names.")
def command(check_id: str, config: Path | None) -> int:
    """Explain a check: what it looks for, why, which code it causes, and how to mend it."""
    found = catalog.find(check_folders(config))
    check = found.checks.get(check_id.strip().lower())
    if check is None:
        raise NoAudit([unknown_check(check_id, found.checks)], what="nothing was explained")
    text = page(check, GUIDE)
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        click.echo(text)
    return 0
