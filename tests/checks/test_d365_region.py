from checks.d365_region import CONSUMERS, QUESTION, check
from tests.checks import contoso
from tpe_audit import Manual


def test_a_person_compares_with_microsofts_list() -> None:
    assert isinstance(check(contoso.TENANT), Manual)
    assert "Voice = Yes" in QUESTION


def test_it_concerns_dynamics_365_only() -> None:
    assert CONSUMERS == ("dynamics-365",)
