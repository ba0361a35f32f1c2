"""The agent's calling policy allows private calls.

A Teams calling policy can forbid a user to place and take calls at all (`AllowPrivateCalling`). No page of
Microsoft says whether that holds for an agent in an application of your own, so this is a hint: look here if the
agents' client does not ring (480, subcode 10037) and nothing else is found.

## Fix

Allow private calls in the policy that the agent has.

    Set-CsTeamsCallingPolicy -Identity <policy> -AllowPrivateCalling $true

In the Teams admin center: Voice > Calling policies > the policy > Make private calls.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import Agent, CallingPolicy, Consumer

AREA, SEVERITY, OWNER = Area.POLICY, Severity.MINOR, Owner.TEAMS_ADMIN
CODES = ("480/10037",)
REQUIRES = ("agent-account-enabled",)
CONSUMERS = (Consumer.THIRD_PARTY,)
LINK = "https://learn.microsoft.com/powershell/module/microsoftteams/set-csteamscallingpolicy"


def check(agent: Agent, policy: CallingPolicy) -> Verdict:
    observed = f"AllowPrivateCalling is {policy.private_calling} in the policy {policy.policy}"
    if not policy.private_calling:
        return Fail(
            "The agent's calling policy forbids private calls. Whether that holds for an agent of Teams Phone "
            "extensibility is not documented.",
            observed=observed,
            expected="AllowPrivateCalling is True",
            fix=powershell("Set-CsTeamsCallingPolicy -Identity %s -AllowPrivateCalling $true", policy.policy),
        )
    return Pass("The agent's calling policy allows private calls.", observed=observed)
