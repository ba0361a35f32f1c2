"""Scenarios of agents, of their consent, and of federation."""

from __future__ import annotations

from tpe_audit.simulator import contoso, skus
from tpe_audit.simulator.contoso import IVR, invented
from tpe_audit.simulator.scenario import Scenario
from tpe_audit.simulator.scenarios.registry import consents_without, identified, scenario, voice, with_cmdlet
from tpe_audit.simulator.state import Assignment, CommunicationService, License, PolicyAssignment


@scenario(
    "federation-off",
    "Federation with ACS is off",
    "EnableAcsUsers is False in the tenant: calls to agents stay in Connecting (400801, 403/2203).",
)
def _federation_off(healthy: Scenario) -> Scenario:
    return with_cmdlet(healthy, "Get-CsTeamsAcsFederationConfiguration", EnableAcsUsers=False)


@scenario(
    "UserLicenseNotPresentForbidden",
    "Teams is switched off in an agent's licence",
    "In the licence of adele@contoso.com Teams is switched off: she is refused at sign-in (403 "
    "UserLicenseNotPresentForbidden).",
)
def _user_license_not_present(healthy: Scenario) -> Scenario:
    without_teams = License(skus.MICROSOFT_365_E5, (skus.TEAMS.id,))
    return healthy.change("users", identified(contoso.AGENTS[0]), licenses=(without_teams,))


@scenario(
    "10057",
    "No client consent",
    "The ACS resource lets the agents' desktop act for no agent: its token is refused, so that adding an agent "
    "to a call ends with 408/10057.",
)
def _10057(healthy: Scenario) -> Scenario:
    return healthy.change("communication_services", voice, assignments=consents_without(*contoso.AGENTS))


@scenario(
    "2203",
    "The ACS resource is not on the list of federation",
    "AllowedAcsResources holds another ACS resource: agents can't be added (403/2203 in the Dynamics 365 "
    "community; Microsoft does not define the code). Nobody has answered for information barriers.",
)
def _2203(healthy: Scenario) -> Scenario:
    other = [invented("communication service", "contoso-lab")]
    broken = with_cmdlet(healthy, "Get-CsTeamsAcsFederationConfiguration", AllowedAcsResources=other)
    return broken.without_attestation("information-barriers")


@scenario(
    "agent-policy",
    "An agent's external access policy forbids federation with ACS",
    "adele@contoso.com has the policy FederationOnly, in which EnableAcsFederationAccess is False: calls to her "
    "stay in Connecting, those to the other agents do not.",
)
def _agent_policy(healthy: Scenario) -> Scenario:
    policy = PolicyAssignment("ExternalAccessPolicy", "FederationOnly", invented("policy", "FederationOnly"))
    return healthy.change("user_configurations", identified(invented("user", "adele")), policies=(policy,))


@scenario(
    "10037",
    "A resource account is no longer recognised as one",
    "Somebody edited the department of ivr@contoso.com: calls on its behalf end with 480/10037.",
)
def _10037(healthy: Scenario) -> Scenario:
    return healthy.change("users", identified(IVR), department="Customer Service")


@scenario(
    "aa-cq-association",
    "A call queue takes the calls",
    "ivr@contoso.com answers for the call queue Sales Queue: its calls go there, no IncomingCall.",
)
def _aa_cq_association(healthy: Scenario) -> Scenario:
    return with_cmdlet(healthy, "Get-CsCallQueue", ApplicationInstances=[IVR])


@scenario(
    "4507",
    "Client consent names another application",
    "The ACS resource lets an application act for the agents that they no longer use, and not their desktop: its token "
    "is refused (495/4507).",
)
def _4507(healthy: Scenario) -> Scenario:
    def former(service: CommunicationService) -> tuple[Assignment, ...]:
        client = invented("application", "former agent desktop")
        others = tuple(Assignment(contoso.TENANT_ID, agent, "user", (client,)) for agent in contoso.AGENTS)
        return (*consents_without(*contoso.AGENTS)(service), *others)

    return healthy.change("communication_services", voice, assignments=former)
