"""The Azure Communication Services resource exists and is in order.

Calls to the line are offered to the ACS resource that the resource account names by its *immutable
resource id*. If that resource was deleted, or never finished, callers hear a busy signal, or silence and
then the call ends.

The immutable resource id is a GUID. It is neither the resource's name, nor its endpoint, nor its ARM id.

## Fix

Find the immutable resource id of the resource that your application uses, and give it to the Teams admin,
who binds the account to it; or make a resource if there is none.

    az communication show -n <resource> -g <resource group> --query immutableResourceId
    az communication create -n <resource> -g <resource group> --location global --data-location <place>

In the portal: Communication Service > Properties > Immutable resource ID. A new resource has a new id,
even under an old name: bind the account anew, and repeat server consent and the Event Grid subscription.
"""

import re

from tpe_audit import Area, Fail, Owner, Pass, Severity, Unknown, Verdict, bash
from tpe_audit.facts import AcsProvisioning, AcsResource, Consumer, NoAcsResource

AREA, SEVERITY, OWNER = Area.ACS, Severity.BLOCKER, Owner.AZURE_ADMIN
CODES = ("busy signal", "no audio", "7600", "7601")
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.FOUNDRY)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/concepts/troubleshooting-info"
    "#get-an-immutable-resource-id"
)


def check(acs: AcsResource, provisioning: AcsProvisioning) -> Verdict:
    match provisioning.state.casefold():
        case "succeeded" | "running":
            return Pass("The ACS resource is there and in order.", observed=provisioning.state)
        case "creating" | "updating" | "moving":
            reason = "The ACS resource is not finished yet. Wait until it is, and audit again."
        case "failed" | "canceled" | "deleting":
            reason = "The ACS resource is not in order. Its activity log in the Azure portal says why."
        case _:
            return Unknown(f"The resource is in the state {provisioning.state}, which does not say if it works.")
    return Fail(reason, observed=provisioning.state, expected="Succeeded", fix=acs.look)


def absent(acs: NoAcsResource) -> Verdict:
    reason = f"There is no such ACS resource; looked for it in {acs.looked}."
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", acs.configured):
        shape = "an ARM id" if acs.configured.casefold().startswith("/subscriptions/") else "something else"
        reason += f" The id is {shape}; an account can be bound only to an immutable resource id, which is a GUID."
    return Fail(
        reason,
        observed="no resource",
        expected=f"an ACS resource {acs.configured}",
        fix=bash("az communication list --query %s", "[].{name:name, immutableResourceId:immutableResourceId}"),
    )
