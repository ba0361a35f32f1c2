"""Dataverse, where Dynamics 365 keeps its settings."""

from __future__ import annotations

from typing import Literal

from tpe_audit.collectors.wire.base import GuidOrEmpty, Id, Wire


class VoiceProviderItem(Wire):
    """A row of `msdyn_occommunicationprovidersettings` (community)."""

    msdyn_occommunicationproviderimmutableid: GuidOrEmpty | None


class WhoAmI(Wire):
    """Who is signed in to Dataverse."""

    UserId: Id


class RolePrivilege(Wire):
    """A privilege that a Dataverse user holds, and how far it reaches."""

    PrivilegeName: str
    Depth: Literal["Basic", "Local", "Deep", "Global", "RecordFilter"]


class UserPrivileges(Wire):
    """All privileges of a Dataverse user."""

    RolePrivileges: list[RolePrivilege]
