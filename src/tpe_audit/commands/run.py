"""`tpe-audit run`: the audit."""

from __future__ import annotations

from pathlib import Path

import click

from tpe_audit.catalog import Profile
from tpe_audit.commands import options
from tpe_audit.commands.asked import Asked
from tpe_audit.commands.auditing import audited, configured, everything, reported
from tpe_audit.verdicts import Owner, Severity


@click.command("run")
@options.config
@options.check
@options.skip
@options.subject
@options.area
@click.option(
    "--owner",
    multiple=True,
    type=click.Choice([x.value for x in Owner]),
    help="Only what this role mends; repeatable.",
)
@click.option(
    "--severity",
    multiple=True,
    type=click.Choice([x.value for x in Severity]),
    help="Only this severity; repeatable.",
)
@options.form
@options.output
@options.fail_on
@options.profile(Profile.SCHEDULED)
@options.baseline
@options.wait
@options.demo
@click.option(
    "--evidence",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Judge this file of tpe-audit collect, without signing in; repeatable.",
)
@options.display
def command(**given: object) -> int:
    """Audit the tenant and report.

    Exits 0 when it is ready, 1 when it is not, 3 when that can't be told, and 2 when no audit was performed.
    """
    from tpe_audit.commands.selection import chosen

    asked = Asked(**given)  # type: ignore[arg-type]
    if asked.wait and not asked.check:
        raise click.UsageError("--wait needs --check.")
    if asked.wait and asked.evidence:
        raise click.UsageError("--evidence judges what was read once, and --wait reads again: choose one of them.")
    if asked.evidence and asked.demo is not None:
        raise click.UsageError("--evidence judges what was read, and --demo reads: choose one of them.")
    with configured(asked) as (config, simulated):
        found = everything(asked, config, simulated=simulated)
        checks = chosen(asked, config, found.catalog)
        return reported(asked, config, found, checks, simulated=simulated)


__all__ = ["audited", "command"]
