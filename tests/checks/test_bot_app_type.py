import pytest

from checks.bot_app_type import check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown
from tpe_audit.facts import BotAppType


@pytest.mark.parametrize(
    "sign_in",
    [
        BotAppType("SingleTenant", contoso.TENANT.id, ""),
        BotAppType("UserAssignedMSI", contoso.TENANT.id, "/subscriptions/…/userAssignedIdentities/bot"),
        BotAppType("MultiTenant", "", ""),
    ],
    ids=lambda sign_in: sign_in.kind,
)
def test_a_bot_that_names_what_its_type_takes_passes(sign_in: BotAppType) -> None:
    assert isinstance(check(contoso.BOT, sign_in), Pass)


@pytest.mark.parametrize(("kind", "lacking"), [("SingleTenant", "msaAppTenantId"), ("UserAssignedMSI", "msaAppMSI")])
def test_a_bot_that_does_not_fails_and_says_what_is_lacking(kind: str, lacking: str) -> None:
    verdict = check(contoso.BOT, BotAppType(kind, "", ""))
    assert isinstance(verdict, Fail)
    assert lacking in verdict.reason


def test_a_bot_that_does_not_say_its_type_is_not_judged() -> None:
    assert isinstance(check(contoso.BOT, BotAppType("", "", "")), Unknown)
