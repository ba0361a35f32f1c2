r"""The ACS resource consents to serve the resource account.

The owner of the Azure Communication Services resource must allow it to take calls of this resource
account: an assignment on the resource, for the Teams tenant and the account's object id. Without it the
caller hears nothing and the call ends, and answering a call is refused with 403.

The assignment must be of the type `teamsResourceAccount`. One of the type `user` lets an agent sign in,
and does not serve here.

## Fix

Give consent with the REST API of the ACS resource, signed in as somebody who is Contributor on it.

    az rest --method put --resource https://communication.azure.com \
        --url "https://<host>/access/teamsExtension/tenants/<tenant>/assignments/<account>?api-version=2025-06-30" \
        --headers Content-Type=application/json --body '{"principalType": "teamsResourceAccount"}'

The host is the ACS resource's host name, the tenant the Teams tenant's id, the account the account's
object id.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import AcsResource, Consumer, NoServerConsent, ResourceAccount, ServerConsent, Tenant

AREA, SEVERITY, OWNER = Area.CONSENT, Severity.BLOCKER, Owner.AZURE_ADMIN
CODES = ("no audio", "403/7504", "7600", "7604")
REQUIRES = ("ra-exists", "acs-exists")
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/"
    "teams-phone-extensibility-access-teams-phone"
)


def check(
    account: ResourceAccount, consent: ServerConsent | NoServerConsent, acs: AcsResource, tenant: Tenant
) -> Verdict:
    fix = acs.serve(tenant.id, account.id)
    expected = f"teamsResourceAccount of tenant {tenant.id}"
    if isinstance(consent, NoServerConsent):
        return Fail(
            f"The ACS resource {acs.name} has no consent to serve the account.",
            observed="no assignment",
            expected=expected,
            fix=fix,
        )
    observed = f"{consent.principal_type} of tenant {consent.tenant_id}"
    kind = consent.principal_type.casefold()
    if kind not in ("teamsresourceaccount", "resourceaccount", "user"):
        return Unknown(f"The consent is of the type {consent.principal_type}, which Microsoft does not document.")
    if kind == "user":
        return Fail("The consent is for a user, not for a resource account.", observed, expected, fix)
    if consent.tenant_id.casefold() != tenant.id.casefold():
        return Fail("The consent is for another Teams tenant.", observed, expected, fix)
    return Pass(f"The ACS resource {acs.name} consents to serve the account.", observed=observed)
