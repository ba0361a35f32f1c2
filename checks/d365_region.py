"""The voice channel of Dynamics 365 is offered in the tenant's geography.

In some geographies Dynamics 365 Contact Center has no voice: by Microsoft's list of July 2026 these are France,
Germany, India and GCC High. In GCC Moderate there is voice, but its ACS resource runs in the commercial cloud of
North America. Where there is none, the voice channel can't be enabled.

The geography of an environment is none that an interface of this audit tells, so a person has to answer.

## Fix

Use an environment in a geography that the list has with Voice = Yes.

In the Power Platform admin center: Manage > Environments > the environment > Region.
"""

from tpe_audit import Area, Manual, Owner, Severity, Verdict
from tpe_audit.facts import Consumer, Tenant

AREA, SEVERITY, OWNER = Area.DYNAMICS, Severity.MAJOR, Owner.DYNAMICS_ADMIN
CODES = ("Voice tab or Teams phone system tab absent",)
QUESTION = "Does Microsoft's list of international availability have Voice = Yes for the environment's geography?"
CONSUMERS = (Consumer.DYNAMICS_365,)
LINK = "https://learn.microsoft.com/dynamics365/contact-center/implement/international-availability"


def check(tenant: Tenant) -> Verdict:
    return Manual("Compare the region of the environment with Microsoft's list of international availability.")
