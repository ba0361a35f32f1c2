"""Reads what may keep calls from reaching an account: blocked callers, auto attendants and call queues.

https://learn.microsoft.com/powershell/module/microsoftteams/get-csinboundblockednumberpattern,
https://learn.microsoft.com/powershell/module/microsoftteams/get-csautoattendant
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from tpe_audit.collectors import wire
from tpe_audit.collectors.accounts import line_accounts
from tpe_audit.collectors.reader import Harvest, Reader, gap
from tpe_audit.collectors.routing import exported
from tpe_audit.facts import (
    Answer,
    BlockedCallers,
    CallerBlocking,
    CallerPattern,
    ExemptCallers,
    Fact,
    Gap,
    Known,
    VoiceApplications,
)
from tpe_audit.facts.well_known import NO_ID
from tpe_audit.sources import SourceError
from tpe_audit.sources.errors import Malformed

PAGE = 100
"""So many auto attendants or call queues the cmdlets return at a time."""


async def blocked_callers(reader: Reader) -> Harvest:
    """Who may not call in: three cmdlets, each of which may have failed by itself."""
    harvest = Harvest()
    questions: tuple[tuple[type[Fact], Callable[[Reader], Awaitable[Known]]], ...] = (
        (CallerBlocking, _blocking),
        (BlockedCallers, _blocked),
        (ExemptCallers, _exempt),
    )
    for question, read in questions:
        answer: Answer
        try:
            answer = await read(reader)
        except SourceError as error:
            answer = gap(error)
        harvest.answer(reader.tenant.subject, question, answer)
    return harvest


async def _blocking(reader: Reader) -> Known:
    items, evidence = await exported(
        reader, "Get-CsTenantBlockedCallingNumbers", wire.BlockedCallingItem, "the setting for blocked callers"
    )
    if len(items) != 1:
        raise Malformed("Teams PowerShell gave not exactly one setting for blocked callers.", evidence)
    return Known(CallerBlocking(items[0].Enabled), evidence)


async def _blocked(reader: Reader) -> Known:
    items, evidence = await exported(
        reader, "Get-CsInboundBlockedNumberPattern", wire.BlockedPatternItem, "a pattern of blocked callers"
    )
    patterns = [
        CallerPattern(i.Identity, i.Pattern, i.Enabled, (i.ResourceAccount or "").lower().replace(NO_ID, ""))
        for i in items
    ]
    return Known(BlockedCallers(tuple(patterns)), evidence)


async def _exempt(reader: Reader) -> Known:
    items, evidence = await exported(
        reader, "Get-CsInboundExemptNumberPattern", wire.ExemptPatternItem, "a pattern of exempt callers"
    )
    return Known(ExemptCallers(tuple(CallerPattern(i.Identity, i.Pattern, i.Enabled) for i in items)), evidence)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Auto attendants or call queues: what leads to each, by account."""

    found: dict[str, list[str]]
    gap: Gap | None
    """There may be more than were found."""
    evidence: tuple[int, ...]


async def voice_applications(reader: Reader) -> Harvest:
    """The auto attendants and call queues that the accounts on lines answer for."""
    read = await reader.once(line_accounts)
    harvest = Harvest()
    kinds = (
        await _kind(reader, "Get-CsAutoAttendant", "auto attendant"),
        await _kind(reader, "Get-CsCallQueue", "call queue"),
    )
    for subject, unread in read.unread:
        harvest.answer(subject, VoiceApplications, unread)
    for account in read.accounts:
        harvest.answer(account.account.subject, VoiceApplications, _answers_for(account.account.id, kinds))
    return harvest


def _answers_for(account: str, kinds: Sequence[_Kind]) -> Answer:
    names = [name for kind in kinds for name in kind.found.get(account, ())]
    unread = next((kind.gap for kind in kinds if kind.gap), None)
    if unread and not names:
        return unread
    return Known(VoiceApplications(tuple(names)), tuple(dict.fromkeys(i for kind in kinds for i in kind.evidence)))


async def _kind(reader: Reader, cmdlet: str, what: str) -> _Kind:
    found: dict[str, list[str]] = {}
    trouble: Gap | None = None
    try:
        data, evidence = await reader.sources.teams_powershell.cmdlet(cmdlet)
    except SourceError as error:
        return _Kind(found, gap(error), error.evidence)
    if len(data) == PAGE:
        trouble = Gap(
            f"Teams PowerShell gave exactly {PAGE} {what}s, as many as {cmdlet} returns at a time: there may be more.",
            evidence,
            lacks=("a Teams PowerShell export that reads auto attendants and call queues to the last page",),
        )
    for item in data:
        try:
            application = wire.parsed(wire.VoiceApplicationItem, item, f"one {what}", evidence)
        except SourceError as error:
            trouble = Gap(str(error), evidence)
            continue
        for account in application.ApplicationInstances or ():
            found.setdefault(account.lower(), []).append(f"the {what} {application.Name}")
    return _Kind(found, trouble, evidence)
