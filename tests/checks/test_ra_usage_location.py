import pytest

from checks.ra_usage_location import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import UsageLocation


@pytest.mark.parametrize("country", ["US", "de"])
def test_a_country_passes(country: str) -> None:
    assert isinstance(check(contoso.ACCOUNT, UsageLocation(country)), Pass)


@pytest.mark.parametrize("country", ["", "USA", "1", "ÄÖ"])
def test_no_country_fails_and_the_command_names_the_account(country: str) -> None:
    verdict = check(contoso.ACCOUNT, UsageLocation(country))
    assert isinstance(verdict, Fail)
    assert contoso.ACCOUNT.id in str(verdict.commands[0])
