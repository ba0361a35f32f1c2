r"""The ACS resource stores its data where the Teams tenant does.

Guides to Teams Phone extensibility advise to create the ACS resource in the geography of the Teams tenant.
No page of Microsoft makes it a requirement, and no error code is known for it: it may matter for where
your data is allowed to be, and it can't be changed later.

Where Teams stores a tenant's data can't be read. The tenant's country can, and where the two clearly
belong together this check passes; otherwise a person has to say.

## Fix

Nothing, if the location is the one that you want. Otherwise create another ACS resource in the right
geography, bind the resource accounts to it and give it the server consent.

    az communication create --name <name> --resource-group <group> --location global \
        --data-location <geography>

Where Teams stores its data stands in the Microsoft 365 admin center > Settings > Org settings >
Organization profile > Data location.
"""

from tpe_audit import Area, Manual, Owner, Pass, Severity, Verdict
from tpe_audit.facts import AcsDataLocation, AcsResource, Consumer, Organization

AREA, SEVERITY, OWNER = Area.ACS, Severity.MINOR, Owner.AZURE_ADMIN
REQUIRES = ("acs-exists",)
QUESTION = "Is the data location of the ACS resource the one that you want beside that of your Teams tenant?"
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
LINK = "https://learn.microsoft.com/azure/communication-services/concepts/privacy"


def check(acs: AcsResource, location: AcsDataLocation, organization: Organization) -> Verdict:
    country = organization.country
    if country and location.surely_holds(country):
        return Pass("The data location suits the tenant's country.", observed=f"{location.value}, {country}")
    return Manual(
        f"{acs.name} stores its data in {location.value}, and the tenant's country is {country or 'not stated'}. "
        "Whether Teams stores its data there too can't be read.",
        {"data location": location.value},
    )
