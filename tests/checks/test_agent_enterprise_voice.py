from checks.agent_enterprise_voice import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import NoTeamsUser, TeamsUser


def test_enterprise_voice_that_is_on_passes() -> None:
    assert isinstance(check(contoso.AGENT, TeamsUser(enterprise_voice=True)), Pass)


def test_enterprise_voice_that_is_off_fails_and_the_command_switches_it_on() -> None:
    verdict = check(contoso.AGENT, TeamsUser(enterprise_voice=False))
    assert isinstance(verdict, Fail)
    assert str(verdict.commands[0]) == (
        "Set-CsPhoneNumberAssignment -Identity 'avery@contoso.com' -EnterpriseVoiceEnabled $true"
    )


def test_an_agent_whom_teams_does_not_know_fails() -> None:
    assert isinstance(check(contoso.AGENT, NoTeamsUser()), Fail)
