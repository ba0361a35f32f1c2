"""Reads how calls leave the tenant: voice routing, and restrictions of outbound calls.

Which policy an account has is told by Graph, by name; what a policy says is told by Teams PowerShell only.
https://learn.microsoft.com/graph/api/teamsadministration-teamsuserconfiguration-get,
https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlinevoiceroutingpolicy
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tpe_audit.collectors import wire
from tpe_audit.collectors.accounts import line_accounts
from tpe_audit.collectors.configurations import Configuration, NoConfiguration, configurations
from tpe_audit.collectors.reader import FEW, Harvest, Reader, gap
from tpe_audit.facts import (
    Answer,
    AssignedDialOutPolicy,
    AssignedPolicies,
    AssignedVoiceRoutingPolicy,
    DialOutPolicies,
    DialOutPolicy,
    Fact,
    Gap,
    Known,
    SessionBorderController,
    SessionBorderControllers,
    Subject,
    VoiceRoute,
    VoiceRoutes,
    VoiceRoutingPolicies,
    VoiceRoutingPolicy,
)
from tpe_audit.facts.policy import GLOBAL, named
from tpe_audit.sources import SourceError

_W = TypeVar("_W", bound=wire.Wire)
_PolicyName = str | wire.NamedPolicy | None


async def exported(reader: Reader, cmdlet: str, model: type[_W], what: str) -> tuple[list[_W], tuple[int, ...]]:
    """Return what a cmdlet of Teams PowerShell answered.

    Raises:
        SourceError: Teams PowerShell does not tell, or not as the cmdlet is documented.
    """
    data, evidence = await reader.sources.teams_powershell.cmdlet(cmdlet)
    return [wire.parsed(model, item, what, evidence) for item in data], evidence


async def voice_routing_policies(reader: Reader) -> Harvest:
    """The voice routing policies, and the PSTN usages that each gives."""
    items, evidence = await exported(
        reader, "Get-CsOnlineVoiceRoutingPolicy", wire.VoiceRoutingPolicyItem, "a voice routing policy"
    )
    policies = tuple(VoiceRoutingPolicy(named(i.Identity), tuple(i.OnlinePstnUsages or ())) for i in items)
    return _of_tenant(reader, VoiceRoutingPolicies(policies), evidence)


async def voice_routes(reader: Reader) -> Harvest:
    """The voice routes."""
    items, evidence = await exported(reader, "Get-CsOnlineVoiceRoute", wire.VoiceRouteItem, "a voice route")
    routes = tuple(
        VoiceRoute(
            i.Identity, i.NumberPattern or "", tuple(i.OnlinePstnUsages or ()), tuple(i.OnlinePstnGatewayList or ())
        )
        for i in items
    )
    return _of_tenant(reader, VoiceRoutes(routes), evidence)


async def session_border_controllers(reader: Reader) -> Harvest:
    """The session border controllers."""
    items, evidence = await exported(
        reader, "Get-CsOnlinePSTNGateway", wire.GatewayItem, "a session border controller (PSTN gateway)"
    )
    controllers = tuple(SessionBorderController(i.Identity, i.Enabled) for i in items)
    return _of_tenant(reader, SessionBorderControllers(controllers), evidence)


async def dial_out_policies(reader: Reader) -> Harvest:
    """The policies of outbound call restrictions."""
    items, evidence = await exported(
        reader, "Get-CsOnlineDialOutPolicy", wire.DialOutPolicyItem, "a policy of outbound call restrictions"
    )
    policies = tuple(DialOutPolicy(named(i.Identity), i.AllowPSTNOutboundCallingType) for i in items)
    return _of_tenant(reader, DialOutPolicies(policies), evidence)


def _of_tenant(reader: Reader, fact: Fact, evidence: tuple[int, ...]) -> Harvest:
    harvest = Harvest()
    harvest.tell(reader.tenant.subject, fact, evidence)
    return harvest


async def assigned_policies(reader: Reader) -> Harvest:
    """The voice routing and dial-out policies of the accounts on lines.

    Graph lists the policies that are assigned, and no Global ones. Which types of policies it knows is not documented,
    so that one which it does not list is believed to be Global only if Teams PowerShell says so too.
    """
    read = await reader.once(line_accounts)
    harvest = Harvest()
    for subject, unread in read.unread:
        harvest.answer(subject, AssignedVoiceRoutingPolicy, unread)
        harvest.answer(subject, AssignedDialOutPolicy, unread)
    accounts = {account.account.id: account.account.subject for account in read.accounts}
    listed = await _configurations(reader, accounts)
    routing = await _exported_names(reader, wire.OnlineUserRouting, lambda user: user.OnlineVoiceRoutingPolicy)
    dialling = await _exported_names(reader, wire.OnlineUserDialOut, lambda user: user.OnlineDialOutPolicy)
    for key, subject in accounts.items():
        name = _assigned(subject, listed[key], "OnlineVoiceRoutingPolicy", routing)
        harvest.answer(subject, AssignedVoiceRoutingPolicy, _as(AssignedVoiceRoutingPolicy, name))
        name = _assigned(subject, listed[key], "OnlineDialOutPolicy", dialling)
        harvest.answer(subject, AssignedDialOutPolicy, _as(AssignedDialOutPolicy, name))
    return harvest


_Name = tuple[str, tuple[int, ...]]
"""A policy's name, and the evidence."""


def _as(fact: Callable[[str], Fact], name: _Name | Gap) -> Answer:
    return name if isinstance(name, Gap) else Known(fact(name[0]), name[1])


def _assigned(
    subject: Subject, configured: Answer, policy_type: str, export: Mapping[str, _Name | Gap] | Gap
) -> _Name | Gap:
    """Return the policy of a type that is in effect for an account."""
    evidence = configured.evidence
    unread = configured if isinstance(configured, Gap) else None
    if isinstance(configured, Known) and isinstance(configured.value, AssignedPolicies):
        names = configured.value.of(policy_type)
        if len(names) > 1:
            return Gap(f"Microsoft Graph says that {subject.name} has several policies {policy_type}.", evidence)
        if names:
            return names[0], evidence
    if isinstance(export, Gap):
        return unread or Gap(
            f"Microsoft Graph lists no {policy_type} for {subject.name}, and whether it would is not documented. "
            f"{export.reason}",
            (*evidence, *export.evidence),
            export.declared_off,
            export.lacks,
        )
    if found := export.get(subject.id.lower()):
        return found if isinstance(found, Gap) else (found[0], (*evidence, *found[1]))
    return unread or Gap(
        f"Microsoft Graph lists no {policy_type} for {subject.name}, and Teams PowerShell does not list "
        "the account (Get-CsOnlineUser -AccountType ResourceAccount), so which policy it has is not known.",
        evidence,
    )


async def _exported_names(
    reader: Reader, model: type[_W], policy: Callable[[_W], _PolicyName]
) -> Mapping[str, _Name | Gap] | Gap:
    """Return, by account, the policy that Teams PowerShell names."""
    try:
        data, evidence = await reader.sources.teams_powershell.cmdlet("Get-CsOnlineUser")
        identities = [wire.parsed(wire.OnlineUserId, item, "a user", evidence).Identity.lower() for item in data]
    except SourceError as error:
        return gap(error)
    return {
        identity: _exported_name(item, model, policy, evidence) for identity, item in zip(identities, data, strict=True)
    }


def _exported_name(
    item: Mapping[str, Any], model: type[_W], policy: Callable[[_W], _PolicyName], evidence: tuple[int, ...]
) -> _Name | Gap:
    try:
        found = policy(wire.parsed(model, item, "a user", evidence))
    except SourceError as error:
        return gap(error)
    name = found.Name if isinstance(found, wire.NamedPolicy) else found
    return named(name or GLOBAL), evidence


async def _configurations(reader: Reader, accounts: Mapping[str, Subject]) -> Mapping[str, Answer]:
    """Return the policies that Graph lists for each account."""
    try:
        told = await configurations(reader, accounts.keys(), FEW)
    except SourceError as error:
        return dict.fromkeys(accounts, gap(error))
    return {key: _policies(told[key], subject) for key, subject in accounts.items()}


def _policies(found: Configuration | NoConfiguration | Gap, subject: Subject) -> Answer:
    match found:
        case Configuration():
            return found.policies
        case NoConfiguration(evidence):
            return Gap(f"Microsoft Graph knows no Teams user configuration of {subject.name}.", evidence)
        case Gap():
            return found
