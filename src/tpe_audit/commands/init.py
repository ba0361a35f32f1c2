"""`tpe-audit init`: a first config.toml, filled from what can be discovered."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from tpe_audit.commands import options
from tpe_audit.commands.asked import CONFIG, Asked
from tpe_audit.commands.discovery import Found, Missed, discover
from tpe_audit.commands.errors import NoAudit
from tpe_audit.commands.files import put
from tpe_audit.commands.first_config import Answers, SignInEntry, written
from tpe_audit.commands.questions import CONSUMERS, KINDS, NOTHING, Asking, answered, say
from tpe_audit.commands.stdout import print_out
from tpe_audit.config import Config, ConfigError, with_environment
from tpe_audit.formats.text import counted, printable


@click.command("init")
@click.option("--teams-tenant", metavar="ID|DOMAIN", help="The Teams tenant: its id or one of its domain names.")
@click.option("--azure-tenant", metavar="ID|DOMAIN", help="The tenant of the Azure side, where it is another one.")
@click.option("--credential", type=click.Choice(KINDS), help="How to sign in.")
@click.option("--client-id", metavar="GUID", help="The application (client) id to sign in as.")
@click.option("--azure-client-id", metavar="GUID", help="The same in the Azure tenant, where it is another one.")
@click.option("--certificate-path", metavar="FILE", help="The certificate, where one signs in.")
@click.option("--consumer", type=click.Choice(CONSUMERS), help="Who takes the calls.")
@click.option("--environment-url", metavar="URL", help="The Dynamics 365 environment, where that takes them.")
@click.option("-o", "--output", metavar="FILE|-", help="Where to write.  [default: config.toml]")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--no-discover", is_flag=True, help="Do not sign in, and look for nothing.")
@options.demo
def command(**given: Any) -> int:
    """Write a first config.toml, filled from what can be discovered: tenant, lines, bots and ACS resources.

    On a terminal it asks for what the options don't say. Elsewhere it takes --teams-tenant, and what the kind of
    credential needs. Secrets are never asked for and never written: they come from the environment.

    For example: tpe-audit init --demo
    """
    asked = Asking(**given)
    path = asked.path
    if path and path.exists() and not asked.force:
        raise NoAudit([f"{path} is there already; --force writes it anew, --output elsewhere"], what=NOTHING)
    if asked.demo:
        text, found = _demonstrated(asked.demo)
        secrets: tuple[str, ...] = ()
    else:
        answers = answered(asked)
        found = _found(asked, answers)
        text = _text(answers, found)
        secrets = answers.secrets
    _tell(found)
    if path is None:
        print_out(text)
        return 0
    put(path, text.encode(), NOTHING, over=asked.force)
    click.echo(f"Wrote {path}, which only you can read.", err=True)
    if not asked.demo:
        _next(path, secrets)
    return 0


# --- what is found -----------------------------------------------------------------------------------------------


def _found(asked: Asking, answers: Answers) -> Found:
    why = "It was not asked for (--no-discover)." if asked.no_discover else ""
    config = None
    if not why:
        try:
            config = with_environment(answers.tables, (asked.path or CONFIG).resolve().parent, "what was answered")
        except ConfigError as error:
            why = " ".join(error.problems)
    if config is None:
        missing = tuple(f"the environment variable {name}" for name in answers.secrets if not os.environ.get(name))
        return Found(missed=(Missed("lines, bots and ACS resources", why, () if asked.no_discover else missing),))
    return _looked(config, proxies=True)


def _looked(config: Config, *, proxies: bool) -> Found:
    from tpe_audit.commands.auditing import completed
    from tpe_audit.commands.progress import progress

    with progress(Asked()) as shown:
        return completed(discover(config, heard=shown.heard, told=shown.told, proxies=proxies))


def _demonstrated(name: str) -> tuple[str, Found]:
    """Return what would be written for a simulated tenant."""
    from tpe_audit.commands.demo import simulated

    with simulated(name) as config:
        bare = config.model_copy(update={"deployment": config.deployment.model_copy(update={"lines": []})})
        found = _looked(bare, proxies=False)
        own = config.teams.credential
        answers = Answers(
            config.teams.tenant_id, SignInEntry(own.kind, own.client_id), consumer=config.deployment.consumer
        )
        if config.azure_tenant_id != config.teams.tenant_id:
            other = config.azure_credential
            entry = SignInEntry(other.kind, other.client_id)
            answers = Answers(answers.tenant, answers.sign_in, config.azure_tenant_id, entry, answers.consumer)
    return f"# SIMULATED: an invented tenant, nothing real was read.\n{_text(answers, found)}", found


def _text(answers: Answers, found: Found) -> str:
    return written(answers, found, datetime.now(UTC).date())


# --- what is told --------------------------------------------------------------------------------------


def _tell(found: Found) -> None:
    if found.lines or found.tenant:
        name = printable(found.tenant) or "a tenant whose name could not be read"
        lines = counted(len(found.lines), "line")
        bots, acs = counted(found.bots, "bot"), counted(found.acs_resources, "ACS resource")
        say(f"\nFound {name}: {lines}, {bots}, {acs}.")
    for missed in found.missed:
        say(f"\nNot discovered: {missed.what}. {printable(missed.why)}")
        for lack in missed.lacks:
            say(printable(lack), "  to grant or set up: ")


def _next(path: Path, secrets: tuple[str, ...]) -> None:
    option = "" if path == CONFIG else f" --config {path}"
    told = [f"Set {name}; it is never written to a file." for name in secrets if not os.environ.get(name)]
    told += [
        f"See which rights the audit needs, and print what grants them:\ntpe-audit permissions{option}",
        f"Audit:\ntpe-audit run{option}",
    ]
    say("\nNext:")
    for number, step in enumerate(told, 1):
        first, *more = step.split("\n")
        say(first, f"  {number}. ")
        for line in more:
            click.echo(f"     {line}", err=True)
