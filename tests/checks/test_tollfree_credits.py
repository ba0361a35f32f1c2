from dataclasses import replace

import pytest

from checks.tollfree_credits import check
from tests.checks import contoso
from tpe_audit import Manual, NotApplicable


@pytest.mark.parametrize("number", ["+18005550100", "+18335550100", "+18885550100", "+80012345678"])
def test_a_toll_free_number_is_asked_about(number: str) -> None:
    verdict = check(replace(contoso.NUMBER, number=number))
    assert isinstance(verdict, Manual)
    assert f"{number} is toll-free" in verdict.reason


@pytest.mark.parametrize("number", ["+15551230100", "+14255550100", "+19005550100"])
def test_another_number_of_north_america_needs_nothing(number: str) -> None:
    assert isinstance(check(replace(contoso.NUMBER, number=number)), NotApplicable)


def test_of_another_country_a_person_says_whether_it_is_one() -> None:
    verdict = check(replace(contoso.NUMBER, number="+448001234567"))
    assert isinstance(verdict, Manual)
    assert "can't be told" in verdict.reason
    assert verdict.about == {"number": "+448001234567"}
