"""The options that commands share which audit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from click.shell_completion import CompletionItem

from tpe_audit.catalog import Profile
from tpe_audit.commands.durations import duration
from tpe_audit.commands.explain import complete_check
from tpe_audit.formats import Format
from tpe_audit.verdicts import Area

F = TypeVar("F", bound=Callable[..., object])


def _complete_scenario(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from tpe_audit.simulator import SCENARIOS

    return [CompletionItem(name) for name in SCENARIOS if name.startswith(incomplete)]


config = click.option(
    "--config", type=click.Path(path_type=Path), help="Configuration.  [default: config.toml, if there]"
)
check = click.option(
    "--check", multiple=True, metavar="ID", shell_complete=complete_check, help="Only this check; repeatable."
)
skip = click.option(
    "--skip", multiple=True, metavar="ID", shell_complete=complete_check, help="Not this check; repeatable."
)
area = click.option(
    "--area", multiple=True, type=click.Choice([x.value for x in Area]), help="Only checks of this area; repeatable."
)
subject = click.option(
    "--subject", multiple=True, metavar="ID|NAME", help="Only this account, number or agent; repeatable."
)
form = click.option(
    "--format",
    "form",
    multiple=True,
    type=click.Choice([x.value for x in Format]),
    help="How to report; repeatable.",
)
output = click.option("--output", metavar="DIR|FILE|-", help="Where to report to; a trailing slash means a folder.")
fail_on = click.option(
    "--fail-on",
    type=click.Choice(["blocker", "major", "minor", "never"]),
    help="Least severity that decides the verdict.  [default: major]",
)
baseline = click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="REPORT",
    help="JSON report to compare with.  [default: the last run that asked the same]",
)
wait = click.option(
    "--wait",
    callback=duration,
    metavar="DURATION",
    help="Repeat the checks of --check until they pass, for at most 90s, 15m, 1h, …",
)
demo = click.option(
    "--demo",
    is_flag=False,
    flag_value="contoso",
    metavar="[SCENARIO]",
    shell_complete=_complete_scenario,
    help="On the simulated tenant: no account, no network.",
)
no_color = click.option("--no-color", is_flag=True, help="No colour.")


def answer(*more: str, help: str = "How to tell it.") -> Callable[[F], F]:  # noqa: A002 - click's word
    """Return the option that says how a command that makes no report is to answer; it can always as JSON."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["terminal", "json", *more]),
        default="terminal",
        show_default=True,
        help=help,
    )


def profile(default: Profile) -> Callable[[F], F]:
    """Return the option that says what an audit is for."""
    return click.option(
        "--profile",
        type=click.Choice([x.value for x in Profile]),
        default=default.value,
        show_default=True,
        help="What the audit is for.",
    )


def display(command: F) -> F:
    """Add the options that say how much is shown, and how."""
    for option in reversed(
        (
            click.option("--all-subjects", is_flag=True, help="List every subject in the report, however many."),
            click.option("-q", "--quiet", is_flag=True, help="Only the verdict and what to do first."),
            click.option("-v", "--verbose", is_flag=True, help="Unfold what holds; tell each request on stderr."),
            no_color,
            click.option("--no-progress", is_flag=True, help="No progress on stderr."),
        )
    ):
        command = option(command)
    return command
