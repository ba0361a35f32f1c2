"""How calls leave the tenant, from Graph and from the Teams export, and what happens where they do not tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.tenant import (
    CONFIGURATIONS_PATH,
    IVR_ACCOUNT,
    SUPPORT_ACCOUNT,
    TENANT,
    Fault,
    Scenario,
    broken,
    edited,
    healthy,
    reading,
)
from tpe_audit import facts
from tpe_audit.collectors import Question
from tpe_audit.facts import (
    AssignedDialOutPolicy,
    AssignedVoiceRoutingPolicy,
    DialOutPolicies,
    DialOutPolicy,
    Fact,
    Gap,
    Known,
    SessionBorderController,
    SessionBorderControllers,
    VoiceRoute,
    VoiceRoutes,
    VoiceRoutingPolicies,
    VoiceRoutingPolicy,
)
from tpe_audit.simulator import large
from tpe_audit.simulator.contoso import IVR, SUPPORT
from tpe_audit.simulator.state import TeamsPowerShell

ROUTING: Question = (facts.ResourceAccount, AssignedVoiceRoutingPolicy)
DIALLING: Question = (facts.ResourceAccount, AssignedDialOutPolicy)


def of_tenant(fact: type[Fact]) -> Question:
    return (facts.Tenant, fact)


def exporting(scenario: Scenario, cmdlet: str, *items: dict[str, Any], failed: str = "") -> Scenario:
    """A scenario whose Teams export has other answers of one cmdlet."""
    powershell = scenario.tenant.powershell or TeamsPowerShell({})
    failures = {**powershell.failed, cmdlet: failed} if failed else powershell.failed
    return scenario.in_tenant(
        powershell=replace(powershell, cmdlets={**powershell.cmdlets, cmdlet: items}, failed=failures)
    )


async def test_what_the_healthy_tenant_has() -> None:
    wanted = (VoiceRoutingPolicies, VoiceRoutes, SessionBorderControllers, DialOutPolicies)
    async with reading() as reads:
        read = await reads(ROUTING, DIALLING, *(of_tenant(fact) for fact in wanted))
    assert read.known(AssignedVoiceRoutingPolicy, IVR_ACCOUNT).name == "Global"
    assert read.known(AssignedVoiceRoutingPolicy, SUPPORT_ACCOUNT).name == "Contoso-DirectRouting"
    assert read.known(AssignedDialOutPolicy, IVR_ACCOUNT).name == "Global"
    assert read.known(VoiceRoutingPolicies, TENANT).policies == (
        VoiceRoutingPolicy("Global", ()),
        VoiceRoutingPolicy("Contoso-DirectRouting", ("US",)),
    )
    route = VoiceRoute("Contoso-US", "^\\+1\\d{10}$", ("US",), ("sbc.contoso.com",))
    assert read.known(VoiceRoutes, TENANT).routes == (route,)
    controller = SessionBorderController("sbc.contoso.com", enabled=True)
    assert read.known(SessionBorderControllers, TENANT).controllers == (controller,)
    assert DialOutPolicy("Global", "InternationalAndDomestic") in read.known(DialOutPolicies, TENANT).policies


async def test_a_policy_that_graph_lists_needs_no_export() -> None:
    async with reading(replace(healthy(), export=False)) as reads:
        read = await reads(ROUTING)
    assert read.known(AssignedVoiceRoutingPolicy, SUPPORT_ACCOUNT).name == "Contoso-DirectRouting"


async def test_that_graph_lists_none_is_not_proof_enough_of_the_global_one() -> None:
    async with reading(replace(healthy(), export=False)) as reads:
        read = await reads(ROUTING)
    gap = read.gap(AssignedVoiceRoutingPolicy, IVR_ACCOUNT)
    assert "not documented" in gap.reason
    assert gap.lacks
    assert not gap.declared_off


async def test_with_teams_powershell_declared_off_a_person_may_answer() -> None:
    async with reading(healthy().configure("sources.teams_powershell.mode", "off")) as reads:
        read = await reads(ROUTING, of_tenant(VoiceRoutes))
    assert read.gap(AssignedVoiceRoutingPolicy, IVR_ACCOUNT).declared_off
    assert read.gap(VoiceRoutes, TENANT).declared_off


async def test_the_export_tells_where_graph_refuses() -> None:
    refused = healthy().permitted("TeamsUserConfiguration.Read.All")
    async with reading(refused) as reads:
        read = await reads(ROUTING)
    assert read.known(AssignedVoiceRoutingPolicy, SUPPORT_ACCOUNT).name == "Contoso-DirectRouting"
    async with reading(replace(refused, export=False)) as reads:
        read = await reads(ROUTING)
    assert "TeamsUserConfiguration.Read.All" in read.gap(AssignedVoiceRoutingPolicy, SUPPORT_ACCOUNT).reason


async def test_an_account_that_neither_knows_is_a_gap() -> None:
    async with reading(exporting(healthy(), "Get-CsOnlineUser")) as reads:
        read = await reads(ROUTING)
    assert "does not list the account" in read.gap(AssignedVoiceRoutingPolicy, IVR_ACCOUNT).reason
    assert read.known(AssignedVoiceRoutingPolicy, SUPPORT_ACCOUNT).name


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (None, "Global"),
        ("", "Global"),
        ("Tag:Trunk", "Trunk"),
        ({"Name": "Trunk"}, "Trunk"),
        ({"Name": None}, "Global"),
        (7, None),
        ({"Title": "Trunk"}, None),
        (..., None),
    ],
)
async def test_how_the_export_writes_a_policy(policy: object, expected: str | None) -> None:
    user = {"Identity": IVR.upper(), "OnlineVoiceRoutingPolicy": policy, "OnlineDialOutPolicy": None}
    if policy is ...:
        del user["OnlineVoiceRoutingPolicy"]
    async with reading(exporting(healthy(), "Get-CsOnlineUser", user)) as reads:
        read = await reads(ROUTING, DIALLING)
    assert read.known(AssignedDialOutPolicy, IVR_ACCOUNT).name == "Global"
    answer = read.answer(AssignedVoiceRoutingPolicy, IVR_ACCOUNT)
    value = answer.value if isinstance(answer, Known) else None
    assert value == (AssignedVoiceRoutingPolicy(expected) if expected else None)


@pytest.mark.parametrize("assignments", [..., "none", [{"policyType": "OnlineVoiceRoutingPolicy"}]])
async def test_a_malformed_answer_of_graph_leaves_the_export(assignments: object) -> None:
    def edit(content: dict[str, Any]) -> None:
        content["effectivePolicyAssignments"] = assignments
        if assignments is ...:
            del content["effectivePolicyAssignments"]

    behaviour = edited(f"{CONFIGURATIONS_PATH}/{SUPPORT}", edit)
    async with reading(healthy(), behaviour) as reads:
        read = await reads(ROUTING)
    assert read.known(AssignedVoiceRoutingPolicy, SUPPORT_ACCOUNT).name == "Contoso-DirectRouting"
    async with reading(replace(healthy(), export=False), edited(f"{CONFIGURATIONS_PATH}/{SUPPORT}", edit)) as reads:
        read = await reads(ROUTING)
    assert read.gap(AssignedVoiceRoutingPolicy, SUPPORT_ACCOUNT).reason


async def test_two_policies_of_one_type_are_not_believed() -> None:
    def twice(content: dict[str, Any]) -> None:
        other = {"policyType": "OnlineVoiceRoutingPolicy", "policyAssignment": {"displayName": "Other"}}
        content["effectivePolicyAssignments"].append(other)

    async with reading(healthy(), edited(f"{CONFIGURATIONS_PATH}/{SUPPORT}", twice)) as reads:
        read = await reads(ROUTING)
    assert "several policies" in read.gap(AssignedVoiceRoutingPolicy, SUPPORT_ACCOUNT).reason


async def test_an_account_without_a_configuration_is_a_gap_unless_the_export_has_it() -> None:
    gone = broken(Fault(f"{CONFIGURATIONS_PATH}/{IVR}", status=404))
    async with reading(replace(healthy(), export=False), gone) as reads:
        read = await reads(ROUTING)
    assert read.gap(AssignedVoiceRoutingPolicy, IVR_ACCOUNT).evidence


async def test_many_accounts_are_read_in_pages() -> None:
    async with reading(large(30, 5)) as reads:
        read = await reads(ROUTING)
        assert {recorded.path for recorded in reads.asked("userConfigurations")} == {CONFIGURATIONS_PATH}
    answers = [answer for (fact, _), answer in read.evidence.answers.items() if fact is AssignedVoiceRoutingPolicy]
    assert len(answers) == 30
    assert all(isinstance(a, Known) and a.value == AssignedVoiceRoutingPolicy("Global") for a in answers)


@pytest.mark.parametrize(
    ("fact", "cmdlet", "item"),
    [
        (VoiceRoutingPolicies, "Get-CsOnlineVoiceRoutingPolicy", {"Identity": "Global", "OnlinePstnUsages": "US"}),
        (VoiceRoutingPolicies, "Get-CsOnlineVoiceRoutingPolicy", {"Identity": "Global"}),
        (VoiceRoutes, "Get-CsOnlineVoiceRoute", {"Identity": "US", "NumberPattern": ".*", "OnlinePstnUsages": []}),
        (SessionBorderControllers, "Get-CsOnlinePSTNGateway", {"Identity": "sbc.contoso.com", "Enabled": "True"}),
        (SessionBorderControllers, "Get-CsOnlinePSTNGateway", {"Identity": "sbc.contoso.com", "Enabled": None}),
        (DialOutPolicies, "Get-CsOnlineDialOutPolicy", {"Identity": "Global", "AllowPSTNOutboundCallingType": "Some"}),
        (DialOutPolicies, "Get-CsOnlineDialOutPolicy", {"Identity": "Global"}),
    ],
)
async def test_what_a_cmdlet_does_not_document_is_no_answer(
    fact: type[Fact], cmdlet: str, item: dict[str, Any]
) -> None:
    async with reading(exporting(healthy(), cmdlet, item)) as reads:
        read = await reads(of_tenant(fact))
    assert isinstance(read.answer(fact, TENANT), Gap)


async def test_a_cmdlet_that_failed_or_is_not_there_is_no_empty_answer() -> None:
    failed = exporting(healthy(), "Get-CsOnlinePSTNGateway", failed="Access denied.")
    async with reading(failed) as reads:
        read = await reads(of_tenant(SessionBorderControllers))
    assert "Access denied." in read.gap(SessionBorderControllers, TENANT).reason


async def test_null_lists_are_empty() -> None:
    policy = {"Identity": "Global", "OnlinePstnUsages": None}
    async with reading(exporting(healthy(), "Get-CsOnlineVoiceRoutingPolicy", policy)) as reads:
        read = await reads(of_tenant(VoiceRoutingPolicies))
    assert read.known(VoiceRoutingPolicies, TENANT).policies == (VoiceRoutingPolicy("Global", ()),)
