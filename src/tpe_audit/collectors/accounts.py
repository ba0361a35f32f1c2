"""Reads resource accounts, and tells which of them are on a line.

The list of resource accounts is in Graph beta only
(https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/teams-phone-extensibility-quickstart).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from tpe_audit.collectors import wire
from tpe_audit.collectors.numbers_of import holder
from tpe_audit.collectors.reader import Harvest, Reader, attempt, gap
from tpe_audit.collectors.scope import ACCOUNT_GRANT, ACCOUNTS, USER_GRANT, asked, directory_user
from tpe_audit.config import e164
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
from tpe_audit.sources import SourceError
from tpe_audit.sources.errors import Failed


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
        listing = await reader.sources.graph.items(ACCOUNTS, grant=ACCOUNT_GRANT)
        by_id = _by_id([(item.body, item.evidence) for item in listing.items])
    except SourceError as error:
        if not lines:
            return LineAccounts((), gap=gap(error), evidence=error.evidence)
        return await _by_own_address(reader, lines, error)
    accounts = {key: _account(items) for key, items in by_id.items()}
    if lines:
        return await _configured(reader, lines, accounts, listing.evidence)
    found = _discovered(list(accounts.values()))
    others = len(accounts) - len(found)
    absent = () if found else (NoLine(reader.tenant.subject, len(accounts)),)
    return LineAccounts(tuple(found), absent, others=others, evidence=listing.evidence)


def _by_id(items: Sequence[tuple[Any, int]]) -> dict[str, list[tuple[Mapping[str, Any], int]]]:
    by_id: dict[str, list[tuple[Mapping[str, Any], int]]] = {}
    for body, evidence in items:
        item = wire.parsed(wire.Identified, body, "the list of resource accounts", (evidence,))
        by_id.setdefault(item.id.lower(), []).append((body, evidence))
    return by_id


def _account(items: Sequence[tuple[Mapping[str, Any], int]]) -> LineAccount:
    """Return one account; what several entries for it say differently is not known."""
    body = items[0][0]
    evidence = tuple(dict.fromkeys(index for _, index in items))
    names = [_text(body, key) for key in ("userPrincipalName", "displayName")]
    account = ResourceAccount(str(body["id"]).lower(), names[0], names[1])
    what = f"the resource account {names[0] or account.id}"

    def bound(parse: Callable[[Mapping[str, Any], str, tuple[int, ...]], Fact]) -> Answer:
        answers = [attempt(partial(parse, body, what, evidence), evidence) for body, _ in items]
        if any(isinstance(answer, Known) and answer != answers[0] for answer in answers[1:]):
            return Gap(f"Microsoft Graph lists {what} twice, and the two contradict each other.", evidence)
        return next((answer for answer in answers if isinstance(answer, Gap)), answers[0])

    return LineAccount(
        account, bound(_application), bound(_acs), _phone_number(body), ConfiguredLine(), evidence
    )


def _application(body: Mapping[str, Any], what: str, evidence: tuple[int, ...]) -> Fact:
    value = wire.parsed(wire.AccountAppId, body, what, evidence).appId
    return BoundApplication(value.lower()) if value and value != NO_ID else NoBoundApplication()


def _acs(body: Mapping[str, Any], what: str, evidence: tuple[int, ...]) -> Fact:
    value = wire.parsed(wire.AccountAcsResourceId, body, what, evidence).acsResourceId
    return BoundAcsResource(value.lower()) if value and value != NO_ID else NoBoundAcsResource()


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _phone_number(body: Mapping[str, Any]) -> str:
    try:
        return e164(_text(body, "phoneNumber"))
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
    names |= {
        a.account.user_principal_name.casefold(): a
        for a in accounts.values()
        if a.account.user_principal_name
    }
    numbers = {account.phone_number: account for account in accounts.values() if account.phone_number}
    found: dict[str, LineAccount] = {}
    absent: list[NoResourceAccount | NoLine] = []
    unread: list[tuple[Subject, Gap]] = []
    for line in lines:
        account = names.get(line.account.casefold()) if line.account else numbers.get(line.number)
        if account is None and not line.account:
            try:
                account = accounts.get(await holder(reader, line.number))
            except SourceError as error:
                unread.append((Subject(Kind.ACCOUNT, line.number, line.number), gap(error)))
                continue
        if account is None:
            absent.append(
                NoResourceAccount(line.account or line.number, await _user_exists(reader, line.account))
            )
        else:
            found[account.account.id] = _on(account, line)
    others = len(accounts) - len(found)
    return LineAccounts(tuple(found.values()), tuple(absent), tuple(unread), others=others, evidence=evidence)


def _on(account: LineAccount, line: ConfiguredLine) -> LineAccount:
    return LineAccount(
        account.account, account.application, account.acs, account.phone_number, line, account.evidence
    )


async def _user_exists(reader: Reader, name: str) -> bool | None:
    """Return whether the directory has a user of this name; None if it can't be told."""
    if not name:
        return None
    try:
        answered = await reader.sources.graph.get(f"/v1.0/users/{name}?$select=id", grant=USER_GRANT)
    except SourceError:
        return None
    return answered.body is not None


async def _by_own_address(
    reader: Reader, lines: Sequence[ConfiguredLine], refused: SourceError
) -> LineAccounts:
    """Read each configured account at its own address, because the list could not be read."""
    found: list[LineAccount] = []
    absent: list[NoResourceAccount | NoLine] = []
    unread: list[tuple[Subject, Gap]] = []
    for line in lines:
        name = line.account or line.number
        subject = Subject(Kind.ACCOUNT, name, name)
        try:
            object_id = line.account or await holder(reader, line.number)
            user = await directory_user(reader, object_id)
            if user is None:
                absent.append(NoResourceAccount(name, user_exists=False))
                continue
            subject = user.subject
            item = await reader.sources.graph.get(f"{ACCOUNTS}/{user.id}", grant=ACCOUNT_GRANT)
            if item.body is None:
                # Where the list does not answer, neither does a 404 on one of its items.
                raise Failed(
                    f"{refused} Its own address answered 404, which proves nothing then.", (item.evidence,)
                )
            found.append(_on(_account([(item.body, item.evidence)]), line))
        except SourceError as error:
            unread.append((subject, gap(error)))
    return LineAccounts(tuple(found), tuple(absent), tuple(unread), evidence=refused.evidence)


async def _narrowed(reader: Reader, lines: Sequence[ConfiguredLine]) -> LineAccounts:
    """Read only the accounts that the run was narrowed to."""
    found: dict[str, LineAccount] = {}
    absent: list[NoResourceAccount | NoLine] = []
    unread: list[tuple[Subject, Gap]] = []
    for one in await reader.once(asked):
        names = {one.name.casefold()}
        if one.user:
            names |= {one.user.id, one.user.user_principal_name.casefold()}
        line = next((line for line in lines if {line.account.casefold(), line.number} & names), None)
        if one.error:
            unread.append((Subject(Kind.ACCOUNT, one.name, one.name), gap(one.error)))
        elif one.account:
            account = _account([one.account])
            found[account.account.id] = _on(account, line or ConfiguredLine())
        elif line:
            absent.append(NoResourceAccount(one.name, user_exists=one.user is not None))
    return LineAccounts(tuple(found.values()), tuple(absent), tuple(unread))


async def resource_accounts(reader: Reader) -> Harvest:
    """The accounts on lines, what each is bound to, and what is expected of its number."""
    read = await reader.once(line_accounts)
    harvest = Harvest()
    known = [(a.account.subject, Known(a.account, a.evidence)) for a in read.accounts]
    missing = [(thing.subject, Known(thing, read.evidence)) for thing in read.absent]
    nothing = "No account was asked about (--subject)." if reader.subjects else ""
    harvest.census[ResourceAccount] = Census((*known, *missing, *read.unread), read.gap, nothing)
    harvest.seen["resource accounts on no line"] = read.others
    for subject, unread in read.unread:
        for question in (BoundApplication, BoundAcsResource, ExpectedNumber):
            harvest.answer(subject, question, unread)
    for account in read.accounts:
        subject = account.account.subject
        harvest.answer(subject, BoundApplication, account.application)
        harvest.answer(subject, BoundAcsResource, account.acs)
        number = account.line.number
        harvest.tell(subject, ExpectedNumber(number) if number else NoExpectedNumber())
    return harvest
