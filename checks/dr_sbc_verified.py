"""The session border controllers of the account's routes are enabled.

A Direct Routing call goes by a voice route to a session border controller (SBC) that is paired with the
tenant. One that is not enabled gets no new calls; a route without an enabled one fails with 511532 (SIP
trunk configuration not found) or a code that starts with 560 (outbound) or 540 (inbound).

A route may name an SBC that is not paired with this tenant: carriers that host SBCs for their customers pair
them with their own. Then only the carrier can say. Whether the SBC's certificate, TLS connection and SIP
options are healthy is not read.

## Fix

Enable the SBC, or pair it with the tenant anew.

    Set-CsOnlinePSTNGateway -Identity <host name> -Enabled $true

Health: Teams admin center > Voice > Direct Routing > SBCs. The domain of the SBC must be verified in the
tenant: Microsoft 365 admin center > Settings > Domains.
"""

from tpe_audit import Area, Fail, Manual, Owner, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import (
    AssignedVoiceRoutingPolicy,
    NumberTypeName,
    ResourceAccount,
    SessionBorderControllers,
    VoiceRoutes,
    VoiceRoutingPolicies,
)

AREA, SEVERITY, OWNER = Area.PSTN, Severity.BLOCKER, Owner.TEAMS_ADMIN
CODES = (
    *("511532", "560403", "560404", "560408", "560480", "560484", "560486", "560487", "560500", "560503", "560603"),
    *("540xxx", "500001", "531004"),
)
REQUIRES = ("ra-exists", "number-assigned")
QUESTION = "Does the Direct Routing health dashboard, or the carrier that hosts the SBC, show it as active and healthy?"
NUMBER_TYPES = (NumberTypeName.DIRECT_ROUTING,)
LINK = "https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlinepstngateway"


def check(
    account: ResourceAccount,
    assigned: AssignedVoiceRoutingPolicy,
    policies: VoiceRoutingPolicies,
    routes: VoiceRoutes,
    controllers: SessionBorderControllers,
) -> Verdict:
    policy = policies.named(assigned.name)
    if policy is None:
        return Unknown(f"The Teams PowerShell export does not hold the voice routing policy {assigned.name}.")
    own = routes.by(policy.usages)
    broken = controllers.broken(own)
    if broken or (not own and controllers.all_off):
        names, of = controllers.off(broken), ", ".join(route.name for route in broken)
        why = f"No session border controller of {f'the route {of}' if of else 'the tenant'} is enabled."
        observed, expected = f"not enabled: {', '.join(names)}", "an enabled session border controller"
        return Fail(why, observed, expected, fix=controllers.enable(names))
    if own and any(controllers.working(route) for route in own):
        return Pass("Its routes lead to enabled session border controllers.", ", ".join(route.name for route in own))
    if not own and controllers.controllers:
        return Pass("The tenant has an enabled session border controller; the account has no route.")
    return Manual("No session border controller of its routes is paired with this tenant: a carrier may host it.")
