import pytest

from checks.number_service_type import check
from tests.checks import contoso
from tpe_audit import Fail, Pass
from tpe_audit.facts import NumberCapabilities


@pytest.mark.parametrize(
    "values",
    [
        ("voiceApplicationAssignment",),
        ("userAssignment", "conferenceAssignment", "voiceApplicationAssignment"),
    ],
    ids=["service number", "Direct Routing"],
)
def test_a_number_for_voice_applications_passes(values: tuple[str, ...]) -> None:
    assert isinstance(check(contoso.NUMBER, NumberCapabilities(values)), Pass)


@pytest.mark.parametrize("values", [("userAssignment",), ()], ids=["user number", "none"])
def test_any_other_number_fails(values: tuple[str, ...]) -> None:
    verdict = check(contoso.NUMBER, NumberCapabilities(values))
    assert isinstance(verdict, Fail)
    assert "-TelephoneNumber '+15551230100'" in str(verdict.commands[0])
