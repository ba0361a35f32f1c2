from checks.d365_sync_role import CONSUMERS, QUESTION, check
from tests.checks import contoso
from tpe_audit import Manual


def test_a_person_is_asked_who_clicks() -> None:
    assert isinstance(check(contoso.TENANT), Manual)
    assert "Teams Telephony Administrator" in QUESTION


def test_it_concerns_dynamics_365_only() -> None:
    assert CONSUMERS == ("dynamics-365",)
