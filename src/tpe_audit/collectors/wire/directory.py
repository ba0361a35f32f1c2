"""Microsoft Graph: applications, consent, roles and Conditional Access."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, ConfigDict, Field

from tpe_audit.collectors.wire.base import GuidOrEmpty, Id, Wire


class Identified(Wire):
    """Anything with an id."""

    id: Id


class Principal(Wire):
    """A service principal."""

    id: Id
    accountEnabled: bool


class PrincipalOwner(Wire):
    """Who owns the application of a service principal."""

    id: Id
    displayName: str | None
    appOwnerOrganizationId: str | None


class Registration(Wire):
    """An app registration."""

    id: Id
    displayName: str | None


class OwnedPrincipal(Wire):
    """A service principal, and who owns its application."""

    id: GuidOrEmpty
    accountEnabled: bool
    appOwnerOrganizationId: str | None


class PermissionScope(Wire):
    """A delegated permission of an application."""

    id: Id
    value: str | None


class PrincipalScopes(Wire):
    """The delegated permissions that a service principal offers."""

    oauth2PermissionScopes: list[PermissionScope]


class PermissionGrant(Wire):
    """Consent to delegated permissions."""

    resourceId: Id
    consentType: Literal["AllPrincipals", "Principal"]
    scope: str | None

    @property
    def scopes(self) -> list[str]:
        """The names of the permissions."""
        return (self.scope or "").split()


class RoleAssigned(Wire):
    """A permission of an application that a service principal holds."""

    appRoleId: Id
    resourceId: Id


class AppRegistration(Wire):
    """An app registration, and for whom it is."""

    id: Id
    signInAudience: str


class AppCredentialItem(Wire):
    """A secret or certificate: its dates."""

    displayName: str | None
    startDateTime: Annotated[AwareDatetime, Field(strict=False)]
    endDateTime: Annotated[AwareDatetime, Field(strict=False)]


class AppCredentialLists(Wire):
    """The secrets and certificates of an app registration."""

    passwordCredentials: list[AppCredentialItem]
    keyCredentials: list[AppCredentialItem]


class ResourceAccessItem(Wire):
    """One permission that an app registration asks for."""

    id: Id
    type: Literal["Scope", "Role"]


class RequiredResource(Wire):
    """The permissions of one resource that an app registration asks for."""

    resourceAppId: Id
    resourceAccess: list[ResourceAccessItem]


class RequiredAccess(Wire):
    """All permissions that an app registration asks for."""

    requiredResourceAccess: list[RequiredResource]


class Redirects(Wire):
    """The redirect URIs of one platform."""

    redirectUris: list[str]


class SinglePage(Wire):
    """The platform Single-page application of an app registration."""

    spa: Redirects | None


class RoleDefinition(Wire):
    """An Entra role."""

    id: Id
    displayName: str | None
    isBuiltIn: bool | None


class ApplicationCondition(Wire):
    """The applications that a Conditional Access policy is for."""

    includeApplications: list[str]
    excludeApplications: list[str]
    applicationFilter: dict[str, Any] | None = None


class PolicyUsers(Wire):
    """The users that a Conditional Access policy is for."""

    includeUsers: list[str]
    excludeUsers: list[str]
    excludeGroups: list[str]
    excludeRoles: list[str]
    excludeGuestsOrExternalUsers: dict[str, Any] | None = None

    @property
    def everybody(self) -> bool:
        """Whether it is for all users, with no exception."""
        spared = (self.excludeUsers, self.excludeGroups, self.excludeRoles, self.excludeGuestsOrExternalUsers)
        return self.includeUsers == ["All"] and not any(spared)


class PolicyConditions(Wire):
    """When a Conditional Access policy applies. Other conditions are looked at as they come."""

    model_config = ConfigDict(frozen=True, strict=True, extra="allow")

    applications: ApplicationCondition | None
    users: PolicyUsers | None
    clientAppTypes: list[str]


class PolicyControls(Wire):
    """What a Conditional Access policy asks for."""

    builtInControls: list[str]


class ConditionalAccessPolicy(Wire):
    """A Conditional Access policy."""

    id: Id
    displayName: str | None
    state: Literal["enabled", "disabled", "enabledForReportingButNotEnforced"]
    conditions: PolicyConditions
    grantControls: PolicyControls | None


class GrantOfClient(Wire):
    """An application's consent to delegated permissions (`oAuth2PermissionGrant`)."""

    clientId: Id
    consentType: Literal["AllPrincipals", "Principal"]
    scope: str | None
