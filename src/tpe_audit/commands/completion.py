"""`tpe-audit completion`: completion scripts for shells."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print the completion script of a shell.

    For bash: tpe-audit completion bash > ~/.local/share/bash-completion/completions/tpe-audit
    """
    from tpe_audit.cli import tpe_audit

    complete = get_completion_class(shell)
    if complete is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    click.echo(complete(tpe_audit, {}, "tpe-audit", "_TPE_AUDIT_COMPLETE").source())
    return 0
