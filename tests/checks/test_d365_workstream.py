from checks.d365_workstream import CONSUMERS, check
from tests.checks import contoso
from tpe_audit import Manual


def test_a_person_is_told_which_number_to_look_for() -> None:
    verdict = check(contoso.NUMBER)
    assert isinstance(verdict, Manual)
    assert contoso.NUMBER.number in verdict.reason
    assert verdict.about == {"number": contoso.NUMBER.number}


def test_it_concerns_dynamics_365_only() -> None:
    assert CONSUMERS == ("dynamics-365",)
