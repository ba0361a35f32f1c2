"""`tpe-audit schedule`: each unit is read by a parser or schema of its kind, whatever the configuration is called."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from itertools import islice, pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import click
import pytest
import tree_sitter
import tree_sitter_bicep
from check_jsonschema.cli import main as check_jsonschema
from click.testing import CliRunner
from cronsim import CronSim
from ruamel.yaml import YAML

from tests.commands.cli import Ran, tpe
from tpe_audit.cli import tpe_audit
from tpe_audit.scheduling import Calendar, Every, Scheduler

TENANT, CLIENT = "11111111-1111-1111-1111-111111111111", "44444444-4444-4444-4444-444444444444"
TASK = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
HOSTILE = """our 'quoted' "config" $HOME `id` $(id) ; & < > % 100%n #{x} ${{ secrets.X }} é𝄞.toml"""
SECRET = "TPE_AUDIT_TEAMS__CREDENTIAL__CLIENT_SECRET"

posix = pytest.mark.skipif(os.name != "posix", reason="names that Windows does not allow")


def printed(folder: Path, *arguments: str) -> Ran:
    ran = tpe(folder, "schedule", *arguments)
    assert ran.code == 0, ran.err
    return ran


def configured(folder: Path, name: str = "config.toml", kind: str = "managed-identity") -> Path:
    path = folder / name
    path.write_text(
        f'[teams]\ntenant_id = "{TENANT}"\n[teams.credential]\nkind = "{kind}"\nclient_id = "{CLIENT}"\n',
        encoding="utf-8",
    )
    return path


def yaml(text: str) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(text)
    return found


# --- when --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", Every)
@pytest.mark.parametrize("at", ["00:00", "06:17", "23:59"])
def test_a_cron_expression_runs_as_often_as_was_asked(every: Every, at: str) -> None:
    when = Calendar(datetime.strptime(at, "%H:%M").replace(tzinfo=UTC).time(), every)
    runs = list(islice(CronSim(when.cron, datetime(2027, 1, 1, tzinfo=UTC)), 60))
    hours = 7 * 24 if every is Every.WEEK else when.every.hours
    assert {(b - a).total_seconds() / 3600 for a, b in pairwise(runs)} == {hours}
    assert any(f"{run:%H:%M}" == at for run in runs)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
@pytest.mark.parametrize("every", Every)
def test_a_calendar_event_is_the_same_moments_as_the_cron_expression(every: Every) -> None:
    when = Calendar(datetime(2027, 1, 1, 6, 17, tzinfo=UTC).time(), every)
    shown = subprocess.run(
        ["systemd-analyze", "calendar", "--iterations=5", "--base-time=2027-01-01 00:00:00 UTC", when.on_calendar],
        env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    moments = re.findall(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC$", shown, re.MULTILINE)
    expected = [f"{run:%Y-%m-%d %H:%M:%S}" for run in islice(CronSim(when.cron, datetime(2027, 1, 1, tzinfo=UTC)), 5)]
    assert list(dict.fromkeys(moments))[:5] == expected


@pytest.mark.parametrize("wrong", ["24:00", "6:17", "06:60", "noon", "\u0660\u0666:\u0661\u0667", ""])
def test_what_is_no_time_of_day_is_refused(wrong: str, tmp_path: Path) -> None:
    ran = tpe(tmp_path, "schedule", "cron", "--at", wrong)
    assert ran.code == 2
    assert "no time of day" in ran.err


# --- cron --------------------------------------------------------------------------------------------------------


def crontab(text: str) -> tuple[str, str]:
    """The expression and the command of the one entry of a crontab, as cron reads it (crontab(5))."""
    [line] = [line for line in text.splitlines() if not line.startswith("#")]
    expression, command = " ".join(line.split(" ")[:5]), line.split(" ", 5)[5]
    assert not re.search(r"(?<!\\)%", command), "a bare % would end the command"
    return expression, command.replace(r"\%", "%")


def program(folder: Path, code: int) -> Path:
    """A program that tells what it was given."""
    path = folder / "tpe audit %s.py"
    path.write_text(
        f"#!{sys.executable}\nimport json, os, sys\n"
        f'print(json.dumps([sys.argv[1:], os.environ.get("{SECRET}")]))\nsys.exit({code})\n'
    )
    path.chmod(0o755)
    return path


@posix
@pytest.mark.skipif(not shutil.which("flock"), reason="flock is not here")
@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_the_line_of_cron_runs_the_audit_and_mails_nothing(code: int, tmp_path: Path) -> None:
    folder = tmp_path / "our $folder 100%"
    folder.mkdir()
    config = configured(folder, HOSTILE, "client-secret")
    (folder / "tpe-audit.env").write_text(f"{SECRET}='it is $HOME'\n")
    text = printed(tmp_path, "cron", "--config", str(config), "--command", str(program(folder, code))).out
    expression, command = crontab(text)
    assert expression == "17 6 * * *"
    ran = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=True)
    assert (ran.stdout, ran.stderr) == (b"", b"")
    log = (folder / "tpe-audit.log").read_text(encoding="utf-8").splitlines()
    arguments = ["run", "--config", str(config), "--quiet", "--no-color", "--no-progress"]
    assert [json.loads(log[1]), log[2]] == [[arguments, "it is $HOME"], f"exit code {code}"]
    assert (folder / "tpe-audit.log").stat().st_mode & 0o077 == 0
    assert f"#   {SECRET}='...'" in text


# --- systemd -----------------------------------------------------------------------------------------------------


def directives(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found


def test_systemd_takes_two_files(tmp_path: Path) -> None:
    printed(tmp_path, "systemd", "--output", "units/")
    assert sorted(path.name for path in (tmp_path / "units").iterdir()) == ["tpe-audit.service", "tpe-audit.timer"]
    service = directives((tmp_path / "units" / "tpe-audit.service").read_text())
    assert service["SuccessExitStatus"] == ["1 3"]
    assert service["DynamicUser"] == ["yes"]
    assert service["StateDirectory"] == ["tpe-audit"]
    shown = printed(tmp_path, "systemd").out
    assert shown.startswith("# /etc/systemd/system/tpe-audit.service\n")
    assert "\n# /etc/systemd/system/tpe-audit.timer\n" in shown
    ran = tpe(tmp_path, "schedule", "systemd", "--output", "one.service")
    assert (ran.code, "need a folder" in ran.err) == (2, True)


@posix
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
@pytest.mark.parametrize("name", ["config.toml", HOSTILE], ids=["plain", "hostile"])
def test_systemd_finds_no_fault_in_the_units(name: str, tmp_path: Path) -> None:
    config = configured(tmp_path, name, "client-secret")
    there = shutil.which("true") or ""
    printed(tmp_path, "systemd", "--config", str(config), "--command", there, "--output", "units/", "--every", "6h")
    units = [str(tmp_path / "units" / unit) for unit in ("tpe-audit.service", "tpe-audit.timer")]
    ran = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    ours = [line for line in ran.stderr.splitlines() if "tpe-audit" in line]
    assert (ran.returncode, ours) == (0, [])


@posix
def test_a_hostile_path_is_one_word_for_systemd(tmp_path: Path) -> None:
    config = configured(tmp_path, HOSTILE)
    [start] = directives(printed(tmp_path, "systemd", "--config", str(config), "--command", "/bin/true").out)[
        "ExecStart"
    ]
    words = [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(start)]
    assert words == ["/bin/true", "run", "--config", str(config), "--no-color", "--no-progress"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_the_service_is_well_sandboxed(tmp_path: Path) -> None:
    printed(tmp_path, "systemd", "--output", "units/")
    unit = tmp_path / "units" / "tpe-audit.service"
    ran = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-300:]


# --- Windows Task Scheduler --------------------------------------------------------------------------------------


def test_the_task_is_utf_16_in_a_file_and_utf_8_on_stdout(tmp_path: Path) -> None:
    printed(tmp_path, "task-scheduler", "--output", "task.xml")
    raw = (tmp_path / "task.xml").read_bytes()
    assert raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    assert raw.decode("utf-16").startswith('<?xml version="1.0" encoding="utf-16"?>\r\n')
    shown = printed(tmp_path, "task-scheduler").out
    assert "encoding" not in shown.splitlines()[0]
    in_file, on_stdout = ET.parse(io.BytesIO(raw)), ET.ElementTree(ET.fromstring(shown))
    assert [(e.tag, e.text) for e in in_file.iter()] == [(e.tag, e.text) for e in on_stdout.iter()]


# What Microsoft's schema of tasks allows in this order, as far as it is used
# (https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema); its XSD is not published as a package.
ORDER = {
    "Task": ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"],
    "CalendarTrigger": ["Repetition", "StartBoundary", "Enabled", "RandomDelay", "ScheduleByDay", "ScheduleByWeek"],
    "Repetition": ["Interval", "Duration", "StopAtDurationEnd"],
    "Exec": ["Command", "Arguments", "WorkingDirectory"],
    "Principal": ["UserId", "LogonType", "RunLevel"],
}


@pytest.mark.parametrize("every", Every)
def test_the_task_has_the_structure_of_one_and_no_password(every: Every, tmp_path: Path) -> None:
    task = ET.fromstring(printed(tmp_path, "task-scheduler", "--every", every.value).out)
    for element in task.iter():
        allowed = ORDER.get(element.tag.partition("}")[2])
        if allowed:
            names = [child.tag.partition("}")[2] for child in element]
            assert names == sorted(names, key=allowed.index)
    assert task.findtext(".//t:LogonType", namespaces=TASK) == "S4U"
    assert task.find(".//t:Password", TASK) is None
    assert task.findtext(".//t:MultipleInstancesPolicy", namespaces=TASK) == "IgnoreNew"
    assert (task.find(".//t:ScheduleByWeek", TASK) is not None) == (every is Every.WEEK)
    interval = task.findtext(".//t:Interval", namespaces=TASK)
    assert interval == (f"PT{every.hours}H" if every.hours < 24 else None)


def test_a_path_of_windows_is_quoted_for_its_program(tmp_path: Path) -> None:
    path = r"C:\Our Files & more\é <x>\config.toml"
    task = ET.fromstring(
        printed(tmp_path, "task-scheduler", "--config", path, "--command", r"C:\Program Files\t.exe").out
    )
    assert task.findtext(".//t:Command", namespaces=TASK) == r"C:\Program Files\t.exe"
    arguments = task.findtext(".//t:Arguments", namespaces=TASK) or ""
    assert arguments.startswith("run --config ")
    assert f'{path}" --quiet' in arguments


# --- GitHub and Azure Pipelines ----------------------------------------------------------------------------------


def commands(script: str) -> list[list[str]]:
    """The command lines of this program in a script."""
    joined = script.replace("\\\n", " ")
    return [shlex.split(found) for found in re.findall(r"^ *(tpe-audit .*?)(?: \|\| .*)?$", joined, re.MULTILINE)]


def known(words: list[str]) -> bool:
    """Whether a command line has only options and choices that there are."""
    command = tpe_audit.get_command(click.Context(tpe_audit), words[1])
    assert command
    command.make_context("tpe-audit", words[2:])
    return True


def valid(schema: str, path: Path, *options: str) -> None:
    ran = CliRunner().invoke(check_jsonschema, ["--builtin-schema", schema, *options, str(path)])
    assert ran.exit_code == 0, ran.output


@pytest.mark.parametrize("kind", ["workload-identity", "client-secret"])
def test_the_workflow_meets_the_schema_of_github(kind: str, tmp_path: Path) -> None:
    configured(tmp_path, kind=kind)
    printed(tmp_path, "github", "--output", "tpe-audit.yml", "--every", "12h")
    valid("vendor.github-workflows", tmp_path / "tpe-audit.yml")
    text = (tmp_path / "tpe-audit.yml").read_text()
    workflow = YAML(typ="safe", pure=True).load(text)
    assert workflow["permissions"] == {"contents": "read", "id-token": "write", "issues": "write"}
    [job] = workflow["jobs"].values()
    [audit] = [step for step in job["steps"] if step.get("id") == "audit"]
    [line] = commands(audit["run"])
    assert known(line)
    assert (f"secrets.{SECRET}" in text) == (kind == "client-secret")
    assert ("vars.AZURE_CLIENT_ID" in text) == (kind != "client-secret")


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not here")
@pytest.mark.parametrize(("scheduler", "find"), [("github", "run"), ("azure-pipelines", "inlineScript")])
def test_the_scripts_of_a_pipeline_take_1_and_3_for_outcomes(scheduler: str, find: str, tmp_path: Path) -> None:
    document = yaml(printed(tmp_path, scheduler).out)
    steps = document["steps"] if "steps" in document else document["jobs"]["audit"]["steps"]
    scripts = [text for step in steps if (text := {**step, **step.get("inputs", {})}.get(find))]
    for script in scripts:
        assert subprocess.run(["bash", "-n"], input=script.encode(), check=True, capture_output=True).stderr == b""
    [script] = [script for script in scripts if commands(script)]
    for code, expected in {0: 0, 1: 0, 2: 2, 3: 0, 130: 130}.items():
        (tmp_path / "tpe-audit").write_text(f"#!/bin/sh\nexit {code}\n")
        (tmp_path / "tpe-audit").chmod(0o755)
        given = {
            "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
            "CONFIG": HOSTILE,
            **{name: str(tmp_path / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")},
            **dict.fromkeys(("AGENT_TEMPDIRECTORY", "BUILD_ARTIFACTSTAGINGDIRECTORY"), str(tmp_path)),
            **dict.fromkeys(("servicePrincipalId", "tenantId", "idToken"), "x"),
        }
        ran = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script], env=given, cwd=tmp_path, check=False, capture_output=True
        )
        assert ran.returncode == expected, ran.stderr


GH = """#!/bin/sh
echo "$*" >> gh.log
case "$1 $2" in
  "issue list") cat open 2>/dev/null || true ;;
  "issue view") cat body.md ;;
esac
"""


@pytest.mark.skipif(not all(map(shutil.which, ("bash", "jq", "sha256sum", "iconv"))), reason="a tool is not here")
def test_one_issue_is_opened_on_a_change_and_closed_on_green(tmp_path: Path) -> None:
    [*_, keep] = yaml(printed(tmp_path, "github").out)["jobs"]["audit"]["steps"]
    (tmp_path / "gh").write_text(GH)
    (tmp_path / "gh").chmod(0o755)
    ran = tpe(tmp_path, "run", "--demo", "--output", "report/", "--format", "json", "--format", "markdown")

    def told(code: int) -> list[str]:
        (tmp_path / "gh.log").write_text("")
        given = {
            "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
            "CODE": str(code),
            **dict.fromkeys(("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"), "x"),
        }
        subprocess.run(
            ["bash", "-eo", "pipefail", "-c", keep["run"]], env=given, cwd=tmp_path, check=True, capture_output=True
        )
        return [" ".join(line.split()[:2]) for line in (tmp_path / "gh.log").read_text().splitlines()]

    assert told(0) == ["issue list"]
    assert told(ran.code) == ["issue list", "label create", "issue create"]
    (tmp_path / "open").write_text("7\n")
    assert told(ran.code) == ["issue list", "issue view"]
    report = tmp_path / "report" / "report.json"
    report.write_text(report.read_text().replace('"status": "fail"', '"status": "unknown"', 1))
    assert told(ran.code)[2:] in (["issue edit", "issue comment"], [])
    assert told(0) == ["issue list", "issue close"]


@posix
def test_a_hostile_path_is_a_plain_value_in_a_workflow(tmp_path: Path) -> None:
    configured(tmp_path, HOSTILE)
    text = printed(tmp_path, "github", "--config", HOSTILE).out
    value = yaml(text)["jobs"]["audit"]["env"]["CONFIG"]
    assert value.replace("${{ '${{' }}", "${{") == HOSTILE
    assert value.count("${{") == 2  # both of the one expression that stands for the characters themselves


def test_the_pipeline_meets_the_schema_of_azure_pipelines(tmp_path: Path) -> None:
    configured(tmp_path, kind="client-secret")
    printed(tmp_path, "azure-pipelines", "--output", "azure-pipelines.yml")
    # The schema describes the switches of tasks as such, and those of the pipeline itself as text.
    file = tmp_path / "azure-pipelines.yml"
    document = yaml(file.read_text()) | {"schedules": YAML(typ="base").load(file)["schedules"]}
    (tmp_path / "text.json").write_text(json.dumps(document))
    valid("vendor.azure-pipelines", tmp_path / "text.json", "--regex-variant", "nonunicode")
    pipeline = yaml((tmp_path / "azure-pipelines.yml").read_text())
    [task] = [step for step in pipeline["steps"] if step.get("task", "").startswith("AzureCLI")]
    assert task["env"][SECRET] == f"$({SECRET})"
    [line] = commands(task["inputs"]["inlineScript"])
    assert known(line)


# --- Azure Container Apps ----------------------------------------------------------------------------------------


def _faults(node: tree_sitter.Node) -> list[str]:
    here = [f"{node.start_point}: {node.text!r}"] if node.is_error or node.is_missing else []
    return here + [fault for child in node.children for fault in _faults(child)]


@pytest.mark.parametrize("kind", ["managed-identity", "client-secret"])
@pytest.mark.parametrize("name", ["config.toml", pytest.param(HOSTILE, marks=posix)], ids=["plain", "hostile"])
def test_the_job_is_bicep(kind: str, name: str, tmp_path: Path) -> None:
    configured(tmp_path, name, kind)
    text = printed(tmp_path, "container-apps", "--config", name).out
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language()))
    assert _faults(parser.parse(text.encode()).root_node) == []
    assert "cronExpression: '17 6 * * *'" in text
    assert ("@secure()\nparam teamsCredentialClientSecret string\n" in text) == (kind == "client-secret")
    quoted = re.search(r"loadTextContent\('((?:[^'\\]|\\.)*)'\)", text)
    assert quoted
    assert re.sub(r"\\(.)", r"\1", quoted[1]) == name


# --- all ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheduler", Scheduler)
def test_no_secret_is_printed(scheduler: Scheduler, tmp_path: Path) -> None:
    configured(tmp_path, kind="client-secret")
    secrets = {SECRET: "hunter2-secret", "TPE_AUDIT_NOTIFY__TEAMS_WORKFLOW_URL": "https://x.test/hunter2-url"}
    ran = tpe(tmp_path, "schedule", scheduler.value, environment=secrets)
    assert ran.code == 0, ran.err
    assert "hunter2" not in ran.out + ran.err
    assert SECRET in ran.out or scheduler is Scheduler.TASK_SCHEDULER


@posix
@pytest.mark.parametrize("scheduler", Scheduler)
def test_a_path_with_a_line_break_is_refused(scheduler: Scheduler, tmp_path: Path) -> None:
    ran = tpe(tmp_path, "schedule", scheduler.value, "--config", "a\nb.toml")
    assert (ran.code, ran.out) == (2, "")
    assert "control characters" in ran.err


@pytest.mark.parametrize("scheduler", ["azure-pipelines", "task-scheduler"])
def test_a_path_that_would_be_expanded_is_refused(scheduler: str, tmp_path: Path) -> None:
    ran = tpe(tmp_path, "schedule", scheduler, "--config", "$(x) %y%.toml")
    assert (ran.code, "expands as a variable" in ran.err) == (2, True)


@pytest.mark.parametrize("elsewhere", ["../config.toml", "/etc/config.toml"])
def test_a_configuration_outside_of_the_repository_is_refused(elsewhere: str, tmp_path: Path) -> None:
    ran = tpe(tmp_path, "schedule", "github", "--config", elsewhere)
    assert (ran.code, "has to be in the repository" in ran.err) == (2, True)


def test_a_configuration_that_can_not_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[teams]\ntenant_id = "x"\n')
    ran = tpe(tmp_path, "schedule", "cron")
    assert (ran.code, ran.out) == (2, "")
    assert "nothing was scheduled" in ran.err
    assert "there is no config.toml yet" in tpe(tmp_path / "..", "schedule", "cron").err
