from checks.callback_https import PROFILES, QUESTION, check
from tests.checks import contoso
from tpe_audit import Manual


def test_the_developer_is_asked_for_the_property_to_look_at() -> None:
    verdict = check(contoso.APPLICATION)
    assert isinstance(verdict, Manual)
    assert "callbackUri" in verdict.reason
    assert "https://" in QUESTION


def test_an_answer_holds_for_this_application_only() -> None:
    verdict = check(contoso.APPLICATION)
    assert isinstance(verdict, Manual)
    assert verdict.about == {"client_id": contoso.APPLICATION.client_id}


def test_it_is_asked_before_going_live_only() -> None:
    assert PROFILES == ("go-live",)
