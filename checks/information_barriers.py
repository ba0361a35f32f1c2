"""No information barrier separates the agents from the other participants of a call.

Information barriers of Microsoft Purview keep segments of users apart. A thread of the Dynamics 365 community
takes 403, subcode 2203, on adding an agent for their work; Microsoft defines that code nowhere, and in that thread
they were ruled out. So this is a question to settle when agents can't be added, and a hint otherwise.

What reads them is Security & Compliance PowerShell, which an auditor of Teams has no access to; so a compliance
administrator is asked.

## Fix

Change or deactivate the policy that separates them, and apply the policies anew.

    Get-InformationBarrierPolicy
    Get-InformationBarrierRecipientStatus -Identity <agent> -Identity2 <other>
    Start-InformationBarrierPoliciesApplication

In the Microsoft Purview portal: Information barriers > Policies.
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import Consumer, Tenant

AREA, SEVERITY, OWNER = Area.POLICY, Severity.MINOR, Owner.COMPLIANCE_ADMIN
CODES = ("403/2203", "400801")
QUESTION = (
    "Does Get-InformationBarrierPolicy (Security & Compliance PowerShell) return no active policy that separates "
    "the agents from the resource accounts or from each other?"
)
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.DYNAMICS_365)
LINK = "https://learn.microsoft.com/purview/information-barriers-policies"


def check(tenant: Tenant) -> Verdict:
    return Manual(
        "Only Security & Compliance PowerShell reads information barriers. Look whether Get-InformationBarrierPolicy "
        "returns an active policy."
    )
