from checks.code_obo_identifier import DIRECTIONS, PROFILES, check
from tests.checks import contoso
from tpe_audit import Manual


def test_the_developer_is_told_the_object_id_that_the_code_must_carry() -> None:
    verdict = check(contoso.ACCOUNT)
    assert isinstance(verdict, Manual)
    assert f"teamsAppId: '{contoso.ACCOUNT.id}'" in verdict.reason
    assert verdict.about == {"object_id": contoso.ACCOUNT.id}


def test_it_concerns_outbound_calls_and_is_asked_before_going_live_only() -> None:
    assert DIRECTIONS == ("outbound",)
    assert PROFILES == ("go-live",)
