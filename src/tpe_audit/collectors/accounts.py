"""Reads resource accounts, and tells which of them are on a line.

The list of resource accounts is in Graph beta only
(https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/teams-phone-extensibility-quickstart).
Where it does not answer, Teams PowerShell may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tpe_audit.collectors import wire
from tpe_audit.collectors.instances import CMDLET, Instances, guessed, instances, instead_of_graph, undisputed
from tpe_audit.collectors.numbers_of import holder
from tpe_audit.collectors.reader import Harvest, Reader, agreed, all_of, attempt, gap, text
from tpe_audit.collectors.scope import ACCOUNT_GRANT, ACCOUNTS, asked, directory_user
from tpe_audit.config import e164, is_guid
from tpe_audit.facts import (
    Answer,
    BoundAcsResource,
    BoundApplication,
    Census,
    ConfiguredLine,
    ExpectedNumber,
    Fact,
    Gap,
    Kind,
    Known,
    NoBoundAcsResource,
    NoBoundApplication,
    NoExpectedNumber,
    NoLine,
    NoResourceAccount,
    ResourceAccount,
    Subject,
)
from tpe_audit.facts.well_known import NO_ID, RESERVED_APPLICATIONS
from tpe_audit.sources import Item, SourceError
from tpe_audit.sources.errors import Failed

_Entry = tuple[Mapping[str, Any], int]
"""A resource account as it is listed, and the request that brought it."""


@dataclass(frozen=True, slots=True)
class LineAccount:
    """A resource account on a line, with what it is bound to and the line as configured."""

    account: ResourceAccount
    application: Answer
    """BoundApplication or NoBoundApplication, or the gap."""
    acs: Answer
    """BoundAcsResource or NoBoundAcsResource, or the gap."""
    phone_number: str
    """As the resource account has it; empty if it has none or does not tell."""
    line: ConfiguredLine
    evidence: tuple[int, ...]

    @property
    def application_id(self) -> str:
        """The application that the line should have, or else has; empty if neither is known."""
        bound = self.application.value if isinstance(self.application, Known) else None
        return self.line.application_id or (bound.client_id if isinstance(bound, BoundApplication) else "")

    @property
    def acs_id(self) -> str:
        """The immutable id or ARM id that the line should have, or else has; empty if neither is known."""
        bound = self.acs.value if isinstance(self.acs, Known) else None
        return self.line.acs_resource or (bound.immutable_id if isinstance(bound, BoundAcsResource) else "")


@dataclass(frozen=True, slots=True)
class LineAccounts:
    """All accounts on lines."""

    accounts: tuple[LineAccount, ...]
    absent: tuple[NoResourceAccount | NoLine, ...] = ()
    unread: tuple[tuple[Subject, Gap], ...] = ()
    """Accounts that are configured, but could not be read."""
    gap: Gap | None = None
    """The list could not be read, and there may be lines on it."""
    others: int = 0
    """Resource accounts on no line."""
    evidence: tuple[int, ...] = ()


async def line_accounts(reader: Reader) -> LineAccounts:
    """Read the accounts of the configured lines or, if none is configured, of those that can be found."""
    lines = reader.deployment.lines
    if reader.subjects:
        return await _narrowed(reader, lines)
    try:
        items: list[Item] = []
        with reader.counting("resource accounts", items) as paged:
            evidence = await reader.sources.graph.each(ACCOUNTS, items.append, grant=ACCOUNT_GRANT, paged=paged)
        by_id = _by_id([(item.body, item.evidence) for item in items])
    except SourceError as error:
        return await _unlisted(reader, lines, error)
    accounts = await _completed(reader, by_id)
    if lines:
        return await _configured(reader, lines, accounts, evidence)
    found = _discovered(list(accounts.values()))
    others = len(accounts) - len(found)
    absent = () if found else (NoLine(reader.tenant.subject, len(accounts)),)
    return LineAccounts(tuple(found), absent, others=others, evidence=evidence)


async def _completed(reader: Reader, by_id: Mapping[str, Sequence[_Entry]]) -> Mapping[str, LineAccount]:
    """Return the accounts that Graph lists; where it leaves the ACS resource out, Teams PowerShell may have it."""
    accounts = {key: _account(items) for key, items in by_id.items()}
    absent = [key for key, items in by_id.items() if all("acsResourceId" not in body for body, _ in items)]
    second = await instances(reader) if absent else None
    for key in absent:
        if second and key in second.by_id:
            other = _account([second.by_id[key]]).acs
            accounts[key] = replace(accounts[key], acs=other if isinstance(other, Known) else accounts[key].acs)
    return accounts


async def _unlisted(reader: Reader, lines: Sequence[ConfiguredLine], refused: SourceError) -> LineAccounts:
    """Find accounts on lines although Graph does not list resource accounts.

    What Teams PowerShell lists is believed; what it does not list may be newer than its answer, and is not absent.
    """
    listed = await instead_of_graph(reader, refused)
    accounts = {}
    if listed:
        accounts = {key: _account(items) for key, items in _by_id(listed.items).items()}
    if not lines:
        found = _discovered(list(accounts.values()))
        if found:
            return LineAccounts(tuple(found), others=len(accounts) - len(found), evidence=refused.evidence)
        why = await guessed(reader, refused) if listed is None else _none_in_powershell(refused, listed)
        return LineAccounts((), gap=why, evidence=why.evidence)
    names = {a.account.user_principal_name.casefold(): a for a in accounts.values()} | accounts
    numbers = {account.phone_number: account for account in accounts.values()}
    told = [(names.get(line.account.casefold()) if line.account else numbers.get(line.number), line) for line in lines]
    rest = await _by_own_address(reader, [line for account, line in told if account is None], refused)
    known = {account.account.id: _on(account, line) for account, line in told if account}
    merged = {account.account.id: account for account in rest.accounts} | known
    return replace(rest, accounts=tuple(merged.values()), others=max(0, len(accounts) - len(known)))


def _none_in_powershell(refused: SourceError, listed: Instances) -> Gap:
    why = f"{CMDLET} lists {len(listed.items)} resource accounts, none of them bound to an ACS resource. {listed.told}"
    evidence = tuple(dict.fromkeys((*refused.evidence, *(index for _, index in listed.items))))
    return Gap(f"{refused} {why} There may be newer ones.", evidence, lacks=refused.lacks)


def _by_id(items: Sequence[tuple[Any, int]]) -> dict[str, list[_Entry]]:
    by_id: dict[str, list[_Entry]] = {}
    for body, evidence in items:
        item = wire.parsed(wire.Identified, body, "the list of resource accounts", (evidence,))
        by_id.setdefault(item.id.lower(), []).append((body, evidence))
    return by_id


def _account(items: Sequence[_Entry]) -> LineAccount:
    """Return one account; what several entries for it say differently is not known."""
    body = items[0][0]
    evidence = tuple(dict.fromkeys(index for _, index in items))
    names = [text(body, key) for key in ("userPrincipalName", "displayName")]
    account = ResourceAccount(str(body["id"]).lower(), names[0], names[1])
    what = f"the resource account {names[0] or account.id}"

    def bound(parse: Callable[[Mapping[str, Any], str, tuple[int, ...]], Fact]) -> Answer:
        return agreed([attempt(partial(parse, body, what, (index,)), (index,)) for body, index in items], what)

    return LineAccount(account, bound(_application), bound(_acs), _phone_number(body), ConfiguredLine(), evidence)


def _application(body: Mapping[str, Any], what: str, evidence: tuple[int, ...]) -> Fact:
    value = wire.parsed(wire.AccountAppId, body, what, evidence).appId
    return BoundApplication(value.lower()) if value and value != NO_ID else NoBoundApplication()


def _acs(body: Mapping[str, Any], what: str, evidence: tuple[int, ...]) -> Fact:
    value = wire.parsed(wire.AccountAcsResourceId, body, what, evidence).acsResourceId
    return BoundAcsResource(value.lower()) if value and value != NO_ID else NoBoundAcsResource()


def _phone_number(body: Mapping[str, Any]) -> str:
    try:
        return e164(text(body, "phoneNumber"))
    except ValueError:
        return ""


def _discovered(accounts: Sequence[LineAccount]) -> list[LineAccount]:
    """Return the accounts on lines: those with an ACS resource, and those of the same applications.

    What auto attendants and call queues are bound to makes no line, and an account of which it can't be told
    whether it is bound to an ACS resource may be one.
    """
    applications = {
        account.application_id
        for account in accounts
        if _is(account.acs, BoundAcsResource) and account.application_id not in RESERVED_APPLICATIONS
    } - {""}
    return [
        account
        for account in accounts
        if _is(account.acs, BoundAcsResource)
        or account.application_id in applications
        or (isinstance(account.acs, Gap) and account.application_id not in RESERVED_APPLICATIONS)
    ]


def _is(answer: Answer, fact: type[Fact]) -> bool:
    return isinstance(answer, Known) and isinstance(answer.value, fact)


async def _configured(
    reader: Reader,
    lines: Sequence[ConfiguredLine],
    accounts: Mapping[str, LineAccount],
    evidence: tuple[int, ...],
) -> LineAccounts:
    """Find each configured line's account in the whole list."""
    names = dict(accounts.items())
    names |= {a.account.user_principal_name.casefold(): a for a in accounts.values() if a.account.user_principal_name}
    numbers = {account.phone_number: account for account in accounts.values() if account.phone_number}
    all_named = all(account.account.user_principal_name for account in accounts.values())

    async def one(line: ConfiguredLine) -> LineAccount | NoResourceAccount | tuple[Subject, Gap]:
        listed = names.get(line.account.casefold()) if line.account else numbers.get(line.number)
        try:
            if listed is None and line.account:
                user, _ = await directory_user(reader, line.account)
                listed = accounts.get(user.id) if user else None
                absent = NoResourceAccount(line.account, user_exists=user is not None)
            else:
                listed = listed or accounts.get(await holder(reader, line.number))
                absent = NoResourceAccount(line.number, user_exists=None)
        except SourceError as error:
            if line.account and (all_named or is_guid(line.account)):
                return NoResourceAccount(line.account, user_exists=None)
            name = line.account or line.number
            return Subject(Kind.ACCOUNT, name, name), gap(error)
        return _on(listed, line) if listed else absent

    return _sorted_out(await all_of(lines, one), evidence, len(accounts))


def _sorted_out(
    told: Sequence[LineAccount | NoResourceAccount | tuple[Subject, Gap]], evidence: tuple[int, ...], listed: int = 0
) -> LineAccounts:
    accounts = [one for one in told if isinstance(one, LineAccount)]
    ids = dict.fromkeys(one.account.id for one in accounts)
    found = [_once([one for one in accounts if one.account.id == account]) for account in ids]
    absent = {one.subject.key: one for one in told if isinstance(one, NoResourceAccount)}
    unread = {one[0].key: one for one in (*told, *found) if isinstance(one, tuple)}
    others = max(0, listed - len(found))
    known = tuple(one for one in found if isinstance(one, LineAccount))
    return LineAccounts(known, tuple(absent.values()), tuple(unread.values()), others=others, evidence=evidence)


def _once(named: Sequence[LineAccount]) -> LineAccount | tuple[Subject, Gap]:
    """Return an account with all that its lines say of it, however each of them names it.

    Lines that name it in the same way are held against each other when config.toml is read.
    """
    account = named[0]
    for other in named[1:]:
        if wrong := account.line.contradictions(other.line):
            names = " and ".join(one.line.account or one.line.number for one in (account, other))
            why = (
                f"Two lines of config.toml, {names}, are one account, and contradict each other in "
                f"{', '.join(wrong)}. An account has one line."
            )
            return account.account.subject, Gap(why, account.evidence)
        account = replace(account, line=account.line.joined(other.line))
    return account


def _on(account: LineAccount, line: ConfiguredLine) -> LineAccount:
    return replace(account, line=line)


async def _by_own_address(reader: Reader, lines: Sequence[ConfiguredLine], refused: SourceError) -> LineAccounts:
    """Read each configured account at its own address, because the list could not be read."""
    proofs: list[int] = []

    async def one(line: ConfiguredLine) -> LineAccount | NoResourceAccount | tuple[Subject, Gap]:
        name = line.account or line.number
        subject = Subject(Kind.ACCOUNT, name, name)
        try:
            user, evidence = await directory_user(reader, line.account or await holder(reader, line.number))
            if user is None:
                proofs.extend(evidence)
                return NoResourceAccount(name, user_exists=False)
            subject = user.subject
            item = await reader.sources.graph.get(f"{ACCOUNTS}/{user.id}", grant=ACCOUNT_GRANT)
            if item.body is None:
                # Where the list does not answer, neither does a 404 on one of its items.
                why = f"{refused} Its own address answered 404, which proves nothing then."
                raise Failed(why, (*refused.evidence, item.evidence), refused.lacks)
            return _on(_account([(item.body, item.evidence)]), line)
        except SourceError as error:
            return subject, gap(error)

    told = await all_of(lines, one)
    return _sorted_out(told, (*refused.evidence, *proofs))


async def _narrowed(reader: Reader, lines: Sequence[ConfiguredLine]) -> LineAccounts:
    """Read only the accounts that the run was narrowed to."""
    found: dict[str, LineAccount] = {}
    absent: list[NoResourceAccount | NoLine] = []
    unread: list[tuple[Subject, Gap]] = []
    evidence: list[int] = []
    for one in await reader.once(asked):
        evidence += one.evidence
        names = {one.name.casefold()}
        if one.user:
            names |= {one.user.id, one.user.user_principal_name.casefold()}
        if one.account:
            names.add(_account([one.account]).phone_number)
        names.discard("")
        of_it = [line for line in lines if {line.account.casefold(), line.number} & names]
        if one.error:
            unread.append((Subject(Kind.ACCOUNT, one.name, one.name), gap(one.error)))
        elif one.account:
            account = _account([one.account])
            once = _once([_on(account, line) for line in of_it or (ConfiguredLine(),)])
            if isinstance(once, LineAccount):
                found[account.account.id] = once
            else:
                unread.append(once)
        elif of_it:
            absent.append(NoResourceAccount(one.name, user_exists=one.user is not None))
    return LineAccounts(tuple(found.values()), tuple(absent), tuple(unread), evidence=tuple(dict.fromkeys(evidence)))


async def resource_accounts(reader: Reader) -> Harvest:
    """The accounts on lines, what each is bound to, and what is expected of its number."""
    read = await reader.once(line_accounts)
    harvest = Harvest()
    known = [(a.account.subject, Known(a.account, a.evidence)) for a in read.accounts]
    missing = [(thing.subject, Known(thing, read.evidence)) for thing in read.absent]
    nothing = "No account was asked about (--subject)." if reader.subjects else ""
    harvest.census[ResourceAccount] = Census((*known, *missing, *read.unread), read.gap, nothing)
    harvest.seen["resource accounts on no line"] = read.others
    second = await instances(reader) if reader.reads_powershell else None
    for subject, unread in read.unread:
        for question in (BoundApplication, BoundAcsResource, ExpectedNumber):
            harvest.answer(subject, question, unread)
    for account in read.accounts:
        subject = account.account.subject
        listed = second.by_id.get(account.account.id) if second else None
        other = _account([listed]) if listed else account
        harvest.answer(subject, BoundApplication, undisputed(account.application, other.application, second))
        harvest.answer(subject, BoundAcsResource, undisputed(account.acs, other.acs, second))
        number = account.line.number
        harvest.tell(subject, ExpectedNumber(number) if number else NoExpectedNumber())
    return harvest
