r"""The ACS resource lets the agents' application act for the agent.

An agent signs in to your application, which exchanges the agent's Entra token for one of the ACS resource.
The resource's owner must allow that for each agent: an assignment of the type `user`, with the ids of the
applications. Without it the exchange is refused with 403 and the agent never registers, so that adding the
agent to a call ends with 408, subcode 10057, or 480, subcode 10037.

There is no list: each agent takes one request for each ACS resource. With more than 1,000 agents that is left
to a person, unless `client_consent = true` stands under `[sources.acs]` of config.toml.

## Fix

Give consent with the REST API of the ACS resource, signed in as somebody who is Contributor on it. It
replaces the list of applications: name those that are there as well.

    az rest --method put --resource https://communication.azure.com \
        --url "https://<host>/access/teamsExtension/tenants/<tenant>/assignments/<agent>?api-version=2025-06-30" \
        --headers Content-Type=application/json --body '{"principalType": "user", "clientIds": ["<client id>"]}'
"""

from tpe_audit import Area, Fail, Manual, NotApplicable, Owner, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import Agent, ClientApplication, ClientConsents, Consumer, Deployment, Tenant, UnaskedConsents

AREA, SEVERITY, OWNER = Area.CLIENT, Severity.BLOCKER, Owner.AZURE_ADMIN
CODES = ("408/10057", "480/10037", "401/10009", "495/4507")
CONSUMERS = (Consumer.THIRD_PARTY,)
REQUIRES = ("agent-account-enabled",)
QUESTION = "Does each agent have client consent on each ACS resource, for each application that agents use?"
LINK = (
    "https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/"
    "teams-phone-extensibility-access-teams-phone"
)


def applies(deployment: Deployment) -> NotApplicable | None:
    return None if deployment.client_applications else NotApplicable(ClientApplication.NONE)


def check(agent: Agent, consents: ClientConsents | UnaskedConsents, deployment: Deployment, tenant: Tenant) -> Verdict:
    if isinstance(consents, UnaskedConsents):
        return Manual(
            f"There are {consents.agents:,} agents, and their consents are read one by one: set client_consent = true "
            "under [sources.acs] to read them."
        )
    wanted = {client_id.casefold() for client_id in deployment.client_applications}
    for assignment in consents.assignments:
        if not assignment.doubt and not assignment.allows(tenant.id, wanted):
            return Fail(
                f"The ACS resource {assignment.acs_name} does not let the agents' applications act for the agent.",
                observed=assignment.words,
                expected=f"user of tenant {tenant.id}: {', '.join(sorted(wanted))}",
                fix=assignment.give(tenant.id, agent.id, wanted),
            )
    if doubts := [assignment.doubt for assignment in consents.assignments if assignment.doubt]:
        return Unknown(" ".join(doubts))
    return Pass("The agents' applications may act for the agent.", ", ".join(a.acs_name for a in consents.assignments))
