"""The account's voice routing policy leads to a session border controller.

A Direct Routing call that the application places is routed by the account's voice routing policy: its PSTN
usages name the voice routes, and these the session border controllers. Without a usable policy outbound
calls, consultations and transfers to external numbers end with 403 or 404, or with 511532 (SIP trunk
configuration not found).

Which numbers the application dials is not known; the patterns of the routes are told.

## Fix

Grant the account a voice routing policy whose PSTN usages have a route.

    Grant-CsOnlineVoiceRoutingPolicy -Identity <object id> -PolicyName <policy>

In the portal: Teams admin center > Voice > Voice routing policies, and > Direct Routing > Voice routes.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Unknown, Verdict, powershell
from tpe_audit.facts import (
    AssignedVoiceRoutingPolicy,
    Direction,
    NumberTypeName,
    ResourceAccount,
    VoiceRoutes,
    VoiceRoutingPolicies,
)

AREA, SEVERITY, OWNER = Area.PSTN, Severity.BLOCKER, Owner.TEAMS_ADMIN
CODES = ("511532", "560403", "560404", "560408", "560480", "560484", "560486", "560487", "560500", "560503", "560603")
REQUIRES = ("ra-exists", "number-assigned")
NUMBER_TYPES = (NumberTypeName.DIRECT_ROUTING,)
DIRECTIONS = (Direction.OUTBOUND,)
LINK = "https://learn.microsoft.com/powershell/module/microsoftteams/grant-csonlinevoiceroutingpolicy"


def check(
    account: ResourceAccount, assigned: AssignedVoiceRoutingPolicy, policies: VoiceRoutingPolicies, routes: VoiceRoutes
) -> Verdict:
    policy = policies.named(assigned.name)
    if policy is None:
        return Unknown(f"The Teams PowerShell export does not hold the voice routing policy {assigned.name}.")
    if own := routes.by(policy.usages):
        patterns = ", ".join(f"{route.name} ({route.pattern})" for route in own)
        return Pass(f"The policy {policy.name} leads to session border controllers.", observed=patterns)
    lack = (
        "no route of its PSTN usages leads to a session border controller" if policy.usages else "it has no PSTN usage"
    )
    usable = next((other.name for other in policies.policies if routes.by(other.usages)), "<policy>")
    return Fail(
        f"Outbound calls find no way: the account's voice routing policy is {policy.name}, and {lack}.",
        observed=policy.name,
        expected="a voice routing policy with a route",
        fix=powershell("Grant-CsOnlineVoiceRoutingPolicy -Identity %s -PolicyName %s", account.id, usable),
    )
