"""Reads the directory's view of accounts and agents: sign-in, usage location, licences.

https://learn.microsoft.com/graph/api/user-get, https://learn.microsoft.com/graph/api/user-list-licensedetails
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from urllib.parse import quote

from tpe_audit.alike import Alike
from tpe_audit.collectors import wire
from tpe_audit.collectors.accounts import LineAccount, line_accounts
from tpe_audit.collectors.instances import USER_GRANT
from tpe_audit.collectors.licenses import Plans, of_details
from tpe_audit.collectors.listed import ById
from tpe_audit.collectors.reader import FEW, Harvest, Reader, all_of, attempt, gap, text, tried
from tpe_audit.facts import (
    Answer,
    Department,
    Fact,
    Gap,
    Known,
    Licenses,
    SignIn,
    Subject,
    SubscribedSkus,
    UsageLocation,
    UserType,
    said,
)
from tpe_audit.sources import Answered, Item, SourceError
from tpe_audit.sources.errors import Failed

LICENSE_GRANT = "the Graph permission LicenseAssignment.Read.All"
SELECTED = "id,userPrincipalName,displayName,accountEnabled,usageLocation,userType"
OF_ACCOUNT = f"{SELECTED},department"
PAGE = 999
DEPARTMENT = "Microsoft Communication Application Instance"
"""What Teams writes into the department of the users behind resource accounts."""


@dataclass(frozen=True, slots=True)
class UserAnswers:
    """What the directory says of a user, each by itself."""

    sign_in: Answer
    usage_location: Answer
    user_type: Answer

    @property
    def says(self) -> object:
        """What they say, whichever request brought them."""
        return said(self.sign_in), said(self.usage_location), said(self.user_type)

    @classmethod
    def of(cls, user: Mapping[str, Any], name: str, evidence: tuple[int, ...]) -> UserAnswers:
        """Return what a user object says."""
        what = f"the user {name}"
        try:
            wire.not_blank(user, SELECTED, "a user", USER_GRANT, evidence)
        except SourceError as error:
            return cls(*(gap(error),) * 3)

        def sign_in() -> Fact:
            return SignIn(wire.parsed(wire.UserSignIn, user, what, evidence).accountEnabled)

        def usage_location() -> Fact:
            return UsageLocation(wire.parsed(wire.UserUsageLocation, user, what, evidence).usageLocation or "")

        def user_type() -> Fact:
            return UserType(wire.parsed(wire.UserTypeItem, user, what, evidence).userType or "")

        return cls(attempt(sign_in, evidence), attempt(usage_location, evidence), attempt(user_type, evidence))

    def tell(self, harvest: Harvest, subject: Subject) -> None:
        """Note what was said of a user."""
        harvest.answer(subject, SignIn, self.sign_in)
        harvest.answer(subject, UsageLocation, self.usage_location)
        harvest.answer(subject, UserType, self.user_type)


@dataclass(frozen=True, slots=True)
class AccountUser:
    """The user behind a resource account."""

    answers: UserAnswers
    department: Answer
    plans: Plans | Gap
    evidence: int

    @property
    def says(self) -> object:
        """What it says, whichever request brought it."""
        return self.answers.says, said(self.department), said(self.plans)


async def account_users(reader: Reader) -> Harvest:
    """The users behind the accounts on lines."""
    read = await reader.once(line_accounts)
    harvest = Harvest()
    for subject, unread in read.unread:
        UserAnswers(unread, unread, unread).tell(harvest, subject)
        harvest.answer(subject, Department, unread)
    for account, user in await _users(reader, read.accounts):
        subject = account.account.subject
        if isinstance(user, Gap):
            UserAnswers(user, user, user).tell(harvest, subject)
            harvest.answer(subject, Department, user)
        else:
            user.answers.tell(harvest, subject)
            harvest.answer(subject, Department, user.department)
    return harvest


def _understood(item: Item) -> AccountUser:
    """Return what a user object says of the user behind an account."""
    name = text(item.body, "userPrincipalName") or text(item.body, "id")
    what, evidence = f"the user {name}", (item.evidence,)

    def department() -> Fact:
        wire.not_blank(item.body, SELECTED, "a user", USER_GRANT, evidence)
        return Department(wire.parsed(wire.UserDepartment, item.body, what, evidence).department or "")

    return AccountUser(
        UserAnswers.of(item.body, name, evidence),
        attempt(department, evidence),
        tried(partial(Plans.of, item.body, f"the licences of {name}", evidence), evidence),
        item.evidence,
    )


async def account_licenses(reader: Reader) -> Harvest:
    """The licences of the accounts on lines, as service plans."""
    read = await reader.once(line_accounts)
    harvest = Harvest()
    for subject, unread in read.unread:
        harvest.answer(subject, Licenses, unread)
    if len(read.accounts) <= FEW:
        answers = await all_of(read.accounts, partial(_details, reader))
    else:
        answers = await _plans(reader, read.accounts)
    for account, answer in answers:
        harvest.answer(account.account.subject, Licenses, answer)
    return harvest


async def _users(reader: Reader, accounts: Sequence[LineAccount]) -> list[tuple[LineAccount, Gap | AccountUser]]:
    """Return the user behind each account: asked for one by one if they are few, else read in pages."""
    listed: Mapping[str, AccountUser | Gap] = {}
    if len(accounts) > FEW:
        try:
            listed = await reader.once(_listed_users)
        except SourceError as error:
            return [(account, gap(error)) for account in accounts]

    async def one(account: LineAccount) -> tuple[LineAccount, Gap | AccountUser]:
        if found := listed.get(account.account.id):
            return account, found
        try:
            # An account whose department was changed is not on the list.
            return account, _understood(await _user(reader, account))
        except SourceError as error:
            return account, gap(error)

    return await all_of(accounts, one)


async def _user(reader: Reader, account: LineAccount) -> Item:
    answered: Answered = await reader.sources.graph.get(
        f"/v1.0/users/{account.account.id}?$select={OF_ACCOUNT}", grant=USER_GRANT
    )
    if answered.body is None:
        raise Failed(
            f"The directory has no user {account.account.subject.name}, although it is listed as a resource account.",
            (answered.evidence,),
        )
    return Item(answered.body, answered.evidence)


async def _listed_users(reader: Reader) -> Mapping[str, AccountUser | Gap]:
    """Read the users behind all resource accounts in pages, licences included, by object id."""
    condition = quote(f"department eq '{DEPARTMENT}'")
    alike = Alike()
    listed = ById("the list of users", lambda _, item: alike.once(_understood(item)))
    path = f"/v1.0/users?$filter={condition}&$select={OF_ACCOUNT},assignedLicenses,assignedPlans&$top={PAGE}"
    with reader.counting("users of accounts", listed.found) as paged:
        await reader.sources.graph.each(path, listed.take, grant=USER_GRANT, paged=paged)
    return listed.found


async def _details(reader: Reader, account: LineAccount) -> tuple[LineAccount, Answer]:
    """Return an account's licences from `licenseDetails`."""
    try:
        listing = await reader.sources.graph.items(
            f"/v1.0/users/{account.account.id}/licenseDetails", grant=LICENSE_GRANT
        )
        what = f"the licences of {account.account.subject.name}"
        return account, Known(of_details(listing.items, what, listing.evidence), listing.evidence)
    except SourceError as error:
        return account, gap(error)


async def _plans(reader: Reader, accounts: Sequence[LineAccount]) -> list[tuple[LineAccount, Answer]]:
    """Return many accounts' licences from `assignedPlans`, with the product that brings each plan."""
    from tpe_audit.collectors.tenant import read_skus

    skus: SubscribedSkus | None = None
    try:
        skus, _ = await reader.once(read_skus)
    except SourceError:
        skus = None  # the plans tell what is licensed; only which product brings them stays open
    try:
        listed = await reader.once(_listed_users)
    except SourceError as error:
        return [(account, gap(error)) for account in accounts]
    licenses: Callable[[Plans], Licenses] = cache(lambda plans: plans.licenses(skus))

    async def one(account: LineAccount) -> tuple[LineAccount, Answer]:
        found = listed.get(account.account.id)
        if found is None:
            return await _details(reader, account)
        if isinstance(found, Gap):
            return account, found
        if isinstance(found.plans, Gap):
            return account, found.plans
        return account, Known(licenses(found.plans), (found.evidence,))

    return await all_of(accounts, one)
