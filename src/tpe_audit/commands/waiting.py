"""Repeats an audit until what was asked holds or the time is over, for changes that take a while to arrive.

Each try signs in anew: what was granted in the meantime is in a new token only.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from tpe_audit.commands.asked import Asked
from tpe_audit.verdicts import Status

if TYPE_CHECKING:
    from tpe_audit.config import Config
    from tpe_audit.report import Report

FIRST_PAUSE, GROWTH, LONGEST_PAUSE = 15.0, 1.5, 120.0
"""Seconds between two tries, and how they grow."""
EVERY = 60.0
"""Seconds between two lines where there is no terminal to show a live one."""

_OPEN = (Status.FAIL, Status.UNKNOWN, Status.BLOCKED)
_ASKS_A_PERSON = ("browser", "device-code")


def doubts(config: Config) -> tuple[str, ...]:
    """Return what should be known before waiting with this configuration."""
    kinds = {config.teams.credential.kind, config.azure_credential.kind}
    asking = [kind for kind in _ASKS_A_PERSON if kind in kinds]
    return tuple(
        f'each try signs in anew, and a credential of kind = "{kind}" may ask you each time' for kind in asking
    )


async def waited(audit: Callable[[], Awaitable[Report]], longest: timedelta, asked: Asked) -> Report:
    """Return the first report in which all that was asked is settled, or the last one before the time is over.

    The pauses grow, and are never shorter than a service has asked for.
    """
    clock = asyncio.get_running_loop().time
    ends = clock() + longest.total_seconds()
    pause, waiting = FIRST_PAUSE, _Waiting(asked)
    while True:
        report = await audit()
        left, wanted = ends - clock(), _wanted(report, datetime.now(UTC))
        if settled(report) or left <= 0 or wanted > left:
            return report
        await waiting.show(_state(report), min(max(pause, wanted), left), ends)
        pause = min(pause * GROWTH, LONGEST_PAUSE)


def settled(report: Report) -> bool:
    """Whether waiting changes nothing any more: all of it holds, does not apply, or waits for a person."""
    statuses = {judgement.status for finding in report.findings for judgement in finding.judgements}
    statuses |= {finding.status for finding in report.findings}
    return not statuses & set(_OPEN)


def _wanted(report: Report, now: datetime) -> float:
    """Return for how many seconds the services ask to be left alone."""
    until = [source.resumes_at for source in report.run.sources if source.resumes_at]
    return max(((at - now).total_seconds() for at in until), default=0.0)


def _state(report: Report) -> str:
    left = [finding.check.id for finding in report.findings if finding.status in _OPEN]
    if not left:
        left = [f.check.id for f in report.findings if any(j.status in _OPEN for j in f.judgements)]
    names = ", ".join(left[:3]) + (f" and {len(left) - 3} more" if len(left) > 3 else "")
    return f"{len(report.findings) - len(left)} of {len(report.findings)} checks hold, not yet {names}"


class _Waiting:
    """Passes the time, and says on stderr what for: in a live line on a terminal, else in a line now and then."""

    def __init__(self, asked: Asked) -> None:
        self._silent = asked.quiet or asked.no_progress
        self._live = not self._silent and not asked.verbose and not os.environ.get("CI") and sys.stderr.isatty()
        self._no_color = asked.no_color
        self._said = float("-inf")

    async def show(self, state: str, seconds: float, ends: float) -> None:
        """Wait for some seconds."""
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        if not self._live:
            self._say(_line(state, seconds, ends - clock()), clock())
            await asyncio.sleep(seconds)
            return
        from rich.console import Console
        from rich.text import Text

        console = Console(stderr=True, no_color=self._no_color or None, highlight=False, markup=False)
        with console.status("") as status:
            while (left := until - clock()) > 0:
                line = _line(state, left, ends - clock())
                status.update(Text(line, no_wrap=True, overflow="ellipsis"))
                await asyncio.sleep(min(left, 1.0))

    def _say(self, line: str, now: float) -> None:
        if not self._silent and now - self._said >= EVERY:
            click.echo(line, err=True)
            self._said = now


def _line(state: str, seconds: float, left: float) -> str:
    return f"Next try in {_time(seconds)}, {_time(left)} left: {state}"


def _time(seconds: float) -> str:
    """Return a time for people: 45 s, 12 min, 2 h 5 min."""
    whole = max(0, round(seconds))
    if whole < 120:
        return f"{whole} s"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
