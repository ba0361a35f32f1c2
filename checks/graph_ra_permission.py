"""The application that lists resource accounts may do so in the whole tenant.

A contact centre finds the resource accounts of a tenant by Microsoft Graph: `GET
/beta/admin/teams/resourceAccounts`. Its application needs the Graph permission
`TeamsResourceAccount.Read.All` for that, with an administrator's consent for the whole tenant. Without it the
list is refused with 403, and no account can be chosen there. Calls of accounts that are set up already go on.

With the delegated permission the person who is signed in must also be a Teams administrator; that is not
judged here. Looked at are the applications of the lines and those of the agents (`client_applications`). If
your contact centre lists accounts with yet another one, or with none, a person has to say so. For Dynamics
365 see `d365-sync-app`.

## Fix

Add the permission to the application, and grant admin consent.

    Start-Process "https://login.microsoftonline.com/<tenant id>/adminconsent?client_id=<client id>"

In the portal: Microsoft Entra admin center > App registrations > the application > API permissions > Add a
permission > Microsoft Graph > Delegated permissions > TeamsResourceAccount.Read.All > Grant admin consent.
"""

from tpe_audit import Area, Fail, Manual, Owner, Pass, Severity, Verdict
from tpe_audit.facts import AccountReaders, ClientApplication, Consumer, Tenant
from tpe_audit.facts.well_known import READ_ACCOUNTS

AREA, SEVERITY, OWNER = Area.TENANT, Severity.MAJOR, Owner.ENTRA_ADMIN
CODES = ("resourceAccounts 403",)
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
QUESTION = (
    "Does the application with which your contact centre lists resource accounts hold the Graph permission "
    "TeamsResourceAccount.Read.All with admin consent, or does it list none?"
)
LINK = "https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/teams-phone-extensibility-quickstart"


def check(tenant: Tenant, readers: AccountReaders) -> Verdict:
    if readers.allowed:
        return Pass(f"An application may list resource accounts: it holds {READ_ACCOUNTS}.", readers.allowed[0])
    if readers.wanting:
        return Fail(
            f"{', '.join(readers.wanting)} asks for {READ_ACCOUNTS}, but no administrator consented for the tenant.",
            observed="no consent for the whole tenant",
            expected=f"{READ_ACCOUNTS}, consented to for all users (AllPrincipals), or as application permission",
            fix=tuple(ClientApplication(client_id).consent(tenant.id) for client_id in readers.wanting),
        )
    count = len(readers.looked_at)
    known = "none of the applications that config.toml or a line names" if count else "no application is known that"
    return Manual(
        f"Which application lists resource accounts can't be read: {known} holds or asks for {READ_ACCOUNTS}.",
        about={"applications": ",".join(readers.looked_at)},
    )
