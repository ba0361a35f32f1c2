"""Reads the directory's view of accounts and agents: sign-in, usage location, licences.

https://learn.microsoft.com/graph/api/user-get, https://learn.microsoft.com/graph/api/user-list-licensedetails
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from tpe_audit.collectors import wire
from tpe_audit.collectors.accounts import LineAccount, line_accounts
from tpe_audit.collectors.reader import FEW, Harvest, Reader, attempt, by_id, gap
from tpe_audit.facts import (
    Answer,
    AssignedPlan,
    Department,
    Fact,
    Gap,
    Known,
    Licenses,
    PlanStatus,
    SignIn,
    Subject,
    SubscribedSkus,
    UsageLocation,
    UserType,
)
from tpe_audit.sources import Answered, Item, SourceError
from tpe_audit.sources.errors import Failed

GRANT = "the Graph permission User.Read.All"
LICENSE_GRANT = "the Graph permission LicenseAssignment.Read.All"
SELECTED = "id,userPrincipalName,displayName,accountEnabled,usageLocation,userType"
OF_ACCOUNT = f"{SELECTED},department"
PAGE = 999
DEPARTMENT = "Microsoft Communication Application Instance"
"""What Teams writes into the department of the users behind resource accounts."""

_DETAIL = {
    "Success": PlanStatus.ON,
    "Disabled": PlanStatus.OFF,
    "Error": PlanStatus.ERROR,
    "PendingInput": PlanStatus.PENDING,
    "PendingActivation": PlanStatus.PENDING,
    "PendingProvisioning": PlanStatus.PENDING,
}
_CAPABILITY = {"Enabled": PlanStatus.ON, "Warning": PlanStatus.ON}
_ACTIVE = frozenset({"Active", "ActiveWithError"})
_LAPSED = frozenset({"Suspended", "Deleted", "LockedOut"})


def tell_user(harvest: Harvest, subject: Subject, user: Mapping[str, Any], evidence: tuple[int, ...]) -> None:
    """Note what a user object says about sign-in, usage location and type, each by itself."""
    what = f"the user {subject.name}"

    def fact(make: Any) -> Answer:
        return attempt(lambda: make(user), evidence)

    def sign_in(body: object) -> Fact:
        return SignIn(wire.parsed(wire.UserSignIn, body, what, evidence).accountEnabled)

    def usage_location(body: object) -> Fact:
        return UsageLocation(wire.parsed(wire.UserUsageLocation, body, what, evidence).usageLocation or "")

    def user_type(body: object) -> Fact:
        return UserType(wire.parsed(wire.UserTypeItem, body, what, evidence).userType or "")

    try:
        wire.not_blank(user, SELECTED, "a user", GRANT, evidence)
    except SourceError as error:
        for question in (SignIn, UsageLocation, UserType):
            harvest.answer(subject, question, gap(error))
        return
    harvest.answer(subject, SignIn, fact(sign_in))
    harvest.answer(subject, UsageLocation, fact(usage_location))
    harvest.answer(subject, UserType, fact(user_type))


async def account_users(reader: Reader) -> Harvest:
    """The users behind the accounts on lines."""
    read = await reader.once(line_accounts)
    harvest = Harvest()
    for subject, unread in read.unread:
        for question in (SignIn, UsageLocation, UserType, Department):
            harvest.answer(subject, question, unread)
    for account, user in await _users(reader, read.accounts):
        subject = account.account.subject
        if isinstance(user, Gap):
            for question in (SignIn, UsageLocation, UserType, Department):
                harvest.answer(subject, question, user)
        else:
            tell_user(harvest, subject, user.body, (user.evidence,))
            harvest.answer(subject, Department, attempt(partial(_department, user, subject), (user.evidence,)))
    return harvest


def _department(user: Item, subject: Subject) -> Fact:
    what, evidence = f"the user {subject.name}", (user.evidence,)
    wire.not_blank(user.body, SELECTED, "a user", GRANT, evidence)
    return Department(wire.parsed(wire.UserDepartment, user.body, what, evidence).department or "")


async def account_licenses(reader: Reader) -> Harvest:
    """The licences of the accounts on lines, as service plans."""
    read = await reader.once(line_accounts)
    harvest = Harvest()
    for subject, unread in read.unread:
        harvest.answer(subject, Licenses, unread)
    if len(read.accounts) <= FEW:
        answers = await asyncio.gather(*(_details(reader, account) for account in read.accounts))
    else:
        answers = await _plans(reader, read.accounts)
    for account, answer in answers:
        harvest.answer(account.account.subject, Licenses, answer)
    return harvest


async def _users(reader: Reader, accounts: Sequence[LineAccount]) -> list[tuple[LineAccount, Gap | Item]]:
    """Return the user behind each account: asked for one by one if they are few, else read in pages."""
    listed: dict[str, Item | Gap] = {}
    if len(accounts) > FEW:
        try:
            listed = await reader.once(_listed_users)
        except SourceError as error:
            return [(account, gap(error)) for account in accounts]

    async def one(account: LineAccount) -> tuple[LineAccount, Gap | Item]:
        if found := listed.get(account.account.id):
            return account, found
        try:
            # An account whose department was changed is not on the list.
            return account, await _user(reader, account, OF_ACCOUNT)
        except SourceError as error:
            return account, gap(error)

    return list(await asyncio.gather(*(one(account) for account in accounts)))


async def _user(reader: Reader, account: LineAccount, selected: str) -> Item:
    answered: Answered = await reader.sources.graph.get(
        f"/v1.0/users/{account.account.id}?$select={selected}", grant=GRANT
    )
    if answered.body is None:
        raise Failed(
            f"The directory has no user {account.account.subject.name}, although it is listed as a resource account.",
            (answered.evidence,),
        )
    return Item(answered.body, answered.evidence)


async def _listed_users(reader: Reader) -> dict[str, Item | Gap]:
    """Read the users behind all resource accounts in pages, licences included, by object id."""
    condition = quote(f"department eq '{DEPARTMENT}'")
    listing = await reader.sources.graph.items(
        f"/v1.0/users?$filter={condition}&$select={OF_ACCOUNT},assignedLicenses,assignedPlans&$top={PAGE}",
        grant=GRANT,
    )
    return by_id(listing.items, "the list of users")


async def _details(reader: Reader, account: LineAccount) -> tuple[LineAccount, Answer]:
    """Return an account's licences from `licenseDetails`."""
    try:
        listing = await reader.sources.graph.items(
            f"/v1.0/users/{account.account.id}/licenseDetails", grant=LICENSE_GRANT
        )
        what = f"the licences of {account.account.subject.name}"
        details = [wire.parsed(wire.LicenseDetail, item.body, what, listing.evidence) for item in listing.items]
    except SourceError as error:
        return account, gap(error)
    plans = tuple(
        AssignedPlan(
            plan.servicePlanId.lower(),
            plan.servicePlanName or "",
            detail.skuId.lower(),
            (detail.skuPartNumber or "").strip(),
            _DETAIL[plan.provisioningStatus],
            plan.provisioningStatus,
        )
        for detail in details
        for plan in detail.servicePlans
    )
    return account, Known(Licenses(plans), listing.evidence)


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

    async def one(account: LineAccount) -> tuple[LineAccount, Answer]:
        found = listed.get(account.account.id)
        if found is None:
            return await _details(reader, account)
        if isinstance(found, Gap):
            return account, found
        evidence, what = (found.evidence,), f"the licences of {account.account.subject.name}"
        return account, attempt(lambda: _of_plans(found.body, skus, what, evidence), evidence)

    return list(await asyncio.gather(*(one(account) for account in accounts)))


def _of_plans(body: object, skus: SubscribedSkus | None, what: str, evidence: tuple[int, ...]) -> Fact:
    user = wire.parsed(wire.UserPlans, body, what, evidence)
    products = {license_.skuId.lower(): license_ for license_ in user.assignedLicenses}
    brought = {
        plan.id: (sku, plan.name)
        for sku in (skus.skus if skus else ())
        if sku.id in products
        for plan in sku.plans
        if plan.id not in {off.lower() for off in products[sku.id].disabledPlans}
    }
    plans = []
    for item in user.assignedPlans:
        plan = item.servicePlanId.lower()
        sku, name = brought.get(plan, (None, ""))
        status = _CAPABILITY.get(item.capabilityStatus, PlanStatus.OFF)
        product = (sku.id, sku.part_number) if sku else ("", "")
        plans.append(AssignedPlan(plan, name, *product, status, item.capabilityStatus))
    return Licenses(tuple(plans))


def of_assignments(body: object, skus: SubscribedSkus, what: str, evidence: tuple[int, ...]) -> Fact:
    """Return a user's licences from the assignments: cheap in bulk, and as good as plan by plan.

    A plan is on when an active assignment's product holds it, it is not switched off there, and the tenant's
    subscriptions to the product are in force, or have ended so lately that they still serve (Warning).
    """
    user = wire.parsed(wire.UserLicenses, body, what, evidence)
    products = {sku.id: sku for sku in skus.skus}
    plans: list[AssignedPlan] = []
    stated = {state.skuId.lower() for state in user.licenseAssignmentStates}
    assigned = [(s.skuId.lower(), s.disabledPlans, s.state) for s in user.licenseAssignmentStates]
    assigned += [
        (a.skuId.lower(), a.disabledPlans, "Active") for a in user.assignedLicenses if a.skuId.lower() not in stated
    ]
    for sku_id, disabled, state in assigned:
        sku = products.get(sku_id)
        if sku is None:
            continue
        off = {plan.lower() for plan in disabled}
        for plan in sku.plans:
            status = PlanStatus.OFF if plan.id in off else PlanStatus.ON
            detail: str = "Disabled" if status is PlanStatus.OFF else state
            if state not in _ACTIVE:
                status, detail = PlanStatus.ERROR, state
            elif status is PlanStatus.ON and sku.capability_status in _LAPSED:
                status, detail = PlanStatus.OFF, f"{sku.capability_status} in the tenant"
            plans.append(AssignedPlan(plan.id, plan.name, sku.id, sku.part_number, status, detail))
    unexplained = tuple(sorted({sku_id for sku_id, _, _ in assigned} - products.keys()))
    return Licenses(tuple(plans), unexplained)
