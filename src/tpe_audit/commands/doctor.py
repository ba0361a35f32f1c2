"""`tpe-audit doctor`: signs in, tries each source, and says what works and what to grant."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tpe_audit.commands import options
from tpe_audit.commands.asked import Asked
from tpe_audit.commands.auditing import configured
from tpe_audit.commands.errors import NoAudit

if TYPE_CHECKING:
    from tpe_audit.config import Config
    from tpe_audit.doctor import Examination


@click.command("doctor")
@options.config
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
@options.demo
@click.option("-v", "--verbose", is_flag=True, help="Tell each request on stderr.")
@click.option("--no-color", is_flag=True, help="No colour.")
def command(config: Path | None, form: str, demo: str | None, verbose: bool, no_color: bool) -> int:
    """Sign in and try each source: what can be read, what can't, and what to grant.

    Exits 0 when all sources work, 3 when not, and 2 when nothing was tried.
    """
    try:
        with configured(Asked(config=config, demo=demo, verbose=verbose)) as (configuration, simulated):
            found = asyncio.run(_examined(configuration, simulated=simulated))
            text = _shown(found, configuration, form, simulated=simulated, plain=no_color)
    except NoAudit as error:
        raise NoAudit(error.problems, what="nothing was tried") from None
    # UTF-8, whatever the machine's own encoding is.
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
    return found.exit_code


async def _examined(config: Config, *, simulated: bool) -> Examination:
    from tpe_audit.doctor.examine import examine
    from tpe_audit.sources import signed_in

    async with signed_in(config, proxies=not simulated) as sources:
        return await examine(sources, proxies=not simulated)


def _shown(found: Examination, config: Config, form: str, *, simulated: bool, plain: bool) -> str:
    from tpe_audit.doctor.shown import document, table

    if form == "json":
        return document(found, tenant=config.teams.tenant_id, azure_tenant=config.azure_tenant_id, simulated=simulated)
    plain = plain or bool(os.environ.get("NO_COLOR")) or not sys.stdout.isatty()
    width = max(shutil.get_terminal_size((100, 24)).columns, 40)
    return table(
        found,
        simulated=simulated,
        width=width,
        paint=lambda text, colour: text if plain or not colour else click.style(text, fg=colour),
    )
