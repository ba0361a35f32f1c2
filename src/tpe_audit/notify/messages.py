"""News as each channel takes it. What comes from a tenant stands where no channel reads markup in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

from tpe_audit.formats.json import Value
from tpe_audit.formats.text import clipped
from tpe_audit.notify.news import News
from tpe_audit.report import Outcome

_COLOURS = {Outcome.READY: "Good", Outcome.NOT_READY: "Attention", Outcome.CANNOT_TELL: "Warning"}

TEAMS_LIMIT = 20_000
"""Bytes of a message: Teams takes about 28 KB, its own wrapping included."""
SLACK_HEADER, SLACK_TEXT = 150, 3000
"""Characters of a header and of a text (https://docs.slack.dev/reference/block-kit/blocks)."""


def teams(news: News) -> dict[str, Value]:
    """Return an Adaptive Card, as the Teams workflow "When a Teams webhook request is received" takes it.

    Text stands in RichTextBlocks, in which neither Markdown nor `{{DATE(…)}}` is read
    (https://adaptivecards.io/explorer/TextRun.html).
    """
    colour = _COLOURS[news.verdict]
    body: list[Value] = [_rich(news.title, size="Large", weight="Bolder", color=colour), _rich(news.sentence)]
    body += [_rich(f"{name}: {value}", isSubtle=True) for name, value in news.facts]
    for heading, lines in news.sections:
        body.append(_rich(heading, weight="Bolder"))
        body += [_rich(f"• {line}") for line in lines]
    message = _card(body)
    while len(json.dumps(message)) > TEAMS_LIMIT and len(body) > 2:
        body = [*body[:-2], _rich("… and more, in the report.")]
        message = _card(body)
    return message


def _card(body: Sequence[Value]) -> dict[str, Value]:
    card: dict[str, Value] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    attachment: dict[str, Value] = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


def _rich(text: str, **style: str | bool) -> dict[str, Value]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}


def slack(news: News) -> dict[str, Value]:
    """Return a message of blocks, as an incoming webhook of Slack takes it.

    Text is plain, and escaped besides: the fallback, which notifications show, is read for mentions and links.
    """
    blocks: list[Value] = [
        {"type": "header", "text": _plain(news.title, SLACK_HEADER)},
        {"type": "section", "text": _plain(news.sentence, SLACK_TEXT)},
        {"type": "context", "elements": [_plain(f"{name}: {value}", SLACK_TEXT) for name, value in news.facts]},
    ]
    for heading, lines in news.sections:
        text = "\n".join((heading, *(f"• {line}" for line in lines)))
        blocks.append({"type": "section", "text": _plain(text, SLACK_TEXT)})
    return {"text": _escaped(f"{news.title}. {news.sentence}", SLACK_TEXT), "blocks": blocks}


def _plain(text: str, limit: int) -> dict[str, Value]:
    return {"type": "plain_text", "text": _escaped(text, limit), "emoji": False}


def _escaped(text: str, limit: int) -> str:
    """Escape what Slack reads in text, without cutting an escape in two."""

    def escape(part: str) -> str:
        return part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    while len(escape(text)) > limit:
        text = clipped(text, min(len(text) - 1, limit))
    return escape(text)


def email(news: News, sender: str, to: Sequence[str]) -> EmailMessage:
    """Return an e-mail in plain text."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = news.title
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(news.text)
    return message
