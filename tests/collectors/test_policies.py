"""The Teams policies of agents and accounts: named by Graph, written out in the Teams PowerShell export."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.tenant import CONFIGURATIONS_PATH, IVR_ACCOUNT, SUPPORT_ACCOUNT, Reading, agent, broken, edited, put, reading
from tpe_audit.collectors import Question
from tpe_audit.facts import (
    Agent,
    AssignedPolicies,
    CallingPolicy,
    ExternalAccess,
    Known,
    NoSharedCalling,
    NoTeamsUser,
    PolicyAssignment,
    ResourceAccount,
    SharedCalling,
    SharedCallingPolicy,
    TeamsAccountType,
    TeamsUser,
)
from tpe_audit.simulator import SCENARIOS, Behaviour, Fault, SimulatedTenant
from tpe_audit.simulator.contoso import IVR, invented

ADELE, DIEGO = agent("adele"), agent("diego")
ACCESS: Question = (Agent, ExternalAccess)
CALLING: Question = (Agent, CallingPolicy)
TYPE: Question = (Agent, TeamsAccountType)
POLICIES: Question = (Agent, AssignedPolicies)
SHARED: Question = (ResourceAccount, SharedCalling)
OF_ADELE = f"{CONFIGURATIONS_PATH}/{invented('user', 'adele')}"
USERS, ACCESSES = "Get-CsOnlineUser", "Get-CsExternalAccessPolicy"
CALLINGS, SHARINGS = "Get-CsTeamsCallingPolicy", "Get-CsTeamsSharedCallingRoutingPolicy"


def exported(change: Callable[[dict[str, Any]], object]) -> Callable[[SimulatedTenant, dict[str, Any]], None]:
    """Change the cmdlets of the export, which is made anew for each tenant."""

    def rewrite(tenant: SimulatedTenant, _: dict[str, Any]) -> None:
        document = json.loads(tenant.teams_export.read_text(encoding="utf-8"))
        change(document["cmdlets"])
        tenant.teams_export.write_text(json.dumps(document), encoding="utf-8")

    return rewrite


def with_data(cmdlet: str, *items: dict[str, Any]) -> Callable[[SimulatedTenant, dict[str, Any]], None]:
    return exported(lambda cmdlets: cmdlets[cmdlet].update(data=list(items)))


def of_adele(**fields: Any) -> Behaviour:
    return edited(OF_ADELE, lambda item: put(item, fields))


def assigned(policy_type: str, name: str) -> dict[str, Any]:
    return {"policyType": policy_type, "policyAssignment": {"displayName": name, "policyId": "x"}}


# What Teams knows of an agent


async def test_an_agent_is_a_user_and_has_no_policies_of_its_own() -> None:
    async with reading() as read:
        evidence = await read(TYPE, POLICIES)
        assert evidence.known(TeamsAccountType, ADELE).value == "user"
        assert evidence.known(AssignedPolicies, ADELE).assigned == ()


async def test_all_that_teams_knows_of_an_agent_costs_one_request() -> None:
    async with reading() as read:
        await read(TYPE, POLICIES, ACCESS, CALLING, (Agent, TeamsUser))
        assert len(read.asked(CONFIGURATIONS_PATH)) == 4


async def test_policies_of_an_agent_are_listed_by_type_and_name() -> None:
    listed = [assigned("TeamsCallingPolicy", "Quiet"), assigned("TeamsMeetingPolicy", "AllOn")]
    async with reading(behaviour=of_adele(effectivePolicyAssignments=listed)) as read:
        policies = (await read(POLICIES)).known(AssignedPolicies, ADELE)
    assert policies.assigned == (
        PolicyAssignment("TeamsCallingPolicy", "Quiet"),
        PolicyAssignment("TeamsMeetingPolicy", "AllOn"),
    )
    assert policies.of("teamscallingpolicy") == ("Quiet",)
    assert policies.of("ExternalAccessPolicy") == ()
    twice = (PolicyAssignment("TeamsCallingPolicy", "Quiet"), PolicyAssignment("TeamsCallingPolicy", "Tag:quiet"))
    assert AssignedPolicies(twice).of("TeamsCallingPolicy") == ("Quiet",)


@pytest.mark.parametrize(
    ("policy_type", "question"), [("TeamsCallingPolicy", CALLING), ("ExternalAccessPolicy", ACCESS)]
)
async def test_of_two_policies_of_one_type_none_is_believed(policy_type: str, question: Question) -> None:
    listed = [assigned(policy_type, "Global"), assigned(policy_type, "Other")]
    async with reading(behaviour=of_adele(effectivePolicyAssignments=listed)) as read:
        evidence = await read(question)
    reason = evidence.gap(question[1], ADELE).reason
    assert "several policies of the type of Get-Cs" in reason
    assert "leave one" in reason
    assert isinstance(evidence.answer(question[1], DIEGO), Known)


async def test_no_list_of_policies_is_an_empty_one() -> None:
    async with reading(behaviour=of_adele(effectivePolicyAssignments=None)) as read:
        assert (await read(POLICIES)).known(AssignedPolicies, ADELE).assigned == ()


@pytest.mark.parametrize("value", ["unknownFutureValue", "somethingNew", None, 1, ...])
async def test_an_account_type_that_is_not_documented_leaves_that_fact_alone_unread(value: object) -> None:
    async with reading(behaviour=of_adele(accountType=value)) as read:
        evidence = await read(TYPE, (Agent, TeamsUser))
        assert "accountType" in evidence.gap(TeamsAccountType, ADELE).reason
        assert evidence.known(TeamsUser, ADELE).enterprise_voice
        assert evidence.known(TeamsAccountType, DIEGO).value == "user"


async def test_a_type_that_graph_hides_by_default_is_asked_for() -> None:
    scenario = SCENARIOS["healthy"]().change(
        "user_configurations", lambda item: item.id == ADELE.id, account_type="ineligibleUser"
    )
    async with reading(scenario) as read:
        assert (await read(TYPE)).known(TeamsAccountType, ADELE).value == "ineligibleUser"


@pytest.mark.parametrize("value", [..., "AllOn", [{"policyType": "TeamsCallingPolicy"}], [None]])
async def test_policies_in_another_shape_are_not_read(value: object) -> None:
    async with reading(behaviour=of_adele(effectivePolicyAssignments=value)) as read:
        evidence = await read(POLICIES, CALLING, TYPE)
        assert "effectivePolicyAssignments" in evidence.gap(AssignedPolicies, ADELE).reason
        assert "effectivePolicyAssignments" in evidence.gap(CallingPolicy, ADELE).reason
        assert evidence.known(TeamsAccountType, ADELE).value == "user"


async def test_an_agent_whom_teams_does_not_know_has_none_of_these() -> None:
    scenario = SCENARIOS["healthy"]().drop("user_configurations", lambda item: item.id == ADELE.id)
    async with reading(scenario) as read:
        evidence = await read(TYPE, POLICIES, CALLING, ACCESS)
        for fact in (TeamsAccountType, AssignedPolicies, CallingPolicy, ExternalAccess):
            answer = evidence.answer(fact, ADELE)
            assert isinstance(getattr(answer, "value", None), NoTeamsUser)


# External access


async def test_without_a_policy_of_its_own_the_global_one_holds_for_an_agent() -> None:
    async with reading() as read:
        evidence = await read(ACCESS)
        assert evidence.known(ExternalAccess, ADELE) == ExternalAccess("Global", acs_federation=True)
        sources = {request.source for request in evidence.behind(evidence.answer(ExternalAccess, ADELE))}
        assert "teams-powershell" in sources


async def test_an_agents_own_policy_wins() -> None:
    async with reading(SCENARIOS["agent-policy"]()) as read:
        evidence = await read(ACCESS)
        assert evidence.known(ExternalAccess, ADELE) == ExternalAccess("FederationOnly", acs_federation=False)
        assert evidence.known(ExternalAccess, DIEGO).acs_federation


async def test_where_graph_lists_no_such_policy_the_export_tells() -> None:
    async with reading(SCENARIOS["agent-policy"](), of_adele(effectivePolicyAssignments=[])) as read:
        assert not (await read(ACCESS)).known(ExternalAccess, ADELE).acs_federation


async def test_where_graph_refuses_the_export_tells() -> None:
    refused = broken(Fault(CONFIGURATIONS_PATH, status=403, body={"error": {"code": "Forbidden", "message": "No."}}))
    async with reading(SCENARIOS["agent-policy"](), refused) as read:
        assert not (await read(ACCESS)).known(ExternalAccess, ADELE).acs_federation


@pytest.mark.parametrize("policy", ["Tag:FederationOnly", "federationonly", {"Name": "FederationOnly"}])
async def test_a_policy_is_known_however_the_module_writes_its_name(policy: object) -> None:
    user = {"Identity": ADELE.id.upper(), "UserPrincipalName": None, "ExternalAccessPolicy": policy}
    async with reading(change=with_data(USERS, user)) as read:
        access = (await read(ACCESS)).known(ExternalAccess, ADELE)
    assert access == ExternalAccess("FederationOnly", acs_federation=False)


async def test_an_agent_of_whom_neither_tells_is_not_known_and_it_says_what_to_export() -> None:
    async with reading(change=with_data(USERS)) as read:
        gap = (await read(ACCESS)).gap(ExternalAccess, ADELE)
    assert USERS in gap.reason
    assert USERS in gap.lacks[0]


async def test_an_export_without_the_users_leaves_it_unknown() -> None:
    async with reading(change=exported(lambda cmdlets: cmdlets.pop(USERS))) as read:
        assert USERS in (await read(ACCESS)).gap(ExternalAccess, ADELE).reason


async def test_a_policy_that_the_export_does_not_hold_is_not_known() -> None:
    behaviour = of_adele(effectivePolicyAssignments=[assigned("ExternalAccessPolicy", "Brand new")])
    async with reading(behaviour=behaviour) as read:
        evidence = await read(ACCESS)
        assert "Brand new" in evidence.gap(ExternalAccess, ADELE).reason
        assert evidence.known(ExternalAccess, DIEGO).acs_federation


@pytest.mark.parametrize("value", ["True", None, 1])
async def test_a_policy_that_says_something_else_than_yes_or_no_is_not_known(value: object) -> None:
    policies = ({"Identity": "Global", "EnableAcsFederationAccess": value},)
    async with reading(change=with_data(ACCESSES, *policies)) as read:
        assert "EnableAcsFederationAccess" in (await read(ACCESS)).gap(ExternalAccess, ADELE).reason


async def test_two_policies_of_one_name_that_differ_are_not_known() -> None:
    policies = [{"Identity": name, "EnableAcsFederationAccess": name == "Global"} for name in ("Global", "global")]
    async with reading(change=with_data(ACCESSES, *policies)) as read:
        assert "differ" in (await read(ACCESS)).gap(ExternalAccess, ADELE).reason


async def test_without_an_export_it_is_not_known() -> None:
    async with reading(change=lambda tenant, _: tenant.teams_export.unlink()) as read:
        assert "no export" in (await read(ACCESS)).gap(ExternalAccess, ADELE).reason


# Calling policies


async def test_the_global_calling_policy_holds_for_an_agent_without_one() -> None:
    async with reading() as read:
        assert (await read(CALLING)).known(CallingPolicy, ADELE) == CallingPolicy("Global", private_calling=True)


async def test_an_agents_own_calling_policy_wins() -> None:
    policies = (
        {"Identity": "Global", "AllowPrivateCalling": True},
        {"Identity": "Tag:Quiet", "AllowPrivateCalling": False},
    )
    behaviour = of_adele(effectivePolicyAssignments=[assigned("TeamsCallingPolicy", "Quiet")])
    async with reading(behaviour=behaviour, change=with_data(CALLINGS, *policies)) as read:
        evidence = await read(CALLING)
        assert evidence.known(CallingPolicy, ADELE) == CallingPolicy("Quiet", private_calling=False)
        assert evidence.known(CallingPolicy, DIEGO).private_calling


async def test_a_refusal_of_graph_says_what_to_grant() -> None:
    scenario = SCENARIOS["healthy"]().permitted("TeamsUserConfiguration.Read.All")
    async with reading(scenario) as read:
        evidence = await read(CALLING, TYPE)
        assert "TeamsUserConfiguration.Read.All" in evidence.gap(CallingPolicy, ADELE).reason
        assert "TeamsUserConfiguration.Read.All" in evidence.gap(TeamsAccountType, ADELE).reason


# Shared calling


async def shared(read: Reading) -> tuple[object, object]:
    evidence = await read(SHARED)
    found = [evidence.answer(SharedCalling, account) for account in (IVR_ACCOUNT, SUPPORT_ACCOUNT)]
    return tuple(getattr(answer, "value", answer) for answer in found)  # type: ignore[return-value]


async def test_no_shared_calling_policy_uses_the_accounts() -> None:
    async with reading() as read:
        assert await shared(read) == (NoSharedCalling(), NoSharedCalling())


async def test_a_policy_is_that_of_the_account_that_it_names() -> None:
    policy = {"Identity": "Tag:Agents", "ResourceAccount": IVR.upper(), "EmergencyNumbers": ["tel:+15551230190"]}
    async with reading(change=with_data(SHARINGS, policy)) as read:
        ivr, support = await shared(read)
    assert ivr == SharedCalling((SharedCallingPolicy("Agents", ("+15551230190",)),))
    assert support == NoSharedCalling()


@pytest.mark.parametrize(
    "policy",
    [
        {"Identity": "Tag:Agents", "EmergencyNumbers": []},
        {"Identity": "Tag:Agents", "ResourceAccount": 1, "EmergencyNumbers": []},
        {"Identity": "Tag:Agents", "ResourceAccount": IVR, "EmergencyNumbers": "+15551230190"},
    ],
)
async def test_a_policy_that_does_not_tell_whose_it_is_may_be_any_accounts(policy: dict[str, Any]) -> None:
    async with reading(change=with_data(SHARINGS, policy)) as read:
        evidence = await read(SHARED)
        assert "shared calling policy" in evidence.gap(SharedCalling, IVR_ACCOUNT).reason


async def test_an_export_without_the_cmdlet_leaves_it_unknown() -> None:
    async with reading(change=exported(lambda cmdlets: cmdlets.pop(SHARINGS))) as read:
        assert SHARINGS in (await read(SHARED)).gap(SharedCalling, IVR_ACCOUNT).reason
