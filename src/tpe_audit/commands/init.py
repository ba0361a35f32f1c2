"""`tpe-audit init`: a first config.toml, filled from what can be discovered."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import textwrap
import typing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tpe_audit.commands import options
from tpe_audit.commands.asked import Asked
from tpe_audit.commands.auditing import CONFIG
from tpe_audit.commands.errors import NoAudit
from tpe_audit.config import (
    Config,
    ConfigError,
    CredentialKind,
    DeploymentSection,
    is_guid,
    of_mapping,
    with_environment,
)
from tpe_audit.example import kinds
from tpe_audit.formats.text import counted, printable

if TYPE_CHECKING:
    from tpe_audit.commands.discovery import Found
    from tpe_audit.commands.first_config import Answers, SignInEntry

NOTHING = "nothing was written"
KINDS = typing.get_args(CredentialKind)
CONSUMERS = typing.get_args(DeploymentSection.model_fields["consumer"].annotation)
MODE = 0o600
SAME = "the same"
_NOBODY = {
    "teams": {"tenant_id": "00000000-0000-0000-0000-000000000000", "credential": {"kind": "default"}},
    "azure": {"credential": {"kind": "default"}},
}
"""Enough of a configuration to read endpoints and limits from the environment."""


@dataclass(frozen=True, slots=True)
class Options:
    """The command line."""

    teams_tenant: str | None
    azure_tenant: str | None
    credential: str | None
    client_id: str | None
    azure_client_id: str | None
    certificate_path: str | None
    consumer: str | None
    environment_url: str | None
    output: str | None
    force: bool
    no_discover: bool
    demo: str | None

    @property
    def path(self) -> Path | None:
        """Where to write; None: stdout."""
        name = self.output or ("-" if self.demo else str(CONFIG))
        return None if name == "-" else Path(name)


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
    asked = Options(**given)
    path = asked.path
    if path and path.exists() and not asked.force:
        raise NoAudit([f"{path} is there already; --force writes it anew, --output elsewhere"], what=NOTHING)
    if asked.demo:
        text, found = _demonstrated(asked.demo)
        secrets: tuple[str, ...] = ()
    else:
        answers = _answers(asked)
        found = _found(asked, answers)
        text = _text(answers, found)
        secrets = answers.secrets
    _tell(found)
    if path is None:
        click.echo(text.encode(), nl=False)
        return 0
    _write(path, text, force=asked.force)
    click.echo(f"Wrote {path}, which only you can read.", err=True)
    if not asked.demo:
        _next(path, secrets)
    return 0


# --- what is asked -----------------------------------------------------------------------------------------------


def _answers(asked: Options) -> Answers:
    """Return the answers, of the options and, on a terminal, of whoever sits before it.

    Raises:
        NoAudit: one is missing or wrong.
    """
    from tpe_audit.commands.first_config import Answers

    interactive = sys.stdin.isatty() and sys.stderr.isatty()
    if interactive:
        _say("A few questions. Enter takes what stands in [brackets]; Ctrl-C ends without writing.\n")
    if not interactive and not asked.teams_tenant:
        raise NoAudit(["there is no terminal to ask on: give --teams-tenant ID|DOMAIN"], what=NOTHING)
    tenant = _tenant(asked.teams_tenant, "--teams-tenant") if asked.teams_tenant else _asked_tenant("Teams tenant")
    sign_in = _sign_in(asked, interactive=interactive)
    azure_tenant = _tenant(asked.azure_tenant, "--azure-tenant") if asked.azure_tenant else ""
    if interactive and asked.azure_tenant is None:
        azure_tenant = _asked_tenant("Azure tenant", default=SAME)
    azure_tenant = "" if azure_tenant == tenant else azure_tenant
    azure_sign_in = _azure_sign_in(asked, sign_in, interactive=interactive) if azure_tenant else None
    consumer = asked.consumer or ("dynamics-365" if asked.environment_url else "")
    if not consumer:
        consumer = _ask("Who takes the calls", click.Choice(CONSUMERS), "third-party") if interactive else "third-party"
    environment = asked.environment_url or ""
    if interactive and consumer == "dynamics-365" and not environment:
        environment = _ask("Address of the Dynamics 365 environment, if you know it", str, "", show_default=False)
    answers = Answers(tenant, sign_in, azure_tenant, azure_sign_in, consumer, environment)
    try:
        of_mapping(_with_stand_ins(answers.tables), Path.cwd())
    except ConfigError as error:
        raise NoAudit(error.problems, what=NOTHING) from None
    return answers


def _with_stand_ins(tables: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration as if its secrets were there, to see whether all the rest is."""
    for table in (tables["teams"], tables.get("azure", {})):
        if table.get("credential", {}).get("kind") == "client-secret":
            table["credential"]["client_secret"] = "-"  # noqa: S105 - no secret, and never used
    return tables


def _sign_in(asked: Options, *, interactive: bool) -> SignInEntry:
    from tpe_audit.commands.first_config import SignInEntry

    kind = asked.credential or ("client-secret" if asked.client_id and not asked.certificate_path else "")
    kind = kind or ("certificate" if asked.certificate_path else "")
    if not kind and interactive:
        _say("")
        for name, told in kinds().items():
            _say(told, f"  {name:18} ")
        kind = _ask("How to sign in", click.Choice(KINDS), "client-secret", show_choices=False)
    kind = kind or "default"
    client_id, certificate = asked.client_id or "", asked.certificate_path or ""
    if interactive and not client_id and kind in ("client-secret", "certificate", "browser", "device-code"):
        client_id = _ask("Application (client) id", _guid)
    if interactive and not certificate and kind == "certificate":
        certificate = _ask("File with the certificate and its key", str)
    return SignInEntry(kind, client_id, certificate)


def _azure_sign_in(asked: Options, teams: SignInEntry, *, interactive: bool) -> SignInEntry:
    from tpe_audit.commands.first_config import SignInEntry

    client_id = asked.azure_client_id or ""
    if interactive and not client_id and teams.client_id:
        client_id = _ask("Application (client) id in that tenant", _guid, teams.client_id)
    return SignInEntry(teams.kind, client_id or teams.client_id, teams.certificate_path)


def _ask(question: str, kind: Any, default: str | None = None, **more: Any) -> str:
    is_function = callable(kind) and not isinstance(kind, type | click.ParamType)
    how: dict[str, Any] = {"value_proc": kind} if is_function else {"type": kind}
    answer: str = click.prompt(question, default=default, err=True, **how, **more)
    return answer


def _guid(text: str) -> str:
    if not is_guid(text.strip()):
        raise click.UsageError("This is no GUID, such as 00000000-0000-0000-0000-000000000000.")
    return text.strip().lower()


def _asked_tenant(question: str, default: str | None = None) -> str:
    def tenant(text: str) -> str:
        return "" if default and text == default else _tenant_of(text)

    return _ask(f"{question}, as id or domain name", tenant, default)


def _tenant(text: str, option: str) -> str:
    try:
        return _tenant_of(text)
    except click.UsageError as error:
        raise NoAudit([f"{option}: {error.message}"], what=NOTHING) from None


def _tenant_of(text: str) -> str:
    """Return the tenant that an id or a domain name means.

    Raises:
        click.UsageError: there is none, or it could not be found out.
    """
    from tpe_audit.sources.errors import SourceError
    from tpe_audit.sources.tenants import DOMAIN, tenant_id

    text = text.strip()
    if is_guid(text):
        return text.lower()
    if not DOMAIN.fullmatch(text):
        raise click.UsageError(f"{printable(text)!r} is neither a GUID nor a domain name.")
    try:
        return asyncio.run(tenant_id(text, with_environment(_NOBODY, Path.cwd(), "the environment")))
    except (SourceError, ConfigError) as error:
        raise click.UsageError(f"{error} Its id is in the Entra admin center > Overview.") from None


# --- what is found -----------------------------------------------------------------------------------------------


def _found(asked: Options, answers: Answers) -> Found:
    from tpe_audit.commands.discovery import Found, Missed

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
    from tpe_audit.commands.discovery import discover
    from tpe_audit.commands.progress import progress

    with progress(Asked()) as shown:
        return asyncio.run(discover(config, heard=shown.heard, told=shown.told, proxies=proxies))


def _demonstrated(name: str) -> tuple[str, Found]:
    """Return what would be written for a simulated tenant."""
    from tpe_audit.commands.demo import simulated
    from tpe_audit.commands.first_config import Answers, SignInEntry

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
    from tpe_audit.commands.first_config import written

    return written(answers, found, datetime.now(UTC).date())


# --- what is told and written --------------------------------------------------------------------------------------


def _say(text: str, label: str = "") -> None:
    """Tell something on stderr, below each other behind its label, as wide as the terminal is."""
    width = max(shutil.get_terminal_size((100, 24)).columns - 1, 40)
    indent = " " * len(label)
    for paragraph in text.split("\n"):
        lines = textwrap.wrap(
            paragraph, width, initial_indent=label, subsequent_indent=indent, break_long_words=False,
            break_on_hyphens=False,
        )  # fmt: skip
        click.echo("\n".join(lines), err=True)


def _tell(found: Found) -> None:
    if found.lines or found.tenant:
        name = printable(found.tenant) or "a tenant whose name could not be read"
        lines = counted(len(found.lines), "line")
        bots, acs = counted(found.bots, "bot"), counted(found.acs_resources, "ACS resource")
        _say(f"\nFound {name}: {lines}, {bots}, {acs}.")
    for missed in found.missed:
        _say(f"\nNot discovered: {missed.what}. {printable(missed.why)}")
        for lack in missed.lacks:
            _say(printable(lack), "  to grant or set up: ")


def _next(path: Path, secrets: tuple[str, ...]) -> None:
    option = "" if path == CONFIG else f" --config {path}"
    told = [f"Set {name}; it is never written to a file." for name in secrets if not os.environ.get(name)]
    told += [
        f"See which rights the audit needs, and print what grants them:\ntpe-audit permissions{option}",
        f"Audit:\ntpe-audit run{option}",
    ]
    _say("\nNext:")
    for number, step in enumerate(told, 1):
        first, *more = step.split("\n")
        _say(first, f"  {number}. ")
        for line in more:
            click.echo(f"     {line}", err=True)


def _write(path: Path, text: str, *, force: bool) -> None:
    """Put the file in place whole, readable by its owner only, and over another one only if that is wanted.

    Raises:
        NoAudit: it could not be written, or one is there by now.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            Path(name).chmod(MODE)
            if force:
                Path(name).replace(path)
            else:
                _place(Path(name), path)
        finally:
            Path(name).unlink(missing_ok=True)
    except FileExistsError:
        raise NoAudit([f"{path} is there already; --force writes it anew"], what=NOTHING) from None
    except OSError as error:
        raise NoAudit([f"{path}: {error.strerror or error}"], what=NOTHING) from None


def _place(new: Path, path: Path) -> None:
    """Give a file its name, unless something else has it."""
    try:
        os.link(new, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(path) from None
        new.replace(path)
