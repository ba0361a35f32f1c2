"""What Teams adds to the directory: numbers, resource accounts, user configurations."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from tpe_audit.simulator.directory import Directory, plans_of
from tpe_audit.simulator.odata import EntityType, constant, empty, nothing
from tpe_audit.simulator.state import LONG_AGO, Number, ResourceAccount, UserConfiguration


def number_type(directory: Directory) -> EntityType:
    """Graph `numberAssignment`."""
    properties: dict[str, Callable[[Number], Any]] = {
        "@odata.type": constant("#microsoft.graph.teamsAdministration.numberAssignment"),
        "id": lambda number: base64.b64encode(f"{directory.tenant.id}|{number.telephone_number}".encode()).decode(),
        "telephoneNumber": lambda number: number.telephone_number,
        "operatorId": lambda number: number.operator_id,
        "numberType": lambda number: number.number_type,
        "activationState": lambda number: number.activation_state,
        "capabilities": lambda number: list(number.capabilities),
        "locationId": lambda number: number.location_id,
        "civicAddressId": lambda number: number.civic_address_id,
        "networkSiteId": nothing,
        "assignmentTargetId": lambda number: number.target_id,
        "assignmentCategory": lambda number: number.category,
        "portInStatus": lambda number: number.port_in_status,
        "assignmentStatus": lambda number: number.assignment_status,
        "isoCountryCode": lambda number: number.iso_country_code,
        "city": lambda number: number.city,
        "numberSource": lambda number: number.number_source,
        "supportedCustomerActions": constant(["locationUpdate"]),
        "reverseNumberLookupOptions": empty,
    }
    filterable = frozenset(properties) - {"id", "city", "@odata.type"}
    return EntityType("teamsAdministration.numberAssignment", properties, tuple(properties), filterable)


def account_type(directory: Directory) -> EntityType:
    """The resource account of Graph beta, with the six properties that the quickstart documents."""

    def phone(account: ResourceAccount) -> str | None:
        numbers = directory.numbers_of(account.id)
        return f"tel:{numbers[0].telephone_number}" if numbers else None

    properties: dict[str, Callable[[ResourceAccount], Any]] = {
        "id": lambda account: account.id,
        "userPrincipalName": lambda account: account.user_principal_name,
        "displayName": lambda account: account.display_name,
        "appId": lambda account: account.application_id,
        "phoneNumber": phone,
        "acsResourceId": lambda account: account.acs_resource_id,
    }
    return EntityType(
        "teamsAdministration.resourceAccount",
        properties,
        tuple(properties),
        frozenset({"appId", "acsResourceId"}),
    )


def configuration_type(directory: Directory, every_member: bool) -> EntityType:
    """Graph `userConfiguration`; members after `unknownFutureValue` only for who asks for them."""

    def account_type(item: UserConfiguration) -> str:
        hidden = item.account_type == "ineligibleUser" and not every_member
        return "unknownFutureValue" if hidden else item.account_type

    def principal_name(item: UserConfiguration) -> str:
        user = directory.user(item.id)
        return user.user_principal_name if user else f"{item.id}@{directory.tenant.domain}"

    properties: dict[str, Callable[[UserConfiguration], Any]] = {
        "id": lambda item: item.id,
        "userPrincipalName": principal_name,
        "tenantId": constant(directory.tenant.id),
        "accountType": account_type,
        "isEnterpriseVoiceEnabled": lambda item: item.enterprise_voice,
        "featureTypes": lambda item: _features(directory, item),
        "telephoneNumbers": lambda item: [
            {
                "telephoneNumber": number.telephone_number,
                "assignmentCategory": number.category or "primary",
            }
            for number in directory.numbers_of(item.id)
        ],
        "effectivePolicyAssignments": lambda item: [
            {
                "policyType": policy.policy_type,
                "policyAssignment": {
                    "displayName": policy.name,
                    "assignmentType": policy.assignment_type,
                    "policyId": policy.policy_id,
                    "groupId": policy.group_id,
                },
            }
            for policy in item.policies
        ],
        "createdDateTime": constant(LONG_AGO),
        "modifiedDateTime": constant(LONG_AGO),
    }
    filterable = frozenset({"id", "userPrincipalName", "accountType", "isEnterpriseVoiceEnabled", "featureTypes"})
    return EntityType("teamsAdministration.teamsUserConfiguration", properties, tuple(properties), filterable)


def _features(directory: Directory, item: UserConfiguration) -> list[str]:
    if item.feature_types is not None:
        return list(item.feature_types)
    user = directory.user(item.id)
    plans = plans_of(user).values() if user else ()
    return list(dict.fromkeys(plan.feature for plan, enabled in plans if enabled and plan.feature))
