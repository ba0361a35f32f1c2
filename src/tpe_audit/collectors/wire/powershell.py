"""Teams PowerShell."""

from __future__ import annotations

from typing import Literal

from tpe_audit.collectors.wire.base import GuidOrEmpty, Id, Wire


class AcsFederationItem(Wire):
    """`Get-CsTeamsAcsFederationConfiguration`."""

    EnableAcsUsers: bool
    AllowedAcsResources: list[str] | None


class ExternalAccessPolicyItem(Wire):
    """`Get-CsExternalAccessPolicy`."""

    Identity: Id
    EnableAcsFederationAccess: bool


class CallingPolicyItem(Wire):
    """`Get-CsTeamsCallingPolicy`."""

    Identity: Id
    AllowPrivateCalling: bool


class SharedCallingPolicyItem(Wire):
    """`Get-CsTeamsSharedCallingRoutingPolicy`."""

    Identity: Id
    ResourceAccount: str | None
    EmergencyNumbers: list[str] | None


class NamedPolicy(Wire):
    """A policy as newer versions of the module return it, by its name."""

    Name: str | None


class OnlineUserId(Wire):
    """`Get-CsOnlineUser`: whom it describes."""

    Identity: Id


class OnlineUserRouting(Wire):
    """`Get-CsOnlineUser`, as far as voice routing goes."""

    OnlineVoiceRoutingPolicy: str | NamedPolicy | None


class OnlineUserDialOut(Wire):
    """`Get-CsOnlineUser`, as far as restrictions of outbound calls go."""

    OnlineDialOutPolicy: str | NamedPolicy | None


class OnlineUserExternalAccess(Wire):
    """`Get-CsOnlineUser`, as far as external access goes; none: the Global policy holds."""

    ExternalAccessPolicy: str | NamedPolicy | None


class VoiceRoutingPolicyItem(Wire):
    """`Get-CsOnlineVoiceRoutingPolicy`."""

    Identity: Id
    OnlinePstnUsages: list[str] | None


class VoiceRouteItem(Wire):
    """`Get-CsOnlineVoiceRoute`."""

    Identity: Id
    NumberPattern: str | None
    OnlinePstnUsages: list[str] | None
    OnlinePstnGatewayList: list[str] | None


class GatewayItem(Wire):
    """`Get-CsOnlinePSTNGateway`."""

    Identity: Id
    Enabled: bool


class DialOutPolicyItem(Wire):
    """`Get-CsOnlineDialOutPolicy`."""

    Identity: Id
    AllowPSTNOutboundCallingType: Literal["InternationalAndDomestic", "DomesticOnly", "Disabled"]


class BlockedPatternItem(Wire):
    """`Get-CsInboundBlockedNumberPattern`; only newer versions of the module know ResourceAccount."""

    Identity: Id
    Pattern: Id
    Enabled: bool
    ResourceAccount: GuidOrEmpty | None = None


class ExemptPatternItem(Wire):
    """`Get-CsInboundExemptNumberPattern`."""

    Identity: Id
    Pattern: Id
    Enabled: bool


class BlockedCallingItem(Wire):
    """`Get-CsTenantBlockedCallingNumbers`."""

    Enabled: bool


class VoiceApplicationItem(Wire):
    """`Get-CsAutoAttendant`, `Get-CsCallQueue`: what answers, and the accounts that lead to it."""

    Name: Id
    ApplicationInstances: list[str] | None
