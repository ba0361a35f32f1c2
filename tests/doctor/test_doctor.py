"""`doctor` says of each source whether it works, what to grant, and which ids were taken for others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.cli import tpe
from tests.proxy import proxy
from tests.tenant import Behaviour, Fault, Scenario, broken, healthy, impatient
from tpe_audit.commands.demo import with_secrets
from tpe_audit.config import of_mapping
from tpe_audit.doctor import Examination, State
from tpe_audit.doctor.examine import examine
from tpe_audit.doctor.shown import table
from tpe_audit.simulator import SCENARIOS, SimulatedTenant, serve
from tpe_audit.simulator.contoso import ACS_ID, BOT_APP_ID, IVR, TENANT_ID, invented
from tpe_audit.sources import signed_in

Change = Callable[[SimulatedTenant, dict[str, Any]], None]


async def examined(
    scenario: Scenario | None = None,
    behaviour: Behaviour | None = None,
    change: Change | None = None,
    *,
    proxies: bool = False,
) -> Examination:
    with serve(scenario or healthy(), behaviour) as tenant:
        data = with_secrets(tenant.config, tenant.secrets)
        if change:
            change(tenant, data)
        async with signed_in(of_mapping(data, Path.cwd()), proxies=proxies) as sources:
            found = await examine(sources, proxies=proxies)
    await asyncio.sleep(0.05)
    return found


def put(path: str, value: Any) -> Change:
    """A change of one key; a dotted path, numbers are places in lists."""

    def change(tenant: SimulatedTenant, data: dict[str, Any]) -> None:
        *tables, last = path.split(".")
        place: Any = data
        for name in tables:
            place = place[int(name)] if isinstance(place, list) else place.setdefault(name, {})
        place[last] = value

    return change


def of(examination: Examination, source: str, state: State) -> list[str]:
    return [result.what for result in examination.results if result.source == source and result.state is state]


def mistakes(examination: Examination) -> dict[str, str]:
    return {found.where: f"{found.what} {found.mend}" for found in examination.mix_ups}


# --- the command --------------------------------------------------------------------------------------------


def test_a_healthy_tenant_works_in_80_columns(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "doctor", "--demo", "healthy", environment={"COLUMNS": "80"})
    assert (ran.code, ran.err) == (0, "")
    assert "SIMULATED" in ran.out
    assert "11 Graph permissions" in " ".join(ran.out.split())
    assert ran.out.rstrip().endswith("All works: 15 of 15.")
    assert max(len(line) for line in ran.out.splitlines()) <= 80
    assert "\x1b" not in ran.out


def test_the_json_form_is_versioned(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "doctor", "--demo", "healthy", "--format", "json")
    found = json.loads(ran.out)
    assert (found["schema"], found["exit_code"], found["simulated"]) == ("tpe-audit/doctor/1", 0, True)
    assert {source["state"] for source in found["sources"]} == {"works"}
    (identity,) = found["identities"]
    assert "TeamsResourceAccount.Read.All" in identity["permissions"]
    assert "eyJ" not in ran.out


def test_colour_is_for_terminals(tmp_path: Path) -> None:
    assert "\x1b[" in tpe(tmp_path, "doctor", "--demo", "healthy", terminal=True).out
    assert "\x1b[" not in tpe(tmp_path, "doctor", "--demo", "healthy", "--no-color", terminal=True).out


def test_without_configuration_nothing_is_tried(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "doctor")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: nothing was tried:")


def test_a_real_configuration_is_tried_with_the_secret_of_the_environment(tmp_path: Path) -> None:
    with serve(healthy()) as tenant:
        client = tenant.scenario.state.identities[0].client_id
        lines = [
            f'[teams]\ntenant_id = "{TENANT_ID}"',
            f'[teams.credential]\nkind = "client-secret"\nclient_id = "{client}"',
            f'[endpoints]\nauthority = "{tenant.url}"\ngraph = "{tenant.url}"\nresource_manager = "{tenant.url}"',
            f"ca_bundle = '{tenant.ca_bundle}'",
        ]
        (tmp_path / "config.toml").write_text("\n".join(lines), encoding="utf-8")
        ran = tpe(tmp_path, "doctor", environment=dict(tenant.secrets))
        secrets = tenant.issued
    assert ran.code == 3
    # There is no export, and all the rest works.
    assert "1 of 14 did not work." in ran.out
    assert "teams-powershell" in ran.out
    assert not [secret for secret in secrets if secret in ran.out + ran.err]


# --- sources -------------------------------------------------------------------------------------------------


async def test_what_is_refused_is_named_with_the_permission_that_it_takes() -> None:
    found = await examined(healthy().permitted("TeamsTelephoneNumber.Read.All"))
    assert of(found, "graph", State.REFUSED) == ["numbers"]
    (refused,) = [result for result in found.results if not result.works]
    assert refused.mend == ("the Graph permission TeamsTelephoneNumber.Read.All",)
    assert found.exit_code == 3
    text = table(found, simulated=False, width=80, paint=lambda text, colour: text)
    assert "needs: the Graph permission TeamsTelephoneNumber.Read.All" in text


async def test_a_permission_that_is_there_and_does_not_help_asks_for_a_person() -> None:
    no = Fault("/beta/admin/teams/resourceAccounts", status=403, body={"error": {"code": "Forbidden", "message": "no"}})
    found = await examined(behaviour=broken(no))
    (refused,) = [result for result in found.results if result.what == "resource accounts"]
    assert refused.state is State.REFUSED
    assert refused.mend[0].startswith("a person in the role Teams Administrator")


async def test_without_a_role_in_azure_the_role_is_named() -> None:
    found = await examined(healthy().permitted(reader_scopes=(), data_plane_scopes=()))
    assert of(found, "arm", State.WORKS) == []
    assert of(found, "acs", State.WORKS) == []
    assert any("Reader" in mend for result in found.results if result.source == "arm" for mend in result.mend)


async def test_a_data_plane_without_a_role_is_refused() -> None:
    found = await examined(healthy().permitted(data_plane_scopes=()))
    assert of(found, "acs", State.REFUSED) == ["consents on the ACS resource"]


async def test_a_source_that_is_declared_off_is_no_trouble() -> None:
    found = await examined(change=put("sources.acs", {"mode": "off"}))
    assert of(found, "acs", State.OFF)
    assert found.exit_code == 0


async def test_an_export_that_is_not_there_is_not_set_up() -> None:
    found = await examined(change=put("sources.teams_powershell.export", "nowhere.json"))
    assert of(found, "teams-powershell", State.NOT_SET_UP)
    assert found.exit_code == 3


async def test_two_tenants_are_signed_in_to_and_tried_both() -> None:
    found = await examined(SCENARIOS["healthy-two-tenants"]())
    assert found.works
    assert [identity.words for identity in found.identities] == ["the Teams tenant", "the Azure tenant"]


async def test_two_credentials_in_one_tenant_are_both_tried() -> None:
    found = await examined(
        change=put("azure.credential", {"kind": "client-secret", "client_id": TENANT_ID, "client_secret": "none"})
    )
    assert of(found, "graph", State.WORKS)
    assert of(found, "arm", State.NOT_TRIED)
    (failed,) = [result for result in found.results if result.state is State.FAILED]
    assert failed.what == "the Azure tenant"
    assert "AADSTS700016" in failed.said


async def test_dynamics_is_tried_where_it_is_the_consumer() -> None:
    name = next(name for name in SCENARIOS if name.startswith("healthy-dynamics"))
    assert of(await examined(SCENARIOS[name]()), "dataverse", State.WORKS)


async def test_in_a_national_cloud_nothing_is_tried_and_the_reason_is_said() -> None:
    def china(tenant: SimulatedTenant, data: dict[str, Any]) -> None:
        data["endpoints"] = {"cloud": "china"}

    found = await examined(change=china)
    (only,) = found.results
    assert only.state is State.NOT_SET_UP
    assert "21Vianet" in only.said
    assert found.exit_code == 3


# --- sign-in and network ---------------------------------------------------------------------------------------


async def test_a_sign_in_that_fails_is_told_once() -> None:
    found = await examined(change=put("teams.credential.client_secret", "wr0ng~value"))
    (failed,) = [result for result in found.results if "AADSTS7000215" in result.said]
    assert failed.source == "sign-in"
    assert "and not its Secret ID" in failed.said
    rest = [result for result in found.results if result.source in ("graph", "arm", "acs")]
    assert {result.state for result in rest} == {State.NOT_TRIED}
    text = table(found, simulated=False, width=80, paint=lambda text, colour: text)
    assert max(len(line) for line in text.splitlines()) <= 80


async def test_a_secret_that_is_its_id_is_found_out_and_not_repeated() -> None:
    taken = invented("secret", "id")
    found = await examined(change=put("teams.credential.client_secret", taken))
    assert "as the Secret ID of a secret is" in mistakes(found)["teams.credential.client_secret"]
    assert taken not in repr(found)


async def test_a_tenant_that_is_none_is_found_before_anybody_signs_in() -> None:
    found = await examined(change=put("teams.tenant_id", invented("no", "tenant")))
    (failed,) = [result for result in found.results if result.source == "sign-in"]
    assert "knows no tenant" in failed.said
    assert "Entra admin center > Overview" in failed.said


async def test_a_private_ca_that_is_not_trusted_names_the_setting() -> None:
    found = await examined(change=put("endpoints.ca_bundle", ""))
    assert "name it in [endpoints] ca_bundle" in found.results[0].said


async def test_a_proxy_that_refuses_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with proxy(login="kim:right") as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", tunnel.url.replace("right", "Wr0ng"))
        found = await examined(impatient(healthy(), request_timeout=3), proxies=True)
    assert "The proxy wants a name and a password" in found.results[0].said
    assert "Wr0ng" not in repr(found)


@pytest.mark.parametrize(
    ("date", "said"), [("Thu, 01 Jan 2026 00:00:00 GMT", "ahead of"), ("Thu, 01 Jan 2099 00:00:00 GMT", "behind")]
)
async def test_a_clock_that_is_wrong_is_noticed(date: str, said: str) -> None:
    late = Fault("openid-configuration", edit=lambda content: content, headers={"Date": date})
    found = await examined(behaviour=broken(late))
    assert said in mistakes(found)["the clock of this machine"]


# --- mix-ups ---------------------------------------------------------------------------------------------------


def line(**values: str) -> Change:
    return put("deployment.lines", [{"account": "ivr@contoso.com", **values}])


async def test_a_healthy_configuration_is_not_suspected() -> None:
    assert (await examined()).mix_ups == ()
    assert (await examined(change=line(application_id=BOT_APP_ID, acs_resource=ACS_ID))).mix_ups == ()


async def test_an_object_id_in_the_place_of_an_application_id_is_found() -> None:
    principal = next(p for p in healthy().tenant.service_principals if p.app_id == BOT_APP_ID)
    found = mistakes(await examined(change=line(application_id=principal.id)))
    assert f"Its application (client) id is {BOT_APP_ID}" in found["deployment.lines[0].application_id"]


async def test_an_application_id_in_the_place_of_an_account_is_found() -> None:
    found = mistakes(await examined(change=put("deployment.lines", [{"account": BOT_APP_ID}])))
    assert "is the application id of" in found["deployment.lines[0].account"]


async def test_the_id_of_a_tenant_in_the_place_of_an_acs_resource_is_found() -> None:
    found = mistakes(await examined(change=line(acs_resource=TENANT_ID)))
    assert "is the" in found["deployment.lines[0].acs_resource"]


async def test_an_acs_resource_that_azure_does_not_show_is_found() -> None:
    found = mistakes(await examined(change=line(acs_resource=invented("other", "acs"))))
    assert "is the immutable id of no ACS resource" in found["deployment.lines[0].acs_resource"]


async def test_an_account_that_is_bound_to_an_arm_id_is_found_and_told_the_immutable_one() -> None:
    def edit(content: dict[str, Any]) -> dict[str, Any]:
        for account in content.get("value", []):
            if account["id"] == IVR:
                account["acsResourceId"] = "/subscriptions/x/resourceGroups/y/providers/z/communicationServices/w"
        return content

    found = mistakes(await examined(behaviour=broken(Fault("/resourceAccounts", edit=edit))))
    (what,) = [text for where, text in found.items() if where.startswith("the resource account")]
    assert "which is no immutable resource id" in what
    assert f"-Identity {IVR}" in what


async def test_a_user_among_the_groups_is_found() -> None:
    adele = invented("user", "adele")
    found = mistakes(await examined(change=put("deployment.agents.groups", [adele])))
    assert "is a user" in found["deployment.agents.groups"]


async def test_a_subscription_of_another_tenant_names_that_tenant() -> None:
    scenario = SCENARIOS["healthy-two-tenants"]()
    foreign = scenario.config["azure"]["tenant_id"]

    def change(tenant: SimulatedTenant, data: dict[str, Any]) -> None:
        data["azure"] = {"subscriptions": [scenario.subscription.id]}

    found = mistakes(await examined(scenario, change=change))
    assert f'tenant_id = "{foreign}" under [azure]' in found["azure.subscriptions"]
