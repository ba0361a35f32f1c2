"""Ids that Microsoft publishes and that are the same in every tenant.

Service plans and products: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
"""

from __future__ import annotations

from types import MappingProxyType

ACS_APPLICATION_ID = "1fd5118e-2576-4263-8130-9503064c837a"
"""The first-party application *Azure Communication Services*."""

TEAMS_ADMIN_API_ID = "48ac35b8-9aa8-4d74-927d-1f4a14a0b239"
"""The first-party application *Skype and Teams Tenant Admin API*."""

GRAPH_APPLICATION_ID = "00000003-0000-0000-c000-000000000000"
"""The first-party application *Microsoft Graph*."""

MANAGE_CALLS = "TeamsExtension.ManageCalls"
"""The scope of *Azure Communication Services* that agents' clients need; its id is read, never written here."""

READ_ACCOUNTS = "TeamsResourceAccount.Read.All"
READ_ACCOUNTS_IDS = frozenset({"ea2cbd09-253c-4f69-a0e6-07383c5f07cc", "b55aa226-33a1-4396-bcf4-edce5e7a31c1"})
"""The permission of Microsoft Graph to list resource accounts: delegated, and of applications."""

RESOURCE_ACCOUNT_DEPARTMENT = "Microsoft Communication Application Instance"
"""What Teams writes into the department of the users behind resource accounts."""

HYBRID_DEPARTMENT = "Skype for Business Application Endpoint"
"""What stood there in the days of Skype for Business."""

AUTO_ATTENDANT_APPLICATION_ID = "ce933385-9390-45d1-9512-c8d228074e07"
CALL_QUEUE_APPLICATION_ID = "11cd3e2e-fccb-42ad-ad00-878b93575e07"

RESERVED_APPLICATIONS = MappingProxyType(
    {AUTO_ATTENDANT_APPLICATION_ID: "Auto attendant", CALL_QUEUE_APPLICATION_ID: "Call queue"}
)
"""Applications that resource accounts may be bound to, but not for Teams Phone extensibility."""

MICROSOFT_TENANT_ID = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
"""Owner of Microsoft's own applications (`appOwnerOrganizationId`)."""

NO_ID = "00000000-0000-0000-0000-000000000000"
UNKNOWN_APPLICATION = "<bot app id>"
UNKNOWN_ACS = "<immutable id of the ACS resource>"

RESOURCE_ACCOUNT_SKU = "440eaaa8-b3e0-484b-a8be-62870b9ba70a"
"""PHONESYSTEM_VIRTUALUSER, *Microsoft Teams Phone Resource Account*."""

COMMUNICATIONS_CREDITS_SKU = "47794cd0-f0e5-45c5-9033-2eb6b5fc84e0"
"""MCOPSTNC."""

TEAMS_PHONE_SKU = "e43b5b99-8dfb-405f-9987-dc307f34bcbd"
"""MCOEV, *Microsoft Teams Phone Standard*."""

RESOURCE_ACCOUNT_PLANS = frozenset({"f47330e9-c134-43b3-9993-e7f004506889", "0628a73f-3b4a-4989-bd7b-0f8823144313"})
"""MCOEV_VIRTUALUSER and MCOEV_VIRTUALUSER_GOV."""

PAY_AS_YOU_GO_PREFIX = "MCOPSTN_PAYG_"
"""Start of the names of the Pay-As-You-Go Calling Plan's service plans; not all their ids are published."""

PAY_AS_YOU_GO_PLANS = frozenset({"156a1efe-17cd-4b03-9f17-2eb512298fb3"})
"""MCOPSTN_PAYG_1."""

COMMUNICATIONS_CREDITS_PLANS = frozenset(
    {"505e180f-f7e0-4b65-91d4-00d670bbd18c", "6b340437-d6f9-4dc5-8cc2-99163f7f83d6"}
)
"""MCOPSTNC, and MCOPSTN3 of MCOPSTNPP: Microsoft's pages disagree which product Communications Credits is."""

CALLING_PLANS = MappingProxyType(
    {
        "4ed3ff63-69d7-4fb7-b984-5aec7f605ca8": "MCOPSTN1",
        "5a10155d-f5c1-411a-a8ec-e99aae125390": "MCOPSTN2",
        "54a152dc-90de-4996-93d2-bc47e670fc06": "MCOPSTN5",
        "1346d5e6-15a6-4b88-9693-806ff7296a7a": "PSTN5_US",
        "346d83bf-6fe6-42ca-b424-b9300d2e21bf": "MCOPSTN6",
        "16935b20-87c0-4908-934a-22aa267d0d26": "MCOPSTN8",
        "3c8a8792-7866-409b-bb61-1b20ace0368b": "MCOPSTN1_GOV",
        "7861360b-dc3b-4eba-a3fc-0d323a035746": "MCOPSTNEAU",
    }
)
"""Service plans of the other calling plans, by id; they conflict with Pay-As-You-Go."""

TEAMS_PLANS = frozenset(
    {
        "57ff2da0-773e-42df-b2af-ffb7a2317929",
        "304767db-7d23-49e8-a945-4a7eb65f9f28",
        "4fa4026d-ce74-4962-a151-8e96d57ea8e4",
        "495922d5-f138-498b-8967-4acdcdfb2a74",
        "ec0dd2de-a877-4059-a9b8-5838b5629b2a",
        "9953b155-8aef-4c56-92f3-72b0487fce41",
        "fd500458-c24c-478e-856c-a6067a8376cd",
    }
)
"""TEAMS1, TEAMS_GOV, TEAMS_FREE, TEAMS_GCCHIGH, TEAMS_DOD, TEAMS_AR_GCCHIGH, TEAMS_AR_DOD."""

TEAMS_PHONE_PLANS = frozenset({"4828c8ec-dc2e-4779-b502-87ac9ce28ab7", "db23fce2-a974-42ef-9002-d78dd42a0f22"})
"""MCOEV and MCOEV_GOV, *Teams Phone*."""

GOVERNMENT_PLANS = MappingProxyType(
    {
        "304767db-7d23-49e8-a945-4a7eb65f9f28": "TEAMS_GOV",
        "db23fce2-a974-42ef-9002-d78dd42a0f22": "MCOEV_GOV",
        "0628a73f-3b4a-4989-bd7b-0f8823144313": "MCOEV_VIRTUALUSER_GOV",
        "3c8a8792-7866-409b-bb61-1b20ace0368b": "MCOPSTN1_GOV",
    }
)
"""Service plans that are sold to tenants of the US Government Community Cloud (GCC), by id."""

DUTIES = MappingProxyType(
    {
        "resource accounts, numbers and federation": ("Teams Administrator",),
        "licences": ("User Administrator", "License Administrator"),
        "admin consent": ("Privileged Role Administrator", "Cloud Application Administrator"),
    }
)
"""What there is to mend in the Teams tenant, and the Entra roles of which one is enough for it."""

EVERY_DUTY = "Global Administrator"
"""The role that may do all of it."""

INCOMING_CALL_EVENT = "Microsoft.Communication.IncomingCall"

DYNAMICS_VOICE_PLANS = frozenset(
    {
        "2a9d72b3-1714-440f-babf-bf92bf9683d8",
        "57517633-b4ad-4db8-8c1a-65f443424490",
        "f6ec6dfa-2402-468d-a455-89be11116d43",
    }
)
"""DYN365_CC, DYN365_CC_VOICE and DYN365_CS_VOICE."""

DYNAMICS_CONTACT_CENTER_SKU = "dfb1700c-013e-4132-8bce-0d319c43a95d"
"""DYNAMICS_365_CONTACT_CENTER."""

DYNAMICS_SHOWN_APPLICATION_ID = "4b8f0dce-d7d5-47a3-a27c-1764b90505e2"
"""In the commands of Microsoft's page on Teams Phone in the voice channel; the environment shows its own."""
