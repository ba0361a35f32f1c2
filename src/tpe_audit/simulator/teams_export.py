"""The Teams export: what an administrator's script writes of the settings that only Teams PowerShell reads.

One JSON document, one key per cmdlet; the data are lists, the enumerations are words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tpe_audit.simulator.state import State, TeamsPowerShell, Tenant

_POLICIES = ("ExternalAccessPolicy", "OnlineVoiceRoutingPolicy", "OnlineDialOutPolicy")
_NO_ID = "00000000-0000-0000-0000-000000000000"


def teams_export(state: State, tenant_id: str | None = None, collected_at: datetime | None = None) -> dict[str, Any]:
    """The export of a tenant: the one named, or the first that has Teams PowerShell objects."""
    for tenant in state.tenants:
        if tenant.powershell is not None and tenant_id in (None, tenant.id):
            return _export(tenant, tenant.powershell, collected_at or datetime.now(UTC))
    raise ValueError("No tenant of this state has Teams PowerShell objects.")


def _export(tenant: Tenant, powershell: TeamsPowerShell, collected_at: datetime) -> dict[str, Any]:
    phones = {number.target_id: number.telephone_number for number in reversed(tenant.numbers) if number.target_id}
    accounts: list[Mapping[str, Any]] = [
        {
            "ObjectId": account.id,
            "TenantId": tenant.id,
            "UserPrincipalName": account.user_principal_name,
            "ApplicationId": account.application_id,
            "AcsResourceId": account.acs_resource_id or _NO_ID,
            "DisplayName": account.display_name,
            "PhoneNumber": f"tel:{phones[account.id]}" if account.id in phones else None,
        }
        for account in tenant.resource_accounts
    ]
    data: dict[str, Any] = {
        "Get-CsOnlineApplicationInstance": accounts,
        "Get-CsOnlineUser": _users(tenant),
        **powershell.cmdlets,
    }
    cmdlets: dict[str, Any] = {
        name: {"ok": True, "error": None, "data": [dict(item) for item in items]} for name, items in data.items()
    }
    for name, error in powershell.failed.items():
        cmdlets[name] = {"ok": False, "error": error, "data": []}
    return {
        "schema": "tpe-audit/teams-export/1",
        "tenant_id": tenant.id,
        "collected_at": collected_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "module_version": powershell.module_version,
        "cmdlets": cmdlets,
    }


def _users(tenant: Tenant) -> list[Mapping[str, Any]]:
    """The users that Teams knows, with their policies; where a Global policy holds for a user, no name is shown."""
    names = {user.id: user.user_principal_name for user in tenant.users}
    return [
        {
            "Identity": item.id,
            "UserPrincipalName": names.get(item.id),
            **{
                kind: next((each.name for each in item.policies if each.policy_type == kind), None)
                for kind in _POLICIES
            },
        }
        for item in tenant.user_configurations
    ]
