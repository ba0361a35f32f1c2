"""Users and their licences, as Graph writes them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from tpe_audit.simulator.directory import Directory, effective, opaque, plans_of
from tpe_audit.simulator.odata import EntityType, constant, empty, nothing, plain, stamp
from tpe_audit.simulator.state import LONG_AGO, OwnedSku, User

_USER_DEFAULT = (
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
)
_USER_NULL = (
    "ageGroup", "city", "companyName", "consentProvidedForMinor", "country", "creationType",
    "deletedDateTime", "employeeHireDate", "employeeId", "employeeOrgData", "employeeType",
    "externalUserState", "externalUserStateChangeDateTime", "faxNumber", "isManagementRestricted",
    "isResourceAccount", "legalAgeGroupClassification", "mobilePhone", "officeLocation",
    "onPremisesDistinguishedName", "onPremisesDomainName", "onPremisesImmutableId",
    "onPremisesLastSyncDateTime", "onPremisesSamAccountName", "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled", "onPremisesUserPrincipalName", "passwordPolicies", "postalCode",
    "preferredDataLocation", "preferredLanguage", "state", "streetAddress",
)  # fmt: skip
_USER_EMPTY = ("businessPhones", "imAddresses", "otherMails", "provisionedPlans", "serviceProvisioningErrors")


def user_type(directory: Directory) -> EntityType:
    """Graph `user`: without `$select` only the eleven properties that Graph documents."""
    properties: dict[str, Callable[[User], Any]] = {
        **plain(_USER_NULL, _USER_EMPTY),
        "id": lambda user: user.id,
        "userPrincipalName": lambda user: user.user_principal_name,
        "displayName": lambda user: user.display_name,
        "givenName": lambda user: user.display_name.partition(" ")[0] if user.department is None else None,
        "surname": lambda user: user.display_name.partition(" ")[2] or None if user.department is None else None,
        "mail": lambda user: user.user_principal_name if user.department is None else None,
        "mailNickname": lambda user: user.user_principal_name.partition("@")[0],
        "jobTitle": lambda user: user.job_title,
        "accountEnabled": lambda user: user.account_enabled,
        "userType": lambda user: user.user_type,
        "department": lambda user: user.department,
        "usageLocation": lambda user: user.usage_location,
        "createdDateTime": constant(LONG_AGO),
        "proxyAddresses": empty,
        "assignedLicenses": _assigned_licenses,
        "assignedPlans": _assigned_plans,
        "licenseAssignmentStates": _assignment_states,
    }
    filterable = frozenset(
        {
            "id",
            "userPrincipalName",
            "displayName",
            "mail",
            "mailNickname",
            "department",
            "accountEnabled",
            "usageLocation",
            "userType",
            "jobTitle",
            "assignedLicenses",
            "assignedPlans",
            "surname",
        }
    )
    return EntityType("user", properties, _USER_DEFAULT, filterable)


def _assigned_licenses(user: User) -> list[dict[str, Any]]:
    return [{"disabledPlans": list(item.disabled_plans), "skuId": item.sku.id} for item in effective(user)]


def _assigned_plans(user: User) -> list[dict[str, Any]]:
    return [
        {
            "assignedDateTime": LONG_AGO,
            "capabilityStatus": "Enabled" if enabled else "Deleted",
            "service": plan.service,
            "servicePlanId": plan.id,
        }
        for plan, enabled in plans_of(user).values()
    ]


def _assignment_states(user: User) -> list[dict[str, Any]]:
    return [
        {
            "skuId": item.sku.id,
            "disabledPlans": list(item.disabled_plans),
            "assignedByGroup": item.group_id,
            "state": item.state,
            "error": item.error,
            "lastUpdatedDateTime": LONG_AGO,
        }
        for item in user.licenses
    ]


def license_details(directory: Directory, user: User) -> list[dict[str, Any]]:
    """Graph `licenseDetails` of a user."""
    return [
        {
            "id": opaque(user.id, item.sku.id),
            "skuId": item.sku.id,
            "skuPartNumber": item.sku.part_number,
            "servicePlans": [
                {
                    "servicePlanId": plan.id,
                    "servicePlanName": plan.name,
                    "provisioningStatus": item.status_of(plan.id),
                    "appliesTo": plan.applies_to,
                }
                for plan in item.sku.plans
            ],
        }
        for item in effective(user)
    ]


def sku_type(directory: Directory) -> EntityType:
    """Graph `subscribedSku`."""
    properties: dict[str, Callable[[OwnedSku], Any]] = {
        "accountName": constant(directory.tenant.name),
        "accountId": constant(directory.tenant.id),
        "appliesTo": lambda owned: owned.applies_to,
        "capabilityStatus": lambda owned: owned.capability_status,
        "consumedUnits": directory.consumed_units,
        "id": lambda owned: f"{directory.tenant.id}_{owned.sku.id}",
        "skuId": lambda owned: owned.sku.id,
        "skuPartNumber": lambda owned: owned.sku.part_number,
        "subscriptionIds": lambda owned: [str(uuid.uuid5(uuid.NAMESPACE_OID, directory.tenant.id + owned.sku.id))],
        "prepaidUnits": lambda owned: {
            "enabled": owned.enabled,
            "suspended": owned.suspended,
            "warning": owned.warning,
            "lockedOut": owned.locked_out,
        },
        "servicePlans": lambda owned: [
            {
                "servicePlanId": plan.id,
                "servicePlanName": plan.name,
                "provisioningStatus": "Success" if owned.capability_status in ("Enabled", "Warning") else "Disabled",
                "appliesTo": plan.applies_to,
            }
            for plan in owned.sku.plans
        ],
    }
    return EntityType("subscribedSku", properties, tuple(properties))


def company_subscription_type(directory: Directory) -> EntityType:
    """Graph `companySubscription`: what was bought, until when."""

    def commerce_id(owned: OwnedSku) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, directory.tenant.id + owned.sku.id))

    properties: dict[str, Callable[[OwnedSku], Any]] = {
        "id": commerce_id,
        "commerceSubscriptionId": commerce_id,
        "createdDateTime": constant(LONG_AGO),
        "isTrial": lambda owned: owned.trial,
        "nextLifecycleDateTime": lambda owned: stamp(owned.next_lifecycle) if owned.next_lifecycle else None,
        "ownerId": nothing,
        "ownerTenantId": nothing,
        "ownerType": nothing,
        "serviceStatus": lambda owned: [
            {
                "appliesTo": plan.applies_to,
                "provisioningStatus": "Success",
                "servicePlanId": plan.id,
                "servicePlanName": plan.name,
            }
            for plan in owned.sku.plans
        ],
        "skuId": lambda owned: owned.sku.id,
        "skuPartNumber": lambda owned: owned.sku.part_number,
        "status": lambda owned: owned.capability_status,
        "totalLicenses": lambda owned: owned.enabled + owned.suspended + owned.warning + owned.locked_out,
    }
    return EntityType("companySubscription", properties, tuple(properties), frozenset({"skuId"}))
