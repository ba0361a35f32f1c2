"""The session border controller takes over calls with Replaces, for proactive engagement.

In the progressive and predictive modes of proactive engagement, Dynamics 365 moves a running call to the
agent. Over Direct Routing the session border controller (SBC) then has to accept an INVITE with `Require:
replaces` and `Replaces` (RFC 3891), to support `P-Asserted-Identity` with a Privacy id (RFC 3325), and to
trust all root certificates of the SIP interface of Teams. Otherwise the move fails.

Nothing reads the configuration of an SBC, so a person has to answer. It matters for these modes only.

## Fix

Configure the SBC as its vendor describes it; on Oracle, for instance, `replace-dialogs` enabled, and
`mm-in-realm` enabled where both legs are in one realm.
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import Consumer, Direction, NumberTypeName, Tenant

AREA, SEVERITY, OWNER = Area.PSTN, Severity.MINOR, Owner.CARRIER
CODES = ("560xxx",)
QUESTION = (
    "Is proactive engagement in progressive or predictive mode not used; or does the session border controller "
    "accept INVITE with Replaces?"
)
CONSUMERS = (Consumer.DYNAMICS_365,)
NUMBER_TYPES = (NumberTypeName.DIRECT_ROUTING,)
DIRECTIONS = (Direction.OUTBOUND,)
LINK = "https://learn.microsoft.com/dynamics365/contact-center/administer/configure-proactive-engagement"


def check(tenant: Tenant) -> Verdict:
    return Manual(
        "If proactive engagement dials in progressive or predictive mode, ask who runs the session border controller "
        "whether it accepts INVITE with Replaces (RFC 3891)."
    )
