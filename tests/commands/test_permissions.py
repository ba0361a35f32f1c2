"""`tpe-audit permissions`: what it prints is enough for the checks, no more than they need, and can be run."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.commands.cli import tpe
from tests.grammar import nodes, tree
from tests.tenant import Scenario, audit
from tpe_audit import catalog
from tpe_audit.collectors import COLLECTORS
from tpe_audit.report import Report
from tpe_audit.rights import DATA_PLANE, DATAVERSE, READER, RIGHTS, TEAMS_READER, RightKind, right
from tpe_audit.shell import Shell
from tpe_audit.simulator import SCENARIOS
from tpe_audit.simulator.state import Identity
from tpe_audit.verdicts import Status

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
TENANT, VENDOR = "11111111-1111-1111-1111-111111111111", "33333333-3333-3333-3333-333333333333"
CLIENT = "44444444-4444-4444-4444-444444444444"
CHECKS = catalog.find().checks


def told(folder: Path, *arguments: str) -> dict[str, Any]:
    ran = tpe(folder, "permissions", "--format", "json", *arguments)
    assert ran.code == 0, ran.err
    return ran.report


def rights(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["right"]: entry for entry in data["rights"]}


def configured(folder: Path, text: str = "") -> Path:
    path = folder / "config.toml"
    path.write_text(f'[teams]\ntenant_id = "{TENANT}"\n{text}', encoding="utf-8")
    return path


# --- what it tells -----------------------------------------------------------------------------------------------


def test_every_right_that_a_collector_names_is_known_with_its_ids() -> None:
    named = {words for row in COLLECTORS for words in row.permissions}
    assert named <= {known.words for known in RIGHTS}
    for known in RIGHTS:
        assert known.gives
        if known.kind is RightKind.GRAPH:
            assert known.application_id
            assert known.delegated_id


def test_the_ids_are_those_of_microsoft() -> None:
    page = Path(__file__).parents[3] / "shared" / "domain.md"
    if not page.is_file():
        pytest.skip("the folder ../shared is absent")
    text = page.read_text(encoding="utf-8")
    for known in RIGHTS:
        if known.kind is RightKind.GRAPH:
            assert f"`{known.name}` | {known.delegated_id} | {known.application_id} |" in text


def test_a_right_of_a_plug_in_is_told_by_its_shape() -> None:
    assert right("CallRecords.Read.All").kind is RightKind.GRAPH
    assert right("CallRecords.Read.All").application_id == ""
    assert right("a key of the widget").kind is RightKind.OTHER


def test_each_right_names_the_checks_and_facts_that_need_it(tmp_path: Path) -> None:
    data = told(tmp_path, "--check", "server-consent")
    assert list(rights(data)) == ["TeamsResourceAccount.Read.All", "Azure role Reader", DATA_PLANE.words]
    assert rights(data)[DATA_PLANE.words]["needed_by"] == [{"check": "server-consent", "facts": ["ServerConsent"]}]
    assert rights(data)["Azure role Reader"]["needed_by"] == [{"check": "server-consent", "facts": ["AcsResource"]}]
    assert data["person_needs"] == ["Teams Administrator"]


@pytest.mark.parametrize("check", CHECKS)
def test_list_tells_the_same_rights(tmp_path: Path, check: str, listing: dict[str, Any]) -> None:
    entry = listing[check]
    kept = [
        {k: v for k, v in e.items() if k not in ("also_in_azure_tenant", "needed_by")} for e in _of(check, tmp_path)
    ]
    assert sorted(entry["rights"], key=str) == sorted(kept, key=str)
    assert {one["right"] for one in kept} == set(entry["permissions"])


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    ran = tpe(tmp_path_factory.mktemp("list"), "list", "--format", "json")
    return {entry["id"]: entry for entry in ran.report["checks"]}


def _of(check: str, folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = told(folder, "--check", check)["rights"]
    return rows


def test_areas_and_profiles_choose_checks(tmp_path: Path) -> None:
    assert set(told(tmp_path, "--area", "consent")["checks"]) == {"server-consent"}
    assert "code-obo-identifier" not in told(tmp_path, "--profile", "scheduled")["checks"]
    assert "code-obo-identifier" in told(tmp_path, "--profile", "go-live")["checks"]
    assert set(told(tmp_path)["checks"]) == set(CHECKS)


def test_the_configuration_narrows_what_is_needed(tmp_path: Path) -> None:
    assert DATAVERSE.words in rights(told(tmp_path))
    configured(
        tmp_path,
        '[sources.acs]\nmode = "off"\n[sources.teams_powershell]\nmode = "off"\n',
    )
    data = told(tmp_path)
    assert not {DATA_PLANE.words, TEAMS_READER.words, DATAVERSE.words, "Policy.Read.All"} & set(rights(data))
    assert not any(check.startswith("d365-") for check in data["checks"])
    assert "Policy.Read.All" in rights(told(tmp_path, "--check", "conditional-access"))


def test_a_configuration_without_its_secret_will_do(tmp_path: Path) -> None:
    configured(tmp_path, f'[teams.credential]\nkind = "client-secret"\nclient_id = "{CLIENT}"\n')
    ran = tpe(tmp_path, "permissions", "--script", "graph")
    assert f"ClientId = '{CLIENT}'" in ran.out


def test_a_configuration_that_is_wrong_is_told(tmp_path: Path) -> None:
    configured(tmp_path, "[deployment]\nconsumers = 1\n")
    ran = tpe(tmp_path, "permissions")
    assert (ran.code, ran.out) == (2, "")
    assert "deployment.consumers" in ran.err


def test_a_configuration_without_a_tenant_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[report]\nfail_on = "minor"\n', encoding="utf-8")
    ran = tpe(tmp_path, "permissions")
    assert (ran.code, ran.out) == (2, "")
    assert "teams" in ran.err


def test_a_managed_identity_is_granted_to_and_no_application_registered_for_it(tmp_path: Path) -> None:
    configured(tmp_path, '[teams.credential]\nkind = "managed-identity"\n')
    printed = script(tmp_path, "graph")
    assert "ClientId = '<CLIENT-ID-OF-THE-MANAGED-IDENTITY>'" in printed
    assert "Put a value in the place of" in printed


def test_an_unknown_check_is_told(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "permissions", "--check", "ra-exist")
    assert (ran.code, ran.out) == (2, "")
    assert "did you mean" in ran.err


def test_it_keeps_to_a_narrow_terminal(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "permissions", environment={"COLUMNS": "80"})
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    for known in RIGHTS:
        assert known.words in " ".join(ran.out.split())


# --- scripts -----------------------------------------------------------------------------------------------------


def script(folder: Path, kind: str, *arguments: str) -> str:
    ran = tpe(folder, "permissions", "--script", kind, *arguments)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def assert_powershell(text: str) -> set[str]:
    """The names of the commands in a script that PowerShell's grammar takes whole."""
    found = list(nodes(tree(text, Shell.POWERSHELL)))
    assert [node.start_point for node in found if node.is_error or node.is_missing] == []
    return {node.text.decode() for node in found if node.type == "command_name" and node.text}


def assert_bash(text: str) -> None:
    subprocess.run(["bash", "-n"], input=text, text=True, check=True)  # noqa: S607 - whichever bash is there


TWO_TENANTS = (
    f'[teams.credential]\nkind = "device-code"\nclient_id = "{CLIENT}"\n'
    f'[azure]\ntenant_id = "{VENDOR}"\nsubscriptions = ["{SUBSCRIPTION}"]\n'
    f'[azure.credential]\nkind = "client-secret"\nclient_id = "{CLIENT}"\n'
)


@pytest.mark.parametrize("text", [None, "", TWO_TENANTS])
def test_the_graph_script_is_powershell_that_creates_the_application(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        configured(tmp_path, text)
    printed = script(tmp_path, "graph")
    commands = assert_powershell(printed)
    assert {
        "New-MgApplication",
        "New-MgServicePrincipal",
        "New-MgServicePrincipalAppRoleAssignment",
        "New-MgOauth2PermissionGrant",
    } <= commands
    assert not {name for name in commands if name.startswith("Remove-")}
    for entry in told(tmp_path)["rights"]:
        assert (f"Name = '{entry['name']}'" in printed) == (entry["kind"] == "graph")
    assert ("$SignIn = 'person'" in printed) == (text == TWO_TENANTS)
    printed.encode("ascii")  # as Windows PowerShell reads a file without a byte order mark


def test_the_graph_script_asks_the_azure_tenant_for_applications_alone(tmp_path: Path) -> None:
    configured(tmp_path, TWO_TENANTS)
    teams, azure = script(tmp_path, "graph").split("Tenant = 'the Azure tenant'")
    assert f"TenantId = '{TENANT}'" in teams
    assert f"TenantId = '{VENDOR}'" in azure
    assert azure.count("@{ Name = '") == 1
    assert "Name = 'Application.Read.All'" in azure


def test_a_permission_without_a_known_id_is_resolved_by_the_script(tmp_path: Path) -> None:
    folder = tmp_path / "checks"
    folder.mkdir()
    (folder / "_collectors.py").write_text(
        "from dataclasses import dataclass\n"
        "from tpe_audit.collectors import Collector\n"
        "from tpe_audit.facts import Fact, Tenant\n\n\n"
        "@dataclass(frozen=True, slots=True)\nclass Widget(Fact):\n    OF = (Tenant,)\n\n    on: bool\n\n\n"
        'COLLECTORS = (Collector("_collectors.widget", ((Tenant, Widget),), "GET /v1.0/widgets", "graph", '
        '("Widget.Read.All",)),)\n',
        encoding="utf-8",
    )
    (folder / "our_widget.py").write_text(
        '"""The widget is on.\n\nOr else.\n\n## Fix\n\nSwitch it on.\n"""\n\n'
        "from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict\n"
        "from tpe_audit.facts import Tenant\n\nfrom ._collectors import Widget\n\n"
        "AREA, SEVERITY, OWNER = Area.TENANT, Severity.MINOR, Owner.TEAMS_ADMIN\n"
        'LINK = "https://learn.microsoft.com/"\n\n\n'
        "def check(tenant: Tenant, widget: Widget) -> Verdict:\n"
        '    return Pass("On.") if widget.on else Fail("Off.")\n',
        encoding="utf-8",
    )
    configured(tmp_path, '[checks]\npaths = ["checks"]\n')
    printed = script(tmp_path, "graph", "--check", "our-widget")
    assert "@{ Name = 'Widget.Read.All'; Role = ''; Scope = '' }" in printed
    assert "looked up by its name" in printed


ARM = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/voice/providers"
LINE = f"""[[deployment.lines]]
account = "ivr@contoso.com"
acs_resource = "{ARM}/Microsoft.Communication/communicationServices/o'brien $(id)"
bot = "{ARM.replace("voice", "VOICE")}/Microsoft.BotService/botServices/ivr"
"""


@pytest.mark.parametrize("text", [None, "", TWO_TENANTS, LINE])
def test_the_azure_script_is_bash(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        configured(tmp_path, text)
    assert_bash(script(tmp_path, "azure"))


def test_the_azure_script_grants_no_wider_than_is_named(tmp_path: Path) -> None:
    configured(tmp_path, TWO_TENANTS)
    assert f"grant Reader /subscriptions/{SUBSCRIPTION}\n" in script(tmp_path, "azure")
    configured(tmp_path, LINE)
    printed = script(tmp_path, "azure")
    assert printed.count("grant Reader ") == 1
    assert f"grant Reader /subscriptions/{SUBSCRIPTION}/resourceGroups/VOICE\n" in printed
    assert "communicationServices/o'\"'\"'brien $(id)'\n" in printed


def test_the_data_plane_role_is_granted_only_where_it_is_needed_and_explained(tmp_path: Path) -> None:
    assert "grant Contributor" not in script(tmp_path, "azure", "--check", "bot-exists")
    printed = " ".join(script(tmp_path, "azure", "--check", "server-consent").replace("#", " ").split())
    assert "grant Contributor '<ARM-ID-OF-THE-ACS-RESOURCE>'" in printed
    assert '[sources.acs] mode = "off"' in printed


AZ = """#!/bin/sh
echo "$@" >>"$LOG"
case "$*" in
  "account show"*) echo "$TENANT" ;;
  *"sp show"*) echo principal ;;
  "role assignment list"*) test "$HELD" && echo held ;;
esac
exit 0
"""


def run_azure(folder: Path, text: str, **variables: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run the script with an Azure CLI that notes what it is called with."""
    (folder / "az").write_text(AZ, encoding="utf-8")
    (folder / "az").chmod(0o755)
    log = folder / "log"
    log.write_text("", encoding="utf-8")
    environment = {"PATH": f"{folder}:/usr/bin:/bin", "LOG": str(log), "TENANT": TENANT, "HELD": "", **variables}
    ran = subprocess.run(["bash"], input=text, env=environment, capture_output=True, text=True, check=False)  # noqa: S607
    return ran, log.read_text(encoding="utf-8").splitlines()


def test_the_azure_script_assigns_what_is_missing_and_nothing_twice(tmp_path: Path) -> None:
    configured(
        tmp_path,
        f'[teams.credential]\nkind = "managed-identity"\nclient_id = "{CLIENT}"\n'
        f'[azure]\nsubscriptions = ["{SUBSCRIPTION}"]\n{LINE}',
    )
    text = script(tmp_path, "azure")
    ran, calls = run_azure(tmp_path, text)
    assert ran.returncode == 0, ran.stderr
    made = [call for call in calls if call.startswith("role assignment create")]
    assert [call.split("--role ")[1].split()[0] for call in made] == ["Reader", "Contributor"]
    assert "--scope " in made[1]
    assert made[1].endswith("o'brien $(id) --output none")
    _, again = run_azure(tmp_path, text, HELD="1")
    assert not [call for call in again if "create" in call]


def test_the_azure_script_grants_nothing_before_it_is_filled_in_or_in_another_tenant(tmp_path: Path) -> None:
    ran, calls = run_azure(tmp_path, script(tmp_path, "azure"))
    assert ran.returncode == 1
    assert "put a value in the place of <ID-OF-THE-AZURE-TENANT>" in ran.stderr
    assert calls == []
    configured(tmp_path, f'[teams.credential]\nkind = "managed-identity"\nclient_id = "{CLIENT}"\n')
    ran, calls = run_azure(tmp_path, script(tmp_path, "azure"), TENANT=VENDOR)
    assert ran.returncode == 1
    assert f"az login --tenant {TENANT}" in ran.stderr
    ran, calls = run_azure(tmp_path, script(tmp_path, "azure"))
    assert "put a value in the place of /subscriptions/<SUBSCRIPTION-ID>" in ran.stderr
    assert not [call for call in calls if "create" in call]


def test_without_a_name_the_scripts_that_grant_are_printed_one_after_the_other(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "permissions", "--script")
    assert (ran.code, ran.err) == (0, "")
    parts = {name: script(tmp_path, kind) for name, kind in (("grant-graph.ps1", "graph"), ("grant-azure.sh", "azure"))}
    for name, text in parts.items():
        assert f"# {name}\n" in ran.out
        assert text.strip() in ran.out
    assert tpe(tmp_path, "permissions", "--script", "--check", "bot-exists").code == 0


def test_the_teams_export_is_printed_as_it_is_kept(tmp_path: Path) -> None:
    kept = Path(__file__).parents[2] / "src/tpe_audit/scripts/teams-export.ps1"
    assert script(tmp_path, "teams-export") == kept.read_text(encoding="utf-8")


def test_a_script_has_no_format(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "permissions", "--script", "graph", "--format", "json")
    assert (ran.code, ran.out) == (2, "")


# --- enough, and no more -----------------------------------------------------------------------------------------


def holding(scenario: Scenario, held: set[str]) -> Scenario:
    """The scenario, audited by an identity that holds exactly these rights."""

    def narrowed(identity: Identity) -> Identity:
        return replace(
            identity,
            permissions=frozenset(held) & identity.permissions,
            reader_scopes=identity.reader_scopes if READER.words in held else (),
            data_plane_scopes=identity.data_plane_scopes if DATA_PLANE.words in held else (),
        )

    state = scenario.state
    environments = state.environments
    if DATAVERSE.words not in held:
        environments = tuple(replace(e, users=tuple(replace(u, reads=None) for u in e.users)) for e in environments)
    state = replace(state, identities=tuple(map(narrowed, state.identities)), environments=environments)
    return replace(scenario, state=state, export=scenario.export and TEAMS_READER.words in held)


def unread(report: Report) -> dict[str, str]:
    """What is unknown, and why."""
    return {f.check.id: f.reason for f in report.findings if f.status is Status.UNKNOWN}


@pytest.mark.parametrize("name", ["healthy", "healthy-dynamics", "healthy-two-tenants"])
async def test_what_is_printed_is_enough(tmp_path: Path, name: str) -> None:
    scenario = SCENARIOS[name]().configure("sources.conditional_access", {"mode": "auto"})
    report, _ = await audit(holding(scenario, set(rights(told(tmp_path)))), profile="go-live")
    assert unread(report) == {}


@pytest.mark.parametrize("source", ["azure", "acs", "teams_powershell", "conditional_access"])
async def test_what_is_printed_is_enough_where_a_source_is_off(tmp_path: Path, source: str) -> None:
    scenario = SCENARIOS["healthy"]().configure("sources.conditional_access", {"mode": "auto"})
    scenario = scenario.configure(f"sources.{source}", {"mode": "off"})
    on = "" if source == "conditional_access" else '[sources.conditional_access]\nmode = "auto"\n'
    configured(tmp_path, f'{on}[sources.{source}]\nmode = "off"\n')
    all_held, _ = await audit(scenario, profile="go-live")
    report, _ = await audit(holding(scenario, set(rights(told(tmp_path)))), profile="go-live")
    assert unread(report) == unread(all_held)


async def test_the_azure_tenant_needs_no_more_than_is_printed_for_it(tmp_path: Path) -> None:
    printed = told(tmp_path)["rights"]
    there = {e["right"] for e in printed if e["also_in_azure_tenant"] or e["kind"] == "azure-role"}
    scenario = SCENARIOS["healthy-two-tenants"]()
    teams = scenario.config["teams"]["tenant_id"]
    state = holding(scenario, there).state
    kept = [i for i in state.identities if i.tenant_id != teams]
    assert kept
    kept += [i for i in scenario.state.identities if i.tenant_id == teams]
    report, _ = await audit(replace(scenario, state=replace(state, identities=tuple(kept))))
    assert unread(report) == {}


@pytest.mark.parametrize("missing", [known.words for known in RIGHTS])
async def test_nothing_that_is_printed_can_be_left_out(tmp_path: Path, missing: str) -> None:
    """For a check that needs it: a broad permission may cover others, so each is tried on a check that has none."""
    dynamics = missing == DATAVERSE.words
    scenario = SCENARIOS["healthy-dynamics" if dynamics else "healthy"]()
    scenario = scenario.configure("sources.conditional_access", {"mode": "auto"})
    needing = [entry["check"] for entry in rights(told(tmp_path))[missing]["needed_by"]]
    of_each = {check: set(rights(told(tmp_path, "--check", check))) for check in needing}
    for check in sorted(needing, key=lambda check: len(of_each[check])):
        held = of_each[check]
        report, _ = await audit(holding(scenario, held), check=(check,), profile="go-live")
        if unread(report) or report.findings[0].status is Status.NOT_APPLICABLE:
            continue
        report, _ = await audit(holding(scenario, held - {missing}), check=(check,), profile="go-live")
        if unread(report):
            return
    pytest.fail(f"no check is unknown without {missing}: {json.dumps(needing)}")
