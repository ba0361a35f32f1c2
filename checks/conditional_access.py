"""No Conditional Access policy blocks the agents' sign-in.

A policy that blocks access to *Azure Communication Services*, to the agents' application, or to all
applications, turns agents away at sign-in (AADSTS53003). No page of Microsoft names Conditional Access as a
cause of failing calls; look here when agents can't sign in.

Reading the policies is asked for in config.toml, because they tell much of how a tenant is guarded. A policy
for everybody without conditions blocks for certain. Whom one with conditions blocks (some users, places,
devices, risks) depends on each sign-in, and only the sign-in log tells. Not judged: policies for workload
identities, for device code sign-in, and those against old protocols.

## Fix

Exclude the application or the agents from the policy, or change what it asks for.

Microsoft Entra admin center > Protection > Conditional Access > Policies > the policy > Target resources >
Exclude. Whether a policy blocked an agent stands under Monitoring > Sign-in logs. All policies are shown by

    Get-MgIdentityConditionalAccessPolicy -All | Select-Object DisplayName, State, Id
"""

from tpe_audit import Area, Fail, Manual, NotApplicable, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import ConditionalAccess, Consumer, Tenant, UnreadConditionalAccess

AREA, SEVERITY, OWNER = Area.POLICY, Severity.MINOR, Owner.ENTRA_ADMIN
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.DYNAMICS_365)
CODES = ("AADSTS53003",)
QUESTION = "Do the sign-in logs show that these policies do not block agents?"
LINK = "https://learn.microsoft.com/graph/api/conditionalaccessroot-list-policies"


def check(tenant: Tenant, access: ConditionalAccess | UnreadConditionalAccess) -> Verdict:
    if isinstance(access, UnreadConditionalAccess):
        return NotApplicable('It is read only with mode = "auto" under [sources.conditional_access] of config.toml.')
    certain = [policy for policy in access.blocking if policy.certain]
    if certain:
        names = ", ".join(policy.name for policy in certain)
        return Fail(
            f"Everybody's sign-in to what agents need is blocked by Conditional Access: {names}.",
            observed=names,
            expected="no policy that blocks everybody",
            fix=tuple(
                powershell("Get-MgIdentityConditionalAccessPolicy -ConditionalAccessPolicyId %s", policy.id)
                for policy in certain
            ),
        )
    if access.blocking:
        names = ", ".join(policy.name for policy in access.blocking)
        return Manual(
            f"Whether these policies block agents depends on each sign-in: {names}.",
            about={"policies": ",".join(sorted(policy.id for policy in access.blocking))},
        )
    return Pass("No policy in force blocks sign-in to what agents need.", observed=f"{access.policies} policies")
