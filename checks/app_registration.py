"""The application that the account is bound to is registered in Microsoft Entra.

The id that a resource account and its bot are bound to is the client id of an app registration: yours, or
that of your contact centre's vendor. If the registration was deleted, or the id is misspelt, no call reaches
the application: callers hear a busy signal, calls end with 403, subcode 10105, and the service gets no token
(AADSTS700016).

It is looked for in the tenant that owns it: the one that its service principal names, or that the bot names.
If that is neither the Teams tenant nor the Azure tenant of config.toml, a person has to answer. A managed
identity has no registration, and needs none.

## Fix

Restore the registration within 30 days of its deletion, or register a new application, make the bot anew
with its id, and bind the account to it.

    az ad app create --display-name <name> --sign-in-audience AzureADMyOrg

In the portal: Microsoft Entra admin center > App registrations > Deleted applications, or New registration.
"""

from tpe_audit import Area, Fail, Manual, Owner, Pass, Severity, Verdict, bash
from tpe_audit.facts import Application, Consumer, ForeignRegistration, NoRegistration, Registration

AREA, SEVERITY, OWNER = Area.APP, Severity.BLOCKER, Owner.DEVELOPER
CODES = ("busy signal", "403/10105", "AADSTS700016")
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
REQUIRES = ("app-not-reserved",)
QUESTION = "Does whoever owns the application confirm that its app registration exists, with this client id?"
LINK = "https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/teams-phone-extensibility-quickstart"


def check(application: Application, registration: Registration | NoRegistration | ForeignRegistration) -> Verdict:
    if isinstance(registration, ForeignRegistration):
        return Manual(registration.words, about={"client_id": application.client_id})
    if isinstance(registration, NoRegistration):
        return Fail(
            f"The tenant {registration.tenant_id}, which should own the application, has no registration of it.",
            observed="no app registration",
            expected=f"an app registration with the client id {application.client_id}",
            fix=(
                bash("az login --tenant %s --allow-no-subscriptions", registration.tenant_id),
                bash(
                    "az rest --method get --url %s",
                    "https://graph.microsoft.com/v1.0/directory/deletedItems/microsoft.graph.application",
                ),
            ),
        )
    return Pass(f"The application is registered in the tenant {registration.tenant_id}.", registration.name)
