import pytest

from checks.bot_calling_enabled import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import ChannelCalling


@pytest.mark.parametrize("webhook", ["https://contoso.example/calls", "HTTPS://contoso.example"])
def test_calling_with_an_https_webhook_passes(webhook: str) -> None:
    assert isinstance(check(contoso.BOT, ChannelCalling(enabled=True, webhook=webhook)), Pass)


def test_calling_that_is_off_fails_and_says_that_tpe_asks_only_for_the_channel() -> None:
    verdict = check(contoso.BOT, ChannelCalling(enabled=False, webhook="https://contoso.example"))
    assert isinstance(verdict, Fail)
    assert "only for the channel" in verdict.reason
    assert "--enable-calling" in str(verdict.commands[1])


@pytest.mark.parametrize("webhook", ["", "http://contoso.example", "contoso.example", "httpsx://contoso.example"])
def test_a_webhook_that_is_not_https_fails(webhook: str) -> None:
    assert isinstance(check(contoso.BOT, ChannelCalling(enabled=True, webhook=webhook)), Fail)
