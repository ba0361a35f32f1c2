"""Service principals, applications, consents, groups and the organization, as Graph writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tpe_audit.simulator.directory import Directory, opaque
from tpe_audit.simulator.odata import EntityType, constant, empty, plain, stamp
from tpe_audit.simulator.state import (
    LONG_AGO,
    Application,
    Credential,
    Grant,
    Group,
    ServicePrincipal,
    Tenant,
)

_PRINCIPAL_NULL = (
    "appDescription", "applicationTemplateId", "deletedDateTime", "description", "homepage", "loginUrl",
    "logoutUrl", "notes", "preferredSingleSignOnMode", "preferredTokenSigningKeyThumbprint",
    "samlSingleSignOnSettings", "tokenEncryptionKeyId",
)  # fmt: skip
_PRINCIPAL_EMPTY = (
    "addIns", "alternativeNames", "keyCredentials", "notificationEmailAddresses", "passwordCredentials",
    "replyUrls", "resourceSpecificApplicationPermissions", "tags",
)  # fmt: skip
_APPLICATION_NULL = (
    "applicationTemplateId", "deletedDateTime", "description", "disabledByMicrosoftStatus",
    "groupMembershipClaims", "isDeviceOnlyAuthSupported", "isFallbackPublicClient", "notes",
    "optionalClaims", "serviceManagementReference", "tokenEncryptionKeyId",
)  # fmt: skip
_ORGANIZATION_NULL = (
    "city", "country", "deletedDateTime", "onPremisesLastSyncDateTime", "onPremisesSyncEnabled",
    "partnerTenantType", "postalCode", "state", "street",
)  # fmt: skip
_GROUP_NULL = (
    "classification",
    "description",
    "expirationDateTime",
    "mail",
    "membershipRule",
    "theme",
    "visibility",
)


def principal_type(directory: Directory) -> EntityType:
    """Graph `servicePrincipal`."""
    properties: dict[str, Callable[[ServicePrincipal], Any]] = {
        **plain(_PRINCIPAL_NULL, _PRINCIPAL_EMPTY),
        "id": lambda item: item.id,
        "appId": lambda item: item.app_id,
        "displayName": lambda item: item.display_name,
        "appDisplayName": lambda item: item.display_name,
        "accountEnabled": lambda item: item.account_enabled,
        "appOwnerOrganizationId": lambda item: item.owner_tenant_id,
        "appRoleAssignmentRequired": lambda item: item.assignment_required,
        "disabledByMicrosoftStatus": lambda item: item.disabled_by_microsoft,
        "servicePrincipalType": constant("Application"),
        "servicePrincipalNames": lambda item: list(item.names or (item.app_id,)),
        "signInAudience": constant("AzureADMultipleOrgs"),
        "appRoles": empty,
        "info": constant(
            dict.fromkeys(
                ("logoUrl", "marketingUrl", "privacyStatementUrl", "supportUrl", "termsOfServiceUrl"),
                None,
            )
        ),
        "oauth2PermissionScopes": lambda item: [
            {
                "adminConsentDescription": value,
                "adminConsentDisplayName": value,
                "id": identifier,
                "isEnabled": True,
                "type": "User",
                "userConsentDescription": None,
                "userConsentDisplayName": None,
                "value": value,
            }
            for identifier, value in item.scopes
        ],
        "verifiedPublisher": constant({"displayName": None, "verifiedPublisherId": None, "addedDateTime": None}),
    }
    filterable = frozenset({"id", "appId", "displayName", "accountEnabled", "appOwnerOrganizationId"})
    return EntityType("servicePrincipal", properties, tuple(properties), filterable)


def application_type(directory: Directory) -> EntityType:
    """Graph `application`."""

    def credentials(application: Application, certificate: bool) -> list[dict[str, Any]]:
        return [_credential(item) for item in application.credentials if item.certificate is certificate]

    def required(application: Application) -> list[dict[str, Any]]:
        resources = dict.fromkeys(resource for resource, _ in application.required_scopes)
        return [
            {
                "resourceAppId": resource,
                "resourceAccess": [
                    {"id": scope, "type": "Scope"} for owner, scope in application.required_scopes if owner == resource
                ],
            }
            for resource in resources
        ]

    properties: dict[str, Callable[[Application], Any]] = {
        **plain(_APPLICATION_NULL, ("addIns", "appRoles", "identifierUris", "tags")),
        "id": lambda item: item.id,
        "appId": lambda item: item.app_id,
        "displayName": lambda item: item.display_name,
        "signInAudience": lambda item: item.sign_in_audience,
        "createdDateTime": constant(LONG_AGO),
        "publisherDomain": constant(directory.tenant.domain),
        "passwordCredentials": lambda item: credentials(item, False),
        "keyCredentials": lambda item: credentials(item, True),
        "requiredResourceAccess": required,
        "spa": lambda item: {"redirectUris": list(item.redirect_uris)},
        "web": constant({"homePageUrl": None, "logoutUrl": None, "redirectUris": []}),
        "publicClient": constant({"redirectUris": []}),
    }
    return EntityType("application", properties, tuple(properties), frozenset({"id", "appId", "displayName"}))


def organization_type(directory: Directory) -> EntityType:
    """Graph `organization`."""

    def plans(_tenant: Tenant) -> list[dict[str, Any]]:
        return [
            {
                "assignedDateTime": LONG_AGO,
                "capabilityStatus": owned.capability_status,
                "service": plan.service,
                "servicePlanId": plan.id,
            }
            for owned in directory.tenant.skus
            for plan in owned.sku.plans
        ]

    properties: dict[str, Callable[[Tenant], Any]] = {
        **plain(
            _ORGANIZATION_NULL,
            (
                "businessPhones",
                "marketingNotificationEmails",
                "provisionedPlans",
                "securityComplianceNotificationMails",
                "securityComplianceNotificationPhones",
                "technicalNotificationMails",
            ),
        ),
        "id": lambda tenant: tenant.id,
        "displayName": lambda tenant: tenant.name,
        "countryLetterCode": lambda tenant: tenant.country,
        "defaultUsageLocation": lambda tenant: tenant.country,
        "createdDateTime": constant(LONG_AGO),
        "preferredLanguage": constant("en"),
        "tenantType": lambda tenant: tenant.tenant_type,
        "privacyProfile": constant({"contactEmail": None, "statementUrl": None}),
        "assignedPlans": plans,
        "verifiedDomains": lambda tenant: [
            {
                "capabilities": "Email, OfficeCommunicationsOnline",
                "isDefault": True,
                "isInitial": False,
                "name": tenant.domain,
                "type": "Managed",
            }
        ],
    }
    return EntityType("organization", properties, tuple(properties))


def group_type(directory: Directory) -> EntityType:
    """Graph `group`."""
    properties: dict[str, Callable[[Group], Any]] = {
        **plain(_GROUP_NULL, ("groupTypes", "proxyAddresses", "resourceProvisioningOptions")),
        "id": lambda group: group.id,
        "displayName": lambda group: group.display_name,
        "createdDateTime": constant(LONG_AGO),
        "mailEnabled": constant(False),
        "mailNickname": lambda group: group.display_name.replace(" ", ""),
        "securityEnabled": constant(True),
    }
    return EntityType("group", properties, tuple(properties), frozenset({"id", "displayName"}))


def grant_type(directory: Directory) -> EntityType:
    """Graph `oAuth2PermissionGrant`."""
    properties: dict[str, Callable[[Grant], Any]] = {
        "id": lambda grant: opaque(grant.client_id, grant.resource_id, grant.principal_id or ""),
        "clientId": lambda grant: grant.client_id,
        "consentType": lambda grant: grant.consent_type,
        "principalId": lambda grant: grant.principal_id,
        "resourceId": lambda grant: grant.resource_id,
        "scope": lambda grant: grant.scope,
    }
    return EntityType(
        "oAuth2PermissionGrant",
        properties,
        tuple(properties),
        frozenset({"clientId", "resourceId", "principalId"}),
    )


def _credential(item: Credential) -> dict[str, Any]:
    common = {
        "customKeyIdentifier": None,
        "displayName": item.display_name,
        "endDateTime": stamp(item.ends),
        "keyId": item.key_id,
        "startDateTime": stamp(item.starts),
    }
    if item.certificate:
        return {**common, "key": None, "type": "AsymmetricX509Cert", "usage": "Verify"}
    return {**common, "hint": None, "secretText": None}
