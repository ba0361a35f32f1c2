"""`tpe-audit init`: what it writes is what `run` takes, whatever the tenant holds."""

from __future__ import annotations

import io
import os
import stat
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands.cli import Ran, tpe
from tests.tenant import Scenario, healthy
from tpe_audit import config, example
from tpe_audit.commands.discovery import Found, Line, Missed
from tpe_audit.commands.first_config import MOST_LINES, Answers, SignInEntry, written
from tpe_audit.commands.questions import KINDS
from tpe_audit.simulator import SCENARIOS, SimulatedTenant, serve
from tpe_audit.simulator.contoso import ACS_ID, BOT_APP_ID, TENANT_ID, acs_arm_id
from tpe_audit.simulator.state import ResourceAccount

TEAMS_SECRET = "TPE_AUDIT_TEAMS__CREDENTIAL__CLIENT_SECRET"
TODAY = date(2026, 11, 22)
NOWHERE = {"TPE_AUDIT_ENDPOINTS__AUTHORITY": "https://localhost:1", "TPE_AUDIT_LIMITS__REQUEST_TIMEOUT": "2"}


def environment(tenant: SimulatedTenant, *, secrets: bool = True) -> dict[str, str]:
    """What points a real command at the simulated tenant."""
    endpoints = {f"TPE_AUDIT_ENDPOINTS__{key.upper()}": value for key, value in tenant.config["endpoints"].items()}
    return endpoints | (dict(tenant.secrets) if secrets else {})


def init(folder: Path, tenant: SimulatedTenant, *arguments: str, secrets: bool = True) -> Ran:
    client = tenant.config["teams"]["credential"]["client_id"]
    given = ["--teams-tenant", tenant.config["teams"]["tenant_id"], "--credential", "client-secret"]
    return tpe(
        folder, "init", *given, "--client-id", client, *arguments, environment=environment(tenant, secrets=secrets)
    )


def file(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "config.toml").read_text(encoding="utf-8"))


# --- what it writes ----------------------------------------------------------------------------------------------


def test_it_writes_what_it_discovers_and_run_takes_it(tmp_path: Path) -> None:
    with serve(healthy()) as tenant:
        ran = init(tmp_path, tenant)
        assert (ran.code, ran.out) == (0, ""), ran.err
        assert "Found Contoso: 2 lines, 1 bot, 1 ACS resource." in ran.err
        lines = file(tmp_path)["deployment"]["lines"]
        assert [line["account"] for line in lines] == ["ivr@contoso.com", "support@contoso.com"]
        assert {line["application_id"] for line in lines} == {BOT_APP_ID}
        assert {line["acs_resource"] for line in lines} == {acs_arm_id()}
        assert all("Microsoft.BotService" in line["bot"] for line in lines)
        audited = tpe(tmp_path, "run", "--format", "json", environment=environment(tenant))
    assert audited.code in (1, 3), audited.err
    report = audited.report
    assert {line["account"]["name"] for line in report["lines"]} == {line["account"] for line in lines}
    statuses = {finding["check"]: finding["status"] for finding in report["findings"]}
    assert statuses["ra-application-id"] == statuses["ra-acs-resource-id"] == statuses["bot-exists"] == "pass"


@pytest.mark.parametrize("name", ["healthy-dynamics", "healthy-two-tenants"])
def test_a_demonstration_prints_a_file_that_is_whole(tmp_path: Path, name: str) -> None:
    ran = tpe(tmp_path, "init", "--demo", name)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("# SIMULATED")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "config.toml").write_text(ran.out, encoding="utf-8")
    secrets = {"TPE_AUDIT_AZURE__CREDENTIAL__CLIENT_SECRET": "x"} if "[azure.credential]" in ran.out else {}
    with mock.patch.dict(os.environ, {TEAMS_SECRET: "x", **secrets}):
        loaded = config.load(tmp_path / "config.toml")
    assert loaded.deployment.consumer == SCENARIOS[name]().config["deployment"]["consumer"]
    assert loaded.deployment.lines


def test_only_its_owner_can_read_it_and_no_secret_is_in_it(tmp_path: Path) -> None:
    with serve(healthy()) as tenant:
        init(tmp_path, tenant)
        text = (tmp_path / "config.toml").read_text(encoding="utf-8")
        assert not any(secret in text for secret in tenant.issued)
    assert f"client_secret, from the environment: {TEAMS_SECRET}" in text
    assert stat.S_IMODE((tmp_path / "config.toml").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_every_comment_of_a_key_is_the_words_of_the_example() -> None:
    words = example.words()
    for key in ("teams.tenant_id", "deployment.consumer", "deployment.agents.users", "azure.subscriptions"):
        assert words[key]
        text = written(answers(), Found(), TODAY)
        assert words[key].split(",")[0] in " ".join(text.replace("#", " ").split())
    assert set(example.kinds()) == set(KINDS)


def answers() -> Answers:
    return Answers(TENANT_ID, SignInEntry("default"))


# --- what it does not write over ---------------------------------------------------------------------------------


def test_a_file_that_is_there_stays_unless_it_is_told_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("# mine\n", encoding="utf-8")
    given = ["init", "--teams-tenant", TENANT_ID, "--no-discover"]
    ran = tpe(tmp_path, *given)
    assert (ran.code, ran.out) == (2, "")
    assert "nothing was written: config.toml is there already; --force" in ran.err
    assert path.read_text(encoding="utf-8") == "# mine\n"
    assert tpe(tmp_path, *given, "--force").code == 0
    assert file(tmp_path)["teams"]["tenant_id"] == TENANT_ID


def test_a_file_that_appears_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"

    def appears(*_: object) -> str:
        path.write_text("# mine\n", encoding="utf-8")
        return "text"

    with mock.patch("tpe_audit.commands.init._text", appears):
        ran = tpe(tmp_path, "init", "--teams-tenant", TENANT_ID, "--no-discover")
    assert ran.code == 2
    assert path.read_text(encoding="utf-8") == "# mine\n"
    assert [one.name for one in tmp_path.iterdir()] == ["config.toml"]


def test_it_goes_where_it_is_told(tmp_path: Path) -> None:
    given = ["init", "--teams-tenant", TENANT_ID, "--no-discover"]
    assert tpe(tmp_path, *given, "-o", "deep/other.toml").code == 0
    assert config.load(tmp_path / "deep" / "other.toml").teams.tenant_id == TENANT_ID
    ran = tpe(tmp_path, *given, "-o", "-")
    assert tomllib.loads(ran.out)["teams"]["tenant_id"] == TENANT_ID
    ran = tpe(tmp_path, *given, "-o", "deep/other.toml/below.toml")
    assert (ran.code, "nothing was written" in ran.err) == (2, True)


# --- what it can't discover --------------------------------------------------------------------------------------


def test_what_was_refused_stands_in_the_file_with_what_to_grant(tmp_path: Path) -> None:
    scenario = healthy().permitted("TeamsTelephoneNumber.Read.All", "Organization.Read.All", reader_scopes=())
    with serve(scenario) as tenant:
        ran = init(tmp_path, tenant)
    assert ran.code == 0
    text = " ".join((tmp_path / "config.toml").read_text(encoding="utf-8").replace("#", " ").split())
    assert "Not discovered: numbers." in text
    assert "To grant or set up: the Graph permission TeamsTelephoneNumber.Read.All" in text
    assert "Not discovered: bots." in text
    lines = file(tmp_path)["deployment"]["lines"]
    assert [line["account"] for line in lines] == ["ivr@contoso.com", "support@contoso.com"]
    assert {line["acs_resource"] for line in lines} == {ACS_ID}
    assert not any("number" in line or "bot" in line for line in lines)


def test_without_the_secret_it_writes_what_was_answered_and_says_what_to_set(tmp_path: Path) -> None:
    with serve(healthy()) as tenant:
        ran = init(tmp_path, tenant, secrets=False)
        assert ran.code == 0
        assert [request for request in tenant.requests if request.api != "entra"] == []
    assert f"Set {TEAMS_SECRET}" in ran.err
    assert TEAMS_SECRET in (tmp_path / "config.toml").read_text(encoding="utf-8")
    assert "lines" not in file(tmp_path)["deployment"]


def test_a_tenant_that_refuses_its_accounts_still_gets_a_file(tmp_path: Path) -> None:
    with serve(healthy().permitted("TeamsResourceAccount.Read.All")) as tenant:
        ran = init(tmp_path, tenant)
        assert ran.code == 0
        assert "Not discovered: lines." in ran.err
        assert tpe(tmp_path, "run", "--quiet", environment=environment(tenant)).code in (1, 3)


def test_a_tenant_without_lines_gets_a_file_that_shows_how(tmp_path: Path) -> None:
    scenario = healthy()
    with serve(scenario.drop("resource_accounts")) as tenant:
        ran = init(tmp_path, tenant)
    assert "Found Contoso: 0 lines, 0 bots, 0 ACS resources." in ran.err
    assert "#[[deployment.lines]]" in (tmp_path / "config.toml").read_text(encoding="utf-8")


def test_of_very_many_lines_only_their_number_is_told() -> None:
    line = Line("x", {"account": "x@contoso.com"})
    text = written(answers(), Found(lines=(line,) * (MOST_LINES + 1)), TODAY)
    assert "51 lines were found" in text
    assert "lines" not in tomllib.loads(text)["deployment"]


# --- hostile tenants ---------------------------------------------------------------------------------------------

HOSTILE = '"]\n[checks]\npaths = ["/tmp/evil"]\n# \u2028\x1b[2J'


@given(st.text(), st.text(), st.text())
def test_no_text_of_a_tenant_breaks_out_of_its_place(name: str, account: str, why: str) -> None:
    found = Found(name, (Line(name, {"account": account}),), missed=(Missed("numbers", why, (name,)),))
    data = tomllib.loads(written(answers(), found, TODAY))
    assert set(data) == {"teams", "azure", "deployment", "sources"}
    assert data["deployment"]["lines"] == [{"account": account}]


def hostile(account: ResourceAccount) -> Mapping[str, Any]:
    return {"display_name": HOSTILE, "user_principal_name": f"{account.user_principal_name}'{HOSTILE}"}


def test_hostile_names_end_as_comments_and_object_ids(tmp_path: Path) -> None:
    scenario: Scenario = healthy().in_tenant(name=HOSTILE)
    for key in ("display_name", "user_principal_name"):
        scenario = scenario.change("resource_accounts", **{key: lambda account, key=key: hostile(account)[key]})
    with serve(scenario) as tenant:
        ran = init(tmp_path, tenant)
    assert ran.code == 0, ran.err
    assert "\x1b" not in ran.err
    data = file(tmp_path)
    assert "checks" not in data
    assert all(config.is_guid(line["account"]) for line in data["deployment"]["lines"])
    with mock.patch.dict(os.environ, {TEAMS_SECRET: "x"}):
        config.load(tmp_path / "config.toml")


# --- without and with a terminal ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--teams-tenant"),
        (["--teams-tenant", "no tenant"], "neither a GUID nor a domain name"),
        (["--teams-tenant", TENANT_ID, "--credential", "client-secret"], "client_id"),
        (["--teams-tenant", TENANT_ID, "--client-id", "me"], "is not a GUID"),
        (["--teams-tenant", TENANT_ID, "--credential", "certificate", "--client-id", TENANT_ID], "certificate_path"),
        (["--teams-tenant", TENANT_ID, "--environment-url", "http://x"], "environment_url"),
        (["--teams-tenant", TENANT_ID, "--credential", "magic"], "magic"),
        (["--demo", "nothing"], "there is no scenario"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(tmp_path: Path, arguments: list[str], says: str) -> None:
    ran = tpe(tmp_path, "init", "--no-discover", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_domain_name_will_do_for_a_tenant(tmp_path: Path) -> None:
    with serve(SCENARIOS["healthy-two-tenants"]()) as tenant:
        state = tenant.scenario.state
        names = {one.id: one.domain for one in state.tenants}
        vendor = tenant.config["azure"]["tenant_id"]
        given = ["--teams-tenant", names[TENANT_ID], "--azure-tenant", names[vendor], "--no-discover"]
        assert tpe(tmp_path, "init", *given, environment=environment(tenant)).code == 0
    assert file(tmp_path)["teams"]["tenant_id"] == TENANT_ID
    assert file(tmp_path)["azure"]["tenant_id"] == vendor


def test_a_domain_name_that_nobody_knows_is_told(tmp_path: Path) -> None:
    with serve(healthy()) as tenant:
        ran = tpe(tmp_path, "init", "--teams-tenant", "nobody.example", environment=environment(tenant))
    assert (ran.code, ran.out) == (2, "")
    assert "knows no tenant nobody.example" in ran.err
    ran = tpe(tmp_path, "init", "--teams-tenant", "contoso.com", environment=NOWHERE)
    assert ran.code == 2
    assert "Entra admin center" in ran.err


class _Keyboard(io.StringIO):
    def isatty(self) -> bool:
        return True


def typed(folder: Path, *lines: str, environment: Mapping[str, str]) -> Ran:
    """Run it on a terminal, with somebody who types."""
    with mock.patch("sys.stdin", _Keyboard("\n".join(lines) + "\n")):
        return tpe(folder, "init", terminal=True, environment=environment)


def test_on_a_terminal_it_asks_few_questions_until_it_is_answered(tmp_path: Path) -> None:
    with serve(healthy()) as tenant:
        client = tenant.config["teams"]["credential"]["client_id"]
        domain = tenant.scenario.tenant.domain
        ran = typed(
            tmp_path, "what?", "nobody.example", domain, "", "me", client, "", "", environment=environment(tenant)
        )
    assert (ran.code, ran.out) == (0, ""), ran.err
    assert "neither a GUID nor a domain name" in ran.err
    assert "knows no tenant nobody.example" in ran.err
    assert "This is no GUID" in ran.err
    data = file(tmp_path)
    assert data["teams"] == {"tenant_id": TENANT_ID, "credential": {"kind": "client-secret", "client_id": client}}
    assert "tenant_id" not in data["azure"]
    assert len(data["deployment"]["lines"]) == 2


def test_whoever_leaves_leaves_nothing_behind(tmp_path: Path) -> None:
    ran = typed(tmp_path, environment={})
    assert ran.code == 130
    assert list(tmp_path.iterdir()) == []
