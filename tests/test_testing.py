"""`tpe_audit.testing`: what authors of plug-ins judge their checks with."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.bot_teams_channel import check as bot_teams_channel
from tests.checks import contoso
from tpe_audit import Fail, Pass, Verdict
from tpe_audit.catalog import BUILT_IN, CheckFileError
from tpe_audit.facts import (
    AcsResource,
    Bot,
    Consumer,
    Deployment,
    EventSubscription,
    NoAgent,
    NoTeamsChannel,
    NumberType,
    NumberTypeName,
    PhoneNumber,
    ResourceAccount,
    SignIn,
    TeamsChannel,
    UsageLocation,
)
from tpe_audit.testing import TENANT, evidence, finding_of, module, simulated, verdict_of
from tpe_audit.verdicts import Status

CHANNEL = BUILT_IN / "bot_teams_channel.py"
LOCATION = BUILT_IN / "ra_usage_location.py"
ROOT = BUILT_IN.parent


@pytest.mark.parametrize("check", [CHANNEL, str(CHANNEL), bot_teams_channel], ids=["path", "text", "function"])
def test_a_check_is_judged_by_plain_facts(check: Path | str | Callable[..., Verdict]) -> None:
    assert isinstance(verdict_of(check, contoso.BOT, TeamsChannel(enabled=True)), Pass)
    assert isinstance(verdict_of(check, NoTeamsChannel(), contoso.BOT), Fail)


def test_a_thing_that_does_not_exist_goes_to_absent() -> None:
    verdict = verdict_of(BUILT_IN / "agent_account_enabled.py", NoAgent("avery@contoso.com"))
    assert isinstance(verdict, Fail)


def test_the_many_side_is_given_whole_or_one_by_one() -> None:
    def check(acs: AcsResource, subscriptions: tuple[EventSubscription, ...]) -> Verdict:
        return Pass(f"{len(subscriptions)} {acs.name}")

    one = contoso.SUBSCRIPTION
    assert verdict_of(check, contoso.ACS, (one, one)) == verdict_of(check, one, contoso.ACS, one) == Pass("2 tpe-acs")
    assert verdict_of(check, contoso.ACS, ()) == verdict_of(check, contoso.ACS) == Pass("0 tpe-acs")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ((contoso.BOT,), "asks for one TeamsChannel or NoTeamsChannel as channel, and none was given"),
        ((contoso.BOT, contoso.BOT, NoTeamsChannel()), "asks for one Bot as bot, and 2 were given"),
        ((contoso.BOT, NoTeamsChannel(), SignIn(enabled=True)), "asks for no SignIn"),
    ],
)
def test_what_no_audit_would_call_a_check_with_is_an_error(facts: tuple[Bot, ...], reason: str) -> None:
    with pytest.raises(TypeError, match=reason):
        verdict_of(CHANNEL, *facts)


def test_a_file_that_does_not_load_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("1 / 0", encoding="utf-8")
    with pytest.raises(CheckFileError, match="line 1: ZeroDivisionError"):
        verdict_of(path, contoso.BOT)
    with pytest.raises(CheckFileError, match="line 1: ZeroDivisionError"):
        finding_of(path, evidence({}))
    for place in (path, tmp_path):
        with pytest.raises(CheckFileError, match="line 1: ZeroDivisionError"):
            simulated(place)
    with pytest.raises(CheckFileError, match="there is no such check file"):
        finding_of(tmp_path / "nowhere.py", evidence({}))


def test_evidence_gives_each_thing_its_own_verdict() -> None:
    found = finding_of(
        LOCATION,
        evidence(
            {
                contoso.ACCOUNT: (UsageLocation("US"),),
                contoso.OTHER_ACCOUNT: (UsageLocation(""),),
            }
        ),
    )
    assert [judgement.status for judgement in found.judgements] == [Status.PASS, Status.FAIL]


def test_a_class_stands_for_a_fact_that_was_not_read() -> None:
    found = finding_of(LOCATION, evidence({contoso.ACCOUNT: (UsageLocation,)}))
    assert found.status is Status.UNKNOWN
    assert "UsageLocation of ivr@contoso.com was not read" in found.reason


def test_evidence_knows_relations_the_tenant_and_the_deployment() -> None:
    number = NumberType(NumberTypeName.DIRECT_ROUTING)
    known = evidence(
        {contoso.ACCOUNT: (contoso.NUMBER, SignIn(enabled=False)), contoso.NUMBER: (number, contoso.ACCOUNT)},
        deployment=Deployment(consumer=Consumer.FOUNDRY),
    )
    assert known.tenant == TENANT
    assert known.census.keys() == {ResourceAccount, PhoneNumber}
    assert finding_of(BUILT_IN / "payg_assigned.py", known).status is Status.NOT_APPLICABLE


def test_many_facts_of_a_thing_are_a_tuple() -> None:
    known = evidence({contoso.ACS: ((contoso.SUBSCRIPTION, contoso.SUBSCRIPTION),)})
    answer = known.answer(EventSubscription, contoso.ACS.subject)
    assert getattr(answer, "value", None) == (contoso.SUBSCRIPTION, contoso.SUBSCRIPTION)


def test_a_check_is_run_on_the_simulated_tenant(tmp_path: Path) -> None:
    text = CHANNEL.read_text(encoding="utf-8").replace('REQUIRES = ("bot-exists",)\n', "")
    (tmp_path / "our_channel.py").write_text(text, encoding="utf-8")
    (tmp_path / "other.py").write_text(text, encoding="utf-8")
    assert simulated(tmp_path).keys() == {"our-channel", "other"}
    found = simulated(tmp_path / "our_channel.py", "10105")
    assert found.keys() == {"our-channel"}
    assert found["our-channel"].status is Status.FAIL


def test_a_folder_without_a_check_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CheckFileError, match="there is no such check"):
        simulated(tmp_path)


def test_a_check_that_breaks_while_it_judges_is_an_error(tmp_path: Path) -> None:
    text = LOCATION.read_text(encoding="utf-8").partition("def check(")
    (tmp_path / "our_own.py").write_text(
        f"{text[0]}def check(account: ResourceAccount, location: UsageLocation) -> Verdict:\n    raise OSError\n",
        encoding="utf-8",
    )
    with pytest.raises(RuntimeError, match=r"our_own\.py failed on"):
        simulated(tmp_path)


def test_a_module_is_the_one_that_its_checks_see(tmp_path: Path) -> None:
    (tmp_path / "_shared.py").write_text("class Thing: pass\n", encoding="utf-8")
    assert module(tmp_path / "_shared.py") is module(tmp_path / "_shared.py")


# The guide


def test_the_guide_works_when_it_is_followed_to_the_letter(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "guides" / "your-own-checks.md").read_text(encoding="utf-8")
    steps = re.compile(
        r"^```(?P<language>\w+)\n(?P<code>.*?)^```$|^    (?P<command>(?:tpe-audit|python) [^\n]+)$"
        r"|`(?P<file>our-checks/[\w/]+\.py)`",
        re.MULTILINE | re.DOTALL,
    )
    file, commands = "", 0
    for step in steps.finditer(text):
        if step["file"]:
            file = step["file"]
        elif step["language"]:
            target = tmp_path / (file if step["language"] == "python" else "config.toml")
            target.write_text(step["code"], encoding="utf-8")
        elif not step["command"].startswith("tpe-audit run"):  # the one that needs a tenant
            commands += 1
            line = step["command"].replace("tpe-audit", "python -m tpe_audit", 1)
            followed(tmp_path, line.replace("python", f'"{sys.executable}"', 1))
    assert commands == 8


def followed(folder: Path, line: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "TPE_AUDIT_"))}
    environment["PYTHONPATH"] = str(ROOT / "src")
    done = subprocess.run(  # noqa: S602 - the lines of our own guide
        line, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
