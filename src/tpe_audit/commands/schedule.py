"""`tpe-audit schedule`: prints a unit that runs the audit again and again."""

from __future__ import annotations

import re
import shutil
import sys
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tpe_audit.commands.asked import CONFIG
from tpe_audit.commands.errors import NoAudit
from tpe_audit.commands.files import put
from tpe_audit.commands.stdout import print_out

if TYPE_CHECKING:
    from tpe_audit.scheduling import Unit

WHAT = "nothing was scheduled"
SCHEDULERS = ("cron", "systemd", "task-scheduler", "github", "azure-pipelines", "container-apps")
INTERVALS = ("1h", "2h", "3h", "4h", "6h", "8h", "12h", "1d", "7d")


def _time(ctx: click.Context, parameter: click.Parameter, value: str) -> time:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value, re.ASCII):
        raise click.BadParameter(f"{value!r} is no time of day, such as 06:17.", ctx, parameter)
    return time.fromisoformat(value)


@click.command("schedule")
@click.argument("scheduler", type=click.Choice(SCHEDULERS))
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=CONFIG,
    show_default=True,
    help="Configuration that it runs with.",
)
@click.option(
    "--at",
    callback=_time,
    default="06:17",
    show_default=True,
    metavar="HH:MM",
    help="When: by the clock of this machine; UTC for github, azure-pipelines and container-apps.",
)
@click.option("--every", type=click.Choice(INTERVALS), default="1d", show_default=True, help="How often.")
@click.option("--command", "program", metavar="PATH", help="The program tpe-audit.  [default: this one]")
@click.option(
    "--output", metavar="DIR|FILE|-", help="Where to write it; a trailing slash means a folder.  [default: -]"
)
def command(scheduler: str, config: Path, at: time, every: str, program: str | None, output: str | None) -> int:
    """Print a unit that runs the audit again and again. Nothing is installed, and no secret is in it.

    systemd takes two files: --output FOLDER/ writes both. --output tpe-audit.xml writes the task for Windows Task
    Scheduler as it is read there, in UTF-16.
    """
    from tpe_audit.config import ConfigError, notification_secrets, secrets_of
    from tpe_audit.scheduling import Calendar, Every, Plan, Scheduler, Unfit

    chosen = Scheduler(scheduler)
    try:
        secrets = secrets_of(config) if config.exists() else ()
    except ConfigError as error:
        raise NoAudit(error.problems, what=WHAT) from None
    if not config.exists():
        click.echo(f"warning: there is no {config} yet; tpe-audit init writes one", err=True)
    plan = Plan(
        calendar=Calendar(at, Every(every)),
        command=program or _this_program(),
        config=str(config.absolute()) if chosen.local else _in_repository(config),
        secrets=secrets,
        notifications=notification_secrets(),
    )
    try:
        units = plan.units(chosen)
    except Unfit as error:
        raise NoAudit([str(error)], what=WHAT) from None
    if output in (None, "-"):
        print_out(_shown(units))
    else:
        _write(units, output or "")
    return 0


def _this_program() -> str:
    beside = shutil.which("tpe-audit", path=str(Path(sys.executable).parent))
    return str(Path(beside or shutil.which("tpe-audit") or "tpe-audit").absolute())


def _in_repository(config: Path) -> str:
    """Return the configuration's path from the root of the repository, which is the current folder.

    Raises:
        click.UsageError: it is elsewhere.
    """
    path = config if not config.is_absolute() else config.absolute()
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    if path.is_absolute() or ".." in path.parts:
        raise click.UsageError(f"--config {config}: it has to be in the repository, and this is run from its root.")
    return path.as_posix()


def _shown(units: tuple[Unit, ...]) -> str:
    if len(units) == 1:
        return units[0].text
    return "\n".join(f"# {unit.home}/{unit.name}\n{unit.text}" for unit in units)


def _write(units: tuple[Unit, ...], output: str) -> None:
    folder = output.endswith(("/", "\\")) or Path(output).is_dir()
    if len(units) > 1 and not folder:
        names = " and ".join(unit.name for unit in units)
        raise click.UsageError(f"--output {output}: {names} need a folder; its name ends with a slash.")
    for unit in units:
        path = Path(output) / unit.name if folder else Path(output)
        put(path, unit.as_file(), WHAT)
        click.echo(f"Wrote {path}", err=True)
