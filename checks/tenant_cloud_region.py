"""The tenant is in Microsoft's worldwide cloud.

Microsoft describes Teams Phone extensibility for the worldwide cloud only, and the interfaces that tell of
telephone numbers and Teams users are not there in the national clouds. Elsewhere the feature, or a number,
can simply not be had; there is no error code for it.

A tenant of the US Government Community Cloud (GCC) lives in the worldwide cloud too, and is known by the
licences that it has. No page of Microsoft says whether Teams Phone extensibility is offered there, so a
person has to answer.

This does not judge whether numbers can be had in your country (Calling Plan, Operator Connect or Direct
Routing), nor the geography of a Dynamics 365 environment: see `d365-region`.

## Fix

Nothing within the tenant mends it: use a tenant of the worldwide cloud. This shows what the tenant is.

    Get-MgOrganization | Select-Object DisplayName, CountryLetterCode, TenantType

In the portal: Microsoft 365 admin center > Settings > Org settings > Organization profile > Data location.
"""

from tpe_audit import Area, Manual, Owner, Pass, Severity, Verdict
from tpe_audit.facts import Organization, SubscribedSkus, Tenant
from tpe_audit.facts.well_known import GOVERNMENT_PLANS

AREA, SEVERITY, OWNER = Area.TENANT, Severity.MAJOR, Owner.TEAMS_ADMIN
QUESTION = "Did Microsoft confirm that Teams Phone extensibility is offered to this government tenant?"
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
    "teams-phone-extensibility-connectivity-cost"
)


def check(tenant: Tenant, organization: Organization, subscribed: SubscribedSkus) -> Verdict:
    government = subscribed.holding(frozenset(GOVERNMENT_PLANS))
    if government:
        names = ", ".join(sku.part_number for sku in government)
        return Manual(
            f"The tenant has licences of the government cloud (GCC): {names}. No page of Microsoft says whether "
            "Teams Phone extensibility is offered there."
        )
    where = f"country {organization.country}" if organization.country else "no country stated"
    return Pass("The tenant answers in Microsoft's worldwide cloud.", observed=where)
