from checks.acs_credential_match import PROFILES, check
from tests.checks import contoso
from tpe_audit import Manual


def test_the_developer_is_told_the_host_that_the_connection_string_must_name() -> None:
    verdict = check(contoso.ACS)
    assert isinstance(verdict, Manual)
    assert f"https://{contoso.ACS.host_name}/" in verdict.reason


def test_an_answer_lapses_when_the_resource_gets_another_host() -> None:
    verdict = check(contoso.ACS)
    assert isinstance(verdict, Manual)
    assert verdict.about == {"host": contoso.ACS.host_name}


def test_it_is_asked_before_going_live_only() -> None:
    assert PROFILES == ("go-live",)
