"""Microsoft Graph: Teams administration."""

from __future__ import annotations

from typing import Literal

from tpe_audit.collectors.wire.base import GuidOrEmpty, Id, Wire


class AccountAppId(Wire):
    """The application that a resource account is bound to."""

    appId: GuidOrEmpty | None


class AccountAcsResourceId(Wire):
    """The ACS resource that a resource account is bound to."""

    acsResourceId: GuidOrEmpty | None


class AssignedNumber(Wire):
    """A number and who holds it."""

    telephoneNumber: Id
    assignmentTargetId: str | None
    # Which of them a number of Teams Phone extensibility has is not documented, only that these are answers.
    assignmentStatus: (
        Literal[
            "unassigned",
            "userAssigned",
            "conferenceAssigned",
            "voiceApplicationAssigned",
            "thirdPartyAppAssigned",
            "policyAssigned",
        ]
        | None
    ) = None


class NumberTypeItem(Wire):
    """How a number reaches the public telephone network."""

    numberType: Literal["directRouting", "callingPlan", "operatorConnect"]


class NumberCapabilitiesItem(Wire):
    """What a number may be used for."""

    capabilities: list[str]


class NumberActivationItem(Wire):
    """Whether a number is in service."""

    activationState: Literal["activated", "assignmentPending", "assignmentFailed", "updatePending", "updateFailed"]
    portInStatus: Literal["completed", "firmOrderCommitmentAccepted"] | None


class NumberCountryItem(Wire):
    """Which country a number belongs to."""

    isoCountryCode: str | None


class NumberLocationItem(Wire):
    """Where emergency services are sent for a number."""

    locationId: str | None
    civicAddressId: str | None


class NumberSourceItem(Wire):
    """Where a number's assignment is kept."""

    numberSource: Literal["online", "onPremises"] | None


class UserConfiguration(Wire):
    """What Teams knows of a user."""

    id: Id
    isEnterpriseVoiceEnabled: bool | None


class UserAccountType(Wire):
    """What kind of account Teams takes a user for."""

    accountType: Literal["user", "resourceAccount", "guest", "sfbOnPremUser", "unknown", "ineligibleUser"]


class PolicyName(Wire):
    """A policy by its name."""

    displayName: Id


class EffectivePolicy(Wire):
    """A policy that was given to a user."""

    policyType: Id
    policyAssignment: PolicyName


class UserPolicies(Wire):
    """The policies that were given to a user."""

    effectivePolicyAssignments: list[EffectivePolicy] | None
