"""The tenant's Global external access policy allows ACS federation.

Besides the switch for the whole tenant, a user's external access policy says whether the user may talk
with users of ACS resources (`EnableAcsFederationAccess`, on unless somebody switched it off). The Global
policy holds for everyone who has no other. Microsoft's pages on Teams Phone extensibility don't ask for
it; a thread of the Dynamics 365 community does, for calls that stay in Connecting (400801, or 403,
subcode 2203). If your deployment works without it, say so in config.toml: `acs_federation = "not-used"`
under `[deployment]`.

## Fix

Switch it on in the Global policy, with Microsoft Teams PowerShell.

    Set-CsExternalAccessPolicy -Identity Global -EnableAcsFederationAccess $true
"""

from tpe_audit import Area, Fail, NotApplicable, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import AcsFederation, Consumer, Deployment, GlobalExternalAccess, Tenant

AREA, SEVERITY, OWNER = Area.FEDERATION, Severity.MAJOR, Owner.TEAMS_ADMIN
CODES = ("400801", "403/2203", "7604")
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.DYNAMICS_365)
REQUIRES = ("acs-federation-enabled",)
LINK = "https://learn.microsoft.com/powershell/module/microsoftteams/set-csexternalaccesspolicy"


def applies(deployment: Deployment) -> NotApplicable | None:
    return None if deployment.acs_federation_used else NotApplicable(Deployment.WITHOUT_ACS_FEDERATION)


def check(tenant: Tenant, policy: GlobalExternalAccess) -> Verdict:
    if not policy.acs_federation:
        return Fail(
            f"The Global external access policy does not allow ACS federation. {AcsFederation.DOUBT}",
            observed="EnableAcsFederationAccess is False",
            expected="EnableAcsFederationAccess is True",
            fix=powershell("Set-CsExternalAccessPolicy -Identity Global -EnableAcsFederationAccess $true"),
        )
    return Pass("The Global policy allows ACS federation.", observed="EnableAcsFederationAccess is True")
