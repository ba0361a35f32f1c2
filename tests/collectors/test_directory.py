"""The Teams tenant's directory: Microsoft's applications, roles, policies, departments, and who lists accounts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.tenant import (
    IVR_ACCOUNT,
    SUPPORT_ACCOUNT,
    TENANT,
    edited,
    healthy,
    item_edited,
    put,
    reading,
)
from tpe_audit import facts
from tpe_audit.collectors import Question
from tpe_audit.simulator import SCENARIOS, contoso, large, skus, well_known
from tpe_audit.simulator.contoso import BOT_APP_ID, CLIENT_APP_ID, IVR, blocking_policy
from tpe_audit.simulator.state import RoleAssignment

ADMIN_API: Question = (facts.Tenant, facts.TeamsAdminApi)
READERS: Question = (facts.Tenant, facts.AccountReaders)
ROLES: Question = (facts.Tenant, facts.RoleHolders)
ACCESS: Question = (facts.Tenant, facts.ConditionalAccess)
UNLICENSED: Question = (facts.Tenant, facts.UnlicensedAccounts)
DEPARTMENT: Question = (facts.ResourceAccount, facts.Department)
POLICIES = "/v1.0/identity/conditionalAccess/policies"
ACS_APP = well_known.COMMUNICATION_SERVICES


async def test_the_application_of_teams_powershell_is_there_disabled_or_missing() -> None:
    def is_api(item: Any) -> bool:
        return bool(item.app_id == well_known.TEAMS_ADMIN_API)

    async with reading() as reads:
        assert (await reads(ADMIN_API)).known(facts.TeamsAdminApi, TENANT).enabled
    async with reading(healthy().change("service_principals", is_api, account_enabled=False)) as reads:
        assert not (await reads(ADMIN_API)).known(facts.TeamsAdminApi, TENANT).enabled
    async with reading(healthy().drop("service_principals", is_api)) as reads:
        (await reads(ADMIN_API)).known(facts.NoTeamsAdminApi, TENANT)
    async with reading(healthy().permitted("Application.Read.All", "Directory.Read.All")) as reads:
        assert (await reads(ADMIN_API)).gap(facts.TeamsAdminApi, TENANT).lacks


async def test_who_may_list_resource_accounts() -> None:
    async with reading() as reads:
        readers = (await reads(READERS)).known(facts.AccountReaders, TENANT)
        assert readers.looked_at == tuple(sorted((BOT_APP_ID, CLIENT_APP_ID)))
        assert (readers.allowed, readers.wanting) == ((CLIENT_APP_ID,), ())


async def test_who_asks_for_it_without_consent_is_told_apart() -> None:
    async with reading(SCENARIOS["resourceAccounts-403"]()) as reads:
        readers = (await reads(READERS)).known(facts.AccountReaders, TENANT)
        assert (readers.allowed, readers.wanting) == ((), (CLIENT_APP_ID,))


async def test_consent_of_a_single_user_is_not_enough() -> None:
    scenario = healthy().change("grants", consent_type="Principal", principal_id=IVR)
    async with reading(scenario.change("applications", required_scopes=())) as reads:
        assert (await reads(READERS)).known(facts.AccountReaders, TENANT).wanting == (CLIENT_APP_ID,)


async def test_the_application_permission_counts_as_well() -> None:
    # The auditor itself holds it.
    scenario = healthy().in_tenant(grants=())
    scenario = scenario.configure("deployment.agents.client_applications", [contoso.AUDITOR_ID])
    async with reading(scenario) as reads:
        assert (await reads(READERS)).known(facts.AccountReaders, TENANT).allowed == (contoso.AUDITOR_ID,)


async def test_who_may_list_accounts_is_unknown_without_the_permission_to_read_consents() -> None:
    async with reading(healthy().permitted("Directory.Read.All")) as reads:
        lacks = (await reads(READERS)).gap(facts.AccountReaders, TENANT).lacks
        assert lacks == ("the Graph permission Directory.Read.All",)


async def test_one_who_may_is_enough_even_if_another_could_not_be_read() -> None:
    behaviour = edited(f"/v1.0/applications(appId='{BOT_APP_ID}')", lambda body: put(body, {"signInAudience": 1}))
    async with reading(healthy(), behaviour) as reads:
        assert (await reads(READERS)).known(facts.AccountReaders, TENANT).allowed == (CLIENT_APP_ID,)
    async with reading(SCENARIOS["resourceAccounts-403"](), behaviour) as reads:
        assert (await reads(READERS)).gap(facts.AccountReaders, TENANT).evidence


async def test_roles_are_counted_by_active_assignments() -> None:
    scenario = healthy().add("role_assignments", RoleAssignment("Teams Administrator", IVR))
    async with reading(scenario) as reads:
        counts = dict((await reads(ROLES)).known(facts.RoleHolders, TENANT).assignments)
        assert (counts["Teams Administrator"], counts["User Administrator"], counts["License Administrator"]) == (
            2,
            1,
            0,
        )
        assert all("roleDefinitionId" in request.query for request in reads.asked("/roleAssignments"))


async def test_roles_are_unknown_without_the_permission_or_without_a_name() -> None:
    async with reading(healthy().permitted("RoleManagement.Read.Directory", "Directory.Read.All")) as reads:
        lacks = (await reads(ROLES)).gap(facts.RoleHolders, TENANT).lacks
        assert lacks == ("the Graph permission RoleManagement.Read.Directory",)
    behaviour = item_edited("/roleDefinitions", {"displayName": "Teams Administrator"}, {"displayName": "Renamed"})
    async with reading(healthy(), behaviour) as reads:
        assert "Teams Administrator" in (await reads(ROLES)).gap(facts.RoleHolders, TENANT).reason


async def test_conditional_access_is_not_read_unless_asked_for() -> None:
    async with reading() as reads:
        (await reads(ACCESS)).known(facts.UnreadConditionalAccess, TENANT)
        assert not reads.requests


CERTAIN, PERHAPS, HARMLESS = True, False, None
OTHER_APP = contoso.invented("another application")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (blocking_policy("All", "All"), CERTAIN),
        (blocking_policy("ACS", ACS_APP), CERTAIN),
        (blocking_policy("Desktop", CLIENT_APP_ID.upper()), CERTAIN),
        (blocking_policy("Group", ACS_APP, users=IVR), PERHAPS),
        (blocking_policy("Abroad", "All", locations={"includeLocations": ["All"]}), PERHAPS),
        (blocking_policy("Browser", "All", clientAppTypes=["browser"]), PERHAPS),
        (blocking_policy("Risk", "All", signInRiskLevels=["high"]), PERHAPS),
        (blocking_policy("Old protocols", "All", clientAppTypes=["exchangeActiveSync", "other"]), HARMLESS),
        (blocking_policy("Code", "All", authenticationFlows={"transferMethods": "deviceCodeFlow"}), HARMLESS),
        (blocking_policy("Other", OTHER_APP), HARMLESS),
        (blocking_policy("Workload", "All", clientApplications={"includeServicePrincipals": ["x"]}), HARMLESS),
        ({**blocking_policy("Off", "All"), "state": "disabled"}, HARMLESS),
        ({**blocking_policy("Report", "All"), "state": "enabledForReportingButNotEnforced"}, HARMLESS),
        ({**blocking_policy("Session", "All"), "grantControls": None}, HARMLESS),
        ({**blocking_policy("MFA", "All"), "grantControls": {"builtInControls": ["mfa"]}}, HARMLESS),
    ],
    ids=lambda value: value["displayName"] if isinstance(value, dict) else None,
)
async def test_which_policies_block(policy: dict[str, Any], expected: bool | None) -> None:
    scenario = healthy().in_tenant(conditional_access=(policy,)).configure("sources.conditional_access.mode", "auto")
    async with reading(scenario) as reads:
        access = (await reads(ACCESS)).known(facts.ConditionalAccess, TENANT)
        assert access.policies == 1
        assert [found.certain for found in access.blocking] == ([] if expected is None else [expected])


@pytest.mark.parametrize("name", ["excludeUsers", "excludeGroups", "excludeRoles"])
async def test_a_policy_with_exceptions_does_not_block_everybody(name: str) -> None:
    policy = blocking_policy("All", "All")
    policy["conditions"]["users"][name] = [IVR]
    scenario = healthy().in_tenant(conditional_access=(policy,)).configure("sources.conditional_access.mode", "auto")
    async with reading(scenario) as reads:
        (found,) = (await reads(ACCESS)).known(facts.ConditionalAccess, TENANT).blocking
        assert not found.certain


async def test_a_policy_that_spares_what_agents_need_is_harmless() -> None:
    policy = blocking_policy("All", "All")
    policy["conditions"]["applications"]["excludeApplications"] = [ACS_APP, CLIENT_APP_ID]
    scenario = healthy().in_tenant(conditional_access=(policy,)).configure("sources.conditional_access.mode", "auto")
    async with reading(scenario) as reads:
        assert (await reads(ACCESS)).known(facts.ConditionalAccess, TENANT).blocking == ()


@pytest.mark.parametrize("change", [{"state": "perhaps"}, {"conditions": None}, {"grantControls": ...}])
async def test_one_malformed_policy_leaves_them_unread(change: dict[str, Any]) -> None:
    behaviour = item_edited(POLICIES, {"displayName": "Block communication"}, change)
    async with reading(SCENARIOS["AADSTS53003"](), behaviour) as reads:
        assert (await reads(ACCESS)).gap(facts.ConditionalAccess, TENANT).evidence


async def test_without_the_permission_for_policies_the_gap_names_it() -> None:
    async with reading(SCENARIOS["AADSTS53003"]().permitted("Policy.Read.All")) as reads:
        lacks = (await reads(ACCESS)).gap(facts.ConditionalAccess, TENANT).lacks
        assert lacks == ("the Graph permission Policy.Read.All",)


async def test_accounts_without_a_licence_are_those_of_lines_alone() -> None:
    async with reading() as reads:
        assert (await reads(UNLICENSED)).known(facts.UnlicensedAccounts, TENANT).names == ()

    def is_support(user: Any) -> bool:
        return bool(user.id == SUPPORT_ACCOUNT.id)

    async with reading(healthy().change("users", is_support, licenses=())) as reads:
        assert (await reads(UNLICENSED)).known(facts.UnlicensedAccounts, TENANT).names == ("support@contoso.com",)
    plan = skus.RESOURCE_ACCOUNT.plans[0].id
    off = (replace(contoso.RESOURCE_ACCOUNT, disabled_plans=(plan,)),)
    async with reading(healthy().change("users", is_support, licenses=off)) as reads:
        assert (await reads(UNLICENSED)).known(facts.UnlicensedAccounts, TENANT).names == ()


async def test_where_one_accounts_licences_are_unread_their_number_is_unknown() -> None:
    behaviour = edited(f"/users/{IVR}/licenseDetails", lambda body: put(body, {"value": [{"skuId": ""}]}))
    async with reading(healthy(), behaviour) as reads:
        assert (await reads(UNLICENSED)).gap(facts.UnlicensedAccounts, TENANT).evidence


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "Microsoft Communication Application Instance"),
        ({"department": None}, ""),
        ({"department": ...}, None),
        ({"department": 7}, None),
    ],
)
async def test_the_department_of_an_account(change: dict[str, Any], expected: str | None) -> None:
    async with reading(healthy(), edited(f"/v1.0/users/{IVR}", lambda body: put(body, change))) as reads:
        evidence = await reads(DEPARTMENT, (facts.ResourceAccount, facts.SignIn))
        evidence.known(facts.SignIn, IVR_ACCOUNT)
        if expected is None:
            assert evidence.gap(facts.Department, IVR_ACCOUNT).evidence
        else:
            assert evidence.known(facts.Department, IVR_ACCOUNT).value == expected


async def test_the_department_of_many_accounts_is_read_in_pages() -> None:
    async with reading(large(30, 5)) as reads:
        evidence = await reads(DEPARTMENT)
        departments = [evidence.known(facts.Department, subject) for subject, _ in accounts_of(evidence.evidence)]
        assert {department.value for department in departments} == {"Microsoft Communication Application Instance"}
        assert not reads.asked("/v1.0/users/")


def accounts_of(evidence: facts.Evidence) -> list[tuple[facts.Subject, facts.Answer]]:
    return [
        (facts.Subject(facts.Kind.ACCOUNT, key.split(":", 1)[1], ""), answer)
        for (question, key), answer in evidence.answers.items()
        if question is facts.Department
    ]
