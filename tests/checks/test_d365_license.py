import pytest

from checks.d365_license import CONSUMERS, check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown
from tpe_audit.facts import AssignedPlan, Licenses

CONTACT_CENTER = contoso.plan("2a9d72b3-1714-440f-babf-bf92bf9683d8", "DYN365_CC")
CONTACT_CENTER_VOICE = contoso.plan("57517633-b4ad-4db8-8c1a-65f443424490", "DYN365_CC_VOICE")
VOICE = contoso.plan("f6ec6dfa-2402-468d-a455-89be11116d43", "DYN365_CS_VOICE")
DIGITAL = contoso.plan("0ef2b4e3-0a2b-450d-8c5f-a52203c40f50", "DYN365_CC_DIGITAL")


@pytest.mark.parametrize("plan", [CONTACT_CENTER, CONTACT_CENTER_VOICE, VOICE])
def test_any_plan_with_voice_passes(plan: AssignedPlan) -> None:
    assert isinstance(check(contoso.AGENT, Licenses((plan,))), Pass)


def test_a_digital_plan_brings_no_voice() -> None:
    verdict = check(contoso.AGENT, Licenses((DIGITAL,)))
    assert isinstance(verdict, Fail)
    assert "dfb1700c-013e-4132-8bce-0d319c43a95d" in str(verdict.commands[0])


def test_a_plan_that_is_switched_off_fails_and_the_agents_own_product_is_given_anew() -> None:
    verdict = check(contoso.AGENT, Licenses((contoso.off(VOICE),)))
    assert isinstance(verdict, Fail)
    assert "DYN365_CS_VOICE is Disabled" in verdict.observed
    assert VOICE.sku_id in str(verdict.commands[0])


def test_a_product_that_nobody_can_explain_may_bring_it() -> None:
    assert isinstance(check(contoso.AGENT, Licenses((), ("an unknown product",))), Unknown)


def test_it_concerns_dynamics_365_only() -> None:
    assert CONSUMERS == ("dynamics-365",)
