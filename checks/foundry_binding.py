"""The Foundry project is bound to the resource account and may use the ACS resource.

With a voice agent of Microsoft Foundry (preview) the project takes the place of the application:

- project and ACS resource are in the same Entra tenant,
- its telephony provider is `teams_phone_extension`, with the object id of the resource account, without the
  `28:orgid:` before it,
- the project's managed identity has a role on the ACS resource.

Otherwise callers hear a busy signal and no event comes, answering is refused (401 or 403), or Event Grid can't
validate the endpoint. No interface of this audit reads a project, so a person is asked.

## Fix

Correct the telephony channel of the project, and give its managed identity a role on the ACS resource.

In the Foundry portal: the project > the agent > Channels > Telephony.
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import Consumer, ResourceAccount

AREA, SEVERITY, OWNER = Area.FOUNDRY, Severity.INFO, Owner.DEVELOPER
CODES = ("busy signal", "AnswerCall 401 or 403", "Event Grid validation fails")
REQUIRES = ("ra-exists",)
QUESTION = (
    "Is the project in the Entra tenant of the ACS resource, with a role of its managed identity there, and does its "
    "telephony provider teams_phone_extension name the object id of this resource account without 28:orgid:?"
)
CONSUMERS = (Consumer.FOUNDRY,)
LINK = "https://learn.microsoft.com/azure/foundry/agents/how-to/voice-agent-telephony-channels"


def check(account: ResourceAccount) -> Verdict:
    return Manual(
        f"Only the Foundry portal shows it. The telephony provider must name {account.id}.",
        about={"object_id": account.id},
    )
