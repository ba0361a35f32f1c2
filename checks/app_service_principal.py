"""An application of another tenant has a service principal in the Teams tenant.

Microsoft does not ask for it. Guides of the community do: where the bot's application belongs to another
tenant, a vendor's for instance, an administrator of the Teams tenant should consent to it once, which makes
its service principal (enterprise application) there. Without one, they suspect, incoming calls or consent
may fail; whether they do is not confirmed. An application of the Teams tenant itself needs no such step.

## Fix

If calls do not arrive and nothing else is wrong, add the service principal: open the vendor's consent page as
an administrator, or run the command.

    New-MgServicePrincipal -AppId <client id>

In the portal: `https://login.microsoftonline.com/<tenant id>/adminconsent?client_id=<client id>`.
"""

from tpe_audit import Area, Fail, NotApplicable, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import (
    Application,
    ApplicationPrincipal,
    Consumer,
    ForeignRegistration,
    NoApplicationPrincipal,
    Registration,
    Tenant,
)

AREA, SEVERITY, OWNER = Area.APP, Severity.MINOR, Owner.ENTRA_ADMIN
CODES = ("AADSTS700016",)
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
REQUIRES = ("app-registration",)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
    "teams-phone-extensibility-provisioning"
)

DOUBT = "Microsoft does not ask for one; guides of the community do."


def check(
    application: Application,
    principal: ApplicationPrincipal | NoApplicationPrincipal,
    registration: Registration | ForeignRegistration,
    tenant: Tenant,
) -> Verdict:
    if isinstance(principal, ApplicationPrincipal):
        return Pass("The Teams tenant has a service principal of the application.", observed=principal.object_id)
    if registration.tenant_id == tenant.id.casefold():
        return NotApplicable("The application belongs to the Teams tenant itself.")
    return Fail(
        f"The Teams tenant has no service principal of the application, which is another tenant's. {DOUBT}",
        observed="no service principal",
        expected=f"a service principal of {application.client_id}",
        fix=(
            powershell("Connect-MgGraph -TenantId %s -Scopes Application.ReadWrite.All", tenant.id),
            powershell("New-MgServicePrincipal -AppId %s", application.client_id),
        ),
    )
