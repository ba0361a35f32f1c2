from checks.bot_teams_channel import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import NoTeamsChannel, TeamsChannel


def test_a_bot_with_its_teams_channel_on_passes() -> None:
    assert isinstance(check(contoso.BOT, TeamsChannel(enabled=True)), Pass)


def test_a_bot_without_the_channel_fails_and_the_command_names_it() -> None:
    verdict = check(contoso.BOT, NoTeamsChannel())
    assert isinstance(verdict, Fail)
    assert "az bot msteams create -n tpe-bot -g tpe" in str(verdict.commands[0])


def test_a_channel_that_is_switched_off_fails() -> None:
    verdict = check(contoso.BOT, TeamsChannel(enabled=False))
    assert isinstance(verdict, Fail)
    assert [str(command).split()[3] for command in verdict.commands] == ["delete", "create"]
