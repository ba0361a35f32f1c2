"""`tpe-audit diagnose`: which check explains a code, or what is left where none does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.checks import contoso
from tests.commands.cli import tpe
from tpe_audit import codes
from tpe_audit.audit import judge
from tpe_audit.catalog import Profile, find
from tpe_audit.commands.diagnose import conclusion
from tpe_audit.facts import (
    BoundAcsResource,
    Census,
    ChannelCalling,
    Evidence,
    Known,
    NoBoundAcsResource,
    NoResourceAccount,
    NoTeamsChannel,
    ResourceAccount,
    Subject,
    SubscribedSkus,
    TeamsChannel,
)
from tpe_audit.report import Report, Run, compose
from tpe_audit.simulator import SCENARIOS
from tpe_audit.terms import Attestation, Terms, Waiver

CATALOG = find()
TODAY = date(2026, 11, 22)
FUNDED = Attestation("funding-balance", "Ann", TODAY, TODAY)


def report(checks: list[str], evidence: Evidence, **terms: object) -> Report:
    on = Terms(TODAY, Profile.GO_LIVE, **terms)  # type: ignore[arg-type]
    run = Run(contoso.NOW, contoso.NOW, contoso.TENANT.id, contoso.TENANT.id, selected=True)
    return compose(checks, judge(CATALOG, checks, evidence, on), CATALOG, evidence, on, run, {})


def concluded(text: str, evidence: Evidence, *checks: str, **terms: object) -> str:
    """The conclusion of a diagnosis in which there are only these checks for it."""
    entry = codes.find(text)
    assert entry
    return conclusion(replace(entry, checks=checks), report(list(checks), evidence, **terms))


def but(subject: Subject, *facts: object, gap: type | None = None) -> Evidence:
    return contoso.but(contoso.healthy(), subject, *facts, gap=gap)  # type: ignore[arg-type]


def test_a_failure_explains_it() -> None:
    evidence = but(contoso.BOT.subject, NoTeamsChannel())
    assert concluded("10105", evidence, "bot-teams-channel", "bot-exists") == (
        "403/10105 is explained by bot-teams-channel on tpe-bot: The bot has no Microsoft Teams channel."
    )


def test_what_the_failure_blocks_is_not_named_as_a_failure_of_its_own() -> None:
    evidence = but(contoso.BOT.subject, NoTeamsChannel())
    said = concluded("10105", evidence, "bot-calling-enabled", "bot-teams-channel")
    assert "explained by bot-teams-channel on tpe-bot: " in said
    assert "also failing" not in said


def test_a_failure_that_blocks_is_named_though_nobody_asked_for_its_check() -> None:
    evidence = but(contoso.ACCOUNT.subject, NoResourceAccount("ivr@contoso.com", user_exists=False))
    gone = Census(((contoso.ACCOUNT.subject, Known(NoResourceAccount("ivr@contoso.com", user_exists=False))),))
    evidence = contoso.counted(evidence, ResourceAccount, gone)
    said = concluded("busy signal", evidence, "ra-acs-resource-id", "ra-application-id")
    assert said == (f"busy signal is explained by ra-exists on {contoso.ACCOUNT.id}: ra-acs-resource-id rests on it.")


def test_several_subjects_and_several_failures_are_told_in_one_sentence() -> None:
    evidence = but(contoso.ACCOUNT.subject, NoBoundAcsResource())
    evidence = contoso.but(evidence, contoso.OTHER_ACCOUNT.subject, BoundAcsResource(contoso.OTHER_ID))
    evidence = contoso.but(evidence, contoso.BOT.subject, NoTeamsChannel())
    said = concluded("busy signal", evidence, "ra-acs-resource-id", "bot-teams-channel")
    assert "is explained by ra-acs-resource-id on ivr@contoso.com and 1 more: " in said
    assert said.endswith("; also failing: bot-teams-channel.")


def test_the_likeliest_failure_is_named_first() -> None:
    evidence = contoso.but(but(contoso.ACCOUNT.subject, NoBoundAcsResource()), contoso.BOT.subject, NoTeamsChannel())
    order = ("bot-teams-channel", "ra-acs-resource-id")
    assert "explained by bot-teams-channel" in concluded("busy signal", evidence, *order)
    assert "explained by ra-acs-resource-id" in concluded("busy signal", evidence, *reversed(order))


def test_what_does_not_decide_the_verdict_may_explain_it_and_stands_behind_what_does() -> None:
    off = ChannelCalling(enabled=False, webhook="")
    evidence = but(contoso.BOT.subject, off)
    assert "403/10105 may be explained by bot-calling-enabled" in concluded("10105", evidence, "bot-calling-enabled")
    evidence = contoso.but(evidence, contoso.ACCOUNT.subject, NoBoundAcsResource())
    said = concluded("10105", evidence, "bot-calling-enabled", "ra-acs-resource-id")
    assert "is explained by ra-acs-resource-id" in said


def test_an_inferred_cause_is_not_worded_as_fact() -> None:
    evidence = but(contoso.BOT.subject, TeamsChannel(enabled=False))
    assert "400801 may be explained by" in concluded("400801", evidence, "bot-teams-channel")


def test_a_waived_failure_explains_it_too() -> None:
    waiver = Waiver("payg-tenant", "Ann", "Ordered.", TODAY)
    evidence = but(contoso.TENANT.subject, SubscribedSkus(()))
    said = concluded("580462", evidence, "payg-tenant", waivers=(waiver,))
    assert "is explained by payg-tenant" in said
    assert "(waived by Ann)" in said


def test_where_everything_holds_nothing_explains_it() -> None:
    assert concluded("10105", contoso.healthy(), "bot-exists", "bot-teams-channel") == (
        "Nothing here explains 403/10105: all 2 checks for it that apply hold."
    )


def test_what_a_person_knows_or_could_not_be_read_is_named_as_left() -> None:
    evidence = but(contoso.TENANT.subject, gap=SubscribedSkus)
    said = concluded("580462", evidence, "payg-tenant", "funding-balance", "payg-assigned")
    assert said == (
        "Nothing that was read explains 404/580462; left to ask a person: funding-balance; "
        "could not be read: payg-tenant."
    )


def test_requirements_without_a_check_are_named_as_left() -> None:
    entry = replace(codes.entries()[0], key="X", checks=("bot-exists", "no-such-check"))
    said = conclusion(entry, report(["bot-exists"], contoso.healthy()))
    assert said == (
        "Nothing here explains X: the one check for it that applies holds; to be looked at by hand: no-such-check."
    )


# The command


def test_it_runs_just_those_checks_and_concludes(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "diagnose", "403/10105", "--demo", "10105", "--format", "json")
    assert (ran.code, ran.report["verdict"]) == (1, "not-ready")
    [entry] = [entry for entry in codes.entries() if entry.key == "403/10105"]
    assert ran.checks == set(entry.checks) & set(CATALOG.checks)
    assert ran.report["sentence"].startswith("403/10105 is explained by bot-teams-channel on ")
    assert ran.report["simulated"] is True


@pytest.mark.parametrize("scenario", [name for name in SCENARIOS if codes.find(name)])
def test_a_scenario_named_by_a_code_is_explained_or_left_to_a_person(tmp_path: Path, scenario: str) -> None:
    entry = codes.find(scenario)
    assert entry
    ran = tpe(tmp_path, "diagnose", scenario, "--demo", scenario, "--format", "json")
    said = ran.report["sentence"]
    assert ran.code in (1, 3)
    if said.startswith("Nothing that was read"):
        assert "left to ask a person: " in said
    else:
        assert said.startswith((f"{entry.key} is explained by ", f"{entry.key} may be explained by "))
        assert said.partition("explained by ")[2].split()[0] in entry.checks


def test_it_writes_no_file_unless_it_is_asked_to(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "diagnose", "lacks a service principal", "--demo", "no-service-principal")
    assert ran.code == 1
    assert "explained by acs-service-principal" in " ".join(ran.out.split())
    assert list(tmp_path.iterdir()) == []
    tpe(tmp_path, "diagnose", "10105", "--demo", "10105", "--output", "found.json")
    assert json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))["verdict"] == "not-ready"


def test_questions_about_code_are_asked(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "diagnose", "8523", "--demo", "10105", "--format", "json")
    assert (ran.code, ran.report["profile"]) == (3, "go-live")
    assert "left to ask a person: code-source-caller-id" in ran.report["sentence"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("xyzzy", "no audit was performed: nothing is known of 'xyzzy'"),
        ("403", "403 alone is no code that is known"),
        ("8516", "8516 is not a matter of configuration"),
    ],
)
def test_what_it_can_not_diagnose_exits_with_2(tmp_path: Path, text: str, said: str) -> None:
    ran = tpe(tmp_path, "diagnose", text, "--demo", "10105")
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_code_without_any_check_exits_with_2_and_names_the_requirements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [entry] = [entry for entry in codes.entries() if entry.key == "400/8523"]
    monkeypatch.setattr(codes, "find", lambda text: replace(entry, checks=("no-such-check",)))
    ran = tpe(tmp_path, "diagnose", "8523", "--demo", "10105")
    assert ran.code == 2
    assert "look by hand at: no-such-check" in ran.err


def test_without_a_configuration_it_says_what_is_missing(tmp_path: Path) -> None:
    ran = tpe(tmp_path, "diagnose", "10105")
    assert ran.code == 2
    assert "teams.tenant_id" in ran.err
