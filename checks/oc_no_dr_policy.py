"""No voice routing policy sends the account's calls to a Direct Routing trunk.

Operator Connect and Calling Plan numbers need no voice routing policy. If the account has one whose PSTN
usages have a route, outbound calls may leave by a Direct Routing trunk and fail there with 511532 or a code
that starts with 560. Microsoft: "A global voice routing policy can unintentionally send Operator Connect or
Teams Calling Plan calls to a Direct Routing trunk."

## Fix

Take the policy from the account; if it is the Global one, remove its PSTN usages, after giving a policy of
their own to the users who need them.

    Grant-CsOnlineVoiceRoutingPolicy -Identity <object id> -PolicyName $null
    Set-CsOnlineVoiceRoutingPolicy -Identity Global -OnlinePstnUsages @{Remove='<usage>'}

In the portal: Teams admin center > Voice > Voice routing policies.
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

AREA, SEVERITY, OWNER = Area.PSTN, Severity.MINOR, Owner.TEAMS_ADMIN
CODES = ("511532", "560403", "403/510586")
REQUIRES = ("ra-exists", "number-assigned")
NUMBER_TYPES = (NumberTypeName.OPERATOR_CONNECT, NumberTypeName.CALLING_PLAN)
DIRECTIONS = (Direction.OUTBOUND,)
LINK = (
    "https://learn.microsoft.com/dynamics365/contact-center/administer/"
    "migrate-azure-communication-services-direct-routing-to-operator-connect"
)


def check(
    account: ResourceAccount, assigned: AssignedVoiceRoutingPolicy, policies: VoiceRoutingPolicies, routes: VoiceRoutes
) -> Verdict:
    policy = policies.named(assigned.name)
    if policy is None:
        return Unknown(f"The Teams PowerShell export does not hold the voice routing policy {assigned.name}.")
    own = routes.by(policy.usages)
    if not own:
        return Pass("Its voice routing policy leads to no Direct Routing trunk.", observed=policy.name)
    grant = powershell("Grant-CsOnlineVoiceRoutingPolicy -Identity %s -PolicyName $null", account.id)
    remove = "Set-CsOnlineVoiceRoutingPolicy -Identity Global -OnlinePstnUsages @{Remove=%s}"
    return Fail(
        f"The policy {policy.name} may send the account's calls to a Direct Routing trunk: "
        f"{', '.join(route.name for route in own)}.",
        observed=policy.name,
        expected="a voice routing policy without routes",
        fix=grant if assigned.own else tuple(powershell(remove, usage) for usage in policy.usages),
    )
