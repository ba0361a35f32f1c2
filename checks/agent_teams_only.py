"""The agent is a user who is homed in Teams.

In a tenant that still has a Skype for Business Server, a user may be homed there; calls do not reach such an
agent in Teams. The same goes for an account that Teams takes for something else than a user: a guest, a resource
account, or one that is not eligible for Teams. It is judged by the account type that Teams shows.

## Fix

Move the user from Skype for Business Server to Teams; or name the person's own account in `[deployment.agents]`.

    Get-CsOnlineUser -Identity <upn> | Select-Object UserPrincipalName, AccountType, TeamsUpgradeEffectiveMode

Users are moved in the Skype for Business Server Control Panel or Management Shell.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Unknown, Verdict, powershell
from tpe_audit.facts import Agent, Consumer, TeamsAccountType

AREA, SEVERITY, OWNER = Area.AGENT, Severity.MINOR, Owner.TEAMS_ADMIN
CODES = ("480/10037",)
REQUIRES = ("agent-account-enabled",)
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.DYNAMICS_365)
LINK = (
    "https://learn.microsoft.com/dynamics365/contact-center/administer/"
    "migrate-azure-communication-services-direct-routing-to-operator-connect"
)

WHAT = {
    "sfbOnPremUser": "is homed in Skype for Business Server",
    "guest": "is a guest",
    "resourceAccount": "is a resource account",
    "ineligibleUser": "is not eligible for Teams",
}


def check(agent: Agent, account: TeamsAccountType) -> Verdict:
    observed = f"accountType is {account.value}"
    if account.value == "user":
        return Pass("Teams takes the agent for a user who is homed online.", observed=observed)
    if account.value not in WHAT:
        return Unknown("Teams does not know what kind of account the agent has.")
    return Fail(
        f"The agent {WHAT[account.value]}.",
        observed=observed,
        expected="accountType is user",
        fix=powershell(
            "Get-CsOnlineUser -Identity %s | "
            "Select-Object 'UserPrincipalName', 'AccountType', 'TeamsUpgradeEffectiveMode'",
            agent.user_principal_name or agent.id,
        ),
    )
