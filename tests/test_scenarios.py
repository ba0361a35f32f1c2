"""Each scenario, from sign-in to verdict: what it breaks is found, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.fixing.shells import faults, scripts_of
from tests.tenant import audit
from tpe_audit import catalog, codes
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
    "healthy-foundry": READY,
    "5804xx": Expected(("calling-plan-conflict",)),
    "510403": Expected(("outbound-call-restriction",), outcome=Outcome.READY),
    "10009": Expected(("client-app-admin-consent",)),
    "4507": Expected(("client-consent",)),
    "7504": Expected(("server-consent",)),
    "7505": Expected(("bot-app-type",), outcome=Outcome.READY),
    "7600": Expected(("server-consent",)),
    "7601": Expected(("acs-exists",)),
    "8567": Expected(manual=("acs-cognitive-identity",), outcome=Outcome.READY),
    "not-synced": Expected(manual=("ra-synced",), outcome=Outcome.CANNOT_TELL),
    "foundry-busy": Expected(("number-activated",)),
    "d365-license": Expected(("d365-license",)),
    "d365-number-not-synced": Expected(manual=("d365-number-synced",), outcome=Outcome.CANNOT_TELL),
    "d365-no-outbound": Expected(("payg-assigned",)),
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


CAUSES: dict[str, tuple[str, ...]] = {
    "404/580406": ("580406",),
    "404/580462": ("580462",),
    "404/580464": ("580464",),
    "404/5804xx": ("5804xx",),
    "403/510586": ("510586",),
    "408/10057": ("10057",),
    "UserLicenseNotPresentForbidden": ("UserLicenseNotPresentForbidden",),
    "TeamsDisabledForTenantForbidden": ("UserLicenseNotPresentForbidden",),
    "403/10105": ("10105",),
    "400 Bad Request on adding the Teams channel": ("reserved-app-id",),
    "lacks a service principal": ("no-service-principal", "AADSTS650052"),
    "busy signal": ("busy-signal", "contoso", "unlicensed-account", "aa-cq-association"),
    "no audio": ("no-audio", "no-incoming-call"),
    "answer fails": ("no-audio", "7510"),
    "number cannot be assigned": ("unlicensed-account", "onprem-number"),
    "An item with the same key has already been added": ("not-synced",),
    "403 on resourceAccounts": ("resourceAccounts-403",),
    "some callers only": ("blocked-callers",),
    "toll-free inbound fails": ("tollfree",),
    "works from one environment only": ("d365-wrong-environment",),
    "emergency call without location": ("emergency-location",),
    "400801": ("400801", "federation-off"),
    "403/2203": ("2203", "agent-policy"),
    "takingTooLongToConnectToCall": ("400801",),
    "Invalid cancellation token": ("400801",),
    "hold music continues after accept": ("400801",),
    "no agent offered": ("d365-license", "d365-not-provisioned"),
    "Sync from Teams fails": ("sync-from-teams-empty",),
    "number not in Dynamics 365": ("d365-number-not-synced",),
    "Teams phone system tab absent": ("d365-not-provisioned", "d365-license"),
    "outbound conversation not created": ("d365-no-outbound",),
    "consult or transfer fails": ("511532", "580464"),
    "403/7504": ("7504",),
    "403/7505": ("7505",),
    "403/7501": ("7510",),
    "403/7509": ("7510",),
    "403/7506": ("7510",),
    "403/7600": ("7600",),
    "403/7604": ("federation-off", "no-audio"),
    "403/7601": ("7601",),
    "400/8567": ("8567",),
    "8586": ("8586",),
    "busy and no ACS event": ("foundry-busy",),
    "401/403 on AnswerCall": ("7510",),
    "Event Grid validation fails": ("8586",),
    "480/10037": ("10037",),
    "401/10009": ("10009", "4507"),
    "560403": ("560403",),
    "560xxx": ("560403",),
    "540xxx": ("560403",),
    "511532": ("511532",),
    "511404": ("511404",),
    "510403": ("510403",),
    "500001": ("560403",),
    "AADSTS7000222": ("AADSTS7000222",),
    "AADSTS50011": ("AADSTS50011",),
    "AADSTS65001": ("AADSTS65001",),
    "AADSTS53003": ("AADSTS53003",),
    "AADSTS700016": ("AADSTS700016",),
}
"""Codes and symptoms that a configuration can cause, and the scenarios that show it."""

_CODE = "only the application's own code causes it"
NOT_OF_A_TENANT: dict[str, str] = {
    "400/8523": _CODE,
    "422 Invalid CommunicationUser identifier specified": _CODE,
    "403/7507": "only the connection string that the application is given causes it",
    "404/8522": _CODE,
    "callbackUri invalid": _CODE,
    "mid-call move fails": "only the session border controller's own settings cause it, which no interface shows",
    "recording announcement": "it is how recording is meant to be, and no fault",
}
"""Codes and symptoms with checks that are questions alone: nothing in a tenant can be set so that they come."""


def test_every_code_has_a_scenario_or_a_reason_why_no_tenant_shows_it() -> None:
    of_configuration = {entry.key for entry in codes.entries() if entry.configuration}
    assert CAUSES.keys() | NOT_OF_A_TENANT.keys() == of_configuration
    assert not CAUSES.keys() & NOT_OF_A_TENANT.keys()


def test_what_no_tenant_shows_is_asked_of_a_person() -> None:
    checks = catalog.find().checks
    for key in NOT_OF_A_TENANT:
        entry = codes.find(key)
        assert entry
        assert entry.key == key
        assert checks[entry.checks[0]].question


@pytest.mark.parametrize(("key", "name"), [(key, name) for key, names in CAUSES.items() for name in names])
def test_a_scenario_of_a_code_breaks_one_of_the_checks_for_it(key: str, name: str) -> None:
    entry = codes.find(key)
    assert entry
    assert entry.key == key
    assert set(entry.checks) & {*EXPECTED[name].fails, *EXPECTED[name].manual}
