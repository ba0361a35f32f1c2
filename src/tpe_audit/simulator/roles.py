"""Entra roles and their assignments, as Graph writes them.

Microsoft Learn, "List roleDefinitions" and "List unifiedRoleAssignments". The ids of the roles are invented.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Final

from tpe_audit.simulator.directory import opaque
from tpe_audit.simulator.odata import EntityType, constant, empty
from tpe_audit.simulator.state import RoleAssignment

ROLES: Final = (
    "Billing Administrator",
    "Cloud Application Administrator",
    "Global Administrator",
    "Global Reader",
    "License Administrator",
    "Privileged Role Administrator",
    "Teams Administrator",
    "Teams Reader",
    "Teams Telephony Administrator",
    "User Administrator",
)
"""Some of the built-in roles."""


def role_id(role: str) -> str:
    """The id of a role in the invented tenant."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"role/{role}"))


def definition_type() -> EntityType:
    """Graph `unifiedRoleDefinition`."""
    properties: dict[str, Callable[[str], Any]] = {
        "id": role_id,
        "description": lambda role: role,
        "displayName": lambda role: role,
        "isBuiltIn": constant(True),
        "isEnabled": constant(True),
        "resourceScopes": constant(["/"]),
        "rolePermissions": empty,
        "templateId": role_id,
        "version": constant("1"),
    }
    return EntityType(
        "unifiedRoleDefinition", properties, tuple(properties), frozenset({"id", "displayName", "isBuiltIn"})
    )


def assignment_type() -> EntityType:
    """Graph `unifiedRoleAssignment`."""
    properties: dict[str, Callable[[RoleAssignment], Any]] = {
        "id": lambda item: opaque(item.role, item.principal_id),
        "principalId": lambda item: item.principal_id,
        "directoryScopeId": constant("/"),
        "roleDefinitionId": lambda item: role_id(item.role),
    }
    return EntityType(
        "unifiedRoleAssignment",
        properties,
        tuple(properties),
        frozenset({"id", "principalId", "roleDefinitionId", "directoryScopeId"}),
    )
