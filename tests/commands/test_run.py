"""`tpe-audit run`: what it prints, what it exits with, and what it says where it can't audit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.cli import Ran, tpe
from tpe_audit.formats import json as json_format

TENANT = "aaaaaaaa-0000-4000-8000-000000000001"
TEAMS = f'[teams]\ntenant_id = "{TENANT}"\n'
Run = Callable[..., Ran]


# --- the demo ------------------------------------------------------------------------------------------------


def test_the_demo_finds_the_faults_of_the_default_scenario(demo: tuple[Path, Ran]) -> None:
    _, ran = demo
    assert ran.code == 1
    assert "NOT READY" in ran.out
    assert ran.out.count("SIMULATED") >= 2
    assert ran.out.index("FAIL number-activated") < ran.out.index("FAIL server-consent")


def test_only_the_report_goes_to_stdout(demo: tuple[Path, Ran]) -> None:
    folder, ran = demo
    assert ran.err.splitlines() == [f"Wrote {folder / 'reports' / name}" for name in ("report.html", "report.json")]
    assert "Wrote" not in ran.out
    assert "\x1b" not in ran.out + ran.err


def test_the_formats_of_the_configuration_are_written_to_its_folder(demo: tuple[Path, Ran]) -> None:
    reports = demo[0] / "reports"
    assert sorted(path.name for path in reports.iterdir()) == ["report.html", "report.json"]
    report = json.loads((reports / "report.json").read_text(encoding="utf-8"))
    assert (report["schema"], report["verdict"], report["exit_code"]) == (json_format.SCHEMA, "not-ready", 1)
    assert report["first"] == ["number-activated", "server-consent"]
    assert report["simulated"]


def test_no_secret_of_the_scenario_is_printed_or_written(demo: tuple[Path, Ran]) -> None:
    from tpe_audit.simulator import DEFAULT, SCENARIOS

    folder, ran = demo
    said = ran.out + ran.err + "".join(path.read_text(encoding="utf-8") for path in (folder / "reports").iterdir())
    secrets = SCENARIOS[DEFAULT]().secrets.values()
    assert secrets
    assert not [secret for secret in secrets if secret in said]
    assert "eyJ" not in said


def test_the_demo_looks_at_no_configuration_of_the_machine(tmp_path: Path, run: Run) -> None:
    (tmp_path / "config.toml").write_text("this is no TOML")
    environment = {"TPE_AUDIT_TEAMS__TENANTID": "x", "HTTPS_PROXY": "http://localhost:9", "AZURE_CLIENT_ID": "x"}
    ran = run("--format", "json", environment=environment)
    assert (ran.code, ran.report["verdict"]) == (0, "ready")


def test_a_scenario_is_named_after_demo(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "run", "--demo", "no-service-principal", "--check", "acs-service-principal", "--format", "json")
    assert (ran.code, ran.report["first"]) == (1, ["acs-service-principal"])
    assert ran.err == ""


def test_an_unknown_scenario_is_told_with_all_that_there_are(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "run", "--demo", "helthy")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no scenario 'helthy'. Did you mean healthy? There are: healthy, contoso, " in ran.err


# --- the verdict decides the exit code -----------------------------------------------------------------------


def _failing(folder: Path, *arguments: str) -> Ran:
    scenario = ("run", "--demo", "no-service-principal", "--check", "acs-service-principal")
    return tpe(folder, *scenario, "--format", "json", *arguments)


def test_with_fail_on_never_the_verdict_stays_and_the_exit_code_is_0(tmp_path: Path) -> None:
    ran = _failing(tmp_path, "--fail-on", "never")
    assert (ran.code, ran.report["verdict"], ran.report["exit_code"]) == (0, "not-ready", 0)
    assert ran.report["threshold"] == "major"


def test_what_is_below_the_threshold_does_not_decide(tmp_path: Path) -> None:
    arguments = ("run", "--demo", "federation-off", "--check", "acs-federation-enabled", "--format", "json")
    assert tpe(tmp_path, *arguments).code == 1
    ran = tpe(tmp_path, *arguments, "--fail-on", "blocker")
    assert (ran.code, ran.report["verdict"]) == (3, "cannot-tell")


def test_what_cannot_be_read_is_neither_ready_nor_not(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "run", "--demo", "unreadable", "--check", "number-activated", "--format", "json")
    assert (ran.code, ran.report["verdict"]) == (3, "cannot-tell")
    [finding] = ran.report["findings"]
    assert finding["status"] == "unknown"
    assert "TeamsTelephoneNumber.Read.All" in finding["reason"]


# --- how much it says ----------------------------------------------------------------------------------------


def test_quiet_says_the_verdict_and_nothing_on_stderr(run: Run) -> None:
    ran = run("-q")
    assert (ran.code, ran.err) == (0, "")
    assert "READY" in ran.out
    assert "LINES" not in ran.out


def test_verbose_unfolds_what_holds_and_tells_each_request(run: Run) -> None:
    ran = run("-v", "--output", "-")
    assert "acs-service-principal" in ran.out
    assert "graph GET /v1.0/servicePrincipals(appId=" in ran.err
    assert "-> 200" in ran.err
    assert "Bearer" not in ran.err
    assert "eyJ" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "environment"), [((), {}), (("--no-color",), {}), ((), {"NO_COLOR": "1"})], ids=str
)
def test_colour_is_for_terminals_and_can_be_refused(
    run: Run, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    ran = run("--output", "-", "--no-progress", *arguments, terminal=True, environment=environment)
    assert ("\x1b[" in ran.out) == (not arguments and not environment)


def test_progress_goes_to_the_terminal_behind_stderr(run: Run) -> None:
    ran = run("--output", "-", "--no-color", terminal=True)
    assert "Reading the tenant" in ran.err
    assert "Reading the tenant" not in ran.out


@pytest.mark.parametrize(
    ("arguments", "environment"), [(("--no-progress",), {}), (("-q",), {}), ((), {"CI": "true"})], ids=str
)
def test_progress_can_be_refused(run: Run, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    assert run("--output", "-", *arguments, terminal=True, environment=environment).err == ""


def test_stdout_is_utf_8_whatever_the_machine_speaks(run: Run) -> None:
    assert "✓" in run("--output", "-", encoding="ascii").out


# --- no audit ------------------------------------------------------------------------------------------------


def test_without_a_configuration_it_says_how_to_get_one(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "run")
    assert (ran.code, ran.out) == (2, "")
    assert "no audit was performed" in ran.err
    assert "teams.tenant_id: it is missing" in ran.err
    assert "tpe-audit init writes one. Or try: tpe-audit run --demo" in ran.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEAMS + "[limit]\n", "limit: there is no such key; did you mean limits?"),
        ("[teams\n", "it is not TOML"),
        (TEAMS + '[checks]\nskip = ["bot-team-channel"]\n', "checks.skip[0]: there is no check 'bot-team-channel'"),
        (
            TEAMS + '[[waivers]]\ncheck = "bots"\nowner = "K"\nreason = "r"\nexpires = 2027-01-31\n',
            "waivers[0].check: there is no check 'bots'; did you mean bot-exists",
        ),
        (
            TEAMS + '[[attestations]]\ncheck = "bot-exists"\nby = "K"\non = 2026-11-20\nexpires = 2026-12-20\n',
            "attestations[0].check: bot-exists never asks a person, so nobody can answer it; such checks do: ",
        ),
    ],
)
def test_a_wrong_configuration_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "config.toml").write_text(text)
    ran = tpe(tmp_path, "run")
    assert (ran.code, ran.out) == (2, "")
    assert f"config.toml: {said}" in ran.err


def test_a_check_that_the_environment_names_wrongly_is_told_with_its_variable(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(TEAMS)
    ran = tpe(tmp_path, "run", environment={"TPE_AUDIT_CHECKS__SKIP": '["bots"]'})
    assert ran.code == 2
    assert "TPE_AUDIT_CHECKS__SKIP: checks.skip[0]: there is no check 'bots'" in ran.err


def test_a_check_whose_source_is_declared_off_may_be_attested(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        f"{TEAMS}[sources.azure]\nmode = 'off'\n[sources.teams_powershell]\nmode = 'off'\n[[attestations]]\n"
        "check = 'acs-federation-enabled'\nby = 'Kim'\non = 2020-01-01\nexpires = 2999-01-31\n"
    )
    ran = tpe(tmp_path, "run", "--check", "acs-federation-enabled", "--format", "json")
    assert (ran.code, ran.report["verdict"]) == (0, "ready")
    assert ran.report["findings"][0]["subjects"][0]["attestation"]["by"] == "Kim"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Usage: tpe-audit [OPTIONS] COMMAND"),
        (("rum",), "There is no command 'rum'. Did you mean 'run'?"),
        (("frobnicate",), "There is no command 'frobnicate'. There are: run, list, explain"),
        (("--frobnicate",), "No such option"),
        (("run", "--format", "docx"), "'docx' is not one of"),
        (("run", "--area", "phones"), "'phones' is not one of"),
        (("run", "--fail-on", "info"), "'info' is not one of"),
        (("run", "--config", "nowhere.toml"), "nowhere.toml: there is no such file"),
        (("run", "--config", "."), ".: it can't be read: Is a directory"),
        (("run", "--demo", "--subject", "nobody@contoso.com"), "'nobody@contoso.com' is no account, number or user"),
    ],
    ids=str,
)
def test_wrong_use_is_2_and_says_what_is_right(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = tpe(tmp_path, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_one_subject_alone_can_be_judged(tmp_path: Path) -> None:
    arguments = ("run", "--demo", "--check", "server-consent", "--format", "json", "--subject")
    assert tpe(tmp_path, *arguments, "ivr@contoso.com").code == 0
    broken = tpe(tmp_path, *arguments, "+15551230200")
    assert broken.code == 1
    assert [s["name"] for s in broken.report["findings"][0]["subjects"]] == ["support@contoso.com"]


def test_an_internal_error_is_2_and_says_that_it_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("tpe_audit.commands.delivery.deliver", broken)
    ran = tpe(tmp_path, "run", "--demo", "--check", "acs-service-principal", broken=True)
    assert (ran.code, ran.out) == (2, "")
    assert "error: no audit was performed: this is a bug in tpe-audit (RuntimeError)." in ran.err
