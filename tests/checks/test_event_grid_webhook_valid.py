from dataclasses import replace

from checks.event_grid_webhook_valid import check
from tests.checks import contoso
from tpe_audit import Fail, Manual, NotApplicable, Unknown, Verdict
from tpe_audit.facts import EventDelivery, UnreadEventDelivery

OPEN = replace(contoso.DELIVERY, name="new", handshake_open=True)
QUEUE = replace(contoso.DELIVERY, destination="ServiceBusQueue", endpoint="")
OTHER = replace(contoso.DELIVERY, event_types=("Microsoft.Communication.SMSReceived",), handshake_open=True)
UNREAD = UnreadEventDelivery("the ACS resource itself", "403.")


def judged(*deliveries: EventDelivery | UnreadEventDelivery) -> Verdict:
    return check(contoso.ACCOUNT, contoso.ACS, deliveries)


def test_where_the_set_up_is_right_a_person_looks_at_the_deliveries() -> None:
    verdict = judged(contoso.DELIVERY, OPEN, UNREAD)
    assert isinstance(verdict, Manual)
    assert verdict.about == {"webhooks": "calls (https://contoso.example/calls)"}


def test_an_open_handshake_fails() -> None:
    verdict = judged(OPEN, OTHER)
    assert isinstance(verdict, Fail)
    assert verdict.observed == "new has not answered the validation handshake"
    assert contoso.ACS.arm_id in str(verdict.commands[0])


def test_an_address_without_https_fails() -> None:
    verdict = judged(replace(contoso.DELIVERY, endpoint="http://contoso.example/calls"))
    assert isinstance(verdict, Fail)
    assert "no https address" in verdict.observed


def test_an_address_that_is_not_told_is_no_fault() -> None:
    assert isinstance(judged(replace(contoso.DELIVERY, endpoint="", event_types=None)), Manual)


def test_what_could_not_be_read_may_be_the_webhook_that_works() -> None:
    verdict = judged(OPEN, UNREAD)
    assert isinstance(verdict, Unknown)
    assert "403" in verdict.reason


def test_without_a_webhook_there_is_nothing_to_validate() -> None:
    assert isinstance(judged(), NotApplicable)
    assert isinstance(judged(OTHER), NotApplicable)
    assert isinstance(judged(QUEUE, OPEN), NotApplicable)
