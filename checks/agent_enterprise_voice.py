"""Enterprise Voice is on for the agent.

A Teams Phone licence allows calls from the telephone network, and Enterprise Voice switches them on for
the user. Without it the agent can neither make nor take such calls, and adding the agent to a call fails
(408, subcode 10057).

## Fix

Switch Enterprise Voice on, with Microsoft Teams PowerShell.

    Set-CsPhoneNumberAssignment -Identity <upn> -EnterpriseVoiceEnabled $true

If Teams does not know the user yet, wait until the licence has arrived there: that can take up to 24
hours.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import Agent, Consumer, Licenses, NoTeamsUser, TeamsUser

AREA, SEVERITY, OWNER = Area.AGENT, Severity.BLOCKER, Owner.TEAMS_ADMIN
CODES = ("408/10057", "400801")
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.DYNAMICS_365)
REQUIRES = ("agent-phone-license",)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
    "teams-phone-extensibility-capabilities"
)


def check(agent: Agent, user: TeamsUser | NoTeamsUser) -> Verdict:
    switch_on = powershell(
        "Set-CsPhoneNumberAssignment -Identity %s -EnterpriseVoiceEnabled $true",
        agent.user_principal_name or agent.id,
    )
    if isinstance(user, NoTeamsUser):
        return Fail(
            f"Teams does not know the agent. {Licenses.DELAY}",
            observed="no Teams configuration",
            expected="isEnterpriseVoiceEnabled is true",
            fix=switch_on,
        )
    if not user.enterprise_voice:
        return Fail(
            "Enterprise Voice is off for the agent.",
            observed="isEnterpriseVoiceEnabled is false",
            expected="isEnterpriseVoiceEnabled is true",
            fix=switch_on,
        )
    return Pass("Enterprise Voice is on.", observed="isEnterpriseVoiceEnabled is true")
