"""The ACS resource can be reached from the public network.

If public network access is off, or left to a network security perimeter, API calls of an application
outside are refused or time out. No error code of Teams Phone extensibility is documented for it, and what
it means for the consent API is not documented either: private access may be arranged on purpose.

## Fix

Switch public network access on, or make sure that the application is inside the perimeter and accept this
finding with a waiver.

    az resource update --ids <ARM id> --set properties.publicNetworkAccess=Enabled

In the portal: Communication Service > Settings > Networking.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, bash
from tpe_audit.facts import AcsNetworkAccess, AcsResource, Consumer

AREA, SEVERITY, OWNER = Area.ACS, Severity.MINOR, Owner.AZURE_ADMIN
CODES = ("7600",)
REQUIRES = ("acs-exists",)
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
LINK = "https://learn.microsoft.com/javascript/api/@azure/arm-communication/communicationserviceproperties"


def check(acs: AcsResource, access: AcsNetworkAccess) -> Verdict:
    if access.value in ("", "Enabled"):
        return Pass("Nothing restricts public network access.", observed=access.value or "never set")
    return Fail(
        f"{acs.name} may not be reached from the public network, unless private access was arranged.",
        observed=access.value,
        expected="Enabled",
        fix=bash("az resource update --ids %s --set properties.publicNetworkAccess=Enabled", acs.arm_id),
    )
