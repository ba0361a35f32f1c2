from dataclasses import replace
from datetime import timedelta

import pytest

from checks.event_grid_subscription import check
from tests.checks import contoso
from tpe_audit import Fail, Pass, Unknown, Verdict
from tpe_audit.facts import Collected, EventSubscription, UnreadEventSubscription

GOOD = contoso.SUBSCRIPTION
UNREAD = UnreadEventSubscription("system topics", "Azure Resource Manager answered 403.")
RAW_ID = f"28:orgid:{contoso.ACCOUNT.id}"
LACKING = {
    "is Creating": replace(GOOD, provisioning_state="Creating"),
    "expired on 2026-11-21": replace(GOOD, expires=contoso.NOW - timedelta(days=1)),
    "does not list the event": replace(GOOD, event_types=("Microsoft.Communication.CallEnded",)),
    "filters the account out": replace(GOOD, excludes=(RAW_ID,)),
}


def judged(*subscriptions: EventSubscription | UnreadEventSubscription) -> Verdict:
    return check(contoso.ACCOUNT, contoso.ACS, subscriptions, Collected(contoso.NOW))


@pytest.mark.parametrize(
    "subscription",
    [
        GOOD,
        replace(GOOD, expires=contoso.NOW + timedelta(days=1)),
        replace(GOOD, event_types=("microsoft.communication.incomingcall", "Other")),
        replace(GOOD, excludes=("28:orgid:somebody-else",), undecided=("28:orgid:somebody-else",)),
    ],
    ids=["plain", "expires later", "any case", "filters others out"],
)
def test_a_subscription_that_delivers_the_calls_passes(subscription: EventSubscription) -> None:
    assert isinstance(judged(subscription), Pass)


def test_one_good_subscription_is_enough() -> None:
    assert isinstance(judged(UNREAD, *LACKING.values(), GOOD), Pass)


def test_no_subscription_fails_and_the_command_names_the_resource() -> None:
    verdict = judged()
    assert isinstance(verdict, Fail)
    assert f"--source-resource-id {contoso.ACS.arm_id}" in str(verdict.commands[0])


@pytest.mark.parametrize("lack", LACKING)
def test_a_subscription_that_does_not_deliver_fails_and_says_what_it_lacks(lack: str) -> None:
    verdict = judged(LACKING[lack])
    assert isinstance(verdict, Fail)
    assert verdict.observed == f"calls {lack}"


@pytest.mark.parametrize(
    "subscription",
    [UNREAD, replace(GOOD, event_types=None), replace(GOOD, undecided=(RAW_ID,))],
    ids=["unread", "default event types", "filter undecided"],
)
def test_a_subscription_that_may_deliver_is_unknown(
    subscription: EventSubscription | UnreadEventSubscription,
) -> None:
    assert isinstance(judged(*LACKING.values(), subscription), Unknown)


def test_an_expired_subscription_with_default_event_types_surely_fails() -> None:
    expired = replace(GOOD, event_types=None, expires=contoso.NOW)
    assert isinstance(judged(expired), Fail)
