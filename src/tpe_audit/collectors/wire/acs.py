"""The data plane of Azure Communication Services."""

from __future__ import annotations

from tpe_audit.collectors.wire.base import Id, Wire


class Assignment(Wire):
    """A Teams extension assignment."""

    objectId: Id
    tenantId: Id
    principalType: Id


class ClientAssignmentItem(Assignment):
    """A Teams extension assignment of a user."""

    clientIds: list[str] | None = None
