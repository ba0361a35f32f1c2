"""It is known which recording works, and that callers hear an announcement.

Convenience and compliance recording of Teams are not supported with Teams Phone extensibility; recording by Azure
Communication Services is. When that starts or pauses in a call with an agent, callers from the telephone network
hear an announcement. That is as it should be, and no fault of the configuration.

Whether a compliance recording policy of Teams has an effect on such calls is not documented, so none should be
given to the accounts and agents for their sake.

## Fix

Record with Azure Communication Services, tell those who answer for compliance, and expect the announcement.
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import Consumer, Tenant

AREA, SEVERITY, OWNER = Area.POLICY, Severity.INFO, Owner.COMPLIANCE_ADMIN
CODES = ("recording announcement",)
QUESTION = (
    "Is it settled that these calls are recorded with Azure Communication Services or not at all, and not by Teams "
    "convenience or compliance recording?"
)
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.DYNAMICS_365)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
    "teams-phone-extensibility-capabilities"
)


def check(tenant: Tenant) -> Verdict:
    return Manual(
        "How calls are to be recorded is nowhere to be read. Teams recording does not work with Teams Phone "
        "extensibility; recording by Azure Communication Services does, with an announcement."
    )
