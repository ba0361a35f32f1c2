"""Reads the telephone numbers that accounts of lines hold.

https://learn.microsoft.com/graph/api/resources/teamsadministration-numberassignment
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tpe_audit.collectors import wire
from tpe_audit.collectors.accounts import LineAccount, line_accounts
from tpe_audit.collectors.numbers_of import assignments
from tpe_audit.collectors.reader import FEW, Harvest, Reader, agreed, all_of, attempt, gap
from tpe_audit.config import e164
from tpe_audit.facts import (
    Answer,
    Census,
    Fact,
    Gap,
    Known,
    NoPhoneNumber,
    NumberActivation,
    NumberCapabilities,
    NumberCountry,
    NumberEmergencyLocation,
    NumberSource,
    NumberType,
    NumberTypeName,
    PhoneNumber,
    ResourceAccount,
    Subject,
)
from tpe_audit.facts.well_known import NO_ID
from tpe_audit.sources import Item, Listing, SourceError
from tpe_audit.sources.errors import Malformed

_CAPABILITIES = frozenset({"conferenceAssignment", "voiceApplicationAssignment", "userAssignment", "teamsPhoneMobile"})


async def phone_numbers(reader: Reader) -> Harvest:
    """The number of each account on a line, with what is known about it."""
    read = await reader.once(line_accounts)
    harvest = Harvest()
    found: list[tuple[Subject, Answer]] = [(thing.subject, Known(thing, read.evidence)) for thing in read.absent]
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
            numbers = [_tell(harvest, account.account, number, items) for number, items in held.items.items()]
            # The number that config.toml names stands for the account where it holds several.
            main = next((number for number in numbers if number[0].id == account.line.number), numbers[0])
            harvest.answer(subject, PhoneNumber, main[1])
            found += numbers
    harvest.census[PhoneNumber] = Census(tuple(found), next((g for g in gaps if g), None))
    return harvest


@dataclass(frozen=True, slots=True)
class _Held:
    """The numbers of one account, each with the assignments that tell of it."""

    items: Mapping[str, Sequence[Item]]
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Assigned:
    """Who holds which numbers, as far as a list of assignments tells."""

    held: Mapping[str, Mapping[str, Sequence[Item]]]
    """By the object that holds the number, then by number."""
    unread: Mapping[str, Gap]
    """Objects of which some assignment can't be understood."""
    anybody: Gap | None
    """There is an assignment of which it can't be told whose it is."""
    evidence: tuple[int, ...]

    def of(self, object_id: str) -> Gap | _Held:
        if object_id in self.unread:
            return self.unread[object_id]
        items = self.held.get(object_id, {})
        if not items and self.anybody:
            return self.anybody
        # That an account holds none rests on every page.
        pages = [item.evidence for told in items.values() for item in told]
        return _Held(items, tuple(dict.fromkeys(pages)) or self.evidence)


async def _held(reader: Reader, accounts: Sequence[LineAccount]) -> list[tuple[LineAccount, Gap | _Held]]:
    """Return what each account holds: asked for one by one if they are few, else all in pages."""
    if len(accounts) <= FEW:

        async def one(account: LineAccount) -> tuple[LineAccount, Gap | _Held]:
            try:
                listing = await assignments(reader, f"assignmentTargetId eq '{account.account.id}'")
            except SourceError as error:
                return account, gap(error)
            return account, _assigned(listing).of(account.account.id)

        return await all_of(accounts, one)
    try:
        assigned = _assigned(await assignments(reader))
    except SourceError as error:
        return [(account, gap(error)) for account in accounts]
    return [(account, assigned.of(account.account.id)) for account in accounts]


def _assigned(listing: Listing) -> _Assigned:
    held: dict[str, dict[str, list[Item]]] = {}
    unread: dict[str, Gap] = {}
    anybody: Gap | None = None
    holders: dict[str, str] = {}
    for item in listing.items:
        evidence = (item.evidence,)
        target = item.body.get("assignmentTargetId") if isinstance(item.body, dict) else None
        try:
            assigned = wire.parsed(wire.AssignedNumber, item.body, "a number assignment", evidence)
            number = _number(assigned.telephoneNumber, evidence)
        except SourceError as error:
            if isinstance(target, str) and target:
                unread[target.lower()] = gap(error)
            else:
                anybody = gap(error)
            continue
        holder = (assigned.assignmentTargetId or "").lower()
        if not holder:
            continue
        if assigned.assignmentStatus == "unassigned":
            unread[holder] = Gap(
                f"Microsoft Graph names a holder of {number}, and says that it is unassigned.", evidence
            )
        if (other := holders.setdefault(number, holder)) != holder:
            why = Gap(f"Microsoft Graph says that the number {number} is held by two objects.", listing.evidence)
            unread |= {holder: why, other: why}
        held.setdefault(holder, {}).setdefault(number, []).append(item)
    return _Assigned(held, unread, anybody, listing.evidence)


def _number(text: str, evidence: tuple[int, ...]) -> str:
    try:
        return e164(text)
    except ValueError as error:
        raise Malformed(f"Microsoft Graph lists a number that is none: {error}.", evidence) from None


def _tell(harvest: Harvest, account: ResourceAccount, number: str, items: Sequence[Item]) -> tuple[Subject, Known]:
    """Note what the assignments of a number say about it."""
    evidence = tuple(dict.fromkeys(item.evidence for item in items))
    what = f"the number {number}"
    kind = agreed([attempt(partial(_type, i.body, what, (i.evidence,)), (i.evidence,)) for i in items], what)
    fact = PhoneNumber(number, account.subject)
    if isinstance(kind, Known) and isinstance(kind.value, NumberType):
        fact = PhoneNumber(number, account.subject, kind.value.value.cmdlet)
    subject = fact.subject
    known = Known(fact, evidence)
    harvest.answer(subject, PhoneNumber, known)
    harvest.answers[(ResourceAccount, subject.key)] = Known(account, evidence)
    harvest.answer(subject, NumberType, kind)
    questions: tuple[tuple[type[Fact], Callable[[object, str, tuple[int, ...]], Fact]], ...] = (
        (NumberCapabilities, _capabilities),
        (NumberActivation, _activation),
        (NumberCountry, _country),
        (NumberEmergencyLocation, _emergency_location),
        (NumberSource, _source),
    )
    for question, make in questions:
        told = [attempt(partial(make, i.body, what, (i.evidence,)), (i.evidence,)) for i in items]
        harvest.answer(subject, question, agreed(told, what))
    return subject, known


def _type(body: object, what: str, evidence: tuple[int, ...]) -> NumberType:
    return NumberType(NumberTypeName(wire.parsed(wire.NumberTypeItem, body, what, evidence).numberType))


def _capabilities(body: object, what: str, evidence: tuple[int, ...]) -> NumberCapabilities:
    values = wire.parsed(wire.NumberCapabilitiesItem, body, what, evidence).capabilities
    unknown = sorted(set(values) - _CAPABILITIES)
    if unknown and "voiceApplicationAssignment" not in values:
        raise Malformed(f"The answer for {what} names capabilities that are not known: {', '.join(unknown)}.", evidence)
    return NumberCapabilities(tuple(sorted(set(values) & _CAPABILITIES)))


def _activation(body: object, what: str, evidence: tuple[int, ...]) -> NumberActivation:
    item = wire.parsed(wire.NumberActivationItem, body, what, evidence)
    return NumberActivation(item.activationState, item.portInStatus or "")


def _country(body: object, what: str, evidence: tuple[int, ...]) -> NumberCountry:
    return NumberCountry((wire.parsed(wire.NumberCountryItem, body, what, evidence).isoCountryCode or "").upper())


def _emergency_location(body: object, what: str, evidence: tuple[int, ...]) -> NumberEmergencyLocation:
    item = wire.parsed(wire.NumberLocationItem, body, what, evidence)
    ids = ((item.locationId or "").lower(), (item.civicAddressId or "").lower())
    return NumberEmergencyLocation(*("" if one == NO_ID else one for one in ids))


def _source(body: object, what: str, evidence: tuple[int, ...]) -> NumberSource:
    return NumberSource(wire.parsed(wire.NumberSourceItem, body, what, evidence).numberSource or "")
