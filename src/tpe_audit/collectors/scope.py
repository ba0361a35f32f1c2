"""Finds out what the accounts, numbers and users are that a run was narrowed to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tpe_audit.collectors import wire
from tpe_audit.collectors.instances import USER_GRANT, instead_of_graph
from tpe_audit.collectors.numbers_of import holder
from tpe_audit.collectors.reader import Reader, text
from tpe_audit.config import e164
from tpe_audit.facts import ResourceAccount
from tpe_audit.sources import Answered, SourceError
from tpe_audit.sources.errors import Failed

ACCOUNTS = "/beta/admin/teams/resourceAccounts"
ACCOUNT_GRANT = "the Graph permission TeamsResourceAccount.Read.All, and for a user the role Teams Administrator"


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that the run was narrowed to, and what it turned out to be."""

    name: str
    """As it was given; a number in E.164 form."""
    user: ResourceAccount | None
    """The directory's user of this name, or who holds the number; None: there is none."""
    account: tuple[Any, int] | None
    """Its resource account, as listed, with the request; None: it is none."""
    error: SourceError | None = None
    """Why it could not be told."""
    evidence: tuple[int, ...] = ()


async def asked(reader: Reader) -> tuple[Asked, ...]:
    """Return what each `--subject` is."""
    return tuple(await asyncio.gather(*(_what(reader, name) for name in reader.subjects)))


async def _what(reader: Reader, name: str) -> Asked:
    try:
        name = e164(name)
        is_number = True
    except ValueError:
        is_number = False
    try:
        user, evidence = await directory_user(reader, await holder(reader, name) if is_number else name)
        if user is None:
            return Asked(name, None, None, evidence=evidence)
        item = await account_item(reader, user.id)
        account = None if item.body is None else (item.body, item.evidence)
        return Asked(name, user, account, evidence=(*evidence, item.evidence))
    except SourceError as error:
        return Asked(name, None, None, error)


async def directory_user(reader: Reader, name: str) -> tuple[ResourceAccount | None, tuple[int, ...]]:
    """Return the user of this name or object id, and the evidence; None if the directory has none.

    Raises:
        SourceError: it could not be read.
    """
    if not name:
        return None, ()
    answered = await reader.sources.graph.get(
        f"/v1.0/users/{quote(name, safe='@')}?$select=id,userPrincipalName,displayName", grant=USER_GRANT
    )
    evidence = (answered.evidence,)
    if answered.body is None:
        return None, evidence
    user = wire.parsed(wire.Identified, answered.body, f"the user {name}", evidence)
    names = [text(answered.body, key) for key in ("userPrincipalName", "displayName")]
    return ResourceAccount(user.id.lower(), names[0], names[1]), evidence


async def account_item(reader: Reader, object_id: str) -> Answered:
    """Return the resource account with this object id, or the proof that the user is none.

    Raises:
        SourceError: it could not be read. A 404 proves nothing where the list itself does not answer.
    """
    try:
        return await _account_in_graph(reader, object_id)
    except SourceError as error:
        listed = await instead_of_graph(reader, error)
        if listed is None or object_id not in listed.by_id:
            raise
        return Answered(*listed.by_id[object_id])


async def _account_in_graph(reader: Reader, object_id: str) -> Answered:
    graph = reader.sources.graph
    answered = await graph.get(f"{ACCOUNTS}/{object_id}", grant=ACCOUNT_GRANT)
    if answered.body is not None:
        return answered
    listed = await graph.get(f"{ACCOUNTS}?$top=1", grant=ACCOUNT_GRANT)
    if listed.body is None:
        raise Failed(
            f"Microsoft Graph answered 404 to GET {ACCOUNTS}, so its 404 for {object_id} proves nothing.",
            (answered.evidence, listed.evidence),
        )
    return answered
