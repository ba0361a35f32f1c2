import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixing.shells import faults, needs_bash, parsed, run, scripts_of, shape
from tests.formats import contoso
from tests.formats.test_hostile import CASES
from tpe_audit.facts import Kind, ResourceAccount, Subject
from tpe_audit.findings import Decision, Finding, Judgement
from tpe_audit.fixing import Script
from tpe_audit.report import Report
from tpe_audit.shell import Command, Shell, bash, powershell
from tpe_audit.verdicts import Area, Owner, Status

USER = Subject(Kind.ACCOUNT, "3b2f5a1e-6c0d-4a57-8f2e-9d1c7b6a5e40", "ivr-sales@contoso.com")


def report(*fixes: Sequence[Command], subject: Subject = USER, owner: Owner = Owner.TEAMS_ADMIN) -> Report:
    """A report with a failing check for each fix."""
    findings = []
    for place, fix in enumerate(fixes):
        one = contoso.check(f"check-{place}", f"What must hold {place}", Area.ACCOUNT, ResourceAccount, owner=owner)
        judgement = Judgement(subject, Decision(Status.FAIL, "It does not hold.", "this", "that", tuple(fix)))
        findings.append(Finding(one, Status.FAIL, "It does not hold.", (judgement,)))
    return contoso.composed(findings)


def only(made: Report) -> Script:
    [script] = scripts_of(made)
    return script


def lines(script: Script) -> list[str]:
    """What a script runs: its lines without comments."""
    return [line for line in script.body.splitlines() if line and not line.startswith("#")]


def test_there_is_a_script_for_each_owner_in_the_order_of_causes() -> None:
    found = scripts_of(contoso.report())
    assert [script.file_name for script in found] == ["fix-plan-entra-admin.ps1", "fix-plan-azure-admin.sh"]
    assert all(faults(script) == [] for script in found)
    assert (
        "# Here: step 2 of 2. Causes come first.\n# Step 1, acs-service-principal, is for entra-admin" in found[1].body
    )


def test_a_step_says_why_and_ends_with_a_check() -> None:
    _, script = scripts_of(contoso.report())
    told = script.body.partition("# --- Step 2: bot-teams-channel (blocker).")[2]
    assert "# bot tpe-bot-care: The bot has no Microsoft Teams channel.\n# Id:\n# /subscriptions/" in told
    assert "# Observed: no channel MsTeamsChannel\n# Expected: a channel MsTeamsChannel, enabled\n" in told
    assert told.splitlines()[-1].startswith(
        "if command -v tpe-audit >/dev/null; then tpe-audit run --check bot-teams-channel --wait 15m "
    )


def test_a_check_names_the_subject_where_it_can_be_asked_for_alone() -> None:
    script = only(report([powershell("Update-MgUser -UserId %s -Department 'x'", USER.id)]))
    assert f"{{ tpe-audit run --check check-0 --subject '{USER.id}' --wait 15m --format terminal }}" in script.body


def test_what_waits_to_be_read_or_answered_is_said_to_be_missing() -> None:
    script = scripts_of(contoso.report())[0]
    assert "# Not in this plan: 2 checks could not be read, 1 check waiting for a person's answer.\n" in script.body


def test_the_plan_of_a_simulated_tenant_says_so_on_top() -> None:
    powershell_script, bash_script = scripts_of(contoso.report())
    assert powershell_script.body.startswith("# SIMULATED: ")
    assert bash_script.body.startswith("#!/usr/bin/env bash\n# SIMULATED: ")
    assert not any("SIMULATED" in script.body for script in scripts_of(contoso.report(simulated=False)))


def test_a_healthy_report_has_no_script() -> None:
    assert scripts_of(contoso.healthy()) == ()


def test_the_same_command_is_run_once() -> None:
    same = powershell("Update-MgUser -UserId %s -UsageLocation 'US'", USER.id)
    script = only(report([same], [same]))
    assert lines(script).count(same.text) == 1
    assert f"# Done above: {same.text}" in script.body


@pytest.mark.parametrize(
    "command",
    [
        powershell("Remove-CsPhoneNumberAssignment -Identity %s -RemoveAll", USER.id),
        powershell("Set-ADUser -Identity %s -Clear 'msRTCSIP-Line'", USER.id),
        powershell("Grant-CsOnlineVoiceRoutingPolicy -Identity %s -PolicyName $null", USER.id),
        powershell("Set-CsTeamsAcsFederationConfiguration -AllowedAcsResources $allowlist"),
        bash("az bot msteams delete -n %s -g %s", "bot", "group"),
        bash("az ad app credential reset --id %s", USER.id),
    ],
    ids=lambda command: command.text.split(" -")[0],
)
def test_what_takes_something_away_is_explained_and_asks_first(command: Command) -> None:
    script = only(report([command]))
    assert faults(script) == []
    before, _, after = script.body.partition(f"\n    {command.text}\n")
    assert re.search(r"^# It (takes|empties|replaces) .*\.", before.rpartition("# Expected")[2], re.MULTILINE)
    question = before.splitlines()[-1]
    assert question.startswith(("if confirm '", "if ((Read-Host "))
    assert after.splitlines()[0] in ("fi", "}")
    assert command.text not in lines(script)


def test_adding_a_secret_takes_nothing_away() -> None:
    command = bash("az ad app credential reset --id %s --append --years 1", USER.id)
    script = only(report([command]))
    assert command.text in lines(script)
    assert "# It prints the new secret: give it to the service, and keep it nowhere else.\n" in script.body


def test_a_blank_is_filled_in_before_it_runs() -> None:
    command = powershell("Update-MgUser -UserId %s -UsageLocation %s", USER.id, "<two-letter country code>")
    script = only(report([command]))
    assert f"# Fill in what stands between < and >, and take away the # before it:\n# {command.text}\n" in script.body
    assert not any("Update-MgUser" in line for line in lines(script))


def test_what_has_no_command_is_told_in_words_with_the_page() -> None:
    script = only(report([]))
    assert "# There is no command for it: do it where the page above says.\n" in script.body
    assert "# https://learn.microsoft.com/" in script.body
    assert faults(script) == []


def test_a_step_for_two_shells_says_where_it_goes_on() -> None:
    found = scripts_of(report([bash("az login --tenant %s", "a"), powershell("Get-MgUser -UserId %s", USER.id)]))
    assert [script.shell for script in found] == [Shell.BASH, Shell.POWERSHELL]
    assert "# This step has commands in fix-plan-teams-admin.ps1 too.\n" in found[0].body


def test_powershell_signs_in_with_what_its_commands_take() -> None:
    script = only(report([powershell("Set-MgUserLicense -UserId %s -RemoveLicenses @()", USER.id)]))
    assert (
        "Connect-MgGraph -TenantId '7a1d3c52-0d4b-4f6e-9a55-3f6d1f0c2b11' -Scopes LicenseAssignment.ReadWrite.All"
        in (script.body)
    )
    assert "Connect-MicrosoftTeams" not in script.body


def test_a_file_for_powershell_is_read_as_utf_8_or_not_at_all() -> None:
    """UTF-8 that Windows PowerShell reads as its own code page may have quotes where there were none."""
    script = only(report([powershell("Update-MgUser -UserId %s", "Ñandú")]))
    assert script.file.startswith("\ufeff")
    misread = script.body.encode().decode("cp1252", "replace")
    guard = next(line for line in misread.splitlines() if not line.startswith(("#", "$Error")) and line)
    assert guard.startswith("if ('Ã©'.Length -ne 1) { throw ")


def test_many_subjects_make_one_step() -> None:
    large = contoso.large(200)
    found = [script for script in scripts_of(large) if script.owner is Owner.LICENSE_ADMIN]
    assert found[0].body.count("\nSet-MgUserLicense ") == 200
    assert found[0].body.count("# --- Step") == 1
    assert found[0].body.count("tpe-audit run --check") == 1


# --- hostile names ---------------------------------------------------------------------------------------------

NAMES = st.one_of(
    st.sampled_from(list(CASES.values())).map(lambda text: text[:300]),
    st.text(max_size=40),
    st.text(alphabet="'\"`$;|&<>(){}\\ \n\r\u2018\u2019\u201a\u201b#a\u2028%!-=@", max_size=30),
)
SOME = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def named(name: str) -> Report:
    """A report in which a name stands wherever a name can."""
    subject = Subject(Kind.ACCOUNT, name or "x", name or "x")
    made = report(
        [powershell("Update-MgUser -UserId %s -Department %s", name, "x")],
        [powershell("Remove-CsPhoneNumberAssignment -Identity %s -RemoveAll", name)],
        [bash("az communication show -n %s -g %s", name, "x")],
        [bash("az bot msteams delete -n %s", name)],
        subject=subject,
    )
    findings = tuple(
        replace(
            finding,
            reason=name,
            judgements=tuple(
                replace(j, decision=replace(j.decision, reason=name, observed=name, expected=name))
                for j in finding.judgements
            ),
        )
        for finding in made.findings
    )
    return replace(made, findings=findings, tenant_name=name, sentence=name)


@SOME
@given(NAMES)
def test_no_name_leaves_its_quotes_or_its_comment(name: str) -> None:
    for script, harmless in zip(scripts_of(named(name)), scripts_of(named("harmless name")), strict=True):
        assert faults(script) == []
        # A name with a blank, or that does not show as it is, is not run at all; every other runs as a harmless one.
        disarmed = sum(line.startswith(("# Fill in", "# A value")) for line in script.body.splitlines())
        if disarmed:
            assert len(shape(script)) < len(shape(harmless))
            assert {node.type for node in parsed(script).children} <= {n.type for n in parsed(harmless).children}
        else:
            assert shape(script) == shape(harmless)


@needs_bash
@settings(SOME, max_examples=40)
@given(NAMES)
def test_a_real_bash_is_given_the_name_as_it_is(name: str) -> None:
    script = next(script for script in scripts_of(named(name)) if script.shell is Shell.BASH)
    given_to = run(script, "yes\n" * 2)
    # What is read again of half a character is a question mark.
    plain = re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", name).encode("utf-8", "replace").decode()
    wanted = [["az", "communication", "show", "-n", plain, "-g", "x"], ["az", "bot", "msteams", "delete", "-n", plain]]
    ours = [given for given in given_to if given[0] == "az"]
    assert ours == (wanted if len(ours) == 2 else ours[:0])
    assert [given[:3] for given in given_to if given[0] != "az"] == [["tpe-audit", "run", "--check"]] * 2


@needs_bash
def test_without_a_yes_nothing_is_taken_away() -> None:
    script = next(script for script in scripts_of(named("x")) if script.shell is Shell.BASH)
    assert [given[:3] for given in run(script, "no\n") if given[0] == "az"] == [["az", "communication", "show"]]
