"""The agents' client signs in for the persona that the server calls.

When the server adds an agent as `TeamsExtensionUserIdentifier`, it calls the address
`8:acs:{ACS resource id}_{tenant id}_{agent's object id}`. The client is called only if it registered for that
address, with a token for `TeamsExtension.ManageCalls`. With a token of a *custom Teams endpoint* it registers as
`8:orgid:{agent's object id}` instead, hears nothing, and adding the agent times out (408, subcode 10057).

Only the code of the client tells; so its developer is asked, before going live.

## Fix

Let the client make its token credential with `EntraCommunicationTokenCredentialOptions` and this scope.

    https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls
"""

from tpe_audit import Area, Manual, NotApplicable, Owner, Severity, Verdict
from tpe_audit.facts import Consumer, Deployment, Tenant

AREA, SEVERITY, OWNER = Area.CODE, Severity.BLOCKER, Owner.DEVELOPER
CODES = ("408/10057", "480/10037")
QUESTION = (
    "Does the agents' client ask for its token with the scope "
    "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls, and does it register as 8:acs:… ?"
)
CONSUMERS = (Consumer.THIRD_PARTY,)
PROFILES = ("go-live",)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
    "teams-phone-extensibility-troubleshooting"
)


def applies(deployment: Deployment) -> NotApplicable | None:
    return None if deployment.names_agents else NotApplicable("No agents are configured ([deployment.agents]).")


def check(tenant: Tenant) -> Verdict:
    return Manual(
        "Only the client's code tells. Look at the scope of its token credential, and at the address that it "
        f"registered: it must be 8:acs:<ACS resource id>_{tenant.id}_<object id of the agent>, and not 8:orgid:…"
    )
