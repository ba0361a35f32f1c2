from checks.external_access_agent import CONSUMERS, applies, check
from tests.checks import contoso
from tpe_audit import Fail, NotApplicable, Pass
from tpe_audit.facts import Deployment, ExternalAccess


def test_an_agent_whose_policy_allows_federation_passes() -> None:
    assert isinstance(check(contoso.AGENT, ExternalAccess("Agents", acs_federation=True)), Pass)


def test_an_agent_whose_policy_forbids_it_fails_and_the_policy_is_named() -> None:
    verdict = check(contoso.AGENT, ExternalAccess("FederationOnly", acs_federation=False))
    assert isinstance(verdict, Fail)
    assert "FederationOnly" in verdict.observed
    assert "do not ask for it" in verdict.reason
    assert "-Identity 'FederationOnly' -EnableAcsFederationAccess $true" in str(verdict.commands[0])


def test_it_does_not_apply_where_federation_is_declared_unused() -> None:
    assert isinstance(applies(Deployment(acs_federation_used=False)), NotApplicable)
    assert applies(Deployment()) is None


def test_it_concerns_third_parties_and_dynamics_365() -> None:
    assert CONSUMERS == ("third-party", "dynamics-365")
