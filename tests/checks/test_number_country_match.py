import pytest

from checks.number_country_match import check
from tests.checks import contoso
from tpe_audit import Fail, NotApplicable, Pass
from tpe_audit.facts import NumberCountry, UsageLocation


@pytest.mark.parametrize("location", ["US", "us"])
def test_one_country_passes(location: str) -> None:
    assert isinstance(check(contoso.NUMBER, NumberCountry("US"), UsageLocation(location)), Pass)


def test_two_countries_fail() -> None:
    verdict = check(contoso.NUMBER, NumberCountry("US"), UsageLocation("DE"))
    assert isinstance(verdict, Fail)
    assert (verdict.observed, verdict.expected) == ("DE", "US")
    assert f"-UserId '{contoso.ACCOUNT.id}' -UsageLocation 'US'" in str(verdict.commands[0])


def test_a_number_without_a_country_is_not_compared() -> None:
    assert isinstance(check(contoso.NUMBER, NumberCountry(""), UsageLocation("DE")), NotApplicable)
