"""A tenant as Graph sees it: its entities, written from the state, with indexes for the usual questions."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from tpe_audit.simulator import well_known
from tpe_audit.simulator.skus import Plan
from tpe_audit.simulator.state import (
    LONG_AGO,
    Group,
    Identity,
    License,
    Number,
    OwnedSku,
    ServicePrincipal,
    Tenant,
    User,
)

Item = TypeVar("Item")
Index = Mapping[Any, list[Any]]


def _index(items: Iterable[Item], key: Callable[[Item], str | None]) -> dict[Any, list[Any]]:
    index: dict[Any, list[Any]] = {}
    for item in items:
        value = key(item)
        index.setdefault(value.lower() if value is not None else None, []).append(item)
    return index


def _by(items: Iterable[Item], key: Callable[[Item], str]) -> dict[str, Item]:
    return {key(item).lower(): item for item in items}


def opaque(*parts: str) -> str:
    """An id that means nothing and is always the same."""
    return base64.urlsafe_b64encode(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(parts)).bytes).decode().rstrip("=")


def effective(user: User) -> list[License]:
    """Licences that are in effect: one that could not be assigned is none."""
    return [item for item in user.licenses if item.state in ("Active", "ActiveWithError")]


def plans_of(user: User) -> dict[str, tuple[Plan, bool]]:
    """Service plans of a user, and whether they are on, by id."""
    plans: dict[str, tuple[Plan, bool]] = {}
    for item in effective(user):
        for plan in item.sku.plans:
            enabled = item.status_of(plan.id) not in ("Disabled", "Error")
            plans[plan.id] = (plan, enabled or plans.get(plan.id, (plan, False))[1])
    return plans


class Directory:
    """Entities and indexes of one tenant. Built once; the state does not change."""

    def __init__(self, tenant: Tenant, identities: Sequence[Identity]) -> None:
        self.tenant = tenant
        self.users = tenant.users
        self.user_indexes: Mapping[str, Index] = {
            "id": _index(tenant.users, lambda user: user.id),
            "userPrincipalName": _index(tenant.users, lambda user: user.user_principal_name),
            "department": _index(tenant.users, lambda user: user.department),
        }
        self._numbers: Index = _index(
            (number for number in tenant.numbers if number.target_id), lambda number: number.target_id
        )
        self.number_indexes: Mapping[str, Index] = {
            "assignmentTargetId": _index(tenant.numbers, lambda number: number.target_id),
            "telephoneNumber": _index(tenant.numbers, lambda number: number.telephone_number),
        }
        self.account_indexes: Mapping[str, Index] = {
            "id": _index(tenant.resource_accounts, lambda account: account.id),
            "appId": _index(tenant.resource_accounts, lambda account: account.application_id),
            "acsResourceId": _index(tenant.resource_accounts, lambda account: account.acs_resource_id),
        }
        self.configurations = _by(tenant.user_configurations, lambda item: item.id)
        self.configuration_indexes: Mapping[str, Index] = {
            "id": _index(tenant.user_configurations, lambda item: item.id)
        }
        self.groups = _by(tenant.groups, lambda group: group.id)
        self.applications = _by(tenant.applications, lambda application: application.app_id)
        self.principals = (*tenant.service_principals, *self._own_principals(identities))
        self.principals_by_app = _by(self.principals, lambda principal: principal.app_id)
        self.principals_by_id = _by(self.principals, lambda principal: principal.id)
        self._identities = _by(
            (identity for identity in identities if identity.tenant_id == tenant.id),
            lambda item: item.object_id,
        )
        self._members: dict[str, list[User | Group]] = {}
        self._consumed: dict[str, int] | None = None

    def _own_principals(self, identities: Sequence[Identity]) -> list[ServicePrincipal]:
        known = {principal.app_id for principal in self.tenant.service_principals}
        return [
            ServicePrincipal(
                identity.object_id,
                identity.client_id,
                identity.name,
                self.tenant.id,
                names=(identity.client_id,),
            )
            for identity in identities
            if identity.tenant_id == self.tenant.id and identity.client_id not in known
        ]

    def user(self, key: str) -> User | None:
        """The user with this id or principal name."""
        for name in ("id", "userPrincipalName"):
            for user in self.user_indexes[name].get(key.lower(), ()):
                return user  # type: ignore[no-any-return]
        return None

    def members(self, group: Group, transitive: bool, *, users: bool = False) -> list[User | Group]:
        """Members of a group, or only its users; `transitive`: also those of its groups, each once."""
        key = f"{group.id}/{transitive}/{users}"
        if key not in self._members:
            found: dict[str, User | Group] = {}
            todo = list(group.members)[::-1]
            while todo:
                identifier = todo.pop().lower()
                if identifier in found or identifier == group.id.lower():
                    continue
                member = self.groups.get(identifier)
                if member is not None:
                    found[identifier] = member
                    if transitive:
                        todo += member.members[::-1]
                else:
                    for user in self.user_indexes["id"].get(identifier, ()):
                        found[identifier] = user
            self._members[key] = [item for item in found.values() if isinstance(item, User) or not users]
        return self._members[key]

    def roles_of(self, principal: ServicePrincipal) -> list[dict[str, Any]]:
        """Application permissions that a service principal holds (Graph `appRoleAssignments`)."""
        identity = self._identities.get(principal.id.lower())
        graph = self.principals_by_app.get(well_known.GRAPH)
        if identity is None or graph is None:
            return []
        return [
            {
                "id": opaque(principal.id, permission),
                "deletedDateTime": None,
                "appRoleId": well_known.APPLICATION_ROLES[permission],
                "createdDateTime": LONG_AGO,
                "principalDisplayName": principal.display_name,
                "principalId": principal.id,
                "principalType": "ServicePrincipal",
                "resourceDisplayName": graph.display_name,
                "resourceId": graph.id,
            }
            for permission in sorted(identity.permissions)
            if permission in well_known.APPLICATION_ROLES
        ]

    def consumed_units(self, owned: OwnedSku) -> int:
        """How many users have a product."""
        if owned.consumed is not None:
            return owned.consumed
        if self._consumed is None:
            self._consumed = {}
            for user in self.users:
                for item in effective(user):
                    self._consumed[item.sku.id] = self._consumed.get(item.sku.id, 0) + 1
        return self._consumed.get(owned.sku.id, 0)

    def numbers_of(self, identifier: str) -> list[Number]:
        """Numbers assigned to a user or resource account."""
        return list(self._numbers.get(identifier.lower(), ()))

    @property
    def principal_indexes(self) -> Mapping[str, Index]:
        """Service principals by application id and by object id."""
        return {
            "appId": _index(self.principals, lambda item: item.app_id),
            "id": _index(self.principals, lambda item: item.id),
        }
