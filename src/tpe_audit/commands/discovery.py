"""What a first look finds of a tenant, through the same sources as an audit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from pydantic import ValidationError

from tpe_audit.collectors import Question
from tpe_audit.commands.meant import deployment
from tpe_audit.config import Config, LineEntry, is_guid
from tpe_audit.facts import (
    AcsResource,
    Bot,
    BoundAcsResource,
    BoundApplication,
    Census,
    Evidence,
    Fact,
    Gap,
    Known,
    Organization,
    PhoneNumber,
    ResourceAccount,
    Subject,
    Tenant,
)
from tpe_audit.gather import NAME, gather
from tpe_audit.sources import signed_in

F = TypeVar("F", bound=Fact)

_OF_ACCOUNTS: dict[type[Fact], str] = {
    PhoneNumber: "numbers",
    BoundApplication: "applications",
    BoundAcsResource: "ACS resources",
    Bot: "bots",
    AcsResource: "the addresses of ACS resources",
}
WANTED: tuple[Question, ...] = (
    NAME,
    (ResourceAccount, ResourceAccount),
    *((ResourceAccount, fact) for fact in _OF_ACCOUNTS),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was found: what `[[deployment.lines]]` takes."""

    name: str
    """What the resource account is called."""
    entry: dict[str, str]


@dataclass(frozen=True, slots=True)
class Missed:
    """Something that could not be discovered."""

    what: str
    why: str
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, and what could not be looked for."""

    tenant: str = ""
    """Its name; empty: not known."""
    lines: tuple[Line, ...] = ()
    subscriptions: tuple[str, ...] = ()
    """Those with bots and ACS resources of these lines."""
    bots: int = 0
    acs_resources: int = 0
    missed: tuple[Missed, ...] = ()


async def discover(
    config: Config,
    *,
    heard: Callable[[str], None] | None = None,
    told: Callable[[int, int], None] | None = None,
    proxies: bool = True,
) -> Found:
    """Look for lines, and what they hang on."""
    async with signed_in(config, heard=heard, proxies=proxies) as sources:
        gathered = await gather(WANTED, sources, deployment(config), datetime.now(UTC), (), told)
    return found_in(gathered.evidence)


def found_in(evidence: Evidence) -> Found:
    """Return what the evidence tells of lines."""
    census = evidence.census.get(ResourceAccount, Census())
    accounts = [a.value for _, a in census.found if isinstance(a, Known) and isinstance(a.value, ResourceAccount)]
    missed = [Missed("lines", census.gap.reason, census.gap.lacks)] if census.gap else []
    missed += [Missed("lines", a.reason, a.lacks) for _, a in census.found if isinstance(a, Gap)]
    if isinstance(name := evidence.answer(Organization, evidence.tenant.subject), Gap):
        missed.append(Missed("the tenant's name", name.reason, name.lacks))
    for fact, what in _OF_ACCOUNTS.items():
        answers = [evidence.answer(fact, account.subject) for account in accounts]
        missed += [Missed(what, answer.reason, answer.lacks) for answer in answers if isinstance(answer, Gap)]
    bots = {bot.arm_id.lower(): bot for a in accounts if (bot := _of(Bot, a.subject, evidence))}
    resources = {acs.arm_id.lower(): acs for a in accounts if (acs := _of(AcsResource, a.subject, evidence))}
    return Found(
        tenant=evidence.tenant.name if isinstance(evidence.tenant, Tenant) else "",
        lines=tuple(_line(account, evidence) for account in accounts),
        subscriptions=_distinct(
            [*(b.subscription for b in bots.values()), *(r.subscription for r in resources.values())]
        ),
        bots=len(bots),
        acs_resources=len(resources),
        missed=tuple({(m.what, m.why): m for m in missed}.values()),
    )


def _line(account: ResourceAccount, evidence: Evidence) -> Line:
    subject = account.subject
    number = _of(PhoneNumber, subject, evidence)
    application = _of(BoundApplication, subject, evidence)
    bound = _of(BoundAcsResource, subject, evidence)
    acs = _of(AcsResource, subject, evidence)
    bot = _of(Bot, subject, evidence)
    wishes = {
        "number": [number.number if number else ""],
        "account": [account.user_principal_name, account.id],
        "application_id": [application.client_id if application else ""],
        "acs_resource": [acs.arm_id if acs else "", bound.immutable_id if bound else ""],
        "bot": [bot.arm_id if bot else ""],
    }
    entry = {key: value for key, values in wishes.items() if (value := _accepted(account.id, key, values))}
    return Line(account.display_name or account.user_principal_name, entry)


def _accepted(account: str, key: str, values: Iterable[str]) -> str:
    """Return the first value that a line of the configuration takes; empty if it takes none."""
    for value in filter(None, values):
        try:
            LineEntry.model_validate({"account": account, key: value})
        except ValidationError:
            continue
        return value
    return ""


def _of(fact: type[F], subject: Subject, evidence: Evidence) -> F | None:
    answer = evidence.answer(fact, subject)
    value = answer.value if isinstance(answer, Known) else None
    if isinstance(value, tuple):
        value = value[0] if value else None
    return value if isinstance(value, fact) else None


def _distinct(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.lower() for one in ids if is_guid(one)))
