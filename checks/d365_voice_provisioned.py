"""The voice channel of the Dynamics 365 environment is provisioned.

Only an environment whose voice channel is provisioned has an ACS resource to take calls with. Without it the
admin center says "Voice channel not detected", shows no ACS resource id and no tab *Teams phone system*, and
callers wait without an agent. A trial environment that has expired counts as not provisioned.

It is judged by the active communication provider in Dataverse, table `msdyn_occommunicationprovidersettings`,
provider 192350000. Microsoft does not document this table; a community tool reads it.

## Fix

Provision the voice channel, as System Administrator in the root business unit.

In the Copilot Service admin center: Customer support > Channels > Manage channels > Voice.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict
from tpe_audit.facts import Consumer, Environment, NoVoiceProvider, VoiceProvider

AREA, SEVERITY, OWNER = Area.DYNAMICS, Severity.BLOCKER, Owner.DYNAMICS_ADMIN
CODES = ("Voice channel not detected", "Voice tab or Teams phone system tab absent", "Holding music")
CONSUMERS = (Consumer.DYNAMICS_365,)
LINK = "https://learn.microsoft.com/dynamics365/contact-center/implement/provision-channels"


def check(environment: Environment, provider: VoiceProvider | NoVoiceProvider) -> Verdict:
    if isinstance(provider, NoVoiceProvider):
        return Fail(
            "The voice channel of the environment is not provisioned.",
            observed="no active communication provider 192350000",
            expected="one that is active (statecode 0)",
        )
    return Pass("The voice channel is provisioned.", observed="an active communication provider 192350000")
