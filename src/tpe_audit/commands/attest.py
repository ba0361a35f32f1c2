"""`tpe-audit attest`: writes a person's answer, so that what only a person can tell counts until a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tpe_audit.commands import options
from tpe_audit.commands.durations import day, day_or_days
from tpe_audit.commands.errors import NoAudit
from tpe_audit.commands.explain import complete_check

if TYPE_CHECKING:
    from tpe_audit.commands.answers import Answer

WHAT = "nothing was attested"


@click.command("attest")
@click.argument("check", shell_complete=complete_check)
@options.config
@click.option("--subject", metavar="ID|NAME", help="What it is answered for.  [default: every subject of the check]")
@click.option("--by", required=True, metavar="WHO", help="Who answers.")
@click.option("--on", callback=day, metavar="DATE", help="The day of the answer.  [default: today, UTC]")
@click.option(
    "--expires", callback=day_or_days, required=True, metavar="DATE|30d", help="The last day on which it counts."
)
@click.option("--evidence", required=True, metavar="TEXT", help="What the answer rests on: a ticket, a test call.")
def command(
    check: str,
    config: Path | None,
    subject: str | None,
    by: str,
    on: date | None,
    expires: date | timedelta,
    evidence: str,
) -> int:
    """Answer a question that only a person can, until a day.

    The answer is written into config.toml, whose comments stay, or into the file that [attest] names, in place of an
    older one for the same check and subject. It never overrides what was read. Only the answer to a check that asks is
    taken; tpe-audit list --format json says which do.

    For example: tpe-audit attest funding-balance --by "Kim Example" --expires 30d --evidence "Invoice 4711"
    """
    from tpe_audit.attesting import NotWritten, record
    from tpe_audit.commands.answers import answer

    today = datetime.now(UTC).date()
    on = on or today
    last = _last(on, expires, today)
    for name, text in (("--by", by), ("--evidence", evidence)):
        if not text.strip():
            raise click.UsageError(f"{name} needs a text.")
    found = answer(check, subject, config, (by.strip(), on, last, evidence.strip()))
    try:
        replaced = record(found.path, found.entries)
    except NotWritten as error:
        raise NoAudit([str(error)], what=WHAT) from None
    _tell(found, replaced)
    return 0


def _last(on: date, expires: date | timedelta, today: date) -> date:
    """Return the last day on which an answer counts.

    Raises:
        click.UsageError: the days make no sense.
    """
    if on > today:
        raise click.UsageError(f"--on {on} is still to come; today is {today} (UTC).")
    try:
        last = on + expires if isinstance(expires, timedelta) else expires
    except OverflowError:
        raise click.UsageError("--expires is too far away.") from None
    if last < on:
        raise click.UsageError(f"--expires {last} is before the answer itself ({on}).")
    if last < today:
        raise click.UsageError(f"--expires {last} is past, so the answer would not count; today is {today} (UTC).")
    return last


def _tell(found: Answer, replaced: int) -> None:
    for warning in found.warnings:
        click.echo(f"warning: {warning}", err=True)
    for entry, name in zip(found.entries, found.names, strict=True):
        click.echo(f"Attested {entry.check}{f' for {name}' if name else ''} until {entry.expires}.", err=True)
    instead = f", in place of {'an older one' if replaced == 1 else f'{replaced} older ones'}" if replaced else ""
    click.echo(f"Wrote {found.path}{instead}", err=True)
