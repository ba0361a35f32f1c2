"""Scripts that grant just the rights that are needed: data in front, and below it a fixed part from `scripts/`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from importlib.resources import files

from tpe_audit import __version__
from tpe_audit.commands.needs import Need, of_kind, roles_of_a_person
from tpe_audit.config import Config, Credential, is_guid
from tpe_audit.rights import DATA_PLANE, RightKind
from tpe_audit.shell import bash, powershell

NAME = "tpe-audit"
"""How the application is called that is registered."""

PERSON = frozenset({"azure-cli", "browser", "device-code"})
"""Kinds of credential by which a person signs in."""

_GRAPH_HEAD = f"""\
Printed by tpe-audit {__version__}. Registers the application that the audit signs in as, with just these permissions of
Microsoft Graph, and consents to them for the tenant. It changes nothing else.

Run it in PowerShell 7 or Windows PowerShell 5.1 as somebody who may register applications and consent to permissions of
Microsoft Graph: a Privileged Role Administrator. It signs in to each tenant below. Run again, it adds what is missing;
do so if Entra ID does not know the new application yet.

It needs: Install-Module Microsoft.Graph -Scope CurrentUser"""

_MODULES = ("Microsoft.Graph.Authentication", "Microsoft.Graph.Applications", "Microsoft.Graph.Identity.SignIns")

_SIGN_IN = """\
'application': it signs in by itself, with a certificate, a secret or a federated identity. 'person': somebody signs in
with it, by browser or device code; what may be read is then also a matter of that person's Entra role."""

_AZURE_HEAD = f"""\
Printed by tpe-audit {__version__}. Assigns the roles of Azure that the audit needs to its identity, and changes nothing
else. Run again, it assigns what is missing.

Run it in bash (Linux, macOS, Azure Cloud Shell, WSL) with the Azure CLI, signed in as somebody who may assign roles
there: Owner, User Access Administrator or Role Based Access Control Administrator."""

_DATA_PLANE = """\
Microsoft's pages name Contributor for it, which can write; tpe-audit only reads. No page names a lesser role. If that
is too much, leave this out, and declare in config.toml: [sources.acs] mode = "off". A person then answers for the
consents."""

_READER = """\
On a whole subscription the audit can prove that something is not there; on a resource group or a resource it cannot,
unless config.toml names the thing by its ARM id."""

_SUBSCRIPTIONS = "One line for each subscription with the bot or the ACS resource: az account list --output table"
_ACS_RESOURCES = (
    "The ARM ids: az resource list --resource-type Microsoft.Communication/communicationServices --query '[].id'"
)


def teams_export() -> str:
    """Return the script that exports what only Teams PowerShell reads."""
    return _fixed("teams-export.ps1")


def both(needed: Sequence[Need], config: Config | None) -> str:
    """Return the scripts for Microsoft Graph and for Azure one after the other, each under the name of its file."""
    rule = "#" * 100
    scripts = {"grant-graph.ps1": graph, "grant-azure.sh": azure}
    return "\n".join(f"{rule}\n# {name}\n{rule}\n{script(needed, config)}" for name, script in scripts.items())


def graph(needed: Sequence[Need], config: Config | None) -> str:
    """Return a PowerShell script that registers the application with these permissions of Microsoft Graph."""
    permissions = of_kind(needed, RightKind.GRAPH)
    if not permissions:
        return f"# Printed by tpe-audit {__version__}. These checks need no permission of Microsoft Graph."
    person = config is not None and config.teams.credential.kind in ("browser", "device-code")
    roles = "".join(f" That is {role}." for role in roles_of_a_person(needed))
    lines = [
        _comment(_GRAPH_HEAD),
        "#Requires -Version 5.1",
        f"#Requires -Modules {', '.join(_MODULES)}",
        "",
        str(powershell("$ApplicationName = %s", NAME)),
        "",
        _comment(_SIGN_IN + roles),
        str(powershell("$SignIn = %s", "person" if person else "application")),
        "",
        "$Registrations = @(",
        *_registration(
            permissions,
            "the Teams tenant",
            config.teams.tenant_id if config else "",
            _client(config.teams.credential) if config else "",
        ),
        *_azure_registration(permissions, config),
    ]
    return "\n".join([*lines, ")", _fixed("grant-graph.ps1")])


def _azure_registration(permissions: Sequence[Need], config: Config | None) -> list[str]:
    """Return the registration in the Azure tenant, where that is another one; it owns the bot's application."""
    there = [need for need in permissions if need.in_azure_tenant]
    if not there:
        return []
    if config is None:
        text = "\n".join(_registration(there, "the Azure tenant", "", ""))
        off = [f"    # {line.removeprefix('    ')}" for line in text.splitlines()]
        return ["    # Is Azure another tenant? Then take the # away from these lines.", *off]
    if config.azure_tenant_id == config.teams.tenant_id:
        return []
    return [
        "    # The application is another one in each tenant. Take out the tenant that is not yours to grant in.",
        *_registration(there, "the Azure tenant", config.azure_tenant_id, _client(config.azure_credential)),
    ]


def _client(credential: Credential) -> str:
    """Return whom to grant to: a managed identity is there already, whatever config.toml knows of it."""
    if credential.kind == "managed-identity":
        return credential.client_id or "<CLIENT-ID-OF-THE-MANAGED-IDENTITY>"
    return credential.client_id


def _registration(permissions: Iterable[Need], tenant: str, tenant_id: str, client_id: str) -> list[str]:
    return [
        "    @{",
        str(powershell("        Tenant = %s", tenant)),
        str(powershell("        TenantId = %s", tenant_id or f"<ID-OF-{tenant.upper().replace(' ', '-')}>")),
        "        # Of an application or a managed identity that is there already; empty: one is registered.",
        str(powershell("        ClientId = %s", client_id)),
        "        Permissions = @(",
        *(line for need in permissions for line in _permission(need)),
        "        )",
        "    }",
    ]


def _permission(need: Need) -> list[str]:
    right = need.right
    why = f"{right.gives}: {_some(need.facts)}" if right.gives else _some(need.facts)
    return [
        _comment(why, indent=12),
        str(
            powershell(
                "            @{ Name = %s; Role = %s; Scope = %s }",
                right.name,
                right.application_id,
                right.delegated_id,
            )
        ),
    ]


def azure(needed: Sequence[Need], config: Config | None) -> str:
    """Return a shell script for the Azure CLI that assigns these roles of Azure, no wider than what is named."""
    roles = of_kind(needed, RightKind.AZURE_ROLE)
    if not roles:
        return f"# Printed by tpe-audit {__version__}. These checks need no role of Azure."
    person = config is not None and config.azure_credential.kind in PERSON
    client_id = config.azure_credential.client_id if config else ""
    tenant = config.azure_tenant_id if config else ""
    who = (
        "The person who signs in: user principal name or object id."
        if person
        else "The application (client) id of the audit's app registration or managed identity in this tenant."
    )
    lines = [
        "#!/usr/bin/env bash",
        _comment(_AZURE_HEAD),
        "set -euo pipefail",
        "",
        "# The tenant that the subscriptions belong to.",
        str(bash("TENANT_ID=%s", tenant or "<ID-OF-THE-AZURE-TENANT>")),
        f"# {who}",
        str(bash("AUDITOR=%s", "<USER>" if person else client_id or "<CLIENT-ID>")),
        f"AUDITOR_TYPE={'User' if person else 'ServicePrincipal'}",
        _fixed("grant-azure.sh").rstrip(),
    ]
    for need in roles:
        lines += _assignments(need, config)
    return "\n".join(lines)


def _assignments(need: Need, config: Config | None) -> list[str]:
    scopes, missing, note, hint = _reader_scopes(config), "/subscriptions/<SUBSCRIPTION-ID>", _READER, _SUBSCRIPTIONS
    if need.right is DATA_PLANE:
        scopes, missing, note, hint = _acs_scopes(config), "<ARM-ID-OF-THE-ACS-RESOURCE>", _DATA_PLANE, _ACS_RESOURCES
    gives = need.right.gives
    why = [f"{gives[:1].upper()}{gives[1:]}: {_some(need.facts)}.", note, *([] if scopes else [hint])]
    grants = [str(bash("grant %s %s", need.right.name, scope)) for scope in scopes or [missing]]
    return ["", _comment("\n\n".join(why)), *grants]


def _acs_scopes(config: Config | None) -> list[str]:
    """Return the ARM ids of the ACS resources that config.toml names."""
    lines = config.deployment.lines if config else []
    return _distinct(line.acs_resource for line in lines if line.acs_resource and not is_guid(line.acs_resource))


def _reader_scopes(config: Config | None) -> list[str]:
    """Return the subscriptions that config.toml names or, if none, the resource groups of the resources it names."""
    if config is None:
        return []
    if config.azure.subscriptions:
        return _distinct(f"/subscriptions/{subscription}" for subscription in config.azure.subscriptions)
    bots = [line.bot for line in config.deployment.lines if line.bot]
    return _distinct("/".join(resource.split("/")[:5]) for resource in (*bots, *_acs_scopes(config)))


def _distinct(ids: Iterable[str]) -> list[str]:
    """Return ARM ids, each once, however it is spelled."""
    found: dict[str, str] = {}
    for one in ids:
        found.setdefault(one.casefold(), one)
    return list(found.values())


def _some(checks: Iterable[str]) -> str:
    names = list(checks)
    more = f" and {len(names) - 3} more" if len(names) > 4 else ""
    return ", ".join(names[:3] if more else names) + more


def _comment(text: str, indent: int = 0) -> str:
    """Return paragraphs as a comment, which both shells begin with #."""
    begin = f"{' ' * indent}# "
    wrapper = textwrap.TextWrapper(120, begin, begin, break_long_words=False, break_on_hyphens=False)
    return "\n".join(wrapper.fill(paragraph) for paragraph in text.split("\n\n"))


def _fixed(name: str) -> str:
    return (files("tpe_audit") / "scripts" / name).read_text(encoding="utf-8")
