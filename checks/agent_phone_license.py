"""The agent has a Teams Phone licence that is on.

An agent takes calls from the telephone network only with Teams Phone: as *Teams Phone Standard*, or
within a suite such as Microsoft 365 E5. Without it a call can't be handed to the agent, and sign-in to
the agent application may be refused (403, UserLicenseNotPresentForbidden).

It is judged by the service plan (`MCOEV`), so any product that brings it will do.

## Fix

Assign Teams Phone to the agent, or switch it on within the product that the agent has.

    Set-MgUserLicense -UserId <object id> -AddLicenses @{SkuId='<SkuId>'} -RemoveLicenses @()

In the portal: Microsoft 365 admin center > Users > Active users > the agent > Licenses and apps.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import Agent, Consumer, Licenses, ProductIds
from tpe_audit.facts.well_known import TEAMS_PHONE_PLANS

AREA, SEVERITY, OWNER = Area.AGENT, Severity.BLOCKER, Owner.LICENSE_ADMIN
CODES = ("UserLicenseNotPresentForbidden", "400801")
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.DYNAMICS_365)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
    "teams-phone-extensibility-connectivity-cost"
)


def check(agent: Agent, licenses: Licenses, products: ProductIds) -> Verdict:
    shortfall = licenses.shortfall(TEAMS_PHONE_PLANS)
    if not shortfall:
        return Pass("The agent has a Teams Phone licence.")
    if doubt := licenses.doubt():
        return Unknown(doubt)
    return Fail(
        f"The agent has no Teams Phone licence that works. {licenses.DELAY}",
        observed=shortfall,
        expected="the service plan MCOEV is on",
        fix=products.assign(agent.id, licenses.product(TEAMS_PHONE_PLANS) or products.teams_phone),
    )
