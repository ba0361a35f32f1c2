"""Each scenario, from sign-in to verdict: what it breaks is found, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.fixing.shells import faults, scripts_of
from tests.tenant import audit
from tpe_audit.report import Outcome, Report
from tpe_audit.simulator import SCENARIOS
from tpe_audit.verdicts import Status


@dataclass(frozen=True)
class Expected:
    """What an audit of a scenario comes to. `blocked` are some that the failure must have blocked."""

    fails: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    manual: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    outcome: Outcome = Outcome.NOT_READY


READY = Expected(outcome=Outcome.READY)
NUMBER_CHECKS = ("number-activated", "number-service-type", "payg-assigned")
EXPECTED: dict[str, Expected] = {
    "healthy": READY,
    "healthy-two-tenants": READY,
    "healthy-operator-connect": READY,
    "healthy-dynamics": READY,
    "contoso": Expected(("number-activated", "server-consent")),
    "no-service-principal": Expected(("acs-service-principal",)),
    "AADSTS650052": Expected(("acs-service-principal",)),
    "UserLicenseNotPresentForbidden": Expected(("agent-teams-license",)),
    "unlicensed-account": Expected(("ra-license-assigned",), blocked=("ra-license-plan-enabled",)),
    "no-incoming-call": Expected(("event-grid-subscription",)),
    "AADSTS65001": Expected(("client-app-admin-consent",)),
    "AADSTS7000222": Expected(("app-credential-valid",)),
    "AADSTS700016": Expected(("app-registration",)),
    "580406": Expected(("credits-license",), manual=("funding-balance",)),
    "580462": Expected(("payg-tenant",), blocked=("payg-assigned",)),
    "580464": Expected(("payg-assigned",)),
    "10105": Expected(("bot-teams-channel",), blocked=("bot-calling-enabled",)),
    "10057": Expected(("client-consent",)),
    "10037": Expected(("ra-department",)),
    "2203": Expected(("acs-federation-allowlist",)),
    "agent-policy": Expected(("external-access-agent",)),
    "400801": Expected(("acs-federation-enabled",), blocked=("acs-federation-allowlist",)),
    "federation-off": Expected(("acs-federation-enabled",), blocked=("acs-federation-allowlist",)),
    "reserved-app-id": Expected(
        ("app-not-reserved",), blocked=("bot-exists", "bot-teams-channel", "ra-application-id", "ra-synced")
    ),
    "busy-signal": Expected(("ra-acs-resource-id",), blocked=("ra-synced",)),
    "no-audio": Expected(("server-consent",)),
    "resourceAccounts-403": Expected(("graph-ra-permission",)),
    "511404": Expected(("number-assigned",), blocked=NUMBER_CHECKS),
    "511532": Expected(("dr-voice-routing-policy",)),
    "560403": Expected(("dr-sbc-verified",)),
    "8586": Expected(("event-grid-webhook-valid",), blocked=("event-grid-subscription",)),
    "blocked-callers": Expected(("inbound-blocked-patterns",)),
    "aa-cq-association": Expected(("ra-not-aa-cq",)),
    "tollfree": Expected(manual=("tollfree-credits",), outcome=Outcome.CANNOT_TELL),
    "7510": Expected(manual=("acs-local-auth",), outcome=Outcome.CANNOT_TELL),
    "510586": Expected(manual=("oc-carrier-outbound",), outcome=Outcome.CANNOT_TELL),
    "AADSTS50011": Expected(("client-app-redirect",), outcome=Outcome.READY),
    "vendor-app-not-installed": Expected(("app-service-principal",), outcome=Outcome.READY),
    "AADSTS53003": Expected(("conditional-access",), outcome=Outcome.READY),
    "onprem-number": Expected(("number-onprem-conflict",), outcome=Outcome.READY),
    "emergency-location": Expected(("number-emergency-location",), outcome=Outcome.READY),
    "d365-wrong-environment": Expected(("d365-acs-id-match",), blocked=("ra-synced",)),
    "d365-not-provisioned": Expected(("d365-voice-provisioned",), blocked=("d365-acs-id-match",)),
    "sync-from-teams-empty": Expected(("d365-sync-app",)),
    "unreadable": Expected(
        unknown=(
            "number-assigned",
            "bot-exists",
            "server-consent",
            "ra-license-assigned",
            "acs-federation-enabled",
            "agent-account-enabled",
        ),
        outcome=Outcome.CANNOT_TELL,
    ),
}


def with_status(report: Report, status: Status, *, required: bool = False) -> set[str]:
    return {
        finding.check.id
        for finding in report.findings
        if finding.status is status and (not required or report.required(finding))
    }


def test_every_scenario_has_an_expectation() -> None:
    assert SCENARIOS.keys() == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
async def test_a_scenario_comes_to_what_it_breaks(name: str) -> None:
    expected = EXPECTED[name]
    report, _ = await audit(SCENARIOS[name]())
    assert not report.errors
    assert report.outcome is expected.outcome
    assert report.exit_code == {Outcome.READY: 0, Outcome.NOT_READY: 1, Outcome.CANNOT_TELL: 3}[expected.outcome]

    required = {finding.check.id for finding in report.findings if report.required(finding)}
    fails = with_status(report, Status.FAIL)
    assert fails & required == set(expected.fails) & required
    assert set(expected.fails) <= fails
    assert set(expected.blocked) <= with_status(report, Status.BLOCKED)
    assert set(expected.manual) <= with_status(report, Status.MANUAL)
    assert set(expected.unknown) <= with_status(report, Status.UNKNOWN)
    if expected.outcome is not Outcome.CANNOT_TELL:
        assert not with_status(report, Status.UNKNOWN, required=True)
    if expected.outcome is Outcome.READY:
        assert not with_status(report, Status.MANUAL, required=True)
        assert not with_status(report, Status.BLOCKED, required=True)

    # What is to be mended first is what is broken, never a consequence.
    assert set(report.first) <= fails
    assert expected.outcome is not Outcome.NOT_READY or report.first[0] in expected.fails
    causes = {
        judgement.blocked_by.check
        for finding in report.findings
        for judgement in finding.judgements
        if judgement.status is Status.BLOCKED and judgement.blocked_by
    }
    assert causes <= fails

    # Nothing is said without a reason, and nothing is unknown without saying what came back or what is lacking.
    for finding in report.findings:
        for judgement in finding.judgements:
            assert judgement.reason
            assert all(0 <= index < len(report.requests) for index in judgement.evidence)
            if judgement.status is Status.UNKNOWN:
                assert judgement.lacks or judgement.evidence, (finding.check.id, judgement.reason)

    # And what mends it is a script that its shell takes.
    assert [fault for script in scripts_of(report) for fault in faults(script)] == []
