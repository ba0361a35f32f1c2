from checks.acs_federation_allowlist import applies, check
from tests.checks import contoso
from tpe_audit import Fail, NotApplicable, Pass
from tpe_audit.facts import AcsFederation, Deployment


def test_a_resource_on_the_list_passes() -> None:
    federation = AcsFederation(enabled=True, allowed_resources=(contoso.OTHER_ID, contoso.ACS_ID.immutable_id.upper()))
    assert isinstance(check(contoso.ACS_ID, federation), Pass)


def test_a_resource_that_is_not_on_the_list_fails_and_is_put_there_beside_the_others() -> None:
    verdict = check(contoso.ACS_ID, AcsFederation(enabled=True, allowed_resources=(contoso.OTHER_ID,)))
    assert isinstance(verdict, Fail)
    assert str(verdict.commands[1]) == f"$allowlist = @('{contoso.OTHER_ID}', '{contoso.ACS_ID.immutable_id}')"


def test_an_empty_list_fails_and_says_who_asks_for_it_and_how_to_do_without() -> None:
    verdict = check(contoso.ACS_ID, AcsFederation(enabled=True, allowed_resources=()))
    assert isinstance(verdict, Fail)
    assert "do not ask for it" in verdict.reason
    assert 'acs_federation = "not-used"' in verdict.reason


def test_it_does_not_apply_where_federation_is_declared_unused() -> None:
    assert isinstance(applies(Deployment(acs_federation_used=False)), NotApplicable)


def test_it_applies_where_nothing_is_declared() -> None:
    assert applies(Deployment()) is None
