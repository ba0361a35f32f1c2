"""The rights that reading takes: what each is, where it is granted, and its ids.

Collectors name rights in the words that reports print; `right` returns what such words stand for. An id stands here
only if Microsoft publishes it: https://learn.microsoft.com/graph/permissions-reference,
https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class RightKind(StrEnum):
    """Who grants a right, and how. A closed vocabulary of `permissions --format json`."""

    GRAPH = "graph"
    AZURE_ROLE = "azure-role"
    ENTRA_ROLE = "entra-role"
    DATAVERSE_ROLE = "dataverse-role"
    OTHER = "other"
    """A plug-in's own."""


@dataclass(frozen=True, slots=True)
class Right:
    """One right."""

    words: str
    """As collectors name it and reports print it."""
    kind: RightKind
    name: str
    """Microsoft's name for it."""
    gives: str = ""
    """What is read with it."""
    application_id: str = ""
    """Of a permission of Microsoft Graph, as an application holds it (an app role); empty: asked at run time."""
    delegated_id: str = ""
    """Of a permission of Microsoft Graph, as it is used for a person (a scope); empty: asked at run time."""
    role_id: str = ""
    """Of an Entra role: its template id."""

    @property
    def described(self) -> dict[str, str]:
        """As the JSON of `permissions` and `list` tells it."""
        ids = {"application_id": self.application_id, "delegated_id": self.delegated_id, "role_id": self.role_id}
        return {
            "right": self.words,
            "kind": self.kind,
            "name": self.name,
            **{key: id_ for key, id_ in ids.items() if id_},
        }


def _graph(name: str, delegated_id: str, application_id: str, gives: str) -> Right:
    return Right(name, RightKind.GRAPH, name, gives, application_id, delegated_id)


READER = Right(
    "Azure role Reader",
    RightKind.AZURE_ROLE,
    "Reader",
    "the bot and its Teams channel, the ACS resource, Event Grid subscriptions",
)
DATA_PLANE = Right(
    "Contributor on the ACS resource",
    RightKind.AZURE_ROLE,
    "Contributor",
    "consents, on the data plane of the ACS resource",
)
TEAMS_READER = Right(
    "Teams Reader (Entra role)",
    RightKind.ENTRA_ROLE,
    "Teams Reader",
    "what only Teams PowerShell reads: federation, policies, routing",
    role_id="1076ac91-f3d9-41a7-a339-dcdf5f480acc",
)
DATAVERSE = Right(
    "Dataverse security role that reads msdyn_occommunicationprovidersetting",
    RightKind.DATAVERSE_ROLE,
    "a security role that reads the table msdyn_occommunicationprovidersetting",
    "the ACS resource that the Dynamics 365 environment is bound to",
)
ACCOUNTS = _graph(
    "TeamsResourceAccount.Read.All",
    "ea2cbd09-253c-4f69-a0e6-07383c5f07cc",
    "b55aa226-33a1-4396-bcf4-edce5e7a31c1",
    "resource accounts, and what each is bound to",
)

RIGHTS = (
    ACCOUNTS,
    _graph(
        "TeamsTelephoneNumber.Read.All",
        "1bc6eab1-058d-4557-b011-d4c41cec88b7",
        "39b17d18-680c-41f4-b9c2-5f30629e7cb6",
        "numbers and their assignments",
    ),
    _graph(
        "TeamsUserConfiguration.Read.All",
        "5c469ce4-dab5-4afd-b9de-14f1ba4004a7",
        "a91eadaf-2c3c-4362-908b-fb172d208fc6",
        "Enterprise Voice and policies of agents and accounts",
    ),
    _graph(
        "LicenseAssignment.Read.All",
        "f395577a-0960-456b-979f-7228de0c5996",
        "e2f98668-2877-4f38-a2f4-8202e0717aa1",
        "the tenant's products, and the licences of accounts and agents",
    ),
    _graph(
        "User.Read.All",
        "a154be20-db9c-4678-8ab7-66f6cc099a59",
        "df021288-bdef-4463-88db-98f22de89214",
        "sign-in, usage location and type of accounts and agents",
    ),
    _graph(
        "GroupMember.Read.All",
        "bc024368-1153-4739-b217-4326f2e966d0",
        "98830695-27a2-44a6-8c18-0c3ebc9698f6",
        "agents that are named by group",
    ),
    _graph(
        "Application.Read.All",
        "c79f8feb-a9db-4090-85f9-90d820caa0eb",
        "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
        "applications, and Microsoft's own service principals",
    ),
    _graph(
        "Organization.Read.All",
        "4908d5b9-3fb2-4b1e-9336-1888b7937185",
        "498476ce-e0fe-48b0-b801-37ba7e2685c6",
        "the tenant's name, country and cloud",
    ),
    _graph(
        "Directory.Read.All",
        "06da0dbc-49e2-44d2-8312-53f166ab848a",
        "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
        "consents that were granted to applications",
    ),
    _graph(
        "RoleManagement.Read.Directory",
        "741c54c3-0c1e-44a1-818b-3f97ab4e8c83",
        "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
        "who holds the roles that mending takes",
    ),
    _graph(
        "Policy.Read.All",
        "572fea84-0151-49b2-9301-11cb16974376",
        "246dd0d5-5bd0-4def-940b-0421030a5b68",
        "Conditional Access policies",
    ),
    READER,
    DATA_PLANE,
    TEAMS_READER,
    DATAVERSE,
)
"""Every right that a collector of ours takes, in the order in which they are told."""

_BY_WORDS = {known.words: known for known in RIGHTS}
_GRAPH_NAME = re.compile(r"\w+(\.\w+){1,3}")


def right(words: str) -> Right:
    """Return the right that a collector names; one that only a plug-in knows is told by its shape."""
    if known := _BY_WORDS.get(words):
        return known
    if _GRAPH_NAME.fullmatch(words):
        return Right(words, RightKind.GRAPH, words)
    return Right(words, RightKind.OTHER, words)
