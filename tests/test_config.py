"""What config.toml and the environment may say, and what is answered where they say something else."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tpe_audit import config
from tpe_audit.config import CLOUDS, SECRETS, SOVEREIGN, CloudName, Config, ConfigError

TENANT = "aaaaaaaa-0000-4000-8000-000000000001"
OTHER = "bbbbbbbb-0000-4000-8000-000000000002"
TEAMS = f'[teams]\ntenant_id = "{TENANT}"\n'
SECRET = "s3cret~value"
BOT = f"/subscriptions/{OTHER}/resourceGroups/voice/providers/Microsoft.BotService/botServices/bot"
ACS = f"/subscriptions/{OTHER}/resourceGroups/voice/providers/Microsoft.Communication/communicationServices/voice"
WAIVER = '[[waivers]]\ncheck = "ra-exists"\nowner = "Kim"\nreason = "moves"\nexpires = 2027-01-31\n'
ATTESTATION = '[[attestations]]\ncheck = "ra-synced"\nby = "Kim"\non = 2026-11-20\nexpires = 2026-12-20\n'
FORMATS = "'terminal', 'html', 'json', 'pdf', 'markdown', 'sarif', 'junit', 'csv' or 'github'"
EXAMPLE = Path(__file__).parents[1] / "config.example.toml"
FORMATS = "'terminal', 'html', 'json', 'pdf', 'markdown', 'sarif', 'junit', 'csv' or 'github'"


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in list(os.environ):
        if variable.upper().startswith(config.PREFIX):
            monkeypatch.delenv(variable)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def _load(file: Path, text: str | bytes) -> Config:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return config.load(file)


def _problems(file: Path | None, text: str | bytes = TEAMS) -> list[str]:
    """What is wrong, each without the place of the file in front."""
    if file is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as raised:
        config.load(file)
    assert SECRET not in str(raised.value)
    return [problem.removeprefix(f"{file}: ") for problem in raised.value.problems]


# --- what is there -------------------------------------------------------------------------------------------


def test_a_tenant_id_is_enough(file: Path) -> None:
    loaded = _load(file, TEAMS)
    assert loaded.teams.tenant_id == TENANT
    assert loaded.azure_tenant_id == TENANT
    assert loaded.azure_credential.kind == "default"


def test_the_file_may_begin_with_a_byte_order_mark(file: Path) -> None:
    assert _load(file, b"\xef\xbb\xbf" + TEAMS.encode()).teams.tenant_id == TENANT


def test_a_guid_is_compared_without_regard_to_case(file: Path) -> None:
    assert _load(file, TEAMS.replace(TENANT, TENANT.upper())).teams.tenant_id == TENANT


def test_paths_are_relative_to_the_file(file: Path) -> None:
    loaded = _load(file, TEAMS)
    assert loaded.path("teams-export.json") == file.parent / "teams-export.json"
    assert loaded.path("/elsewhere/export.json") == Path("/elsewhere/export.json")
    assert loaded.path("~/export.json") == Path.home() / "export.json"


def test_without_a_file_paths_are_relative_to_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TPE_AUDIT_TEAMS__TENANT_ID", TENANT)
    assert config.load(None).path("reports") == tmp_path / "reports"


@pytest.mark.parametrize(
    "written", ["+15551230100", "tel:+15551230100", "+1 (555) 123-0100", "tel:+1.555.123.0100;ext=5"]
)
def test_a_number_is_understood_as_people_write_it(file: Path, written: str) -> None:
    loaded = _load(file, f'{TEAMS}[[deployment.lines]]\nnumber = "{written}"\n')
    assert loaded.deployment.lines[0].number == "+15551230100"


def _lines(*lines: str) -> str:
    return TEAMS + "".join(f"[[deployment.lines]]\n{line}\n" for line in lines)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (
            'account = "ivr@contoso.com"\nnumber = "+15551230100"',
            'account = "IVR@contoso.com"\nnumber = "+15551230200"',
            "lines[0] and lines[1] are both of the account ivr@contoso.com, but differ in number",
        ),
        (
            f'account = "ivr@contoso.com"\napplication_id = "{TENANT}"\nbot = "{BOT}"',
            f'account = "ivr@contoso.com"\napplication_id = "{OTHER}"\nbot = "{BOT}2"',
            "lines[0] and lines[1] are both of the account ivr@contoso.com, but differ in application_id, bot",
        ),
        (
            'account = "ivr@contoso.com"\nnumber = "+15551230100"',
            'account = "support@contoso.com"\nnumber = "tel:+1 555 123 0100"',
            "lines[0] and lines[1] are both of the number +15551230100, but differ in account",
        ),
    ],
)
def test_two_lines_that_contradict_each_other_are_refused_and_both_named(
    file: Path, first: str, second: str, said: str
) -> None:
    [problem] = _problems(file, _lines(first, second))
    assert problem.startswith(f"deployment: {said};")


def test_two_lines_that_agree_are_taken(file: Path) -> None:
    lines = _lines('account = "ivr@contoso.com"\nnumber = "+15551230100"', 'number = "+15551230100"')
    assert len(_load(file, lines).deployment.lines) == 2


def test_a_line_takes_arm_ids_and_immutable_ids(file: Path) -> None:
    by_arm = _load(file, f'{TEAMS}[[deployment.lines]]\naccount = "a@b.c"\nbot = "{BOT}"\nacs_resource = "{ACS}/"\n')
    assert by_arm.deployment.lines[0].bot == BOT
    assert by_arm.deployment.lines[0].acs_resource == ACS
    by_id = _load(file, f'{TEAMS}[[deployment.lines]]\naccount = "a@b.c"\nacs_resource = "{OTHER.upper()}"\n')
    assert by_id.deployment.lines[0].acs_resource == OTHER


def test_waivers_and_attestations_are_dated(file: Path) -> None:
    loaded = _load(file, TEAMS + WAIVER + ATTESTATION + f'about = {{ application_id = "{OTHER}" }}\n')
    assert loaded.waivers[0].expires == date(2027, 1, 31)
    assert loaded.attestations[0].about == {"application_id": OTHER}


def test_the_credential_of_azure_is_taken_whole(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    teams = f'{TEAMS}[teams.credential]\nkind = "client-secret"\nclient_id = "{OTHER}"\n'
    monkeypatch.setenv("TPE_AUDIT_TEAMS__CREDENTIAL__CLIENT_SECRET", SECRET)
    assert _load(file, teams).azure_credential.client_id == OTHER
    own = _load(file, f'{teams}[azure.credential]\nkind = "default"\n').azure_credential
    assert (own.kind, own.client_id, own.client_secret) == ("default", "", None)


def test_a_secret_is_not_in_the_words_for_a_configuration(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TPE_AUDIT_TEAMS__CREDENTIAL__CLIENT_SECRET", SECRET)
    loaded = _load(file, f'{TEAMS}[teams.credential]\nkind = "client-secret"\nclient_id = "{OTHER}"\n')
    assert loaded.teams.credential.client_secret is not None
    assert loaded.teams.credential.client_secret.get_secret_value() == SECRET
    assert SECRET not in f"{loaded!r} {loaded} {loaded.model_dump()} {loaded.model_dump_json()}"


# --- the environment -----------------------------------------------------------------------------------------


def test_the_environment_wins(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TPE_AUDIT_LIMITS__DEADLINE", "60")
    monkeypatch.setenv("TPE_AUDIT_REPORT__FORMATS", '["json"]')
    monkeypatch.setenv("tpe_audit_report__fail_on", "blocker")
    loaded = _load(file, f'{TEAMS}[limits]\ndeadline = 5\nrequest_timeout = 7\n[report]\nfail_on = "minor"\n')
    assert (loaded.limits.deadline, loaded.limits.request_timeout) == (60, 7)
    assert (loaded.report.formats, loaded.report.fail_on) == (["json"], "blocker")


def test_the_environment_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TPE_AUDIT_TEAMS__TENANT_ID", TENANT)
    assert config.load(None).teams.tenant_id == TENANT


def test_lists_of_tables_are_json_in_the_environment(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TPE_AUDIT_DEPLOYMENT__LINES", '[{"account": "ivr@contoso.com"}]')
    monkeypatch.setenv(
        "TPE_AUDIT_WAIVERS",
        '[{"check": "ra-exists", "owner": "Kim", "reason": "moves", "expires": "2027-01-31"}]',
    )
    loaded = _load(file, TEAMS + '[[deployment.lines]]\naccount = "support@contoso.com"\n')
    assert [line.account for line in loaded.deployment.lines] == ["ivr@contoso.com"]
    assert loaded.waivers[0].expires == date(2027, 1, 31)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("TPE_AUDIT_TEAMS_TENANT_ID", TENANT, "did you mean TPE_AUDIT_TEAMS__TENANT_ID?"),
        ("TPE_AUDIT_LIMIT__DEADLINE", "5", "did you mean TPE_AUDIT_LIMITS__DEADLINE?"),
        ("TPE_AUDIT_SECRET", SECRET, "there is no such environment variable"),
        ("TPE_AUDIT_TEAMS__TENANTID", TENANT, "teams.tenantid: there is no such key; did you mean tenant_id?"),
        ("TPE_AUDIT_LIMITS__DEADLINE", "soon", "limits.deadline: it should be a valid number"),
        ("TPE_AUDIT_REPORT__FAIL_ON", "all", "it should be 'blocker', 'major', 'minor' or 'never', not 'all'"),
        ("TPE_AUDIT_REPORT__FORMATS", "json", "its value is not the JSON that this key takes"),
        (
            "TPE_AUDIT_REPORT__FORMATS",
            '["docx"]',
            f"report.formats[0]: it should be {FORMATS}",
        ),
        ("TPE_AUDIT_TEAMS__CREDENTIAL", SECRET, "its value is not the JSON that this key takes"),
        ("TPE_AUDIT_TEAMS__CREDENTIAL", f'"{SECRET}"', "teams.credential: it should be a table"),
        ("TPE_AUDIT_WAIVERS", '[{"check": "ra-exists"}]', "waivers[0].owner: it is missing"),
        ("TPE_AUDIT_WAIVERS__0__CHECK", "ra-exists", "waivers: it should be a list"),
        ("TPE_AUDIT_NOTIFY", f'{{"teams_workflow_url": ["{SECRET}"]}}', "notify.teams_workflow_url: it should be"),
        ("TPE_AUDIT_AZURE__TENANT_ID", "contoso", "azure.tenant_id: 'contoso' is not a GUID"),
    ],
)
def test_what_is_wrong_in_the_environment_names_the_variable(
    file: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    problem = _problems(file)[0]
    assert problem.startswith(f"{variable}: ")
    assert said in problem


# --- what is wrong -------------------------------------------------------------------------------------------

WRONG: Mapping[str, tuple[str, list[str]]] = {
    "an unknown key": (
        TEAMS + 'tenantid = "x"\n',
        ["teams.tenantid: there is no such key; did you mean tenant_id? Allowed here: credential, tenant_id"],
    ),
    "an unknown section": (
        TEAMS + "[deploymnt]\n",
        ["deploymnt: there is no such key; did you mean deployment? Allowed here: attest, attestations, azure"],
    ),
    "an unknown key of a list of tables": (
        TEAMS + WAIVER + 'until = "x"\n',
        ["waivers[0].until: there is no such key. Allowed here: check, expires, owner, reason, subject"],
    ),
    "no tenant": ("", ["teams.tenant_id: it is missing; set it, or TPE_AUDIT_TEAMS__TENANT_ID in the environment"]),
    "a tenant that is no GUID": (
        '[teams]\ntenant_id = "contoso"\n',
        ["teams.tenant_id: 'contoso' is not a GUID, such as"],
    ),
    "a number for a text": ("[teams]\ntenant_id = 5\n", ["teams.tenant_id: it should be a valid string, not 5"]),
    "a text for a number": (
        TEAMS + '[limits]\ndeadline = "10"\n',
        ["limits.deadline: it should be a valid number, not '10'"],
    ),
    "a text for a switch": (TEAMS + '[notify]\nalways = "yes"\n', ["notify.always: it should be a valid boolean"]),
    "no time at all": (TEAMS + "[limits]\ndeadline = 0\n", ["limits.deadline: it should be greater than 0, not 0"]),
    "endless time": (TEAMS + "[limits]\ndeadline = inf\n", ["limits.deadline: it should be a finite number, not inf"]),
    "a wrong choice": (
        TEAMS + '[deployment]\nconsumer = "teams"\n',
        ["deployment.consumer: it should be 'third-party', 'dynamics-365' or 'foundry', not 'teams'"],
    ),
    "a wrong choice in a list": (
        TEAMS + '[deployment]\ndirections = ["in"]\n',
        ["deployment.directions[0]: it should be 'inbound' or 'outbound', not 'in'"],
    ),
    "no direction": (TEAMS + "[deployment]\ndirections = []\n", ["deployment.directions: it should name at least one"]),
    "a format that there is not": (
        TEAMS + '[report]\nformats = ["docx"]\n',
        [f"report.formats[0]: it should be {FORMATS}, not 'docx'"],
    ),
    "a table where a list of tables belongs": (
        TEAMS + '[deployment.lines]\nnumber = "+15551230100"\n',
        ["deployment.lines: it should be a list"],
    ),
    "a text where a table belongs": (f'teams = "{SECRET}"\n', ["teams: it should be a table"]),
    "a secret where a table belongs": (f'{TEAMS}credential = "{SECRET}"\n', ["teams.credential: it should be a table"]),
    "an endpoint without https": (
        TEAMS + '[endpoints]\ngraph = "http://localhost:1"\n',
        ["endpoints.graph: it is not an https:// address"],
    ),
    "an environment without https": (
        TEAMS + '[deployment.dynamics]\nenvironment_url = "contoso.crm.dynamics.com"\n',
        ["deployment.dynamics.environment_url: it is not an https:// address"],
    ),
    "a number without a country": (
        TEAMS + '[[deployment.lines]]\nnumber = "555 123 0100"\n',
        ["deployment.lines[0].number: '555 123 0100' is not a telephone number with + and country code"],
    ),
    "a line without number and account": (
        TEAMS + f'[[deployment.lines]]\napplication_id = "{OTHER}"\n',
        ["deployment.lines[0]: a line needs account or number, to be found by"],
    ),
    "ARM ids that are none": (
        TEAMS + f'[[deployment.lines]]\naccount = "a@b.c"\nbot = "{ACS}"\nacs_resource = "voice"\n',
        [
            "deployment.lines[0].acs_resource: 'voice' is neither the immutable resource id (a GUID) nor the ARM id",
            f"deployment.lines[0].bot: {ACS!r} is not the ARM id of a bot: /subscriptions/…",
        ],
    ),
    "an account that is a path": (
        TEAMS + '[deployment.agents]\nusers = ["../me"]\n',
        ["deployment.agents.users[0]: it should be a user principal name or an object id, not '../me'"],
    ),
    "an unknown kind of credential": (
        TEAMS + '[teams.credential]\nkind = "password"\n',
        ["teams.credential.kind: it should be 'default', 'azure-cli', 'browser', 'device-code', 'client-secret'"],
    ),
    "a credential without its kind": (
        TEAMS + f'[azure.credential]\nclient_id = "{OTHER}"\n',
        ["azure.credential.kind: it is missing; set it, or TPE_AUDIT_AZURE__CREDENTIAL__KIND in the environment"],
    ),
    "a missing secret": (
        TEAMS + f'[teams.credential]\nkind = "client-secret"\nclient_id = "{OTHER}"\n',
        ["teams.credential: kind = 'client-secret' needs client_secret; set TPE_AUDIT_TEAMS__"],
    ),
    "a missing certificate": (
        TEAMS + f'[teams.credential]\nkind = "certificate"\nclient_id = "{OTHER}"\n',
        ["teams.credential: kind = 'certificate' needs certificate_path"],
    ),
    "a browser without an application": (
        TEAMS + '[azure.credential]\nkind = "browser"\n',
        ["azure.credential: kind = 'browser' needs client_id"],
    ),
    "a waiver without owner, reason and end": (
        TEAMS + '[[waivers]]\ncheck = "ra-exists"\n',
        ["waivers[0].owner: it is missing", "waivers[0].reason: it is missing", "waivers[0].expires: it is missing"],
    ),
    "a waiver of nobody": (
        TEAMS + WAIVER.replace('"Kim"', '" "'),
        ["waivers[0].owner: it should not be empty"],
    ),
    "an attestation without by, on and end": (
        TEAMS + '[[attestations]]\ncheck = "ra-synced"\n',
        [
            "attestations[0].by: it is missing",
            "attestations[0].on: it is missing",
            "attestations[0].expires: it is missing",
        ],
    ),
    "a quoted date": (
        TEAMS + WAIVER.replace("2027-01-31", '"2027-01-31"'),
        ["waivers[0].expires: it should be a date without quotes, such as 2027-01-31, not '2027-01-31'"],
    ),
    "a date with a time": (
        TEAMS + WAIVER.replace("2027-01-31", "2027-01-31T12:00:00Z"),
        ["waivers[0].expires: it should be a date without quotes, such as 2027-01-31, not 2027-01-31T12:00:00"],
    ),
    "no TOML": ("[teams\n", ["it is not TOML: "]),
    "a key twice": (TEAMS + TEAMS, ["it is not TOML: "]),
    "nothing but brackets": (f"a = {'[' * 5000}", ["it is nested too deeply"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_in_the_file_names_key_and_what_is_allowed(file: Path, case: str) -> None:
    text, said = WRONG[case]
    problems = _problems(file, text)
    assert len(problems) == len(said)
    for problem, beginning in zip(problems, said, strict=True):
        assert problem.startswith(beginning)


def test_a_file_is_wrong_by_itself_even_where_the_environment_wins(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TPE_AUDIT_LIMITS__DEADLINE", "5")
    assert _problems(file, TEAMS + '[limits]\ndeadline = "x"\n') == [
        "limits.deadline: it should be a valid number, not 'x'"
    ]


@pytest.mark.parametrize(
    ("table", "key", "variable"),
    [
        ("teams.credential", "client_secret", "TPE_AUDIT_TEAMS__CREDENTIAL__CLIENT_SECRET"),
        ("azure.credential", "client_secret", "TPE_AUDIT_AZURE__CREDENTIAL__CLIENT_SECRET"),
        ("azure.credential", "certificate_password", "TPE_AUDIT_AZURE__CREDENTIAL__CERTIFICATE_PASSWORD"),
        ("notify", "teams_workflow_url", "TPE_AUDIT_NOTIFY__TEAMS_WORKFLOW_URL"),
        ("azure", "client_secret", "TPE_AUDIT_AZURE__CREDENTIAL__CLIENT_SECRET"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_never_repeated(file: Path, table: str, key: str, variable: str) -> None:
    problem = _problems(file, f'{TEAMS}[{table}]\n{key} = "{SECRET}"\n')[0]
    assert problem == f"{table}.{key}: a secret does not belong in a file; take it out and set {variable} instead"


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("[[waivers]]", f'client_secret = "{SECRET}"'),
        ("[teams.credential]", f'clientsecret = "{SECRET}"'),
        ("[teams.credential.client_secret]", f'value = "{SECRET}"'),
    ],
)
def test_a_secret_in_a_wrong_place_is_refused_and_never_repeated(file: Path, table: str, line: str) -> None:
    assert _problems(file, f"{TEAMS}{table}\n{line}\n")


def test_a_file_that_is_not_there_or_cannot_be_read_is_told(file: Path) -> None:
    assert _problems(None) == [
        "the environment: teams.tenant_id: it is missing; set it, or TPE_AUDIT_TEAMS__TENANT_ID in the environment"
    ]
    with pytest.raises(ConfigError, match="there is no such file"):
        config.load(file)
    with pytest.raises(ConfigError, match="it can't be read: Is a directory"):
        config.load(file.parent)
    assert _problems(file, TEAMS.encode("utf-16")) == ["it is not UTF-8 text"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_one_may_not_read_is_told(file: Path) -> None:
    file.write_text(TEAMS)
    file.chmod(0)
    with pytest.raises(ConfigError, match="it can't be read: Permission denied"):
        config.load(file)


def test_configuration_from_elsewhere_is_checked_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TPE_AUDIT_LIMITS__DEADLINE", "soon")
    assert config.of_mapping({"teams": {"tenant_id": TENANT}}, tmp_path).limits.deadline == 1800
    with pytest.raises(ConfigError, match=r"configuration: teams\.tenant_id"):
        config.of_mapping({"teams": {"tenant_id": "contoso"}}, tmp_path)


# --- clouds --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cloud", ["us-government", "us-government-dod", "china"])
def test_a_cloud_by_name_has_its_addresses_and_no_teams_phone_extensibility(file: Path, cloud: CloudName) -> None:
    loaded = _load(file, TEAMS + f'[endpoints]\ncloud = "{cloud}"\n')
    for key, url in CLOUDS[cloud].items():
        assert getattr(loaded.endpoints, key) == url
    assert loaded.sovereign == SOVEREIGN[cloud]


def test_an_address_of_ones_own_stays_in_any_cloud(file: Path) -> None:
    loaded = _load(file, TEAMS + '[endpoints]\ncloud = "us-government"\ngraph = "https://graph.example"\n')
    assert loaded.endpoints.graph == "https://graph.example"
    assert loaded.endpoints.authority == "https://login.microsoftonline.us"


def test_an_address_of_another_cloud_contradicts_the_name(file: Path) -> None:
    with pytest.raises(ConfigError, match="graph is an address of the cloud 'public', and cloud = 'china': take graph"):
        _load(file, TEAMS + '[endpoints]\ncloud = "china"\ngraph = "https://graph.microsoft.com"\n')


def test_a_cloud_may_be_told_by_its_addresses_alone(file: Path) -> None:
    china = '[endpoints]\nauthority = "https://login.partner.microsoftonline.cn"\n'
    assert "21Vianet" in _load(file, TEAMS + china).sovereign
    assert _load(file, TEAMS).sovereign == ""


def test_only_persons_are_remembered(file: Path) -> None:
    with pytest.raises(ConfigError, match="remember is for the kinds with a person"):
        _load(file, TEAMS + '[teams.credential]\nkind = "default"\nremember = true\n')


# --- the example ---------------------------------------------------------------------------------------------


def _uncommented() -> str:
    return re.sub(r"^#(?=[a-z\[])", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)


def _leaves(table: Mapping[str, Any], at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield from _leaves(value[0], (*at, key))
        elif isinstance(value, dict) and key != "about":
            yield from _leaves(value, (*at, key))
        else:
            yield (*at, key)


def test_the_example_loads_as_it_stands_and_says_the_defaults() -> None:
    example = config.load(EXAMPLE)
    assert example.model_dump() == config.of_mapping({"teams": example.teams.model_dump()}, Path()).model_dump()


def test_the_example_loads_with_everything_in_it_switched_on(file: Path) -> None:
    loaded = _load(file, _uncommented())
    assert loaded.waivers
    assert loaded.attestations
    assert loaded.deployment.lines
    assert loaded.azure.credential


def test_the_example_has_every_key_that_there_is() -> None:
    keys = set(config.all_keys())
    secret = {path for path in keys if path[-1] in SECRETS}
    assert set(_leaves(tomllib.loads(_uncommented()))) == keys - secret
    text = EXAMPLE.read_text(encoding="utf-8")
    for path in secret:
        assert f"{config.PREFIX}{config.SEPARATOR.join(path).upper()}\n" in text


def test_the_example_explains_every_key_with_its_default() -> None:
    """Each setting is preceded by prose, and by `Default: …` or `Mandatory.`, and defaults are those of the code."""
    section, prose, seen = "", list[str](), set[tuple[str, ...]]()
    defaults = _defaults()
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        setting = re.fullmatch(r"#?([a-z_]+) = .+", line)
        if header := re.fullmatch(r"#?\[+([a-z_.]+)\]+", line):
            section = header[1]
        elif line.startswith("# "):
            prose.append(line.removeprefix("# "))
            continue
        elif setting:
            path = (*section.split("."), setting[1])
            seen.add(path)
            assert prose, path
            stated = [text.removeprefix("Default: ") for text in prose if text.startswith("Default: ")]
            if path in defaults:
                assert [tomllib.loads(f"x = {value}")["x"] for value in stated] == [defaults[path]], path
            else:
                assert prose[-1].endswith("Mandatory.") or path == ("azure", "credential", "kind"), path
        prose = []
    assert seen == {path for path in config.all_keys() if path[-1] not in SECRETS}


def _defaults() -> dict[tuple[str, ...], Any]:
    """The default of every key that has one, as JSON has it."""
    bare = config.of_mapping({"teams": {"tenant_id": TENANT}}, Path())
    found = json.loads(bare.model_dump_json())
    found["azure"]["credential"] = found["teams"]["credential"]
    found["waivers"] = json.loads(config.WaiverEntry.model_construct().model_dump_json())
    found["attestations"] = json.loads(config.AttestationEntry.model_construct().model_dump_json())
    found["deployment"]["lines"] = json.loads(config.LineEntry.model_construct().model_dump_json())
    paths: dict[tuple[str, ...], Any] = {}
    for path in config.all_keys():
        at = found
        for part in path[:-1]:
            at = at[part]
        if path[-1] in at and path not in {("teams", "tenant_id"), ("azure", "credential", "kind")}:
            paths[path] = at[path[-1]]
    return paths
