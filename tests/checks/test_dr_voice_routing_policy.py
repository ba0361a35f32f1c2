from dataclasses import replace

import pytest

from checks.dr_voice_routing_policy import check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown
from tpe_audit.facts import AssignedVoiceRoutingPolicy, VoiceRoutes, VoiceRoutingPolicies, VoiceRoutingPolicy

TRUNK, GLOBAL = AssignedVoiceRoutingPolicy("Trunk"), AssignedVoiceRoutingPolicy("Global")


@pytest.mark.parametrize("name", ["Trunk", "trunk"])
def test_a_policy_with_a_route_passes(name: str) -> None:
    verdict = check(contoso.ACCOUNT, AssignedVoiceRoutingPolicy(name), contoso.POLICIES, contoso.ROUTES)
    assert isinstance(verdict, Pass)
    assert "To-US" in verdict.observed


def test_so_does_a_global_policy_with_a_route() -> None:
    policies = VoiceRoutingPolicies((VoiceRoutingPolicy("Global", ("us",)),))
    assert isinstance(check(contoso.ACCOUNT, GLOBAL, policies, contoso.ROUTES), Pass)


def test_no_usage_fails_and_offers_a_policy_that_works() -> None:
    verdict = check(contoso.ACCOUNT, GLOBAL, contoso.POLICIES, contoso.ROUTES)
    assert isinstance(verdict, Fail)
    assert "is Global, and it has no PSTN usage" in verdict.reason
    assert f"-Identity '{contoso.ACCOUNT.id}' -PolicyName 'Trunk'" in str(verdict.commands[0])


@pytest.mark.parametrize(
    "routes",
    [VoiceRoutes(()), VoiceRoutes((replace(contoso.ROUTE, gateways=()),))],
    ids=["no route", "a route to nowhere"],
)
def test_usages_that_lead_nowhere_fail(routes: VoiceRoutes) -> None:
    verdict = check(contoso.ACCOUNT, TRUNK, contoso.POLICIES, routes)
    assert isinstance(verdict, Fail)
    assert "no route of its PSTN usages" in verdict.reason
    assert "<policy>" in str(verdict.commands[0])


def test_a_policy_that_the_export_does_not_hold_is_unknown() -> None:
    new = AssignedVoiceRoutingPolicy("New")
    assert isinstance(check(contoso.ACCOUNT, new, contoso.POLICIES, contoso.ROUTES), Unknown)
