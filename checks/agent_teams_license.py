"""The agent has a Teams licence that is on.

An agent without Teams is refused at sign-in: 403, UserLicenseNotPresentForbidden, "Teams is disabled in
user licenses".

The trap: suites named "(no Teams)", such as *Microsoft 365 E5 (no Teams)*, bring Teams Phone but not
Teams. Agents with such a suite need a Teams licence besides. It is judged by the service plan (`TEAMS1`
and its variants), so any product that brings it will do.

## Fix

Assign a product that holds Teams, or switch Teams on within the one that the agent has.

    Set-MgUserLicense -UserId <object id> -AddLicenses @{SkuId='<SkuId>'} -RemoveLicenses @()

In the portal: Microsoft 365 admin center > Users > Active users > the agent > Licenses and apps > Apps >
Microsoft Teams.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import Agent, Consumer, Licenses, ProductIds
from tpe_audit.facts.well_known import TEAMS_PLANS

AREA, SEVERITY, OWNER = Area.AGENT, Severity.BLOCKER, Owner.LICENSE_ADMIN
CODES = ("UserLicenseNotPresentForbidden", "408/10057", "400801")
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.DYNAMICS_365)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
    "teams-phone-extensibility-troubleshooting"
)


def check(agent: Agent, licenses: Licenses, products: ProductIds) -> Verdict:
    shortfall = licenses.shortfall(TEAMS_PLANS)
    if not shortfall:
        return Pass("The agent has a Teams licence.")
    if doubt := licenses.doubt():
        return Unknown(doubt)
    without = sorted({p.sku_part_number for p in licenses.plans if "no_teams" in p.sku_part_number.casefold()})
    reason = "The agent has no Teams licence that works."
    if without:
        reason += f" {', '.join(without)} comes without Teams."
    return Fail(
        f"{reason} {licenses.DELAY}",
        observed=shortfall,
        expected="the service plan TEAMS1, or a variant of it, is on",
        fix=products.assign(agent.id, licenses.product(TEAMS_PLANS) or "<SkuId of a product with Teams>"),
    )
