"""No policy of outbound call restrictions keeps the account from calling.

Microsoft's page on the capabilities of Teams Phone extensibility says that call restriction policies of the
resource account are honoured; the page of the cmdlet that assigns them says that it is not supported for
resource accounts. If they are honoured, a policy that allows no or only domestic calls blocks others.

## Fix

Give the account a policy that allows the calls that the application places, or change the tenant's Global
one.

    Grant-CsDialoutPolicy -Identity <object id> -PolicyName 'DialoutCPCandPSTNInternational'

If the cmdlet refuses the account, only the Global policy is left: `Grant-CsDialoutPolicy -Global`.
"""

from tpe_audit import Area, Fail, Manual, Owner, Pass, Severity, Unknown, Verdict, powershell
from tpe_audit.facts import AssignedDialOutPolicy, DialOutPolicies, Direction, ResourceAccount

AREA, SEVERITY, OWNER = Area.PSTN, Severity.MINOR, Owner.TEAMS_ADMIN
CODES = ("510403",)
REQUIRES = ("ra-exists",)
QUESTION = "Does the application call numbers of the tenant's own country only?"
DIRECTIONS = (Direction.OUTBOUND,)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
    "teams-phone-extensibility-capabilities"
)


def check(account: ResourceAccount, assigned: AssignedDialOutPolicy, policies: DialOutPolicies) -> Verdict:
    policy = policies.named(assigned.name)
    if policy is None:
        return Unknown(f"The Teams PowerShell export does not hold the dial-out policy {assigned.name}.")
    if policy.calls == "InternationalAndDomestic":
        return Pass("Its policy allows international and domestic calls.", observed=policy.name)
    if policy.calls == "DomesticOnly":
        return Manual(f"The policy {policy.name} allows domestic calls only.", {"policy": policy.name})
    return Fail(
        f"The policy {policy.name} allows no calls, if Teams holds the account to it: Microsoft's pages disagree.",
        observed=policy.calls,
        expected="InternationalAndDomestic",
        fix=powershell("Grant-CsDialoutPolicy -Identity %s -PolicyName 'DialoutCPCandPSTNInternational'", account.id),
    )
