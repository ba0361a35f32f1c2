from checks.acs_cognitive_identity import check
from tests.checks import contoso
from tpe_audit import Manual, Pass
from tpe_audit.facts import AcsIdentity, NoAcsIdentity


def test_a_resource_with_an_identity_passes() -> None:
    assert isinstance(check(contoso.ACS, AcsIdentity("1b2c3d4e")), Pass)


def test_one_without_is_a_question_for_speech_only() -> None:
    verdict = check(contoso.ACS, NoAcsIdentity())
    assert isinstance(verdict, Manual)
    assert "speech" in verdict.reason
