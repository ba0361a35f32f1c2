from checks.external_access_global import applies, check
from tests.checks import contoso
from tpe_audit import Fail, NotApplicable, Pass
from tpe_audit.facts import Deployment, GlobalExternalAccess


def test_a_policy_that_allows_it_passes() -> None:
    assert isinstance(check(contoso.TENANT, GlobalExternalAccess(acs_federation=True)), Pass)


def test_a_policy_that_does_not_fails_and_says_who_asks_for_it_and_how_to_do_without() -> None:
    verdict = check(contoso.TENANT, GlobalExternalAccess(acs_federation=False))
    assert isinstance(verdict, Fail)
    assert "do not ask for it" in verdict.reason
    assert 'acs_federation = "not-used"' in verdict.reason
    assert "-EnableAcsFederationAccess $true" in str(verdict.commands[0])


def test_it_does_not_apply_where_federation_is_declared_unused() -> None:
    assert isinstance(applies(Deployment(acs_federation_used=False)), NotApplicable)


def test_it_applies_where_nothing_is_declared() -> None:
    assert applies(Deployment()) is None
