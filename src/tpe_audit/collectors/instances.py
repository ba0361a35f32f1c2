"""Reads resource accounts from elsewhere than Graph: where its list does not answer, and as a second opinion.

https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineapplicationinstance
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tpe_audit.collectors.reader import Reader, text
from tpe_audit.facts import (
    Answer,
    BoundAcsResource,
    BoundApplication,
    Gap,
    Known,
    NoBoundApplication,
    joined,
)
from tpe_audit.facts.well_known import RESOURCE_ACCOUNT_DEPARTMENT
from tpe_audit.sources import SourceError

USER_GRANT = "the Graph permission User.Read.All"
CMDLET = "Get-CsOnlineApplicationInstance"
_FIELDS = {
    "id": "ObjectId",
    "userPrincipalName": "UserPrincipalName",
    "displayName": "DisplayName",
    "appId": "ApplicationId",
    "phoneNumber": "PhoneNumber",
    "acsResourceId": "AcsResourceId",
}
"""Graph's names, and those of Teams PowerShell."""
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Instances:
    """The resource accounts that Teams PowerShell lists, each in the form in which Graph gives one."""

    items: tuple[tuple[Mapping[str, Any], int], ...]
    """With the request that brought it."""
    told: str
    """Where they come from and how old that is, as a sentence."""
    by_id: Mapping[str, tuple[Mapping[str, Any], int]]
    """Those that have an object id, by that in lower case."""


def does_not_tell(reader: Reader, error: SourceError) -> bool:
    """Whether Graph refuses to list resource accounts, or does not know the list: the endpoint is in beta."""
    status = reader.sources.ledger.requests[error.evidence[-1]].status if error.evidence else None
    return status in (401, 403, 404)


async def instead_of_graph(reader: Reader, error: SourceError) -> Instances | None:
    """Return what Teams PowerShell lists where Graph does not tell, and let the report say so; None if neither does."""
    if not does_not_tell(reader, error):
        return None
    listed = await instances(reader)
    if listed:
        reader.warn(f"Resource accounts were read by {CMDLET}, because {error} {listed.told}")
    return listed


async def instances(reader: Reader) -> Instances | None:
    """Return what Teams PowerShell lists; None if it does not tell."""
    powershell = reader.sources.teams_powershell
    answered = await powershell.besides(CMDLET)
    if answered is None:
        return None
    data, evidence = answered
    bodies = [{ours: item[theirs] for ours, theirs in _FIELDS.items() if theirs in item} for item in data]
    items = tuple((body, evidence[0]) for body in bodies)
    by_id = {text(item[0], "id").lower(): item for item in items if text(item[0], "id")}
    return Instances(items, powershell.told, by_id)


async def guessed(reader: Reader, refused: SourceError) -> Gap:
    """Return why the lines are not known, with the names of users that look like resource accounts.

    A resource account is a user with a department of its own, which is a habit of Teams and no promise.
    """
    ways = "Name the lines in config.toml, or let Teams PowerShell be read (docs/guides/teams-export.md)."
    condition = quote(f"department eq '{RESOURCE_ACCOUNT_DEPARTMENT}'")
    try:
        listing = await reader.sources.graph.items(
            f"/v1.0/users?$filter={condition}&$select=id,userPrincipalName,displayName&$top=999",
            grant=USER_GRANT,
        )
    except SourceError:
        return Gap(f"{refused} {ways}", refused.evidence, lacks=refused.lacks)
    names = [text(item.body, "userPrincipalName") or text(item.body, "id") for item in listing.items]
    shown = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    found = f"By their department these users may be resource accounts: {shown}. What they are bound to is not known."
    said = f"{refused} {found if names else 'By department the directory shows none, which proves nothing.'} {ways}"
    return Gap(said, (*refused.evidence, *listing.evidence), lacks=refused.lacks)


def undisputed(answer: Answer, other: Answer, second: Instances | None) -> Answer:
    """Return what both sources say of a binding; where they contradict each other, it is not known."""
    if not second or not isinstance(answer, Known) or not isinstance(other, Known) or answer.value == other.value:
        return answer
    return Gap(
        f"Microsoft Graph says that it is bound to {_bound_to(answer)}, and {CMDLET} says {_bound_to(other)}. "
        f"{second.told} If the binding was changed since, let Teams PowerShell be read anew; else look with {CMDLET}.",
        joined((answer, other)),
    )


def _bound_to(answer: Known) -> str:
    match answer.value:
        case BoundApplication(client_id):
            return f"the application {client_id}"
        case BoundAcsResource(immutable_id):
            return f"the ACS resource {immutable_id}"
        case NoBoundApplication():
            return "no application"
    return "no ACS resource"
