"""`tpe-audit doctor`: signs in, tries each source, and says what works and what to grant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tpe_audit.commands import options
from tpe_audit.commands.asked import Asked
from tpe_audit.commands.auditing import completed, configured
from tpe_audit.commands.errors import NoAudit
from tpe_audit.commands.stdout import print_out, shows_colour, width

if TYPE_CHECKING:
    from tpe_audit.config import Config
    from tpe_audit.doctor import Examination


@click.command("doctor")
@options.config
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
@options.demo
@click.option("-v", "--verbose", is_flag=True, help="Tell each request on stderr.")
@options.no_color
def command(config: Path | None, form: str, demo: str | None, verbose: bool, no_color: bool) -> int:
    """Sign in and try each source: what can be read, what can't, and what to grant.

    Exits 0 when all sources work, 3 when not, and 2 when nothing was tried.
    """
    try:
        with configured(Asked(config=config, demo=demo, verbose=verbose)) as (configuration, simulated):
            found = completed(_examined(configuration, simulated=simulated))
            text = _shown(found, configuration, form, simulated=simulated, no_color=no_color)
    except NoAudit as error:
        raise NoAudit(error.problems, what="nothing was tried") from None
    print_out(text)
    return found.exit_code


async def _examined(config: Config, *, simulated: bool) -> Examination:
    from tpe_audit.doctor.examine import examine
    from tpe_audit.sources import signed_in

    async with signed_in(config, proxies=not simulated) as sources:
        return await examine(sources, proxies=not simulated)


def _shown(found: Examination, config: Config, form: str, *, simulated: bool, no_color: bool) -> str:
    from tpe_audit.doctor.shown import document, table

    if form == "json":
        return document(found, tenant=config.teams.tenant_id, azure_tenant=config.azure_tenant_id, simulated=simulated)
    coloured = shows_colour(no_color=no_color)
    return table(
        found,
        simulated=simulated,
        width=width(),
        paint=lambda text, colour: click.style(text, fg=colour) if coloured and colour else text,
    )
