from checks.agent_token_persona import PROFILES, QUESTION, applies, check
from tests.checks import contoso
from tpe_audit import Manual, NotApplicable
from tpe_audit.facts import Deployment


def test_the_developer_is_told_the_address_that_the_client_must_register() -> None:
    verdict = check(contoso.TENANT)
    assert isinstance(verdict, Manual)
    assert "8:acs:" in verdict.reason
    assert contoso.TENANT.id in verdict.reason
    assert "TeamsExtension.ManageCalls" in QUESTION


def test_it_does_not_apply_without_agents() -> None:
    assert isinstance(applies(Deployment()), NotApplicable)


def test_it_applies_with_agents() -> None:
    assert applies(contoso.DEPLOYMENT) is None


def test_it_is_asked_before_going_live_only() -> None:
    assert PROFILES == ("go-live",)
