"""Ids that Microsoft publishes: the same in every tenant, never invented here.

Applications: Microsoft Learn, "Teams Phone extensibility troubleshooting" and "quickstart". Permissions: the
application roles of Microsoft Graph in "Microsoft Graph permissions reference".
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

COMMUNICATION_SERVICES: Final = "1fd5118e-2576-4263-8130-9503064c837a"
"""Application id of "Azure Communication Services", the first-party app that asks for consent."""

TEAMS_ADMIN_API: Final = "48ac35b8-9aa8-4d74-927d-1f4a14a0b239"
"""Application id of "Skype and Teams Tenant Admin API", the audience of Teams PowerShell."""

GRAPH: Final = "00000003-0000-0000-c000-000000000000"
"""Application id of Microsoft Graph."""

AUTO_ATTENDANT: Final = "ce933385-9390-45d1-9512-c8d228074e07"
CALL_QUEUE: Final = "11cd3e2e-fccb-42ad-ad00-878b93575e07"

MICROSOFT_SERVICES_TENANT: Final = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
"""The tenant that owns Microsoft's own applications (`appOwnerOrganizationId`)."""

RESOURCE_ACCOUNT_DEPARTMENT: Final = "Microsoft Communication Application Instance"
"""Department of the Entra user behind a resource account; it is how Teams recognises the account."""

INCOMING_CALL: Final = "Microsoft.Communication.IncomingCall"

COMMUNICATION_SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "TeamsExtension.ManageCalls": "9ed60762-c537-4e50-8984-4b1db3d922ce",
        "Teams.ManageCalls": "de8ec1df-066a-4817-bc5d-9a985b986262",
        "Teams.ManageChats": "6290af7f-b407-49f9-92d5-bf584fdc4019",
    }
)
"""Delegated scopes of Azure Communication Services."""

READ_ACCOUNTS: Final = "ea2cbd09-253c-4f69-a0e6-07383c5f07cc"
"""Delegated permission TeamsResourceAccount.Read.All of Microsoft Graph."""

APPLICATION_ROLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "TeamsResourceAccount.Read.All": "b55aa226-33a1-4396-bcf4-edce5e7a31c1",
        "TeamsTelephoneNumber.Read.All": "39b17d18-680c-41f4-b9c2-5f30629e7cb6",
        "TeamsUserConfiguration.Read.All": "a91eadaf-2c3c-4362-908b-fb172d208fc6",
        "LicenseAssignment.Read.All": "e2f98668-2877-4f38-a2f4-8202e0717aa1",
        "GroupMember.Read.All": "98830695-27a2-44a6-8c18-0c3ebc9698f6",
        "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
        "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
        "Directory.Read.All": "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
        "Organization.Read.All": "498476ce-e0fe-48b0-b801-37ba7e2685c6",
        "Policy.Read.All": "246dd0d5-5bd0-4def-940b-0421030a5b68",
        "RoleManagement.Read.Directory": "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
    }
)
"""Application permissions of Microsoft Graph that an auditor may hold, with their role ids."""

READ_ONLY_PERMISSIONS: Final = frozenset(APPLICATION_ROLES)
"""All that an auditor ever needs: it reads, and nothing else."""
