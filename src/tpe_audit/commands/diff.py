"""`tpe-audit diff`: what changed between two reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tpe_audit.commands import options
from tpe_audit.commands.errors import NoAudit

if TYPE_CHECKING:
    from tpe_audit.stored import StoredReport

SAME, DIFFERENT = 0, 1


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@options.answer("markdown")
@click.option("--any-tenant", is_flag=True, help="Compare them even if they are of different tenants.")
@click.option("-v", "--verbose", is_flag=True, help="Name every subject, however many.")
@options.no_color
def command(old: Path, new: Path, form: str, any_tenant: bool, verbose: bool, no_color: bool) -> int:
    """Say what changed between two JSON reports: new, mended, still failing, no longer readable.

    Only what both were asked is compared, by check and subject. Exits 0 when nothing has changed, 1 when something
    has, and 2 when they can't be compared.
    """
    from tpe_audit.commands.stdout import print_json, print_out, shows_colour, width
    from tpe_audit.differences import Difference, markdown, terminal, value

    before, now = _read(old, new)
    if not any_tenant:
        _same_tenant(before, now)
    found = Difference.between(before, now)
    match form:
        case "json":
            print_json(value(found))
        case "markdown":
            print_out(markdown(found, everything=verbose))
        case _:
            print_out(terminal(found, everything=verbose, colour=shows_colour(no_color=no_color), width=width()))
    return DIFFERENT if found.different else SAME


def _read(*paths: Path) -> tuple[StoredReport, ...]:
    from tpe_audit.stored import NotAReport, read

    found, problems = [], []
    for path in paths:
        try:
            found.append(read(path))
        except NotAReport as error:
            problems.append(str(error))
    if problems:
        raise NoAudit(problems, what="nothing was compared")
    return tuple(found)


def _same_tenant(before: StoredReport, now: StoredReport) -> None:
    ids = [report.tenant.id for report in (before, now)]
    if ids[0].casefold() != ids[1].casefold():
        why = f"the reports are of two tenants, {ids[0]} and {ids[1]}; --any-tenant compares them all the same"
        raise NoAudit([why], what="nothing was compared")
    if before.simulated != now.simulated:
        why = "one of the reports is of a simulated tenant; --any-tenant compares them all the same"
        raise NoAudit([why], what="nothing was compared")
