"""The tenant allows the ACS resource of its lines to talk with Teams users.

Where ACS federation is on, it holds only for the ACS resources on the tenant's list
(`AllowedAcsResources`), by their immutable resource ids. Microsoft's pages on Teams Phone extensibility
don't ask for it; a thread of the Dynamics 365 community does, for calls that stay in Connecting (400801,
or 403, subcode 2203). If your deployment works without it, say so in config.toml: `acs_federation =
"not-used"` under `[deployment]`.

## Fix

Put the ACS resource on the list, with Microsoft Teams PowerShell. Set replaces the whole list: read it
first, and give the ids that are on it again.

    Get-CsTeamsAcsFederationConfiguration
    $allowlist = @('<ids on the list>', '<immutable resource id>')
    Set-CsTeamsAcsFederationConfiguration -EnableAcsUsers $true -AllowedAcsResources $allowlist
"""

from tpe_audit import Area, Fail, NotApplicable, Owner, Pass, Severity, Verdict
from tpe_audit.facts import AcsFederation, AcsResourceId, Consumer, Deployment

AREA, SEVERITY, OWNER = Area.FEDERATION, Severity.MAJOR, Owner.TEAMS_ADMIN
CODES = ("400801", "403/2203", "7604")
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.DYNAMICS_365)
REQUIRES = ("acs-federation-enabled",)
LINK = "https://learn.microsoft.com/powershell/module/microsoftteams/set-csteamsacsfederationconfiguration"


def applies(deployment: Deployment) -> NotApplicable | None:
    return None if deployment.acs_federation_used else NotApplicable(Deployment.WITHOUT_ACS_FEDERATION)


def check(acs: AcsResourceId, federation: AcsFederation) -> Verdict:
    allowed = {each.casefold() for each in federation.allowed_resources}
    if acs.immutable_id.casefold() not in allowed:
        return Fail(
            f"The ACS resource is not on the tenant's list of allowed ones. {federation.DOUBT}",
            observed=f"{len(allowed)} on the list" if allowed else "an empty list",
            expected=f"{acs.immutable_id} on the list",
            fix=federation.allow(acs.immutable_id),
        )
    return Pass("The ACS resource is on the tenant's list.", observed=acs.immutable_id)
