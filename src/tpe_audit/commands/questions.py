"""The questions of `tpe-audit init`: answered by options or, on a terminal, by whoever sits before it."""

from __future__ import annotations

import asyncio
import sys
import textwrap
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from tpe_audit.commands.asked import CONFIG
from tpe_audit.commands.errors import NoAudit
from tpe_audit.commands.first_config import Answers, SignInEntry
from tpe_audit.commands.stdout import width
from tpe_audit.config import ConfigError, CredentialKind, DeploymentSection, is_guid, of_mapping, with_environment
from tpe_audit.example import kinds
from tpe_audit.formats.text import printable

NOTHING = "nothing was written"
KINDS = typing.get_args(CredentialKind)
CONSUMERS = typing.get_args(DeploymentSection.model_fields["consumer"].annotation)
SAME = "the same"
_NOBODY = {
    "teams": {"tenant_id": "00000000-0000-0000-0000-000000000000", "credential": {"kind": "default"}},
    "azure": {"credential": {"kind": "default"}},
}
"""Enough of a configuration to read endpoints and limits from the environment."""


@dataclass(frozen=True, slots=True)
class Asking:
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


def say(text: str, label: str = "") -> None:
    """Tell something on stderr, below each other behind its label, as wide as the terminal is."""
    wrapper = textwrap.TextWrapper(width() - 1, label, " " * len(label), break_long_words=False, break_on_hyphens=False)
    for paragraph in text.split("\n"):
        click.echo(wrapper.fill(paragraph), err=True)


def answered(asked: Asking) -> Answers:
    """Return the answers, of the options and, on a terminal, of whoever sits before it.

    Raises:
        NoAudit: one is missing or wrong.
    """
    interactive = sys.stdin.isatty() and sys.stderr.isatty()
    if interactive:
        say("A few questions. Enter takes what stands in [brackets]; Ctrl-C ends without writing.\n")
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


def _sign_in(asked: Asking, *, interactive: bool) -> SignInEntry:
    kind = asked.credential or ("client-secret" if asked.client_id and not asked.certificate_path else "")
    kind = kind or ("certificate" if asked.certificate_path else "")
    if not kind and interactive:
        say("")
        for name, told in kinds().items():
            say(told, f"  {name:18} ")
        kind = _ask("How to sign in", click.Choice(KINDS), "client-secret", show_choices=False)
    kind = kind or "default"
    client_id, certificate = asked.client_id or "", asked.certificate_path or ""
    if interactive and not client_id and kind in ("client-secret", "certificate", "browser", "device-code"):
        client_id = _ask("Application (client) id", _guid)
    if interactive and not certificate and kind == "certificate":
        certificate = _ask("File with the certificate and its key", str)
    return SignInEntry(kind, client_id, certificate)


def _azure_sign_in(asked: Asking, teams: SignInEntry, *, interactive: bool) -> SignInEntry:
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
