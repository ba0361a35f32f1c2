"""Reads the telephone numbers that accounts of lines hold.

https://learn.microsoft.com/graph/api/resources/teamsadministration-numberassignment
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tpe_audit.collectors import wire
from tpe_audit.collectors.accounts import LineAccount, line_accounts
from tpe_audit.collectors.numbers_of import assignments
from tpe_audit.collectors.reader import FEW, Harvest, Reader, attempt, gap
from tpe_audit.config import e164
from tpe_audit.facts import (
    Answer,
    Census,
    Gap,
    Known,
    NoPhoneNumber,
    NumberActivation,
    NumberCapabilities,
    NumberType,
    NumberTypeName,
    PhoneNumber,
    ResourceAccount,
    Subject,
)
from tpe_audit.sources import Item, SourceError
from tpe_audit.sources.errors import Malformed

_CAPABILITIES = frozenset(
    {"conferenceAssignment", "voiceApplicationAssignment", "userAssignment", "teamsPhoneMobile"}
)


async def phone_numbers(reader: Reader) -> Harvest:
    """The number of each account on a line, with what is known about it."""
    read = await reader.once(line_accounts)
    harvest = Harvest()
    found: list[tuple[Subject, Answer]] = [
        (thing.subject, Known(thing, read.evidence)) for thing in read.absent
    ]
    gaps = [read.gap, *(unread for _, unread in read.unread)]
    for subject, unread in read.unread:
        harvest.answer(subject, PhoneNumber, unread)
    for account, held in await _held(reader, read.accounts):
        subject = account.account.subject
        if isinstance(held, Gap):
            gaps.append(held)
            harvest.answer(subject, PhoneNumber, held)
        elif not held.items:
            none = Known(NoPhoneNumber(subject), held.evidence)
            harvest.answer(subject, PhoneNumber, none)
            found.append((subject, none))
        else:
            numbers = [_tell(harvest, account.account, number, item) for number, item in held.items.items()]
            # The number that config.toml names stands for the account where it holds several.
            main = next((number for number in numbers if number[0].id == account.line.number), numbers[0])
            harvest.answer(subject, PhoneNumber, main[1])
            found += numbers
    harvest.census[PhoneNumber] = Census(tuple(found), next((g for g in gaps if g), None))
    return harvest


@dataclass(frozen=True, slots=True)
class _Held:
    """The numbers of one account."""

    items: Mapping[str, Item]
    evidence: tuple[int, ...]


async def _held(reader: Reader, accounts: Sequence[LineAccount]) -> list[tuple[LineAccount, Gap | _Held]]:
    """Return what each account holds: asked for one by one if they are few, else all in pages."""
    if len(accounts) <= FEW:

        async def one(account: LineAccount) -> tuple[LineAccount, Gap | _Held]:
            try:
                listing = await assignments(reader, f"assignmentTargetId eq '{account.account.id}'")
                return account, _Held(_by_target(listing.items).get(account.account.id, {}), listing.evidence)
            except SourceError as error:
                return account, gap(error)

        return list(await asyncio.gather(*(one(account) for account in accounts)))
    try:
        listing = await assignments(reader)
        by_target = _by_target(listing.items)
    except SourceError as error:
        return [(account, gap(error)) for account in accounts]
    held = [(account, by_target.get(account.account.id, {})) for account in accounts]
    # That an account holds none rests on every page.
    return [
        (account, _Held(items, tuple({item.evidence: None for item in items.values()}) or listing.evidence))
        for account, items in held
    ]


def _by_target(items: Sequence[Item]) -> dict[str, dict[str, Item]]:
    """Return the assignments by the object that holds the number, then by number."""
    by_target: dict[str, dict[str, Item]] = {}
    for item in items:
        assigned = wire.parsed(wire.AssignedNumber, item.body, "a number assignment", (item.evidence,))
        if assigned.assignmentTargetId:
            try:
                number = e164(assigned.telephoneNumber)
            except ValueError as error:
                raise Malformed(
                    f"Microsoft Graph lists a number that is none: {error}.", (item.evidence,)
                ) from None
            by_target.setdefault(assigned.assignmentTargetId.lower(), {})[number] = item
    return by_target


def _tell(harvest: Harvest, account: ResourceAccount, number: str, item: Item) -> tuple[Subject, Known]:
    """Note what an assignment says about its number."""
    evidence = (item.evidence,)
    fact = PhoneNumber(number, account.subject)
    subject, what = fact.subject, f"the number {number}"
    known = Known(fact, evidence)
    harvest.answer(subject, PhoneNumber, known)
    harvest.answers[(ResourceAccount, subject.key)] = Known(account, evidence)
    harvest.answer(subject, NumberType, attempt(lambda: _type(item.body, what, evidence), evidence))
    harvest.answer(
        subject, NumberCapabilities, attempt(lambda: _capabilities(item.body, what, evidence), evidence)
    )
    harvest.answer(
        subject, NumberActivation, attempt(lambda: _activation(item.body, what, evidence), evidence)
    )
    return subject, known


def _type(body: object, what: str, evidence: tuple[int, ...]) -> NumberType:
    return NumberType(NumberTypeName(wire.parsed(wire.NumberTypeItem, body, what, evidence).numberType))


def _capabilities(body: object, what: str, evidence: tuple[int, ...]) -> NumberCapabilities:
    values = wire.parsed(wire.NumberCapabilitiesItem, body, what, evidence).capabilities
    unknown = sorted(set(values) - _CAPABILITIES)
    if unknown and "voiceApplicationAssignment" not in values:
        raise Malformed(
            f"The answer for {what} names capabilities that are not known: {', '.join(unknown)}.", evidence
        )
    return NumberCapabilities(tuple(sorted(set(values) & _CAPABILITIES)))


def _activation(body: object, what: str, evidence: tuple[int, ...]) -> NumberActivation:
    item = wire.parsed(wire.NumberActivationItem, body, what, evidence)
    return NumberActivation(item.activationState, item.portInStatus or "")
