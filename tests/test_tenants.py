"""Tenants in which a hasty audit would say the wrong thing: odd spellings, half states, other people's property."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.tenant import audit, healthy
from tpe_audit.simulator import Scenario, contoso, skus, well_known
from tpe_audit.simulator.contoso import (
    ACS_ID,
    AGENTS,
    BOT_APP_ID,
    CLIENT_APP_ID,
    IVR,
    IVR_NUMBER,
    SUPPORT,
    TENANT_ID,
    invented,
)
from tpe_audit.simulator.state import Assignment, Credential, License, Number, OwnedSku, PolicyAssignment
from tpe_audit.verdicts import Status

ADELE = AGENTS[0]
NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class Case:
    """A tenant, and what a check must say of one thing in it."""

    name: str
    check: str
    subject: str
    status: Status
    scenario: Callable[[], Scenario]


def _of(identifier: str) -> Callable[[Any], bool]:
    return lambda item: (
        identifier in (getattr(item, name, None) for name in ("id", "app_id", "immutable_id", "telephone_number"))
    )


def _licensed(user: str, *licenses: License) -> Scenario:
    return healthy().change("users", _of(user), licenses=licenses)


def _federation(**changes: Any) -> Scenario:
    powershell = healthy().tenant.powershell
    assert powershell
    name = "Get-CsTeamsAcsFederationConfiguration"
    items = tuple({**item, **changes} for item in powershell.cmdlets[name])
    return healthy().in_tenant(powershell=replace(powershell, cmdlets={**powershell.cmdlets, name: items}))


def _external_access(policy: str) -> Scenario:
    assigned = PolicyAssignment("ExternalAccessPolicy", policy, invented("policy", policy))
    return healthy().change("user_configurations", _of(ADELE), policies=(assigned,))


def _credential(name: str, starts: timedelta, ends: timedelta) -> Credential:
    return Credential(invented("credential", name), name, NOW + starts, NOW + ends)


def _credentials(*credentials: Credential) -> Scenario:
    return healthy().change("applications", _of(BOT_APP_ID), credentials=credentials)


def _shouting() -> Scenario:
    """The ids of config.toml in capitals, where Microsoft writes them small."""
    return (
        healthy()
        .configure("deployment.lines.0.account", "IVR@CONTOSO.COM")
        .configure("deployment.lines.0.application_id", BOT_APP_ID.upper())
        .configure("deployment.lines.0.acs_resource", ACS_ID.upper())
        .configure("deployment.lines.0.number", f"tel:{IVR_NUMBER};ext=12")
    )


def _foreign(*, principal: bool) -> Scenario:
    """The bot's application is registered with a vendor whose tenant is not signed in to."""
    vendor = invented("tenant", "fabrikam.com")
    scenario = healthy().drop("applications", _of(BOT_APP_ID)).change("bots", _of(BOT_APP_ID), app_tenant_id=vendor)
    if principal:
        return scenario.change("service_principals", _of(BOT_APP_ID), owner_tenant_id=vendor)
    return scenario.drop("service_principals", _of(BOT_APP_ID))


def _second_number() -> Scenario:
    other = contoso.service_number("+15551230101", "callingPlan", IVR, "voiceApplicationAssigned")
    return healthy().add("numbers", replace(other, category="alternate"))


def _consents(*assignments: Assignment) -> Scenario:
    def changed(service: Any) -> tuple[Assignment, ...]:
        return (*(item for item in service.assignments if item.object_id != ADELE), *assignments)

    return healthy().change("communication_services", _of(ACS_ID), assignments=changed)


BY_GROUP = contoso.AGENTS_GROUP
E5, E5_WITHOUT_TEAMS = skus.MICROSOFT_365_E5, skus.MICROSOFT_365_E5_NO_TEAMS
IN_ERROR = License(E5, state="Error", error="CountViolation", group_id=BY_GROUP)

CASES = (
    Case("ids in capitals", "ra-application-id", IVR, Status.PASS, _shouting),
    Case("ids in capitals", "ra-acs-resource-id", IVR, Status.PASS, _shouting),
    Case("number with tel: and extension", "number-assigned", IVR, Status.PASS, _shouting),
    Case("a second number beside the one meant", "number-assigned", IVR, Status.PASS, _second_number),
    Case(
        "a number with a holder that says it is unassigned",
        "number-assigned",
        IVR,
        Status.UNKNOWN,
        lambda: healthy().change("numbers", _of(IVR_NUMBER), assignment_status="unassigned"),
    ),
    Case(
        "an assignment in an error of Teams",
        "number-assigned",
        IVR,
        Status.UNKNOWN,
        lambda: healthy().change("numbers", _of(IVR_NUMBER), assignment_status="internalError"),
    ),
    Case(
        "a user number",
        "number-service-type",
        IVR_NUMBER,
        Status.FAIL,
        lambda: healthy().change("numbers", _of(IVR_NUMBER), capabilities=("userAssignment",)),
    ),
    Case(
        "a capability that is not known beside the one that counts",
        "number-service-type",
        IVR_NUMBER,
        Status.PASS,
        lambda: healthy().change("numbers", _of(IVR_NUMBER), capabilities=("voiceApplicationAssignment", "newThing")),
    ),
    Case(
        "a number that is ported in and already active",
        "number-activated",
        IVR_NUMBER,
        Status.PASS,
        lambda: healthy().change("numbers", _of(IVR_NUMBER), port_in_status="completed"),
    ),
    Case(
        "a licence assigned by a group, in error",
        "agent-teams-license",
        ADELE,
        Status.FAIL,
        lambda: _licensed(ADELE, IN_ERROR),
    ),
    Case(
        "the same licence in error by a group, and good by itself",
        "agent-teams-license",
        ADELE,
        Status.PASS,
        lambda: _licensed(ADELE, IN_ERROR, License(E5)),
    ),
    Case(
        "Teams switched off by a group, and on by another assignment",
        "agent-teams-license",
        ADELE,
        Status.PASS,
        lambda: _licensed(ADELE, License(E5, (skus.TEAMS.id,), group_id=BY_GROUP), License(E5)),
    ),
    Case(
        "a suite without Teams, and Teams beside it",
        "agent-teams-license",
        ADELE,
        Status.PASS,
        lambda: _licensed(ADELE, License(E5_WITHOUT_TEAMS), License(skus.TEAMS_ENTERPRISE)).add(
            "skus", OwnedSku(E5_WITHOUT_TEAMS), OwnedSku(skus.TEAMS_ENTERPRISE)
        ),
    ),
    Case(
        "a suite without Teams alone",
        "agent-teams-license",
        ADELE,
        Status.FAIL,
        lambda: _licensed(ADELE, License(E5_WITHOUT_TEAMS)).add("skus", OwnedSku(E5_WITHOUT_TEAMS)),
    ),
    Case(
        "a product that the tenant no longer lists",
        "agent-teams-license",
        ADELE,
        Status.UNKNOWN,
        lambda: _licensed(ADELE, License(E5_WITHOUT_TEAMS)),
    ),
    Case(
        "a product whose subscription is suspended",
        "agent-phone-license",
        ADELE,
        Status.FAIL,
        lambda: healthy().change("skus", lambda owned: owned.sku == E5, capability_status="Suspended", enabled=0),
    ),
    Case(
        "a product in its days of grace",
        "agent-phone-license",
        ADELE,
        Status.PASS,
        lambda: healthy().change("skus", lambda owned: owned.sku == E5, capability_status="Warning", enabled=0),
    ),
    Case(
        "a plan of the account that waits",
        "ra-license-plan-enabled",
        SUPPORT,
        Status.FAIL,
        lambda: _licensed(
            SUPPORT, License(skus.RESOURCE_ACCOUNT, statuses=((skus.VIRTUAL_USER.id, "PendingActivation"),))
        ),
    ),
    Case(
        "no user type in the directory",
        "agent-account-enabled",
        ADELE,
        Status.PASS,
        lambda: healthy().change("users", _of(ADELE), user_type=None),
    ),
    Case(
        "a guest as agent",
        "agent-account-enabled",
        ADELE,
        Status.FAIL,
        lambda: healthy().change("users", _of(ADELE), user_type="Guest"),
    ),
    Case(
        "enterprise voice that was never set",
        "agent-enterprise-voice",
        ADELE,
        Status.FAIL,
        lambda: healthy().change("user_configurations", _of(ADELE), enterprise_voice=None),
    ),
    Case(
        "a service principal that Microsoft never answered about",
        "acs-service-principal",
        TENANT_ID,
        Status.UNKNOWN,
        lambda: healthy().change("service_principals", _of(well_known.COMMUNICATION_SERVICES), account_enabled=None),
    ),
    Case(
        "a vendor's application, of a known tenant",
        "app-registration",
        BOT_APP_ID,
        Status.MANUAL,
        lambda: _foreign(principal=True),
    ),
    Case(
        "a vendor's application, not installed",
        "app-registration",
        BOT_APP_ID,
        Status.MANUAL,
        lambda: _foreign(principal=False),
    ),
    Case(
        "a vendor's application",
        "app-credential-valid",
        BOT_APP_ID,
        Status.MANUAL,
        lambda: _foreign(principal=True),
    ),
    Case(
        "a secret that expired beside one that is good",
        "app-credential-valid",
        BOT_APP_ID,
        Status.PASS,
        lambda: _credentials(
            _credential("old", timedelta(-400), timedelta(-1)), _credential("new", timedelta(-1), timedelta(300))
        ),
    ),
    Case(
        "a secret that is not good yet",
        "app-credential-valid",
        BOT_APP_ID,
        Status.FAIL,
        lambda: _credentials(
            _credential("old", timedelta(-400), timedelta(-1)), _credential("next", timedelta(2), timedelta(300))
        ),
    ),
    Case("an application without any secret", "app-credential-valid", BOT_APP_ID, Status.NOT_APPLICABLE, _credentials),
    Case(
        "consent for a user where it should be for an account",
        "server-consent",
        IVR,
        Status.FAIL,
        lambda: healthy().change(
            "communication_services",
            _of(ACS_ID),
            assignments=lambda service: tuple(
                replace(item, principal_type="user") if item.object_id == IVR else item for item in service.assignments
            ),
        ),
    ),
    Case(
        "consent of an application in capitals, beside another",
        "client-consent",
        ADELE,
        Status.PASS,
        lambda: _consents(Assignment(TENANT_ID, ADELE, "User", (invented("another"), CLIENT_APP_ID.upper()))),
    ),
    Case(
        "consent without a list of applications",
        "client-consent",
        ADELE,
        Status.FAIL,
        lambda: _consents(Assignment(TENANT_ID, ADELE, "user", ())),
    ),
    Case(
        "an allow list in capitals",
        "acs-federation-allowlist",
        ACS_ID,
        Status.PASS,
        lambda: _federation(AllowedAcsResources=[ACS_ID.upper()]),
    ),
    Case(
        "an allow list that was never set",
        "acs-federation-allowlist",
        ACS_ID,
        Status.FAIL,
        lambda: _federation(AllowedAcsResources=None),
    ),
    Case(
        "an agent's policy, spelt otherwise",
        "external-access-agent",
        ADELE,
        Status.FAIL,
        lambda: _external_access("FEDERATIONONLY"),
    ),
    Case(
        "an agent's policy that the export lacks",
        "external-access-agent",
        ADELE,
        Status.UNKNOWN,
        lambda: _external_access("Newer"),
    ),
    Case(
        "another number of the tenant in an error",
        "number-assigned",
        IVR,
        Status.PASS,
        lambda: healthy().add("numbers", Number("+15551230900", assignment_status="internalError", target_id=None)),
    ),
    Case(
        "a bot that spells its application in capitals",
        "bot-exists",
        f"/subscriptions/{contoso.SUBSCRIPTION_ID}/resourceGroups/{contoso.BOTS_GROUP}/providers/"
        "Microsoft.BotService/botServices/contoso-voice-bot",
        Status.PASS,
        lambda: healthy().change("bots", _of(BOT_APP_ID), app_id=BOT_APP_ID.upper()),
    ),
    Case(
        "an account that spells its ACS resource in capitals",
        "acs-exists",
        ACS_ID,
        Status.PASS,
        lambda: healthy().change("resource_accounts", _of(IVR), acs_resource_id=ACS_ID.upper()),
    ),
    Case(
        "an agent whom the directory does not know",
        "agent-account-enabled",
        "nobody@contoso.com",
        Status.FAIL,
        lambda: healthy().configure("deployment.agents.users", ["nobody@contoso.com"]),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.name}: {case.check}" for case in CASES])
async def test_a_check_says_what_is_so(case: Case) -> None:
    report, _ = await audit(case.scenario(), check=(case.check,))
    finding = next(finding for finding in report.findings if finding.check.id == case.check)
    told = {judgement.subject.id: judgement.status for judgement in finding.judgements}
    assert not report.errors
    assert told.get(case.subject, finding.status) is case.status, finding
