"""The agents' applications: what they ask for, what the tenant and the ACS resources let them do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tenant import (
    ACS,
    TENANT,
    Evidently,
    Reading,
    agent,
    edited,
    healthy,
    invented,
    item_edited,
    put,
    reading,
)
from tpe_audit import facts
from tpe_audit.collectors import Question, clients
from tpe_audit.facts import Agent, ClientApplication, Kind, NoAcsResource, Subject
from tpe_audit.simulator import SCENARIOS, Scenario, well_known
from tpe_audit.simulator.contoso import CLIENT_APP_ID, CLIENT_PRINCIPAL_ID, IVR, TENANT_ID
from tpe_audit.simulator.state import Assignment, Grant

CLIENT = Subject(Kind.APPLICATION, CLIENT_APP_ID, "")
CLIENTS: Question = (ClientApplication, ClientApplication)
REGISTRATION: Question = (ClientApplication, facts.Registration)
SCOPES: Question = (ClientApplication, facts.RequiredScopes)
REDIRECTS: Question = (ClientApplication, facts.RedirectUris)
CONSENTS: Question = (ClientApplication, facts.AcsConsents)
OFFERED: Question = (facts.Tenant, facts.AcsScopes)
ACS_PRINCIPAL: Question = (facts.Tenant, facts.AcsServicePrincipal)
OF_AGENTS: Question = (Agent, facts.ClientConsents)
ADELE = agent("adele")
MANAGE_CALLS = "TeamsExtension.ManageCalls"
ACS_PRINCIPAL_ID = invented("service principal", "acs")


def mine(item: Any) -> bool:
    return bool(item.app_id == CLIENT_APP_ID)


async def test_what_a_healthy_tenant_tells_of_its_client_application() -> None:
    async with reading() as reads:
        evidence = await reads(CLIENTS, REGISTRATION, SCOPES, REDIRECTS, CONSENTS, OFFERED)
        assert list(evidence.found(ClientApplication)) == [CLIENT_APP_ID]
        scope = evidence.known(facts.AcsScopes, TENANT).id_of(MANAGE_CALLS)
        asked = evidence.known(facts.RequiredScopes, CLIENT).scopes
        assert (well_known.COMMUNICATION_SERVICES, scope) in asked
        assert evidence.known(facts.RedirectUris, CLIENT).uris == ("https://agents.contoso.com",)
        assert evidence.known(facts.AcsConsents, CLIENT) == facts.AcsConsents((MANAGE_CALLS,), ())
        assert len(reads.asked("/applications(")) == 1
        assert len(reads.asked("/oauth2PermissionGrants")) == 1


async def test_where_none_is_configured_nothing_is_asked() -> None:
    async with reading(healthy().configure("deployment.agents.client_applications", [])) as reads:
        evidence = await reads(CLIENTS, REGISTRATION, CONSENTS, OF_AGENTS)
        assert evidence.evidence.census[ClientApplication].nothing == ClientApplication.NONE
        assert not reads.asked("/applications(")
        assert not reads.asked("/assignments/")


async def test_consents_of_single_users_and_to_other_resources_are_kept_apart() -> None:
    graph = invented("service principal", "graph")
    scenario = healthy().in_tenant(
        grants=(
            Grant(CLIENT_PRINCIPAL_ID, graph, MANAGE_CALLS),
            Grant(CLIENT_PRINCIPAL_ID, ACS_PRINCIPAL_ID, f" {MANAGE_CALLS}  Teams.ManageCalls", "Principal", IVR),
            Grant(invented("another application"), ACS_PRINCIPAL_ID, MANAGE_CALLS),
        )
    )
    async with reading(scenario) as reads:
        consents = (await reads(CONSENTS)).known(facts.AcsConsents, CLIENT)
        assert consents == facts.AcsConsents((), ("Teams.ManageCalls", MANAGE_CALLS))


async def test_an_application_that_the_tenant_does_not_know_has_no_consent_and_may_be_anyones() -> None:
    scenario = healthy().drop("service_principals", mine).drop("applications", mine)
    async with reading(scenario) as reads:
        principal: Question = (ClientApplication, facts.ApplicationPrincipal)
        evidence = await reads(REGISTRATION, SCOPES, CONSENTS, principal)
        evidence.known(facts.NoApplicationPrincipal, CLIENT)
        assert evidence.known(facts.AcsConsents, CLIENT) == facts.AcsConsents((), ())
        assert evidence.known(facts.ForeignRegistration, CLIENT).tenant_id == ""
        evidence.known(facts.UnseenScopes, CLIENT)


async def test_a_registration_that_its_own_tenant_does_not_have_is_proven_to_be_missing() -> None:
    async with reading(healthy().drop("applications", mine)) as reads:
        evidence = await reads(REGISTRATION, REDIRECTS)
        assert evidence.known(facts.NoRegistration, CLIENT).tenant_id == TENANT_ID
        evidence.known(facts.UnseenRedirects, CLIENT)


async def test_a_vendors_application_is_read_in_the_vendors_tenant_and_its_consent_in_the_teams_tenant() -> None:
    async with reading(SCENARIOS["healthy-two-tenants"]()) as reads:
        evidence = await reads(REGISTRATION, CONSENTS)
        assert evidence.known(facts.Registration, CLIENT).tenant_id == invented("tenant", "fabrikam.com")
        assert evidence.known(facts.AcsConsents, CLIENT).tenant_wide == (MANAGE_CALLS,)


async def test_without_the_acs_service_principal_there_are_no_scopes_and_no_consents() -> None:
    async with reading(SCENARIOS["no-service-principal"]()) as reads:
        evidence = await reads(OFFERED, CONSENTS)
        evidence.known(facts.NoAcsScopes, TENANT)
        assert evidence.known(facts.AcsConsents, CLIENT) == facts.AcsConsents((), ())


@pytest.mark.parametrize("change", [{"oauth2PermissionScopes": None}, {"oauth2PermissionScopes": [{"id": "x"}]}])
async def test_malformed_scopes_leave_the_service_principal_read(change: dict[str, Any]) -> None:
    path = f"/v1.0/servicePrincipals(appId='{well_known.COMMUNICATION_SERVICES}')"
    async with reading(healthy(), edited(path, lambda body: put(body, change))) as reads:
        evidence = await reads(OFFERED, ACS_PRINCIPAL)
        assert evidence.gap(facts.AcsScopes, TENANT).evidence
        assert evidence.known(facts.AcsServicePrincipal, TENANT).enabled


@pytest.mark.parametrize(
    ("change", "unread"),
    [
        ({"requiredResourceAccess": None}, facts.RequiredScopes),
        ({"requiredResourceAccess": [{"resourceAppId": "x"}]}, facts.RequiredScopes),
        ({"spa": ...}, facts.RedirectUris),
        ({"spa": {"redirectUris": "http://localhost"}}, facts.RedirectUris),
    ],
)
async def test_a_malformed_field_leaves_only_its_fact_unread(change: dict[str, Any], unread: type[facts.Fact]) -> None:
    path = f"/v1.0/applications(appId='{CLIENT_APP_ID}')"
    async with reading(healthy(), edited(path, lambda body: put(body, change))) as reads:
        evidence = await reads(REGISTRATION, SCOPES, REDIRECTS)
        assert evidence.gap(unread, CLIENT).evidence
        evidence.known(facts.Registration, CLIENT)
        for other in {facts.RequiredScopes, facts.RedirectUris} - {unread}:
            evidence.known(other, CLIENT)


async def test_a_kind_of_consent_that_is_not_documented_is_no_answer() -> None:
    which = {"clientId": CLIENT_PRINCIPAL_ID}
    behaviour = item_edited("/v1.0/oauth2PermissionGrants", which, {"consentType": "Everybody"})
    async with reading(healthy(), behaviour) as reads:
        assert (await reads(CONSENTS)).gap(facts.AcsConsents, CLIENT).evidence


async def test_without_the_permission_the_gap_names_it() -> None:
    async with reading(healthy().permitted("Directory.Read.All")) as reads:
        lacks = (await reads(CONSENTS)).gap(facts.AcsConsents, CLIENT).lacks
        assert lacks == ("the Graph permission Directory.Read.All",)


def consents_of(evidence: Evidently) -> tuple[facts.ClientAssignment, ...]:
    return evidence.known(facts.ClientConsents, ADELE).assignments


async def test_each_agents_consent_is_one_request_on_the_acs_resource_of_the_lines() -> None:
    async with reading() as reads:
        (assignment,) = consents_of(await reads(OF_AGENTS))
        assert (assignment.acs_name, assignment.principal_type) == (ACS.name, "user")
        assert (assignment.tenant_id, assignment.client_ids) == (TENANT_ID, (CLIENT_APP_ID,))
        assert len(reads.asked("/assignments/")) == 4


async def test_no_assignment_is_an_answer() -> None:
    async with reading(SCENARIOS["10057"]()) as reads:
        (assignment,) = consents_of(await reads(OF_AGENTS))
        assert assignment.principal_type == ""


def assigned(assignment: Assignment) -> Scenario:
    return healthy().change("communication_services", assignments=lambda service: (assignment,))


async def test_an_assignment_without_applications_has_none() -> None:
    async with reading(assigned(Assignment(TENANT_ID, ADELE.id, "user"))) as reads:
        (assignment,) = consents_of(await reads(OF_AGENTS))
        assert assignment.client_ids == ()


@pytest.mark.parametrize("change", [{"clientIds": "x"}, {"principalType": ...}, {"objectId": IVR}])
async def test_a_malformed_assignment_leaves_one_agent_unread(change: dict[str, Any]) -> None:
    async with reading(healthy(), edited(f"/assignments/{ADELE.id}", lambda body: put(body, change))) as reads:
        evidence = await reads(OF_AGENTS)
        assert evidence.gap(facts.ClientConsents, ADELE).evidence
        evidence.known(facts.ClientConsents, agent("diego"))


async def test_refused_consents_name_what_to_grant() -> None:
    async with reading(healthy().permitted(data_plane_scopes=())) as reads:
        assert "Contributor" in (await reads(OF_AGENTS)).gap(facts.ClientConsents, ADELE).reason


async def test_where_the_data_plane_is_declared_off_a_person_may_answer() -> None:
    async with reading(healthy().configure("sources.acs.mode", "off")) as reads:
        assert (await reads(OF_AGENTS)).gap(facts.ClientConsents, ADELE).declared_off
        assert not reads.asked("/assignments/")


async def test_where_there_is_no_acs_resource_that_is_the_answer() -> None:
    gone = invented("communication service", "gone")
    scenario = healthy().change("resource_accounts", acs_resource_id=gone)
    for line in ("0", "1"):
        scenario = scenario.configure(f"deployment.lines.{line}.acs_resource", gone)
    async with reading(scenario) as reads:
        answer = (await reads(OF_AGENTS)).answer(facts.ClientConsents, ADELE)
        assert isinstance(answer, facts.Known)
        assert isinstance(answer.value, NoAcsResource)


@pytest.mark.parametrize(("agents_asked", "opted_in"), [(False, False), (True, True)])
async def test_many_agents_are_asked_about_only_on_demand(
    monkeypatch: pytest.MonkeyPatch, agents_asked: bool, opted_in: bool
) -> None:
    monkeypatch.setattr(clients, "MANY", 3)
    scenario = healthy().configure("sources.acs.client_consent", opted_in)
    async with reading(scenario) as reads:
        evidence = await reads(OF_AGENTS)
        if agents_asked:
            assert consents_of(evidence)
        else:
            assert evidence.known(facts.UnaskedConsents, ADELE).agents == 4
        assert len(reads.asked("/assignments/")) == (4 if agents_asked else 0)


async def test_a_run_about_one_agent_asks_for_that_one_alone() -> None:
    async with reading(subjects=["adele@contoso.com"]) as reads:
        evidence = await reads(OF_AGENTS, CLIENTS)
        assert consents_of(evidence)
        assert not evidence.found(ClientApplication)
        assert only_of(reads) == [ADELE.id]


def only_of(reads: Reading) -> list[str]:
    return [request.path.rsplit("/", 1)[-1] for request in reads.asked("/assignments/")]
