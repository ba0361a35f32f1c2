"""Scenarios of telephone numbers and of the telephone network."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from tpe_audit.simulator import contoso
from tpe_audit.simulator.contoso import IVR_NUMBER, SUPPORT, SUPPORT_NUMBER, invented
from tpe_audit.simulator.scenario import Scenario
from tpe_audit.simulator.scenarios.registry import identified, numbered, scenario, with_cmdlet
from tpe_audit.simulator.state import TeamsPowerShell


@scenario(
    "511404",
    "The number is assigned to nobody",
    f"{SUPPORT_NUMBER} is not assigned: calls to it end with 511404 (number or resource not found).",
)
def _511404(healthy: Scenario) -> Scenario:
    return healthy.change(
        "numbers", numbered(SUPPORT_NUMBER), target_id=None, assignment_status="unassigned", category=None
    )


@scenario(
    "511532",
    "No voice routing policy",
    "support@contoso.com has no voice routing policy of its own, and the Global one has no PSTN usage: its outbound "
    "calls end with 511532 (SIP trunk configuration not found).",
)
def _511532(healthy: Scenario) -> Scenario:
    return healthy.change("user_configurations", identified(SUPPORT), policies=())


@scenario(
    "560403",
    "The session border controller is disabled",
    "sbc.contoso.com, the only session border controller of the route, is not enabled: outbound calls of "
    "support@contoso.com end with 560403.",
)
def _560403(healthy: Scenario) -> Scenario:
    return with_cmdlet(healthy, "Get-CsOnlinePSTNGateway", Enabled=False)


@scenario(
    "blocked-callers",
    "The callers of the own area are blocked",
    "A pattern against unwanted callers matches all of +1555: those callers are rejected, no IncomingCall.",
)
def _blocked_callers(healthy: Scenario) -> Scenario:
    pattern = {
        "Identity": "Unwanted",
        "Name": "Unwanted",
        "Enabled": True,
        "Description": "Automatic calls",
        "Pattern": "^\\+1555",
        "ResourceAccount": None,
    }
    powershell = healthy.tenant.powershell or TeamsPowerShell({})
    cmdlets = {**powershell.cmdlets, "Get-CsInboundBlockedNumberPattern": (pattern,)}
    return healthy.in_tenant(powershell=replace(powershell, cmdlets=cmdlets))


@scenario(
    "onprem-number",
    "A number is held on premises",
    f"{SUPPORT_NUMBER} is still held by an on-premises directory: it can't be assigned anew online.",
)
def _onprem_number(healthy: Scenario) -> Scenario:
    return healthy.change("numbers", numbered(SUPPORT_NUMBER), number_source="onPremises")


@scenario(
    "emergency-location",
    "A number without an emergency location",
    f"{IVR_NUMBER} has no emergency location: an emergency call from it would not say where help is needed.",
)
def _emergency_location(healthy: Scenario) -> Scenario:
    return healthy.change("numbers", numbered(IVR_NUMBER), location_id=None, civic_address_id=None)


@scenario(
    "510586",
    "The carrier may not allow outbound calls",
    f"{IVR_NUMBER} is a carrier's number, by Operator Connect. If the carrier does not allow outbound calls from it, "
    "they end with 403/510586. Nobody has asked.",
)
def _510586(healthy: Scenario) -> Scenario:
    return _healthy_operator_connect(healthy).without_attestation("oc-carrier-outbound")


@scenario(
    "healthy-operator-connect",
    "Healthy, with an Operator Connect number",
    f"Nothing that breaks calls. {IVR_NUMBER} is a carrier's number, by Operator Connect, and somebody has asked "
    "the carrier.",
)
def _healthy_operator_connect(healthy: Scenario) -> Scenario:
    changed = healthy.change(
        "numbers",
        numbered(IVR_NUMBER),
        number_type="operatorConnect",
        operator_id=invented("operator", "Adatum"),
    ).without_attestation("funding-balance")
    confirmed = contoso.attestation(
        "oc-carrier-outbound", datetime.now(UTC).date(), "A test call went through", IVR_NUMBER
    )
    return changed.configure("attestations", [*changed.config["attestations"], confirmed])


@scenario(
    "510403",
    "Outbound calls are restricted",
    "The tenant's policies of outbound call restrictions allow no calls; if Teams holds resource accounts to them, on "
    "which Microsoft's pages disagree, outbound calls end with 510403 (call blocked).",
)
def _510403(healthy: Scenario) -> Scenario:
    return with_cmdlet(healthy, "Get-CsOnlineDialOutPolicy", AllowPSTNOutboundCallingType="Disabled")
