"""Scenarios of Contoso with Dynamics 365 Contact Center."""

from __future__ import annotations

from dataclasses import replace

from tpe_audit.simulator import dynamics, skus
from tpe_audit.simulator.contoso import AGENTS, IVR, SUPPORT
from tpe_audit.simulator.scenario import Scenario
from tpe_audit.simulator.scenarios.registry import identified, licenses_without, with_cmdlet, with_dynamics
from tpe_audit.simulator.state import License, OwnedSku, User


@with_dynamics(
    "healthy-dynamics",
    "Contoso with Dynamics 365 Contact Center, healthy",
    "Nothing: both lines work in both directions.",
)
def _healthy_dynamics(healthy: Scenario) -> Scenario:
    return healthy


@with_dynamics(
    "400801",
    "Federation with ACS is off, with Dynamics 365",
    "EnableAcsUsers is False in the tenant: agents accept the call, it stays in Connecting, and Dynamics reports "
    "400801 (Operation is not supported in Open state).",
)
def _400801(healthy: Scenario) -> Scenario:
    return with_cmdlet(healthy, "Get-CsTeamsAcsFederationConfiguration", EnableAcsUsers=False)


@with_dynamics(
    "d365-wrong-environment",
    "Bound to the ACS resource of another environment",
    "support@contoso.com is bound to the ACS resource of the sandbox: its calls arrive there, or nowhere.",
)
def _d365_wrong_environment(healthy: Scenario) -> Scenario:
    return healthy.change("resource_accounts", identified(SUPPORT), acs_resource_id=dynamics.SANDBOX_ACS_ID)


@with_dynamics(
    "d365-not-provisioned",
    "The voice channel is not provisioned",
    "The environment has no active communication provider for voice: 'Voice channel not detected'.",
)
def _d365_not_provisioned(healthy: Scenario) -> Scenario:
    environments = tuple(replace(item, providers=()) for item in healthy.state.environments)
    return replace(healthy, state=replace(healthy.state, environments=environments))


@with_dynamics(
    "sync-from-teams-empty",
    "No application may list resource accounts",
    "Nobody consented to TeamsResourceAccount.Read.All for the tenant: 'Sync from Teams' ends with 500 or lists "
    "nothing.",
)
def _sync_from_teams_empty(healthy: Scenario) -> Scenario:
    return healthy.change(
        "grants", scope=lambda grant: grant.scope.replace("TeamsResourceAccount.Read.All", "").strip()
    )


@with_dynamics(
    "d365-license",
    "The agents' Dynamics 365 licence brings no voice",
    "The agents have Dynamics 365 Contact Center Digital, which brings no voice: their voice tab is absent, and "
    "callers hear music without an agent being offered.",
)
def _d365_license(healthy: Scenario) -> Scenario:
    def digital(user: User) -> tuple[License, ...]:
        return (*licenses_without(skus.DYNAMICS_CONTACT_CENTER)(user), License(skus.DYNAMICS_CONTACT_CENTER_DIGITAL))

    owned = healthy.add("skus", OwnedSku(skus.DYNAMICS_CONTACT_CENTER_DIGITAL))
    return owned.change("users", identified(*AGENTS), licenses=digital)


@with_dynamics(
    "d365-number-not-synced",
    "A number may not be in Dynamics 365",
    "Nobody has said that the numbers are listed in Dynamics 365 since the last 'Sync from Teams': one that is not "
    "can't be chosen there.",
)
def _d365_number_not_synced(healthy: Scenario) -> Scenario:
    return healthy.without_attestation("d365-number-synced")


@with_dynamics(
    "d365-no-outbound",
    "Nothing pays for outbound calls, with Dynamics 365",
    "ivr@contoso.com does not have Pay-As-You-Go: its outbound calls fail, and no conversation comes of them.",
)
def _d365_no_outbound(healthy: Scenario) -> Scenario:
    return healthy.change("users", identified(IVR), licenses=licenses_without(skus.PAY_AS_YOU_GO_US))
