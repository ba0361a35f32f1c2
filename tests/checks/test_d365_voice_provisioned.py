from checks.d365_voice_provisioned import CONSUMERS, check
from tpe_audit import Fail, Pass
from tpe_audit.facts import Environment, NoVoiceProvider, VoiceProvider

ENVIRONMENT = Environment("https://contoso.crm.dynamics.com")


def test_an_environment_with_an_active_provider_passes() -> None:
    assert isinstance(check(ENVIRONMENT, VoiceProvider()), Pass)


def test_an_environment_without_one_fails() -> None:
    verdict = check(ENVIRONMENT, NoVoiceProvider())
    assert isinstance(verdict, Fail)
    assert "not provisioned" in verdict.reason


def test_it_concerns_dynamics_365_only() -> None:
    assert CONSUMERS == ("dynamics-365",)
