"""The commands, and nothing of what they do: each is loaded when it is called."""

from __future__ import annotations

import importlib

import click

from tpe_audit import __version__

COMMANDS = {
    "run": "Audit the tenant and report.",
    "list": "List the checks.",
    "explain": "Explain a check, a code or a symptom: what it means, why, and what to do.",
    "diagnose": "Run the checks for a code or a symptom, and say which one explains it.",
    "fix-plan": "Print the fixes of a report as scripts, one for each owner.",
    "diff": "Say what changed between two reports.",
    "history": "List the runs that were kept: verdicts over time, and when a check last passed.",
    "attest": "Answer a question that only a person can, until a day.",
    "expiring": "Say what ends by itself within some days, and who renews it.",
    "schedule": "Print a unit that runs the audit again and again: cron, systemd, GitHub Actions, ...",
    "init": "Write a first config.toml, filled from what can be discovered.",
    "permissions": "Tell the least rights that the checks need, and print scripts that grant them.",
    "collect": "Read the tenant and keep it in a file, to be judged elsewhere or later.",
    "doctor": "Sign in and try each source: what works, what to grant.",
    "new-check": "Write a check of one's own: a skeleton, and its test.",
    "completion": "Print the completion script of a shell.",
}


class _Lazy(click.Group):
    """A group whose commands are imported when they are called, so that help is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"tpe_audit.commands.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from difflib import get_close_matches

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(COMMANDS)}."
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes of run: 0 ready, 1 not ready, 2 no audit was performed, 3 cannot tell.",
)
@click.version_option(__version__, prog_name="tpe-audit")
def tpe_audit() -> None:
    """Audit a Microsoft 365 tenant and its Azure resources for Teams Phone extensibility.

    Try it without an account: tpe-audit run --demo
    """
