"""Scenarios of licences, and of what pays for calls."""

from __future__ import annotations

from tpe_audit.simulator import skus
from tpe_audit.simulator.contoso import IVR, IVR_NUMBER, SUPPORT
from tpe_audit.simulator.scenario import Scenario
from tpe_audit.simulator.scenarios.registry import identified, licenses_without, numbered, scenario
from tpe_audit.simulator.state import License


@scenario(
    "580406",
    "No balance to pay calls from",
    "Older agreement without Communications Credits: outbound calls of ivr@contoso.com end with 404/580406.",
)
def _580406(healthy: Scenario) -> Scenario:
    product = skus.COMMUNICATIONS_CREDITS
    return (
        healthy.drop("skus", lambda owned: owned.sku == product)
        .change("users", licenses=licenses_without(product))
        .configure("deployment.billing", "credits")
        .without_attestation("funding-balance")
    )


@scenario(
    "580462",
    "Pay-As-You-Go is suspended in the tenant",
    "No enabled Pay-As-You-Go product in the tenant: outbound calls of ivr@contoso.com end with 404/580462.",
)
def _580462(healthy: Scenario) -> Scenario:
    return healthy.change(
        "skus",
        lambda owned: owned.sku == skus.PAY_AS_YOU_GO_US,
        capability_status="Suspended",
        enabled=0,
        suspended=5,
    )


@scenario(
    "580464",
    "Pay-As-You-Go is not assigned",
    "The tenant owns Pay-As-You-Go, ivr@contoso.com does not have it: its outbound calls end with 404/580464.",
)
def _580464(healthy: Scenario) -> Scenario:
    return healthy.change("users", identified(IVR), licenses=licenses_without(skus.PAY_AS_YOU_GO_US))


@scenario(
    "tollfree",
    "A toll-free number without a word on funding",
    "The number of ivr@contoso.com is toll-free: if nothing pays for calls to it, they fail. Nobody has said.",
)
def _tollfree(healthy: Scenario) -> Scenario:
    number = "+18335550100"
    changed = healthy.change("numbers", numbered(IVR_NUMBER), telephone_number=number)
    return changed.configure("deployment.lines.0.number", number)


@scenario(
    "unlicensed-account",
    "A resource account has no licence",
    "support@contoso.com has no Microsoft Teams Phone Resource Account licence: the portal asks for one, and calls "
    "get a busy signal.",
)
def _unlicensed_account(healthy: Scenario) -> Scenario:
    return healthy.change("users", identified(SUPPORT), licenses=())


@scenario(
    "5804xx",
    "A calling plan beside Pay-As-You-Go",
    "ivr@contoso.com still has a Domestic Calling Plan beside Pay-As-You-Go, and the two conflict: its outbound calls "
    "go on ending with 404/5804xx.",
)
def _5804xx(healthy: Scenario) -> Scenario:
    plan = License(skus.DOMESTIC_CALLING_PLAN)
    return healthy.change("users", identified(IVR), licenses=lambda user: (*user.licenses, plan))
