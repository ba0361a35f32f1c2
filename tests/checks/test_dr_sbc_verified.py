from dataclasses import replace

import pytest

from checks.dr_sbc_verified import check
from tests.checks import contoso
from tpe_audit import Fail, Manual, Pass, Unknown, Verdict
from tpe_audit.facts import AssignedVoiceRoutingPolicy, SessionBorderController, SessionBorderControllers, VoiceRoutes

OFF = SessionBorderController("sbc.contoso.com", enabled=False)
ON = SessionBorderController("sbc2.contoso.com", enabled=True)
BOTH_GATEWAYS = replace(contoso.ROUTE, gateways=("sbc.contoso.com", "SBC2.contoso.com"))
BACKUP = replace(contoso.ROUTE, name="Backup", gateways=("sbc2.contoso.com",))


def judged(
    *controllers: SessionBorderController, routes: VoiceRoutes = contoso.ROUTES, policy: str = "Trunk"
) -> Verdict:
    assigned = AssignedVoiceRoutingPolicy(policy)
    return check(contoso.ACCOUNT, assigned, contoso.POLICIES, routes, SessionBorderControllers(controllers))


@pytest.mark.parametrize(
    "routes",
    [VoiceRoutes((BOTH_GATEWAYS,)), VoiceRoutes((contoso.ROUTE, BACKUP))],
    ids=["another on the route", "another route for the numbers"],
)
def test_one_that_is_drained_does_no_harm_beside_one_that_works(routes: VoiceRoutes) -> None:
    assert isinstance(judged(OFF, ON, routes=routes), Pass)


def test_a_route_without_an_enabled_one_fails() -> None:
    verdict = judged(OFF, ON)
    assert isinstance(verdict, Fail)
    assert "To-US" in verdict.reason
    assert str(verdict.commands[0]) == "Set-CsOnlinePSTNGateway -Identity 'sbc.contoso.com' -Enabled $true"


def test_without_a_route_one_enabled_is_enough_for_inbound_calls() -> None:
    assert isinstance(judged(OFF, ON, policy="Global"), Pass)
    verdict = judged(OFF, policy="Global")
    assert isinstance(verdict, Fail)
    assert verdict.observed == "not enabled: sbc.contoso.com"


def test_one_that_a_carrier_hosts_is_a_question() -> None:
    assert isinstance(judged(), Manual)
    assert isinstance(judged(ON), Manual)
    assert isinstance(judged(policy="Global"), Manual)


def test_a_policy_that_the_export_does_not_hold_is_unknown() -> None:
    assert isinstance(judged(ON, policy="New"), Unknown)
