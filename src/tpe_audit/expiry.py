"""What will end by itself, and break something or stop counting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from tpe_audit.facts import (
    AcsResource,
    AppCredentials,
    Application,
    ClientApplication,
    Collected,
    CommercialSubscription,
    Deployment,
    EventSubscription,
    Evidence,
    Fact,
    ForeignRegistration,
    Gap,
    Known,
    Registration,
    Subject,
    SubscriptionDates,
    TeamsExport,
    Tenant,
    Thing,
    UnreadEventSubscription,
    slot,
)
from tpe_audit.facts import well_known as known
from tpe_audit.terms import Attestation, Terms, Waiver
from tpe_audit.verdicts import Owner

HORIZON = timedelta(days=60)
"""How far a report looks ahead."""

QUESTIONS: tuple[tuple[type[Thing], type[Fact]], ...] = (
    (Application, Application),
    (Application, Registration),
    (Application, AppCredentials),
    (ClientApplication, ClientApplication),
    (ClientApplication, Registration),
    (ClientApplication, AppCredentials),
    (AcsResource, AcsResource),
    (AcsResource, EventSubscription),
    (Tenant, SubscriptionDates),
    (Tenant, TeamsExport),
    (Tenant, Collected),
    (Tenant, Deployment),
)
"""What has to be read to tell all that ends."""

_PLANS = (
    known.RESOURCE_ACCOUNT_PLANS
    | known.PAY_AS_YOU_GO_PLANS
    | known.COMMUNICATIONS_CREDITS_PLANS
    | known.TEAMS_PLANS
    | known.TEAMS_PHONE_PLANS
    | known.CALLING_PLANS.keys()
)
"""Service plans that lines and agents rest on."""

_GOOD = frozenset({"Enabled", "Warning"})


class Ending(StrEnum):
    """What kind of thing ends. A closed vocabulary of the report."""

    CREDENTIAL = "credential"
    """A secret or certificate of an application."""
    SUBSCRIPTION = "subscription"
    """A commercial subscription that licences come from: its next lifecycle date."""
    EVENT_SUBSCRIPTION = "event-subscription"
    ATTESTATION = "attestation"
    WAIVER = "waiver"
    TEAMS_EXPORT = "teams-export"
    """An export of Teams PowerShell, which is believed for a time only."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """One thing that ends at a known moment."""

    ending: Ending
    what: str
    """As a noun phrase: "the client secret a1b2… of Contoso Voice"."""
    at: datetime
    """UTC. What counts to the end of a day ends with that day."""
    then: str
    """What happens then, as a sentence."""
    owner: Owner | None
    """Who renews it; None where anyone may who keeps the configuration."""
    subject: Subject | None = None
    check: str = ""
    """The check that judges it, or that it belongs to; empty: none."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that may end, and of which that could not be read."""

    what: str
    """As a noun phrase."""
    reason: str
    declared: bool = False
    """It is another party's, or its source was declared off: nobody expected it to be read."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What ends by itself until a day, and what of it could not be read."""

    expiring: tuple[Expiry, ...]
    """The next first."""
    unread: tuple[Unread, ...]


def last_moment(day: date) -> datetime:
    """Return when something ends that counts to the end of a day, UTC."""
    return datetime.combine(day, time(23, 59, 59), UTC)


def outlook(evidence: Evidence, terms: Terms, ahead: timedelta = HORIZON) -> Outlook:
    """Return what ends within a time, the whole of its last day (UTC) included.

    What has ended already is not told: it is judged by the checks.
    """
    now = _now(evidence, terms)
    last = (now + ahead).date()
    items: list[Expiry] = []
    unread: list[Unread] = []
    for found in (
        *_credentials(evidence, now),
        *_event_subscriptions(evidence),
        *_subscriptions(evidence),
        *_export(evidence),
        *_entries(terms),
    ):
        if isinstance(found, Unread):
            unread.append(found)
        elif found.at >= now and found.at.astimezone(UTC).date() <= last:
            items.append(found)
    items.sort(key=lambda item: (item.at, item.ending, item.what))
    return Outlook(tuple(items), tuple(dict.fromkeys(unread)))


def _now(evidence: Evidence, terms: Terms) -> datetime:
    answer = evidence.answer(Collected, evidence.tenant.subject)
    if isinstance(answer, Known) and isinstance(answer.value, Collected):
        return answer.value.at
    return datetime.combine(terms.today, time(), UTC)


def _things(evidence: Evidence, thing: type[Thing], what: str) -> Iterator[Subject | Unread]:
    """Yield the things of a kind that were looked for, and why there may be more."""
    census = evidence.census.get(slot(thing))
    if census is None:
        return
    if census.gap:
        yield _gap(what, census.gap)
    for subject, answer in census.found:
        if isinstance(answer, Known) and isinstance(answer.value, thing):
            yield subject
        elif isinstance(answer, Gap):
            yield _gap(f"{what} {subject.name}", answer)


def _gap(what: str, gap: Gap) -> Unread:
    return Unread(what, gap.reason, gap.declared_off)


def _credentials(evidence: Evidence, now: datetime) -> Iterator[Expiry | Unread]:
    for kind, check in ((Application, "app-credential-valid"), (ClientApplication, "")):
        for subject in _things(evidence, kind, "the secrets and certificates of the application"):
            if isinstance(subject, Unread):
                yield subject
                continue
            answer = evidence.answer(AppCredentials, subject)
            registration = _value(evidence, Registration, subject)
            called = f"{registration.name} ({subject.id})" if isinstance(registration, Registration) else subject.name
            what = f"the secrets and certificates of the application {called}"
            if isinstance(answer, Gap):
                yield _gap(what, answer)
            elif isinstance(answer, Known) and isinstance(answer.value, AppCredentials):
                yield from _of_application(answer.value, subject, called, now, check)
            elif isinstance(registration, ForeignRegistration):
                yield Unread(what, registration.words, declared=True)


def _of_application(
    credentials: AppCredentials, subject: Subject, called: str, now: datetime, check: str
) -> Iterator[Expiry]:
    last = credentials.last(now)
    for item in credentials.items:
        if not item.starts <= now < item.ends:
            continue
        then = "The application gets no token any more: it is the last one that is good."
        if last and item != last:
            then = f"What signs in with it gets no token any more; another one is good until {last.ends:%Y-%m-%d}."
        what = f"the {item.kind}{f' {item.name}' if item.name else ''} of the application {called}"
        yield Expiry(Ending.CREDENTIAL, what, item.ends, then, Owner.DEVELOPER, subject, check)


def _event_subscriptions(evidence: Evidence) -> Iterator[Expiry | Unread]:
    what = "the Event Grid subscriptions of the ACS resource"
    for subject in _things(evidence, AcsResource, what):
        if isinstance(subject, Unread):
            yield subject
            continue
        answer = evidence.answer(EventSubscription, subject)
        if isinstance(answer, Gap):
            yield _gap(f"{what} {subject.name}", answer)
            continue
        value = answer.value if answer else ()
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, UnreadEventSubscription):
                yield Unread(f"the Event Grid subscription {each.name} of the ACS resource {subject.name}", each.reason)
            elif isinstance(each, EventSubscription) and each.expires:
                yield Expiry(
                    Ending.EVENT_SUBSCRIPTION,
                    f"the Event Grid subscription {each.name} of the ACS resource {subject.name}",
                    each.expires,
                    "It delivers no incoming call any more.",
                    Owner.AZURE_ADMIN,
                    subject,
                    "event-grid-subscription",
                )


def _subscriptions(evidence: Evidence) -> Iterator[Expiry | Unread]:
    answer = evidence.answer(SubscriptionDates, evidence.tenant.subject)
    if isinstance(answer, Gap):
        yield _gap("the commercial subscriptions of the tenant", answer)
        return
    value = answer.value if answer else None
    if isinstance(value, SubscriptionDates):
        for each in value.holding(frozenset(_PLANS), known.PAY_AS_YOU_GO_PREFIX):
            if each.next_lifecycle and each.status in _GOOD:
                yield _subscription(each, each.next_lifecycle)


def _export(evidence: Evidence) -> Iterator[Expiry]:
    """Yield the end of the export; that there is none, or none that is believed, is for the checks to tell."""
    answer = evidence.answer(TeamsExport, evidence.tenant.subject)
    if isinstance(answer, Known) and isinstance(answer.value, TeamsExport):
        yield Expiry(
            Ending.TEAMS_EXPORT,
            f"the Teams PowerShell export of {answer.value.made_at:%Y-%m-%d %H:%M} UTC",
            answer.value.believed_until,
            "It is too old to be believed ([sources.teams_powershell] max_age_hours): what only it tells is unknown.",
            Owner.TEAMS_ADMIN,
        )


def _subscription(each: CommercialSubscription, at: datetime) -> Expiry:
    licenses = f"{each.licenses:,} {'licence' if each.licenses == 1 else 'licences'}"
    return Expiry(
        Ending.SUBSCRIPTION,
        f"the {'trial' if each.trial else 'subscription'} of {each.part_number or each.sku_id or each.id} ({licenses})",
        at,
        "Unless it is renewed, Microsoft moves it to its next state, and in time its licences end.",
        Owner.BILLING_ADMIN,
    )


def _entries(terms: Terms) -> Iterator[Expiry]:
    entries: tuple[Attestation | Waiver, ...] = (*terms.attestations, *terms.waivers)
    for entry in entries:
        if entry.expires < terms.today:
            continue
        about = f"{entry.check}{f' ({entry.subject})' if entry.subject else ''}"
        at = last_moment(entry.expires)
        if isinstance(entry, Attestation):
            then = "The question is open again, and waits for a person."
            yield Expiry(Ending.ATTESTATION, f"the answer of {entry.by} to {about}", at, then, None, None, entry.check)
        else:
            yield Expiry(Ending.WAIVER, _waived(entry, about), at, "The failure counts again.", None, None, entry.check)


def _waived(entry: Waiver, about: str) -> str:
    return f"the waiver of {entry.owner} for {about}"


def _value(evidence: Evidence, fact: type[Fact], subject: Subject) -> object:
    answer = evidence.answer(fact, subject)
    return answer.value if isinstance(answer, Known) else None
