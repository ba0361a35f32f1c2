"""The agent has a Dynamics 365 licence with voice.

In Dynamics 365 Contact Center an agent takes calls only with a licence that brings voice: *Dynamics 365 Contact
Center*, *Contact Center Voice*, or one of their add-ons. The *Digital* products bring none: the voice tab, or the
agent's checkbox for voice, stays disabled, and callers are held without an agent.

It is judged by the service plans (`DYN365_CC`, `DYN365_CC_VOICE`, `DYN365_CS_VOICE`), so any product that brings
one of them will do.

## Fix

Assign such a licence to the agent, or switch its service plan on within the product that the agent has.

    Set-MgUserLicense -UserId <object id> -AddLicenses @{SkuId='<SkuId>'} -RemoveLicenses @()

In the portal: Microsoft 365 admin center > Users > Active users > the agent > Licenses and apps.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import Agent, Consumer, Licenses, ProductIds
from tpe_audit.facts.well_known import DYNAMICS_CONTACT_CENTER_SKU, DYNAMICS_VOICE_PLANS

AREA, SEVERITY, OWNER = Area.DYNAMICS, Severity.MAJOR, Owner.LICENSE_ADMIN
CODES = ("Voice tab or Teams phone system tab absent", "Holding music")
CONSUMERS = (Consumer.DYNAMICS_365,)
LINK = "https://learn.microsoft.com/dynamics365/contact-center/administer/configure-teams-phone-in-voice-channel"


def check(agent: Agent, licenses: Licenses) -> Verdict:
    shortfall = licenses.shortfall(DYNAMICS_VOICE_PLANS)
    if not shortfall:
        return Pass("The agent has a Dynamics 365 licence with voice.")
    if doubt := licenses.doubt():
        return Unknown(doubt)
    return Fail(
        f"The agent has no Dynamics 365 licence with voice that works. {licenses.DELAY}",
        observed=shortfall,
        expected="the service plan DYN365_CC, DYN365_CC_VOICE or DYN365_CS_VOICE is on",
        fix=ProductIds.assign(agent.id, licenses.product(DYNAMICS_VOICE_PLANS) or DYNAMICS_CONTACT_CENTER_SKU),
    )
