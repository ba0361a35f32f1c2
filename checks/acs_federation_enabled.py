"""The tenant lets Teams users talk with users of ACS resources.

`EnableAcsUsers` of the tenant's ACS federation is off unless somebody switched it on. Microsoft's pages
on Teams Phone extensibility don't ask for it. A thread of the Dynamics 365 community reports calls that
stay in Connecting (400801, or 403, subcode 2203), and that switching it on "helped resolve another part
of the problem". If your deployment works without it, say so in config.toml: `acs_federation = "not-used"`
under `[deployment]`.

## Fix

Switch ACS federation on and allow the ACS resource of your lines, with Microsoft Teams PowerShell. Set
replaces the whole list of allowed resources: read it first, and give the ids that are on it again.

    Get-CsTeamsAcsFederationConfiguration
    $allowlist = @('<ids on the list>', '<immutable resource id>')
    Set-CsTeamsAcsFederationConfiguration -EnableAcsUsers $true -AllowedAcsResources $allowlist

See `acs-federation-allowlist` for the list.
"""

from tpe_audit import Area, Fail, NotApplicable, Owner, Pass, Severity, Verdict
from tpe_audit.facts import AcsFederation, Consumer, Deployment, Tenant

AREA, SEVERITY, OWNER = Area.FEDERATION, Severity.MAJOR, Owner.TEAMS_ADMIN
CODES = ("400801", "403/2203", "7604")
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.DYNAMICS_365)
LINK = "https://learn.microsoft.com/powershell/module/microsoftteams/set-csteamsacsfederationconfiguration"


def applies(deployment: Deployment) -> NotApplicable | None:
    return None if deployment.acs_federation_used else NotApplicable(Deployment.WITHOUT_ACS_FEDERATION)


def check(tenant: Tenant, federation: AcsFederation) -> Verdict:
    if not federation.enabled:
        return Fail(
            f"ACS federation is off in the tenant. {federation.DOUBT}",
            observed="EnableAcsUsers is False",
            expected="EnableAcsUsers is True",
            fix=federation.allow(),
        )
    return Pass("ACS federation is on in the tenant.", observed="EnableAcsUsers is True")
