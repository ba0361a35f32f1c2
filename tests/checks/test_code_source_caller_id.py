from checks.code_source_caller_id import DIRECTIONS, PROFILES, QUESTION, check
from tests.checks import contoso
from tpe_audit import Manual


def test_the_developer_is_told_what_to_search_the_code_for() -> None:
    verdict = check(contoso.APPLICATION)
    assert isinstance(verdict, Manual)
    assert "CallInvite" in verdict.reason
    assert "TeamsAppSource" in QUESTION


def test_it_concerns_outbound_calls_and_is_asked_before_going_live_only() -> None:
    assert DIRECTIONS == ("outbound",)
    assert PROFILES == ("go-live",)
