"""What ends by itself is told in time, with its last day whole; what could not be read is never taken for lasting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tpe_audit.expiry import HORIZON, Ending, Outlook, last_moment, outlook
from tpe_audit.facts import (
    AcsResource,
    AppCredential,
    AppCredentials,
    Application,
    CommercialSubscription,
    EventSubscription,
    Evidence,
    Fact,
    ForeignRegistration,
    NoTeamsExport,
    Registration,
    ServicePlan,
    SubscriptionDates,
    TeamsExport,
    UnreadEventSubscription,
    UnseenCredentials,
)
from tpe_audit.facts import well_known as known
from tpe_audit.terms import Attestation, Terms, Waiver
from tpe_audit.testing import TENANT, evidence

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
APPLICATION = Application("44444444-4444-4444-4444-444444444444")
REGISTRATION = Registration("o", "Contoso Voice", TENANT.id, "AzureADMyOrg")
ACS = AcsResource("22222222-2222-2222-2222-222222222222", "/arm", "contoso-voice", "rg", "sub", "host")
PHONE = ServicePlan(next(iter(known.TEAMS_PHONE_PLANS)), "MCOEV")


def ahead(on: Evidence, terms: Terms | None = None, within: timedelta = HORIZON) -> Outlook:
    return outlook(on, terms or Terms(TODAY), within)


def credential(days: float, name: str = "one") -> AppCredential:
    return AppCredential(name, "secret", NOW - timedelta(400), NOW + timedelta(days))


def application(*facts: Fact) -> Evidence:
    return evidence({APPLICATION: facts}, at=NOW)


def event(expires: datetime | None) -> EventSubscription:
    return EventSubscription("calls", "Succeeded", "WebHook", None, expires, (), ())


def subscription(days: float | None, status: str = "Enabled", plan: ServicePlan = PHONE) -> CommercialSubscription:
    at = None if days is None else NOW + timedelta(days)
    return CommercialSubscription("id", "sku", "MCOEV", status, False, 5, at, (plan,))


def test_the_last_credential_that_is_good_breaks_the_application() -> None:
    [item] = ahead(application(REGISTRATION, AppCredentials((credential(10), credential(-1))))).expiring
    assert (item.ending, item.at) == (Ending.CREDENTIAL, NOW + timedelta(10))
    assert item.what == f"the secret one of the application Contoso Voice ({APPLICATION.client_id})"
    assert "the last one that is good" in item.then


def test_a_credential_beside_a_longer_one_says_until_when_that_is_good() -> None:
    [item] = ahead(application(AppCredentials((credential(10), credential(300))))).expiring
    assert f"another one is good until {NOW + timedelta(300):%Y-%m-%d}" in item.then


def test_credentials_of_another_tenant_are_told_and_expected_of_nobody() -> None:
    found = ahead(application(ForeignRegistration("33333333-3333-3333-3333-333333333333"), UnseenCredentials()))
    assert found.expiring == ()
    assert [(each.declared, "33333333" in each.reason) for each in found.unread] == [(True, True)]


def test_credentials_that_could_not_be_read_are_told() -> None:
    found = ahead(evidence({APPLICATION: [AppCredentials]}, at=NOW))
    assert [each.declared for each in found.unread] == [False]


def test_an_event_subscription_that_expires_is_told_and_one_that_never_does_is_not() -> None:
    subscriptions = (event(NOW + timedelta(5)), event(None), UnreadEventSubscription("other", "It is malformed."))
    found = ahead(evidence({ACS: [subscriptions]}, at=NOW))
    assert [(item.ending, item.check) for item in found.expiring] == [
        (Ending.EVENT_SUBSCRIPTION, "event-grid-subscription")
    ]
    assert [each.reason for each in found.unread] == ["It is malformed."]


@pytest.mark.parametrize(
    ("each", "told"),
    [
        (subscription(5), 1),
        (subscription(None), 0),
        (subscription(5, "Suspended"), 0),
        (subscription(5, plan=ServicePlan("ffffffff-0000-0000-0000-000000000000", "OFFICE")), 0),
    ],
)
def test_subscriptions_that_lines_and_agents_rest_on_are_told(each: CommercialSubscription, told: int) -> None:
    found = ahead(evidence({TENANT: [SubscriptionDates((each,))]}, at=NOW))
    assert [item.ending for item in found.expiring] == [Ending.SUBSCRIPTION] * told
    assert ahead(evidence({TENANT: [SubscriptionDates]}, at=NOW)).unread


@pytest.mark.parametrize(("days", "told"), [(-1, 0), (0, 2), (14, 2), (15, 0)])
def test_an_entry_counts_to_the_end_of_its_last_day(days: int, told: int) -> None:
    expires = TODAY + timedelta(days)
    terms = Terms(
        TODAY,
        attestations=(Attestation("funding-balance", "Kim", TODAY, expires),),
        waivers=(Waiver("ra-usage-location", "Kim", "why", expires, "subject"),),
    )
    found = ahead(evidence({}, at=NOW), terms, timedelta(14)).expiring
    assert len(found) == told
    assert {item.at for item in found} <= {last_moment(expires)}


def test_the_last_moment_of_a_day_is_of_that_day_in_utc() -> None:
    assert last_moment(date(2027, 1, 31)).isoformat() == "2027-01-31T23:59:59+00:00"


def test_the_next_comes_first_and_what_was_not_asked_is_not_told() -> None:
    on = evidence({APPLICATION: [AppCredentials((credential(9, "b"), credential(3, "a")))], ACS: []}, at=NOW)
    found = ahead(on)
    assert [item.at for item in found.expiring] == sorted(item.at for item in found.expiring)
    assert found.unread == ()


def test_an_export_that_is_read_ends_when_it_is_too_old() -> None:
    [item] = ahead(evidence({TENANT: [TeamsExport(NOW, NOW + timedelta(1))]}, at=NOW)).expiring
    assert (item.ending, item.at) == (Ending.TEAMS_EXPORT, NOW + timedelta(1))
    assert ahead(evidence({TENANT: [TeamsExport]}, at=NOW)) == Outlook((), ())
    assert ahead(evidence({TENANT: [NoTeamsExport()]}, at=NOW)) == Outlook((), ())
