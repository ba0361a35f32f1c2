"""What is sent is what each channel takes, whatever a tenant calls its things."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from microsoft_teams.cards import AdaptiveCard
from slack_sdk.models.blocks import Block

from tests.formats import contoso
from tpe_audit.changes import Change, Changed, Changes
from tpe_audit.expiry import Ending, Expiry
from tpe_audit.facts import Kind, Subject
from tpe_audit.notify import messages
from tpe_audit.notify.news import News
from tpe_audit.report import Report
from tpe_audit.verdicts import Status

WHEN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HOSTILE = "<!channel> & [a](https://evil.test) **b** {{DATE(x)}}\r\nBcc: x@evil.test\x1b[31m \u202e 𝄞"


def report(name: str = "ivr@contoso.com", many: int = 1, reason: str = "It is gone.") -> Report:
    changed = tuple(
        Changed(Change.NEW, "ra-exists", "t", Subject(Kind.ACCOUNT, str(i), name), Status.PASS, Status.FAIL, reason)
        for i in range(many)
    )
    ending = Expiry(Ending.WAIVER, f"the waiver of {name}", WHEN, "It ends.", None)
    return replace(
        contoso.report(),
        tenant_name=name,
        changes=Changes(WHEN, "ready", changed, 2),
        expiring=(ending,) * many,
    )


REPORTS = {
    "plain": report(),
    "hostile": report(HOSTILE),
    "many": report("x" * 500, many=2000, reason="long " * 500),
    "hostile, many": report(HOSTILE * 30, many=500, reason="&<>" * 500),
    "without changes": replace(contoso.report(), changes=None, tenant_name=None),
}


@pytest.mark.parametrize("name", REPORTS)
def test_the_card_is_an_adaptive_card_of_teams(name: str) -> None:
    message = messages.teams(News.of(REPORTS[name]))
    assert message["type"] == "message"
    [attachment] = json.loads(json.dumps(message))["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = AdaptiveCard.model_validate(attachment["content"])
    assert card.body
    assert {element["type"] for element in attachment["content"]["body"]} == {
        "RichTextBlock"
    }  # no Markdown is read in it
    assert len(json.dumps(message)) <= messages.TEAMS_LIMIT


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        here = [value["text"]] if isinstance(value.get("text"), str) else []
        return here + [text for inner in value.values() for text in _texts(inner)]
    return [text for inner in value for text in _texts(inner)] if isinstance(value, list | tuple) else []


@pytest.mark.parametrize("name", REPORTS)
def test_the_message_is_one_of_slack_and_mentions_nobody(name: str) -> None:
    message: Any = messages.slack(News.of(REPORTS[name]))
    blocks = Block.parse_all(json.loads(json.dumps(message["blocks"])))
    assert len(blocks) == len(message["blocks"]) <= 50
    for block in blocks:
        block.validate_json()
    for text in _texts(message):
        assert "<" not in text
        assert ">" not in text
        assert len(text) <= messages.SLACK_TEXT
        assert text.count("&") == sum(text.count(escape) for escape in ("&amp;", "&lt;", "&gt;"))


@pytest.mark.parametrize("name", REPORTS)
def test_an_email_has_the_headers_that_were_meant(name: str) -> None:
    mail = messages.email(News.of(REPORTS[name]), "from@contoso.com", ["a@contoso.com", "b@contoso.com"])
    meant = {"subject", "from", "to", "date", "message-id", "auto-submitted"}
    assert {key.lower() for key in mail} == meant | {"content-type", "content-transfer-encoding", "mime-version"}
    assert mail["To"] == "a@contoso.com, b@contoso.com"
    mail.as_bytes()
    assert "\x1b" not in mail.get_content()


def test_a_notification_says_what_changed_what_to_mend_and_what_ends() -> None:
    text = News.of(REPORTS["plain"]).text
    assert "Verdict: not-ready (before: ready)" in text
    assert "New: ra-exists · ivr@contoso.com: It is gone." in text
    assert "2 more things differ in the report." in text
    assert "Mend first\n- " in text
    assert "Ends soon\n- 2026-11-21: the waiver of ivr@contoso.com" in text
