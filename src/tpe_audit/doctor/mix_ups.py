"""Finds ids that were taken for others: each is a GUID, and no form keeps them apart."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from urllib.parse import quote

from tpe_audit.config import Config, is_guid
from tpe_audit.doctor import MixUp
from tpe_audit.doctor.probes import Seen
from tpe_audit.sources import SourceError, Sources
from tpe_audit.sources.graph import Graph

_OTHER_TENANT = re.compile(r"must match the tenant 'https://[^/']+/([0-9a-f-]{36})")
FEW = 20
"""So many ids of a kind are looked up."""


async def mix_ups(sources: Sources, seen: Seen, *, readable: bool) -> list[MixUp]:
    """Return what looks mistaken. `readable`: Graph of the Teams tenant may be asked."""
    config = sources.config
    found = [*_secret_ids(config), *_tenants_and_subscriptions(config), *_bound(seen), *_acs_of_config(config, seen)]
    for trouble in sources.arm.troubles:
        if match := _OTHER_TENANT.search(str(trouble)):
            found.append(
                MixUp(
                    "azure.subscriptions",
                    f"A subscription belongs to the tenant {match[1]}, and {config.azure_tenant_id} was signed in to.",
                    f'Set tenant_id = "{match[1]}" under [azure], with a credential of that tenant, or take it out.',
                )
            )
            break
    if readable:
        found += [mix_up async for mix_up in _looked_up(sources)]
    return list(dict.fromkeys(found))


def _secret_ids(config: Config) -> Iterator[MixUp]:
    for section, given in (("teams", config.teams.credential), ("azure", config.azure.credential)):
        if given and given.client_secret and is_guid(given.client_secret.get_secret_value()):
            yield MixUp(
                f"{section}.credential.client_secret",
                "It is a GUID, as the Secret ID of a secret is, and no secret's value ever.",
                f"Make a new secret, and take its value: `az ad app credential reset --id {given.client_id} --append`.",
            )


def _keys(config: Config) -> Iterator[tuple[str, str]]:
    """Yield every key with an id that is none of a tenant or a subscription."""
    for section, given in (("teams", config.teams.credential), ("azure", config.azure.credential)):
        if given:
            yield f"{section}.credential.client_id", given.client_id
    for index, line in enumerate(config.deployment.lines):
        for key in ("account", "application_id", "acs_resource"):
            yield f"deployment.lines[{index}].{key}", getattr(line, key)
    for key in ("groups", "users", "client_applications"):
        for value in getattr(config.deployment.agents, key):
            yield f"deployment.agents.{key}", value


def _tenants_and_subscriptions(config: Config) -> Iterator[MixUp]:
    tenants = {config.teams.tenant_id: "the Teams tenant", config.azure_tenant_id: "the Azure tenant"}
    known = {**dict.fromkeys(config.azure.subscriptions, "a subscription"), **tenants}
    for where, value in _keys(config):
        if what := known.get(value.lower()):
            yield MixUp(
                where, f"{value} is the id of {what}.", f"Set {where.rpartition('.')[2]} to the id it asks for."
            )
    for subscription in config.azure.subscriptions:
        if subscription in tenants:
            yield MixUp(
                "azure.subscriptions",
                f"{subscription} is the id of {tenants[subscription]}.",
                "Take the ids that `az account list --query [].id` prints.",
            )


def _bound(seen: Seen) -> Iterator[MixUp]:
    """Resource accounts that are bound to an ARM id, or the like, where the immutable id is expected."""
    for account in seen.accounts:
        bound = account.get("acsResourceId")
        if not isinstance(bound, str) or not bound or is_guid(bound):
            continue
        immutable = next((key for key, at in seen.acs.items() if at.lower() == bound.lower()), "IMMUTABLE_RESOURCE_ID")
        yield MixUp(
            f"the resource account {account.get('userPrincipalName') or account.get('id')}",
            f"It is bound to {bound!r}, which is no immutable resource id (a GUID).",
            f"Bind it anew: `Set-CsOnlineApplicationInstance -Identity {account.get('id')} -ApplicationId APP_ID "
            f"-AcsResourceId {immutable}`; `az communication show --query immutableResourceId` prints it.",
        )


def _acs_of_config(config: Config, seen: Seen) -> Iterator[MixUp]:
    """Ids of ACS resources that Azure does not show, though it shows others."""
    for index, line in enumerate(config.deployment.lines):
        wanted = line.acs_resource
        if is_guid(wanted) and seen.acs and wanted not in seen.acs:
            there = ", ".join(sorted(seen.acs)[:3])
            yield MixUp(
                f"deployment.lines[{index}].acs_resource",
                f"{wanted} is the immutable id of no ACS resource that this identity sees; those are {there}.",
                "Take what `az communication show -n NAME -g GROUP --query immutableResourceId` prints, and look "
                "whether the resource is in another tenant or subscription.",
            )


async def _looked_up(sources: Sources) -> AsyncIterator[MixUp]:
    agents, lines = sources.config.deployment.agents, sources.config.deployment.lines
    graph = sources.graph
    applications = {f"deployment.lines[{i}].application_id": line.application_id for i, line in enumerate(lines)}
    for where, value in [*applications.items(), *_each("client_applications", agents.client_applications)][:FEW]:
        if value and (name := await _name(graph, f"/v1.0/servicePrincipals/{value}", "appId")):
            yield MixUp(where, f"{value} is an object id, of {name[0]}.", f"Its application (client) id is {name[1]}.")
    accounts = {f"deployment.lines[{i}].account": line.account for i, line in enumerate(lines)}
    for where, value in [*accounts.items(), *_each("users", agents.users)][:FEW]:
        if is_guid(value) and (name := await _name(graph, f"/v1.0/servicePrincipals(appId='{value}')", "id")):
            mend = "Set it to the user principal name, or the object id, of the account."
            yield MixUp(where, f"{value} is the application id of {name[0]}, and no account.", mend)
    for where, value in _each("groups", agents.groups[:FEW]):
        if name := await _name(graph, f"/v1.0/users/{quote(value)}", "userPrincipalName"):
            yield MixUp(where, f"{value} is a user, {name[1]}, and no group.", "Move it to users.")


def _each(key: str, values: list[str]) -> list[tuple[str, str]]:
    return [(f"deployment.agents.{key}", value) for value in values]


async def _name(graph: Graph, path: str, key: str) -> tuple[str, str] | None:
    """Return the name of an object and one more field, if it is there."""
    try:
        body = (await graph.get(f"{path}?$select=id,displayName,{key}", grant="")).body
    except SourceError:
        return None  # whoever may not look it up has been told so already
    return (str(body.get("displayName")), str(body.get(key))) if body else None
