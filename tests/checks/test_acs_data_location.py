import pytest

from checks.acs_data_location import check
from tests.checks import contoso
from tpe_audit import Manual, Pass
from tpe_audit.facts import AcsDataLocation, Organization


@pytest.mark.parametrize(
    ("location", "country"),
    [("United States", "US"), ("united states", "us"), ("Europe", "NL"), ("Germany", "DE"), ("UK", "GB")],
)
def test_a_location_that_holds_the_country_passes(location: str, country: str) -> None:
    assert isinstance(check(contoso.ACS, AcsDataLocation(location), Organization("Contoso", country)), Pass)


@pytest.mark.parametrize(
    ("location", "country"),
    [("United States", "DE"), ("Europe", "GB"), ("Asia Pacific", "SG"), ("Africa", ""), ("Somewhere", "US")],
)
def test_any_other_is_a_question_and_no_fault(location: str, country: str) -> None:
    verdict = check(contoso.ACS, AcsDataLocation(location), Organization("Contoso", country))
    assert isinstance(verdict, Manual)
    assert location in verdict.reason
    assert verdict.about == {"data location": location}
