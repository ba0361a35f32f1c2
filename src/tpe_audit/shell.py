"""Commands that people paste: text for one shell, in which every value is quoted for that shell."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from enum import StrEnum

_POWERSHELL_QUOTES = re.compile("['\u2018\u2019\u201a\u201b]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Shell(StrEnum):
    """Where a command is to be run."""

    POWERSHELL = "powershell"
    BASH = "bash"


@dataclass(frozen=True, slots=True)
class Command:
    """One line for one shell."""

    shell: Shell
    text: str

    def __str__(self) -> str:
        return self.text


def powershell(template: str, *values: str) -> Command:
    """Return a PowerShell command; each `%s` becomes a quoted value.

    PowerShell takes typographic single quotes for quotes too, so these are doubled as well
    (https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules).
    """
    return Command(Shell.POWERSHELL, template % tuple(_quoted_for_powershell(value) for value in values))


def bash(template: str, *values: str) -> Command:
    """Return a POSIX shell command, for the Azure CLI for instance; each `%s` becomes a quoted value."""
    return Command(Shell.BASH, template % tuple(_quoted_for_bash(_printable(value)) for value in values))


def _quoted_for_bash(value: str) -> str:
    """Return a word for bash, and for zsh, which takes `=name` for the path of a command."""
    quoted = shlex.quote(value)
    return f"'{value}'" if quoted == value and "=" in value else quoted


def _quoted_for_powershell(value: str) -> str:
    return "'" + _POWERSHELL_QUOTES.sub(lambda quote: quote.group() * 2, _printable(value)) + "'"


def _printable(value: str) -> str:
    """Return `value` on one line: a name with a line break in it must not become a second command line."""
    return _CONTROL.sub(" ", value)
