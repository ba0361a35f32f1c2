"""The agent's account is in use: enabled, a member of the tenant, with a usage location.

An agent answers calls as a user of the Teams tenant. A user who is blocked, deleted or a guest can't sign
in to the agent application, or is refused there (403, UserLicenseNotPresentForbidden); a call that is
offered to such an agent finds nobody (480, subcode 10037). Without a usage location the agent can't be
given the licences.

## Fix

Enable the account, and set its usage location. A guest needs an account of their own in the tenant; an
agent who is not found was deleted, or is misspelt in config.toml.

    Update-MgUser -UserId <object id> -AccountEnabled:$true
    Update-MgUser -UserId <object id> -UsageLocation US

In the portal: Microsoft 365 admin center > Users > Active users > the agent > Unblock sign-in.
"""

import re

from tpe_audit import Area, Command, Fail, Owner, Pass, Severity, Unknown, Verdict, powershell
from tpe_audit.facts import Agent, Consumer, NoAgent, SignIn, UsageLocation, UserType

AREA, SEVERITY, OWNER = Area.AGENT, Severity.BLOCKER, Owner.ENTRA_ADMIN
CODES = ("UserLicenseNotPresentForbidden", "480/10037")
CONSUMERS = (Consumer.THIRD_PARTY, Consumer.DYNAMICS_365)
LINK = (
    "https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/"
    "teams-phone-extensibility-access-teams-phone"
)


def check(agent: Agent, sign_in: SignIn, user_type: UserType, location: UsageLocation) -> Verdict:
    faults: list[str] = []
    fix: list[Command] = []
    if not sign_in.enabled:
        faults.append("sign-in is blocked")
        fix.append(powershell("Update-MgUser -UserId %s -AccountEnabled:$true", agent.id))
    if user_type.value.casefold() == "guest":
        faults.append("it is a guest")
    if not re.fullmatch("[A-Za-z]{2}", location.country):
        faults.append("it has no usage location")
        fix.append(powershell("Update-MgUser -UserId %s -UsageLocation %s", agent.id, "<two-letter country code>"))
    if faults:
        return Fail(
            f"The agent's account is not ready for calls: {' and '.join(faults)}.",
            observed=", ".join(faults),
            expected="enabled, a member, with a usage location",
            fix=tuple(fix),
        )
    if user_type.value.casefold() not in ("", "member"):
        return Unknown(f"The account is of the type {user_type.value}, which Microsoft does not document.")
    return Pass("The account is enabled, a member, and has a usage location.", observed=location.country)


def absent(agent: NoAgent) -> Verdict:
    return Fail(
        "The directory knows no such user.",
        observed="no user",
        expected=f"a user {agent.configured}",
        fix=powershell("Get-MgUser -UserId %s", agent.configured),
    )
