from checks.bot_exists import absent, check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import NoBot


def test_a_bot_passes() -> None:
    assert isinstance(check(contoso.BOT), Pass)


def test_an_application_without_a_bot_fails_and_the_command_names_the_application() -> None:
    verdict = absent(NoBot(contoso.APPLICATION.client_id, "2 subscriptions"))
    assert isinstance(verdict, Fail)
    assert "2 subscriptions" in verdict.reason
    assert f"-ApplicationId '{contoso.APPLICATION.client_id}'" in str(verdict.commands[1])
