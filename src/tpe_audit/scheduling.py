"""Units that run the audit again and again: when, what is run, and how each scheduler writes it.

Each unit is a template in `units/`; every value that goes into one is quoted for its format by a filter.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from pathlib import Path
from xml.sax.saxutils import escape

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tpe_audit import __version__


class Scheduler(StrEnum):
    """What runs the audit."""

    CRON = "cron"
    SYSTEMD = "systemd"
    TASK_SCHEDULER = "task-scheduler"
    GITHUB = "github"
    AZURE_PIPELINES = "azure-pipelines"
    CONTAINER_APPS = "container-apps"

    @property
    def local(self) -> bool:
        """Whether it runs the command of this machine."""
        return self in (Scheduler.CRON, Scheduler.SYSTEMD, Scheduler.TASK_SCHEDULER)


class Every(StrEnum):
    """How often. Hours divide a day, so that it is the same hours each day."""

    HOUR = "1h"
    TWO_HOURS = "2h"
    THREE_HOURS = "3h"
    FOUR_HOURS = "4h"
    SIX_HOURS = "6h"
    EIGHT_HOURS = "8h"
    TWELVE_HOURS = "12h"
    DAY = "1d"
    WEEK = "7d"

    @property
    def hours(self) -> int:
        """Hours between two runs of a day; a day has one where it is 24."""
        return 24 if self in (Every.DAY, Every.WEEK) else int(self.removesuffix("h"))


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the audit runs."""

    at: time
    """Of the first run of a day, or in step with it."""
    every: Every

    @property
    def hours(self) -> tuple[int, ...]:
        """The hours of a day."""
        return tuple(sorted((self.at.hour + step) % 24 for step in range(0, 24, self.every.hours)))

    @property
    def cron(self) -> str:
        """As a cron expression; a week begins on Monday."""
        hours = "*" if self.every is Every.HOUR else ",".join(map(str, self.hours))
        return f"{self.at.minute} {hours} * * {1 if self.every is Every.WEEK else '*'}"

    @property
    def on_calendar(self) -> str:
        """As a calendar event of systemd (systemd.time)."""
        hours = "*" if self.every is Every.HOUR else ",".join(f"{hour:02}" for hour in self.hours)
        day = "Mon " if self.every is Every.WEEK else ""
        return f"{day}*-*-* {hours}:{self.at.minute:02}:00"

    @property
    def words(self) -> str:
        """As a sentence would say it."""
        match self.every:
            case Every.WEEK:
                return f"on Mondays at {self.at:%H:%M}"
            case Every.DAY:
                return f"every day at {self.at:%H:%M}"
            case Every.HOUR:
                return f"every hour at minute {self.at.minute}"
            case _:
                return f"every {self.every.hours} hours, at {self.at:%H:%M} among others"


@dataclass(frozen=True, slots=True)
class Unit:
    """One file of what a scheduler takes."""

    name: str
    """What the file is called where it belongs."""
    text: str
    home: str = ""
    """The folder that it belongs in; empty: wherever it is kept."""
    encoding: str = "utf-8"
    """Of the file; what is shown on stdout is always UTF-8."""

    def as_file(self) -> bytes:
        """Return the bytes of the file."""
        if self.encoding == "utf-8":
            return self.text.encode()
        declared = self.text.replace('<?xml version="1.0"?>', f'<?xml version="1.0" encoding="{self.encoding}"?>', 1)
        return declared.replace("\n", "\r\n").encode(self.encoding)


class Unfit(Exception):
    """A path can't be written in the format of a scheduler; the message says why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run, and when."""

    calendar: Calendar
    command: str
    """The program `tpe-audit`, as this machine has it."""
    config: str
    """The configuration: absolute on this machine, relative to the repository elsewhere."""
    secrets: tuple[str, ...] = ()
    """The environment variables that the configuration takes its secrets from."""
    notifications: tuple[str, ...] = ()
    """The environment variables that notifications take theirs from, where they are wanted."""

    @property
    def folder(self) -> str:
        """The folder of the configuration."""
        return str(Path(self.config).parent)

    def units(self, scheduler: Scheduler) -> tuple[Unit, ...]:
        """Return what a scheduler takes.

        Raises:
            Unfit: a path can't be written in its format.
        """
        self._fits(scheduler)
        match scheduler:
            case Scheduler.CRON:
                return (Unit("tpe-audit.cron", self._filled("cron")),)
            case Scheduler.SYSTEMD:
                return tuple(
                    Unit(name, self._filled(name), "/etc/systemd/system")
                    for name in ("tpe-audit.service", "tpe-audit.timer")
                )
            case Scheduler.TASK_SCHEDULER:
                return (Unit("tpe-audit.xml", self._filled("task-scheduler.xml"), encoding="utf-16"),)
            case Scheduler.GITHUB:
                return (Unit("tpe-audit.yml", self._filled("github.yml"), ".github/workflows"),)
            case Scheduler.AZURE_PIPELINES:
                return (Unit("azure-pipelines.yml", self._filled("azure-pipelines.yml")),)
            case Scheduler.CONTAINER_APPS:
                return (Unit("tpe-audit.bicep", self._filled("container-apps.bicep")),)

    def _fits(self, scheduler: Scheduler) -> None:
        for path in (self.config, self.command) if scheduler.local else (self.config,):
            if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", path):
                raise Unfit(f"{path!r} has control characters in its name, which no unit can hold; name another path")
            expanded = {Scheduler.TASK_SCHEDULER: r"%|\$\(", Scheduler.AZURE_PIPELINES: r"\$"}.get(scheduler)
            if expanded and (found := re.search(expanded, path)):
                why = f"{path!r} has {found[0]} in its name, which {scheduler} expands as a variable; name another path"
                raise Unfit(why)

    def _filled(self, template: str) -> str:
        return (
            _environment().get_template(f"{template}.jinja").render(plan=self, when=self.calendar, version=__version__)
        )


def _cron(text: str) -> str:
    """Quote a word of the command of a crontab: for sh, and then for cron, to which a bare % is a line break."""
    return shlex.quote(text).replace("%", r"\%")


def _systemd(text: str) -> str:
    """Quote a word of ExecStart (systemd.service, "Command lines")."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def _specifiers(text: str) -> str:
    """Write a path as it stands alone in a directive of systemd, where only specifiers are expanded."""
    return text.replace("%", "%%")


def _windows(text: str) -> str:
    """Quote an argument for a Windows program, in XML."""
    return escape(subprocess.list2cmdline([text]))


def _yaml(text: str) -> str:
    """Quote a scalar of YAML: every JSON string is one."""
    return json.dumps(text, ensure_ascii=False)


def _github(text: str) -> str:
    """Quote a scalar of a workflow, in which ${{ would begin an expression."""
    return _yaml(text.replace("${{", "${{ '${{' }}"))


def _bicep(text: str) -> str:
    """Quote a string of Bicep."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${")
    return f"'{escaped}'"


def _parameter(variable: str) -> str:
    """Return an environment variable's name as a parameter of Bicep: TPE_AUDIT_NOTIFY__X_Y as notifyXY."""
    first, *rest = re.split("_+", variable.removeprefix("TPE_AUDIT_").lower())
    return first + "".join(word.capitalize() for word in rest)


_FILTERS: Mapping[str, Callable[[str], str]] = {
    "cron": _cron,
    "systemd": _systemd,
    "specifiers": _specifiers,
    "windows": _windows,
    "xml": escape,
    "yaml": _yaml,
    "github": _github,
    "bicep": _bicep,
    "parameter": _parameter,
}


def _environment() -> Environment:
    # Tags of their own: braces are the schedulers' own. Nothing here is HTML; each format has its filter.
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("units")),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<%=",
        variable_end_string="%>",
        comment_start_string="<%#",
        comment_end_string="%>",
    )
    environment.filters.update(_FILTERS)
    return environment
