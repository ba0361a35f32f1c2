"""The Dynamics 365 environment, through azure-core's pipeline against a simulated Dataverse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.tenant import IVR_ACCOUNT, SUPPORT_ACCOUNT, TENANT, Evidently, Reading, broken, edited, impatient, reading
from tpe_audit.collectors import Question
from tpe_audit.config import Config, ConfigError, of_mapping
from tpe_audit.facts import (
    BoundAcsResource,
    DynamicsApplicationId,
    Environment,
    EnvironmentAcsResource,
    Gap,
    Known,
    NoDynamicsApplicationId,
    NoVoiceProvider,
    ResourceAccount,
    Subject,
    SyncApplications,
    Tenant,
    VoiceProvider,
)
from tpe_audit.simulator import SCENARIOS, Behaviour, Fault, Scenario, dynamics
from tpe_audit.simulator.state import VoiceProvider as Provider

THERE: Question = (Environment, Environment)
OF_ACCOUNT: Question = (ResourceAccount, Environment)
VOICE: Question = (Environment, VoiceProvider)
ACS: Question = (Environment, EnvironmentAcsResource)
WANTED: Question = (ResourceAccount, DynamicsApplicationId)
SYNC: Question = (Tenant, SyncApplications)
TABLE = "/api/data/v9.2/msdyn_occommunicationprovidersettings"
ROW = "msdyn_occommunicationproviderimmutableid"


def healthy() -> Scenario:
    return SCENARIOS["healthy-dynamics"]()


def environment(**changes: Any) -> Scenario:
    scenario = healthy()
    environments = tuple(replace(item, **changes) for item in scenario.state.environments)
    return replace(scenario, state=replace(scenario.state, environments=environments))


def reader(**changes: Any) -> Scenario:
    """One whose identity has other rights in the environment, which has no provider."""
    user = replace(healthy().state.environments[0].users[0], **changes)
    return environment(users=(user,), providers=())


def the(read: Reading) -> Subject:
    return Environment(read.config.deployment.dynamics.environment_url).subject


def outcome(evidence: Evidently, read: Reading) -> str:
    answer = evidence.answer(VoiceProvider, the(read))
    return type(answer.value).__name__ if isinstance(answer, Known) else answer.reason


async def test_the_environment_is_the_one_of_the_configuration_and_every_accounts() -> None:
    async with reading(healthy()) as read:
        evidence = await read(THERE, OF_ACCOUNT)
        assert list(evidence.found(Environment)) == [read.config.deployment.dynamics.environment_url]
        assert evidence.known(Environment, IVR_ACCOUNT) == evidence.known(Environment, SUPPORT_ACCOUNT)
        assert not read.asked("/api/data")


async def test_a_provisioned_environment_has_a_provider_and_its_acs_resource() -> None:
    async with reading(healthy()) as read:
        evidence = await read(VOICE, ACS)
        evidence.known(VoiceProvider, the(read))
        assert evidence.known(EnvironmentAcsResource, the(read)).immutable_ids == (dynamics.ACS_ID,)
        assert [(r.path, r.status) for r in read.asked("/api/data")] == [(TABLE, 200)]


async def test_a_token_of_the_environment_itself_is_asked_for_by_the_teams_credential() -> None:
    async with reading(healthy()) as read:
        await read(VOICE)
        assert len(read.sign_ins) == 1
        assert read.sources.dataverse.audience == f"{read.config.deployment.dynamics.environment_url}/.default"
        assert read.sources.dataverse.identity is read.sources.graph.identity


async def test_inactive_providers_and_those_of_other_channels_are_none() -> None:
    others = (Provider("Old", dynamics.ACS_ID, active=False), Provider("Other", dynamics.ACS_ID, provider=192350001))
    async with reading(environment(providers=others)) as read:
        evidence = await read(VOICE, ACS)
        evidence.known(NoVoiceProvider, the(read))
        assert isinstance(getattr(evidence.answer(EnvironmentAcsResource, the(read)), "value", None), NoVoiceProvider)


async def test_providers_are_read_to_the_last_page() -> None:
    two = (Provider("One", dynamics.ACS_ID.upper()), Provider("Two", dynamics.SANDBOX_ACS_ID))
    async with reading(environment(providers=two), Behaviour(page_size=1)) as read:
        found = (await read(ACS)).known(EnvironmentAcsResource, the(read))
    assert set(found.immutable_ids) == {dynamics.ACS_ID, dynamics.SANDBOX_ACS_ID}


async def test_a_next_page_on_another_host_is_not_asked_for() -> None:
    astray = edited(TABLE, lambda page: page.update({"@odata.nextLink": "https://elsewhere.example/more"}))
    async with reading(healthy(), astray) as read:
        assert "another host" in outcome(await read(VOICE), read)


async def test_an_empty_list_proves_nothing_to_whom_dataverse_shows_only_some_rows() -> None:
    async with reading(reader(reads="Basic")) as read:
        reason = outcome(await read(VOICE), read)
    assert "may not read all of them" in reason
    assert "prvReadmsdyn_occommunicationprovidersetting" in reason


async def test_an_empty_list_is_empty_to_whom_it_shows_all() -> None:
    async with reading(reader()) as read:
        evidence = await read(VOICE)
        evidence.known(NoVoiceProvider, the(read))
        paths = [request.request for request in evidence.behind(evidence.answer(VoiceProvider, the(read)))]
        assert any("WhoAmI" in path for path in paths)
        assert any("RetrieveUserPrivileges" in path for path in paths)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"reads": None}, "is missing prvRead"), ({"client_id": "somebody else"}, "not a member of the organization")],
)
async def test_a_refusal_says_what_to_grant(changes: dict[str, Any], said: str) -> None:
    async with reading(reader(**changes)) as read:
        evidence = await read(VOICE, ACS)
        for fact in (VoiceProvider, EnvironmentAcsResource):
            gap = evidence.gap(fact, the(read))
            assert said in gap.reason
            assert "an application user of the environment" in gap.reason
            assert gap.lacks


@pytest.mark.parametrize("value", [..., 1, "not a GUID", "/../x"])
async def test_an_id_in_another_shape_leaves_only_the_id_unread(value: object) -> None:
    def edit(page: dict[str, Any]) -> None:
        page["value"][0].pop(ROW)
        if value is not ...:
            page["value"][0][ROW] = value

    async with reading(healthy(), edited(TABLE, edit)) as read:
        evidence = await read(VOICE, ACS)
        evidence.known(VoiceProvider, the(read))
        assert ROW in evidence.gap(EnvironmentAcsResource, the(read)).reason


async def test_a_provider_without_an_id_names_no_resource() -> None:
    async with reading(environment(providers=(Provider("One", None),))) as read:
        evidence = await read(VOICE, ACS)
        evidence.known(VoiceProvider, the(read))
        assert "names no ACS resource" in evidence.gap(EnvironmentAcsResource, the(read)).reason


@pytest.mark.parametrize("body", [{"value": None}, {}, [], b"<html>", {"value": {}}])
async def test_an_answer_in_another_shape_is_not_read(body: object) -> None:
    async with reading(healthy(), broken(Fault(TABLE, status=200, body=body))) as read:
        assert isinstance((await read(VOICE)).answer(VoiceProvider, the(read)), Gap)


async def test_a_table_that_is_not_there_proves_nothing() -> None:
    missing = {"error": {"code": "0x8006088a", "message": "Resource not found for the segment."}}
    async with reading(healthy(), broken(Fault(TABLE, status=404, body=missing))) as read:
        assert "404" in outcome(await read(VOICE), read)


async def test_throttling_is_waited_for() -> None:
    busy = Fault(TABLE, times=1, status=429, headers={"Retry-After": "0"}, body={"error": {"code": "0x80072322"}})
    async with reading(healthy(), broken(busy)) as read:
        assert outcome(await read(VOICE), read) == "VoiceProvider"


async def test_an_environment_that_does_not_answer_is_unread() -> None:
    async with reading(impatient(healthy(), deadline=3), broken(Fault(TABLE, drop=True))) as read:
        assert "Dataverse" in outcome(await read(VOICE), read)


async def test_without_an_environment_it_says_what_to_set_and_asks_nobody() -> None:
    async with reading(healthy().configure("deployment.dynamics", {})) as read:
        evidence = await read(THERE, OF_ACCOUNT, VOICE)
        gap = evidence.evidence.census[Environment].gap
        assert gap is not None
        assert "environment_url under [deployment.dynamics]" in gap.reason
        assert "environment_url" in evidence.gap(Environment, IVR_ACCOUNT).reason
        assert not read.asked("/api/data")


async def test_where_dynamics_is_not_the_consumer_nothing_of_it_is_read() -> None:
    async with reading(healthy().configure("deployment.consumer", "third-party")) as read:
        await read(THERE, OF_ACCOUNT, VOICE, ACS, WANTED, SYNC)
        assert read.requests == []
        assert "dataverse" not in {source.source for source in read.sources.reports()}


async def test_the_report_says_how_dataverse_fared() -> None:
    async with reading(reader(reads=None)) as read:
        await read(VOICE)
        states = {source.source: source.state for source in read.sources.reports()}
        assert states["dataverse"] == "refused"


async def test_the_application_of_a_line_is_the_one_that_is_configured() -> None:
    async with reading(healthy().configure("deployment.lines.1.application_id", "")) as read:
        evidence = await read(WANTED)
        assert evidence.known(DynamicsApplicationId, IVR_ACCOUNT).client_id == dynamics.APP_ID
        evidence.known(NoDynamicsApplicationId, SUPPORT_ACCOUNT)


async def test_an_account_of_another_environment_shows_its_own_binding() -> None:
    async with reading(SCENARIOS["d365-wrong-environment"]()) as read:
        evidence = await read(ACS, (ResourceAccount, BoundAcsResource))
        assert evidence.known(BoundAcsResource, SUPPORT_ACCOUNT).immutable_id == dynamics.SANDBOX_ACS_ID


# Sync from Teams


async def test_an_application_with_consent_for_the_tenant_may_sync() -> None:
    async with reading(healthy()) as read:
        assert dynamics.SYNC_APP in (await read(SYNC)).known(SyncApplications, TENANT).principals


async def test_without_consent_none_may() -> None:
    async with reading(SCENARIOS["sync-from-teams-empty"]()) as read:
        assert (await read(SYNC)).known(SyncApplications, TENANT).principals == ()


@pytest.mark.parametrize(
    "changes", [{"consent_type": "Principal", "principal_id": "x"}, {"scope": "TeamsResourceAccount.Read.AllNot"}]
)
async def test_consent_of_one_person_or_to_something_else_does_not_count(changes: dict[str, Any]) -> None:
    async with reading(healthy().change("grants", **changes)) as read:
        assert (await read(SYNC)).known(SyncApplications, TENANT).principals == ()


@pytest.mark.parametrize("permission", ["Directory.Read.All", "Application.Read.All"])
async def test_a_refused_list_of_consents_says_what_to_grant(permission: str) -> None:
    needed = ("Directory.Read.All",) if permission == "Directory.Read.All" else (permission, "Directory.Read.All")
    async with reading(healthy().permitted(*needed)) as read:
        assert permission in (await read(SYNC)).gap(SyncApplications, TENANT).reason


@pytest.mark.parametrize("value", [..., 1, ["a"]])
async def test_consents_in_another_shape_are_not_read(value: object) -> None:
    def edit(page: dict[str, Any]) -> None:
        for item in page["value"]:
            item.pop("scope")
            if value is not ...:
                item["scope"] = value

    async with reading(healthy(), edited("/oauth2PermissionGrants", edit)) as read:
        assert "scope" in (await read(SYNC)).gap(SyncApplications, TENANT).reason


# The address


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://Contoso.crm.dynamics.com/", "https://contoso.crm.dynamics.com"),
        ("", ""),
    ],
)
def test_an_environment_is_called_by_its_plain_address(given: str, meant: str) -> None:
    assert _configured(given).deployment.dynamics.environment_url == meant


@pytest.mark.parametrize("given", ["https://contoso.crm.dynamics.com/main.aspx", "http://contoso.crm.dynamics.com"])
def test_an_address_that_is_none_of_an_environment_is_refused(given: str) -> None:
    with pytest.raises(ConfigError, match="environment_url"):
        _configured(given)


def _configured(environment_url: str) -> Config:
    tenant = {"tenant_id": TENANT.id, "credential": {"kind": "azure-cli"}}
    return of_mapping({"teams": tenant, "deployment": {"dynamics": {"environment_url": environment_url}}}, Path())
