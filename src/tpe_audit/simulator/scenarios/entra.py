"""Scenarios of applications, consent and sign-in in Microsoft Entra."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tpe_audit.simulator import contoso, well_known
from tpe_audit.simulator.scenario import Scenario
from tpe_audit.simulator.scenarios.registry import midnight, registered, scenario
from tpe_audit.simulator.state import Application, Credential


@scenario(
    "AADSTS650052",
    "The first-party application is missing",
    "The same as no-service-principal: AADSTS650052 is the usual code of that sentence.",
)
@scenario(
    "no-service-principal",
    "The first-party application is missing",
    "The tenant has no service principal for Azure Communication Services; consent fails: 'The app is trying "
    f"to access a service {well_known.COMMUNICATION_SERVICES} that your organization lacks a service "
    "principal for'.",
)
def _no_service_principal(healthy: Scenario) -> Scenario:
    return healthy.drop("service_principals", lambda item: item.app_id == well_known.COMMUNICATION_SERVICES)


@scenario(
    "AADSTS7000222",
    "The bot's secret has expired",
    "The client secret of the bot's application expired a week ago: the service gets no token (AADSTS7000222), "
    "and what it asks of Azure Communication Services ends with 401.",
)
def _aadsts7000222(healthy: Scenario) -> Scenario:
    def expired(application: Application) -> tuple[Credential, ...]:
        week = timedelta(days=7)
        return tuple(replace(item, ends=midnight() - week) for item in application.credentials)

    return healthy.change("applications", registered(contoso.BOT_APP_ID), credentials=expired)


@scenario(
    "AADSTS65001",
    "Nobody consented to the agents' desktop",
    "No administrator consented to TeamsExtension.ManageCalls for the agents' desktop: agents cannot sign in "
    "(AADSTS65001).",
)
def _aadsts65001(healthy: Scenario) -> Scenario:
    return healthy.drop("grants", lambda grant: "TeamsExtension.ManageCalls" in grant.scope)


@scenario(
    "AADSTS700016",
    "The bot's application was deleted",
    "The app registration that the bot and both accounts name is gone, and its service principal with it: the "
    "service gets no token (AADSTS700016), callers hear a busy signal, no IncomingCall.",
)
def _aadsts700016(healthy: Scenario) -> Scenario:
    gone = registered(contoso.BOT_APP_ID)
    return healthy.drop("applications", gone).drop("service_principals", gone)


@scenario(
    "AADSTS50011",
    "The agents' desktop has no redirect URI",
    "The registration of the agents' desktop has no redirect URI for a single-page application: agents are "
    "turned away at sign-in (AADSTS50011).",
)
def _aadsts50011(healthy: Scenario) -> Scenario:
    return healthy.change("applications", registered(contoso.CLIENT_APP_ID), redirect_uris=())


@scenario(
    "AADSTS53003",
    "Conditional Access blocks the agents",
    "A Conditional Access policy blocks everybody's access to Azure Communication Services: agents are turned "
    "away at sign-in (AADSTS53003).",
)
def _aadsts53003(healthy: Scenario) -> Scenario:
    policy = contoso.blocking_policy("Block communication", well_known.COMMUNICATION_SERVICES)
    return healthy.in_tenant(conditional_access=(policy,)).configure("sources.conditional_access.mode", "auto")


@scenario(
    "resourceAccounts-403",
    "Resource accounts may not be listed",
    "The agents' desktop asks for TeamsResourceAccount.Read.All, but nobody consented: listing resource accounts "
    "(GET /beta/admin/teams/resourceAccounts) ends with 403.",
)
def _resource_accounts_403(healthy: Scenario) -> Scenario:
    return healthy.drop("grants", lambda grant: "TeamsResourceAccount.Read.All" in grant.scope)


@scenario(
    "10009",
    "An agent consented for herself alone",
    "adele@contoso.com consented to TeamsExtension.ManageCalls for herself, no administrator for the tenant: the calls "
    "of the other agents' desktops are refused (401/10009).",
)
def _10009(healthy: Scenario) -> Scenario:
    return healthy.change(
        "grants",
        lambda grant: "TeamsExtension.ManageCalls" in grant.scope,
        consent_type="Principal",
        principal_id=contoso.AGENTS[0],
    )
