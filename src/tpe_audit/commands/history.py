"""`tpe-audit history`: verdicts over time, and since when a check fails."""

from __future__ import annotations

from pathlib import Path

import click

from tpe_audit.commands import options
from tpe_audit.commands.errors import NoAudit, unknown_check
from tpe_audit.commands.explain import complete_check

WHAT = "nothing was listed"


@click.command("history")
@options.config
@click.option("--check", metavar="ID", shell_complete=complete_check, help="What this check came to over time.")
@click.option("--subject", metavar="ID|NAME", help="What it said of this subject; needs --check.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, metavar="N", help="How many runs to list."
)
@options.answer(help="How to list them.")
@options.no_color
def command(config: Path | None, check: str | None, subject: str | None, limit: int, form: str, no_color: bool) -> int:
    """List the runs that were kept of the configured tenant, the newest first.

    With --check it also says when that check last passed, and since when it fails. Simulated runs are not kept.
    """
    from tpe_audit.commands.asked import Asked
    from tpe_audit.commands.auditing import everything
    from tpe_audit.commands.keeping import configuration_of, history_of
    from tpe_audit.commands.stdout import print_json, print_out, shows_colour
    from tpe_audit.timeline import Timeline, terminal, value

    if subject and not check:
        raise click.UsageError("--subject needs --check.")
    settings = configuration_of(config, WHAT)
    history = history_of(settings)
    try:
        runs = history.runs()
    except OSError as error:
        raise NoAudit([f"{error.filename}: {error.strerror}"], what=WHAT) from None
    if check and not any(check in run.checks for run in runs):
        known = everything(Asked(config=config), settings, simulated=False).catalog.checks
        if check not in known:
            raise NoAudit([unknown_check(check, known)], what=WHAT)
    timeline = Timeline.of(runs, check or "", subject or "", history)
    for damaged in history.damaged:
        click.echo(f"warning: left out: {damaged}", err=True)
    if form == "json":
        print_json(value(timeline, history, limit))
    else:
        print_out(terminal(timeline, history, limit, colour=shows_colour(no_color=no_color)))
    return 0
