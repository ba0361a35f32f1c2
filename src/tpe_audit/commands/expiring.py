"""`tpe-audit expiring`: what ends by itself within some days, and who renews it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tpe_audit.commands import options
from tpe_audit.commands.asked import Asked
from tpe_audit.commands.errors import NoAudit
from tpe_audit.commands.stdout import print_json, print_out, width
from tpe_audit.formats.text import counted, printable, utc

if TYPE_CHECKING:
    from tpe_audit.config import Config
    from tpe_audit.expiry import Outlook
    from tpe_audit.stored import StoredReport

SCHEMA = "tpe-audit/expiring/1"
WHAT = "what ends soon was not told"
LAST = "last"
NOTHING_ENDS, SOMETHING_ENDS, CANNOT_TELL = 0, 1, 3


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing that ends."""

    ending: str
    what: str
    at: datetime
    then: str
    owner: str | None
    check: str | None


@dataclass(frozen=True, slots=True)
class _Unread:
    """One thing that may end."""

    what: str
    reason: str
    declared: bool


@dataclass(frozen=True, slots=True)
class _Told:
    """All that is told, wherever it comes from."""

    tenant_id: str
    simulated: bool
    read_at: datetime
    until: datetime
    items: tuple[_Item, ...]
    unread: tuple[_Unread, ...]

    @property
    def exit_code(self) -> int:
        """Something ends; else it can't be told where something should have been read and was not."""
        if self.items:
            return SOMETHING_ENDS
        return CANNOT_TELL if any(not each.declared for each in self.unread) else NOTHING_ENDS


@click.command("expiring")
@options.config
@click.option(
    "--days", type=click.IntRange(0, 3650), default=30, show_default=True, metavar="N", help="How far to look ahead."
)
@click.option(
    "--report",
    metavar="FILE|last",
    help="Take it from a JSON report, or from the last full run that was kept.  [default: read the tenant]",
)
@options.answer()
@options.demo
@click.option("--no-progress", is_flag=True, help="No progress on stderr.")
def command(config: Path | None, days: int, report: str | None, form: str, demo: str | None, no_progress: bool) -> int:
    """Say what ends by itself within some days: credentials, subscriptions, answers, waivers, exports.

    The last day counts whole, UTC. Exits 0 when nothing ends, 1 when something does, 3 when nothing that was read ends
    but something could not be read, and 2 when nothing could be told at all.
    """
    from tpe_audit.commands.auditing import configured

    if report and demo:
        raise click.UsageError("--demo reads the simulated tenant, so --report does not go with it.")
    asked = Asked(config=config, demo=demo, no_progress=no_progress)
    if report and report != LAST:
        told = _stored(Path(report), days)
    else:
        with configured(asked) as (settings, simulated):
            told = _stored(_last(settings), days) if report else _read(asked, settings, days, simulated=simulated)
    if form == "json":
        print_json(_value(told, days))
    else:
        print_out(_text(told, days))
    return told.exit_code


def _read(asked: Asked, config: Config, days: int, *, simulated: bool) -> _Told:
    """Read of the tenant just what may end."""
    from tpe_audit.collectors import TABLE
    from tpe_audit.commands.meant import deployment, terms
    from tpe_audit.commands.progress import progress
    from tpe_audit.expiry import QUESTIONS, outlook
    from tpe_audit.facts import Evidence
    from tpe_audit.gather import gather
    from tpe_audit.sources import signed_in

    started = datetime.now(UTC)
    wanted = {question for question in TABLE if question in QUESTIONS}

    async def read() -> Evidence:
        with progress(asked) as shown:
            async with signed_in(config, heard=shown.heard, proxies=not simulated) as sources:
                gathered = await gather(wanted, sources, deployment(config), started, (), shown.told)
        if gathered.errors:
            raise NoAudit(gathered.errors, what=WHAT)
        return gathered.evidence

    from tpe_audit.commands.auditing import completed

    evidence = completed(read())
    return _of_outlook(
        outlook(evidence, terms(asked, config, started.date()), timedelta(days)), config, started, days, simulated
    )


def _of_outlook(found: Outlook, config: Config, started: datetime, days: int, simulated: bool) -> _Told:
    return _Told(
        config.teams.tenant_id,
        simulated,
        started,
        started + timedelta(days),
        tuple(_Item(e.ending, e.what, e.at, e.then, e.owner, e.check or None) for e in found.expiring),
        tuple(_Unread(each.what, each.reason, each.declared) for each in found.unread),
    )


def _last(config: Config) -> Path:
    from tpe_audit.commands.keeping import history_of

    try:
        path = history_of(config).newest_full()
    except OSError as error:
        raise NoAudit([f"{error.filename}: {error.strerror}"], what=WHAT) from None
    if path is None:
        why = "no full run of this tenant was kept; make one with tpe-audit run, or leave --report out"
        raise NoAudit([why], what=WHAT)
    return path


def _stored(path: Path, days: int) -> _Told:
    """Take from a report what ends between its run and some days from now.

    Raises:
        NoAudit: it is no report, or does not tell all of what is asked.
    """
    from tpe_audit.expiry import HORIZON
    from tpe_audit.stored import NotAReport, read

    try:
        report = read(path)
    except NotAReport as error:
        raise NoAudit([str(error)], what=WHAT) from None
    until = datetime.now(UTC) + timedelta(days)
    known_until = report.started_at + HORIZON
    if report.selected:
        raise NoAudit([f"{path}: it is of some checks or subjects only; take the report of a full run"], what=WHAT)
    if report.expiring_unread is None:
        raise NoAudit([f"{path}: an older version wrote it, which did not look ahead; audit anew"], what=WHAT)
    if until.date() > known_until.date():
        why = f"{path}: it looks ahead to {known_until:%Y-%m-%d} only; ask for fewer days, or leave --report out"
        raise NoAudit([why], what=WHAT)
    return _of_report(report, until)


def _of_report(report: StoredReport, until: datetime) -> _Told:
    return _Told(
        report.tenant.id,
        report.simulated,
        report.finished_at,
        until,
        tuple(
            _Item(e.ending, e.what, e.at, e.then, e.owner, e.check)
            for e in report.expiring
            if e.at.astimezone(UTC).date() <= until.date()
        ),
        tuple(_Unread(each.what, each.reason, each.declared) for each in report.expiring_unread or ()),
    )


def _value(told: _Told, days: int) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "tenant": {"id": told.tenant_id},
        "simulated": told.simulated,
        "read_at": utc(told.read_at),
        "days": days,
        "until": f"{told.until:%Y-%m-%d}",
        "exit_code": told.exit_code,
        "expiring": [
            {
                "ending": item.ending,
                "what": item.what,
                "at": utc(item.at),
                "then": item.then,
                "owner": item.owner,
                "check": item.check,
            }
            for item in told.items
        ],
        "unread": [{"what": u.what, "reason": u.reason, "declared": u.declared} for u in told.unread],
    }


def _text(told: _Told, days: int) -> str:
    def wrapped(text: str, indent: int, hang: int) -> str:
        return textwrap.fill(
            text, width(), initial_indent=" " * indent, subsequent_indent=" " * hang, break_on_hyphens=False
        )

    lines = ["SIMULATED: no real tenant was read."] if told.simulated else []
    lines.append(wrapped(_headline(told, days), 0, 0))
    for item in told.items:
        belongs = "".join(f" · {printable(each)}" for each in (item.owner, item.check) if each)
        lines.append(wrapped(f"{item.at:%Y-%m-%d}  {printable(item.what)}{belongs}", 2, 14))
        lines.append(wrapped(printable(item.then), 14, 14))
    if told.unread:
        lines.append("Not read, so that nobody knows whether it ends:")
    for each in told.unread:
        lines.append(wrapped(printable(each.what), 2, 4))
        lines.append(wrapped(printable(each.reason), 4, 4))
    return "\n".join(lines)


def _headline(told: _Told, days: int) -> str:
    until = f"{told.until:%Y-%m-%d}"
    if told.items:
        things = counted(len(told.items), "thing ends", "things end")
        return f"{things} within {counted(days, 'day')}, until {until}."
    if told.exit_code == CANNOT_TELL:
        return f"Cannot tell what ends until {until}: nothing that was read does, but not all could be read."
    return f"Nothing ends within {counted(days, 'day')}, until {until}."
