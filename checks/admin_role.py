"""Somebody holds each Entra role that mending takes.

What an audit finds is mended by people with different roles: Teams Administrator for resource accounts,
numbers and federation; User Administrator or License Administrator for licences; Privileged Role
Administrator or Cloud Application Administrator for admin consent. Where nobody has the role, cmdlets end
with "access denied". A Global Administrator may do all of it.

Active assignments are counted, to people and to groups. Who may activate a role on demand (Privileged
Identity Management) is not listed with them, so "nobody" is a question, not a fault. Not looked at: the
Azure role Contributor on the ACS resource, and System Administrator in Dynamics 365.

## Fix

Give somebody the role, better on demand than for good.

Microsoft Entra admin center > Roles & admins > the role > Add assignments.
"""

from tpe_audit import Area, Manual, Owner, Pass, Severity, Verdict
from tpe_audit.facts import RoleHolders, Tenant
from tpe_audit.facts.well_known import DUTIES, EVERY_DUTY

AREA, SEVERITY, OWNER = Area.TENANT, Severity.INFO, Owner.ENTRA_ADMIN
CODES = ("resourceAccounts 403",)
QUESTION = "Who can activate the roles that nobody holds for good, when something has to be mended?"
LINK = "https://learn.microsoft.com/microsoftteams/manage-resource-accounts"


def check(tenant: Tenant, holders: RoleHolders) -> Verdict:
    assigned = dict(holders.assignments)
    lacking = [
        f"{' or '.join(roles)} ({duty})"
        for duty, roles in DUTIES.items()
        if not any(assigned.get(role) for role in (*roles, EVERY_DUTY))
    ]
    if lacking:
        return Manual(
            f"Nobody holds {', '.join(lacking)} at all times. Who may activate it on demand is not listed.",
            about={"roles": ", ".join(lacking)},
        )
    held = ", ".join(f"{role}: {count}" for role, count in assigned.items() if count)
    return Pass("Each role that mending takes is assigned.", observed=held)
