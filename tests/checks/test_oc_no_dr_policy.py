from checks.oc_no_dr_policy import check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown
from tpe_audit.facts import AssignedVoiceRoutingPolicy, VoiceRoutes, VoiceRoutingPolicies, VoiceRoutingPolicy

TRUNK, GLOBAL = AssignedVoiceRoutingPolicy("Trunk"), AssignedVoiceRoutingPolicy("Global")


def test_a_policy_without_routes_passes() -> None:
    assert isinstance(check(contoso.ACCOUNT, GLOBAL, contoso.POLICIES, contoso.ROUTES), Pass)
    assert isinstance(check(contoso.ACCOUNT, TRUNK, contoso.POLICIES, VoiceRoutes(())), Pass)


def test_a_policy_of_its_own_with_a_route_fails() -> None:
    verdict = check(contoso.ACCOUNT, TRUNK, contoso.POLICIES, contoso.ROUTES)
    assert isinstance(verdict, Fail)
    assert "To-US" in verdict.reason
    assert str(verdict.commands[0]).endswith(f"-Identity '{contoso.ACCOUNT.id}' -PolicyName $null")


def test_a_global_policy_with_a_route_fails_and_is_emptied() -> None:
    policies = VoiceRoutingPolicies((VoiceRoutingPolicy("Global", ("US",)),))
    verdict = check(contoso.ACCOUNT, GLOBAL, policies, contoso.ROUTES)
    assert isinstance(verdict, Fail)
    assert str(verdict.commands[0]).endswith("-Identity Global -OnlinePstnUsages @{Remove='US'}")


def test_a_policy_that_the_export_does_not_hold_is_unknown() -> None:
    new = AssignedVoiceRoutingPolicy("New")
    assert isinstance(check(contoso.ACCOUNT, new, contoso.POLICIES, contoso.ROUTES), Unknown)
