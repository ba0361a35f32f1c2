"""The first config.toml: what was answered and found, in the words of config.example.toml."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import tomlkit

from tpe_audit.commands.discovery import Found, Line
from tpe_audit.config import PREFIX, SEPARATOR
from tpe_audit.example import words
from tpe_audit.formats.text import clipped, counted, printable

MOST_LINES = 50
"""More lines than these are not written: an audit discovers them by itself."""

_SECRETS = {"client-secret": ("client_secret", ""), "certificate": ("certificate_password", ", if the file has one")}
"""The secret that goes with a kind of credential, and when; it is never written."""


@dataclass(frozen=True, slots=True)
class SignInEntry:
    """A `credential` table."""

    kind: str
    client_id: str = ""
    certificate_path: str = ""

    @property
    def table(self) -> dict[str, str]:
        """The keys that are set."""
        keys = {"kind": self.kind, "client_id": self.client_id, "certificate_path": self.certificate_path}
        return {key: value for key, value in keys.items() if value}


@dataclass(frozen=True, slots=True)
class Answers:
    """What was asked for, by options or in prompts."""

    tenant: str
    sign_in: SignInEntry
    azure_tenant: str = ""
    """Empty: the Teams tenant."""
    azure_sign_in: SignInEntry | None = None
    consumer: str = "third-party"
    environment: str = ""

    @property
    def tables(self) -> dict[str, Any]:
        """These answers as a configuration."""
        tables: dict[str, Any] = {"teams": {"tenant_id": self.tenant, "credential": self.sign_in.table}}
        if self.azure_tenant:
            tables["azure"] = {"tenant_id": self.azure_tenant}
            tables["azure"] |= {"credential": self.azure_sign_in.table} if self.azure_sign_in else {}
        tables["deployment"] = {"consumer": self.consumer}
        if self.environment:
            tables["deployment"]["dynamics"] = {"environment_url": self.environment}
        return tables

    @property
    def secrets(self) -> tuple[str, ...]:
        """The environment variables that these credentials can't do without."""
        entries = {"teams": self.sign_in, "azure": self.azure_sign_in}
        return tuple(
            _variable(table, "client_secret")
            for table, entry in entries.items()
            if entry and entry.kind == "client-secret"
        )


def _variable(table: str, secret: str) -> str:
    return f"{PREFIX}{SEPARATOR.join((table, 'credential', secret)).upper()}"


def written(answers: Answers, found: Found, today: date) -> str:
    """Return the text of the file."""
    of = f" for {clipped(printable(found.tenant), 80)}" if found.tenant else ""
    lines = [
        *_comment(f"The configuration of tpe-audit{of}, written by tpe-audit init on {today}."),
        *_comment("Every key and its default: docs/guides/configuration.md and config.example.toml"),
        *_table("teams", {"tenant_id": answers.tenant}),
        *_credential("teams", answers.sign_in),
        *_azure(answers, found),
        *_table("deployment", {"consumer": answers.consumer}, off={"billing": "unknown", "acs_federation": "required"}),
        *_lines(found),
        *_table("deployment.agents", {"groups": [], "users": [], "client_applications": []}),
    ]
    if answers.consumer == "dynamics-365":
        lines += _table("deployment.dynamics", {"environment_url": answers.environment})
    lines += _table("sources.teams_powershell", {"export": "teams-export.json"})
    lines += _comment("Who makes it runs the script that this prints: tpe-audit permissions --script teams-export")
    return "\n".join(lines) + "\n"


def _azure(answers: Answers, found: Found) -> list[str]:
    on: dict[str, Any] = {"tenant_id": answers.azure_tenant} if answers.azure_tenant else {}
    lines = _table("azure", {**on, "subscriptions": list(found.subscriptions)})
    return lines + (_credential("azure", answers.azure_sign_in) if answers.azure_sign_in else [])


def _credential(table: str, entry: SignInEntry) -> list[str]:
    lines = _table(f"{table}.credential", entry.table)
    if entry.kind in _SECRETS:
        secret, when = _SECRETS[entry.kind]
        lines += _comment(f"{secret}{when}, from the environment: {_variable(table, secret)}")
    return lines


def _lines(found: Found) -> list[str]:
    lines = ["", *_comment(words()["deployment.lines"])]
    for missed in found.missed:
        grant = f" To grant or set up: {', '.join(missed.lacks)}." if missed.lacks else ""
        lines += _comment(f"Not discovered: {missed.what}. {clipped(printable(missed.why), 400)}{printable(grant)}")
    if len(found.lines) > MOST_LINES:
        lines += _comment(f"{counted(len(found.lines), 'line')} were found, and are judged without standing here.")
        return lines
    if found.lines:
        lines += _comment("These were found. They are taken for what is meant, so correct what is not.")
    else:
        lines += ["#[[deployment.lines]]", '#number = "+15551230100"', '#account = "ivr@contoso.com"']
    return lines + [text for line in found.lines for text in _line(line)]


def _line(line: Line) -> list[str]:
    name = clipped(printable(line.name), 80)
    return ["", *(_comment(name) if name.strip() else []), "[[deployment.lines]]", *_pairs(line.entry)]


def _table(name: str, keys: Mapping[str, Any], off: Mapping[str, Any] | None = None) -> list[str]:
    """Return a table with a comment above it and above each key; `off` are keys that stand there as comments."""
    lines = ["", *_comment(words().get(name, "")), f"[{name}]"]
    for key, value in keys.items():
        lines += [*_comment(words().get(f"{name}.{key}", "")), *_pairs({key: value})]
    for key, value in (off or {}).items():
        lines += [*_comment(words().get(f"{name}.{key}", "")), *(f"#{pair}" for pair in _pairs({key: value}))]
    return lines


def _pairs(keys: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {tomlkit.item(value).as_string()}" for key, value in keys.items()]


def _comment(text: str) -> Sequence[str]:
    return textwrap.wrap(
        text, 118, initial_indent="# ", subsequent_indent="# ", break_long_words=False, break_on_hyphens=False
    )
