"""Where agents dial emergency numbers through the account, shared calling is set up for it.

Agents without a number of their own can call emergency services with *shared calling*: a shared calling policy
names the resource account, and numbers that emergency services call back. Without a policy that uses the account
this does not apply.

Each of these numbers must stand there once, be of the same type and country as the account's number, and be
assigned to nobody; the account's number needs an emergency location; and each agent needs the policy and an
emergency calling policy. What can't be read of this is asked, for it is about safety: otherwise an emergency call
may show no location, or can't be called back.

## Fix

Correct the policy, and give it to the agents, with Microsoft Teams PowerShell.

    Set-CsTeamsSharedCallingRoutingPolicy -Identity <policy> -ResourceAccount <object id> -EmergencyNumbers …
    Grant-CsTeamsSharedCallingRoutingPolicy -Identity <agent> -PolicyName <policy>
"""

from tpe_audit import Area, Fail, Manual, NotApplicable, Owner, Severity, Verdict
from tpe_audit.facts import (
    Consumer,
    Direction,
    NoPhoneNumber,
    NoSharedCalling,
    PhoneNumber,
    ResourceAccount,
    SharedCalling,
)

AREA, SEVERITY, OWNER = Area.POLICY, Severity.MAJOR, Owner.TEAMS_ADMIN
CODES = ("Emergency call without location", "Emergency call without callback")
REQUIRES = ("ra-exists",)
QUESTION = (
    "Are the emergency numbers of the shared calling policy assigned to nobody and of the type and country of the "
    "account's number, has that number an emergency location, and has each agent the policy and an emergency "
    "calling policy?"
)
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.DYNAMICS_365)
DIRECTIONS = (Direction.OUTBOUND,)
LINK = "https://learn.microsoft.com/powershell/module/microsoftteams/new-csteamssharedcallingroutingpolicy"


def check(
    account: ResourceAccount, sharing: SharedCalling | NoSharedCalling, number: PhoneNumber | NoPhoneNumber
) -> Verdict:
    if isinstance(sharing, NoSharedCalling):
        return NotApplicable("No shared calling policy uses the account.")
    listed = sharing.emergency_numbers
    own = number.number if isinstance(number, PhoneNumber) else ""
    if wrong := next((each for each in listed if each == own or listed.count(each) > 1), ""):
        reason = "A number that emergency services should call back is listed twice, or is the account's own."
        return Fail(reason, observed=wrong, expected="numbers of their own, each once", fix=sharing.without(wrong))
    return Manual(
        f"The shared calling policy {sharing.names} uses the account, with {', '.join(listed) or 'no'} emergency "
        "numbers. Look whether numbers, emergency location and the agents' policies are right.",
        about={"policies": sharing.names, "emergency_numbers": ", ".join(listed)},
    )
