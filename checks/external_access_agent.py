"""The agent's external access policy allows ACS federation.

A policy that was given to a user, or to a group of the user, wins over the Global one. If it does not allow to
talk with users of ACS resources (`EnableAcsFederationAccess`), calls to that agent stay in Connecting (400801, or
403, subcode 2203), while those to others work. Microsoft's pages on Teams Phone extensibility don't ask for it; a
thread of the Dynamics 365 community does. If your deployment works without it, say so in config.toml:
`acs_federation = "not-used"` under `[deployment]`.

## Fix

Give the agent a policy that allows it, or allow it in the policy that the agent has.

    Grant-CsExternalAccessPolicy -Identity <upn> -PolicyName <policy that allows it>
    Set-CsExternalAccessPolicy -Identity <policy of the agent> -EnableAcsFederationAccess $true
"""

from tpe_audit import Area, Fail, NotApplicable, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import AcsFederation, Agent, Consumer, Deployment, ExternalAccess

AREA, SEVERITY, OWNER = Area.FEDERATION, Severity.MAJOR, Owner.TEAMS_ADMIN
CODES = ("400801", "403/2203", "7604")
REQUIRES = ("acs-federation-enabled", "agent-account-enabled")
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.DYNAMICS_365)
LINK = "https://learn.microsoft.com/powershell/module/microsoftteams/set-csexternalaccesspolicy"


def applies(deployment: Deployment) -> NotApplicable | None:
    return None if deployment.acs_federation_used else NotApplicable(Deployment.WITHOUT_ACS_FEDERATION)


def check(agent: Agent, access: ExternalAccess) -> Verdict:
    observed = f"EnableAcsFederationAccess is {access.acs_federation} in the policy {access.policy}"
    if not access.acs_federation:
        return Fail(
            f"The agent's external access policy does not allow ACS federation. {AcsFederation.DOUBT}",
            observed=observed,
            expected="EnableAcsFederationAccess is True",
            fix=powershell("Set-CsExternalAccessPolicy -Identity %s -EnableAcsFederationAccess $true", access.policy),
        )
    return Pass("The agent's external access policy allows ACS federation.", observed=observed)
