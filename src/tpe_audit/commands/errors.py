"""Errors that end a command, in words that say what did not happen, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import click


class NoAudit(click.ClickException):
    """No audit was performed, or its report could not be written."""

    exit_code = 2

    def __init__(self, problems: Sequence[str], what: str = "no audit was performed") -> None:
        super().__init__("\n".join(problems))
        self.what = what
        self.problems = tuple(problems)

    def format_message(self) -> str:
        """Return the message as it is shown."""
        return f"{self.what}: {self.problems[0]}" if len(self.problems) == 1 else f"{self.what}:"

    def show(self, file: object = None) -> None:
        """Print to stderr."""
        click.echo(f"error: {self.format_message()}", err=True)
        if len(self.problems) > 1:
            for problem in self.problems:
                click.echo(f"  {problem}", err=True)


def unknown_check(name: str, known: Iterable[str]) -> str:
    """Return what to say of a check id that there is none of: the nearest ones."""
    near = get_close_matches(name.lower().replace("_", "-"), list(known), n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "tpe-audit list shows them all"
    return f"there is no check {name!r}; {hint}"
