"""Text for people: what comes from a tenant made harmless, numbers and times in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

MEASURE = 110
"""Longer lines of prose are hard to read, however wide the terminal is."""

_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")

# Controls and escapes, what reorders text or is invisible, and half characters that no encoding takes.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]"
)

# What a pipeline's log reader obeys: ::error:: at the beginning of a line (GitHub), which wrapping may make of any
# place, and ##[error] or ##vso[...] anywhere (GitHub of old, Azure Pipelines).
_OBEYED = re.compile(r":(?=:[A-Za-z-]+(?:\s[^:]*)?::)|#(?=#(?:vso)?\[)")


def printable(text: str) -> str:
    """Return `text` on one line, with every character that acts instead of showing spelled out."""
    return _OBEYED.sub(_spelled, _HIDDEN.sub(_spelled, _BREAKS.sub(" ", text)))


def _spelled(character: re.Match[str]) -> str:
    code = ord(character.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def clipped(text: str, limit: int) -> str:
    """Return the beginning of a text that is too long."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: 1 check, 10,000 checks."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def listed(names: Sequence[str], limit: int, total: int | None = None) -> str:
    """Return the first names in a row, and how many more there are in all."""
    shown = ", ".join(names[:limit])
    more = (len(names) if total is None else total) - limit
    return f"{shown} and {more:,} more" if more > 0 else shown


def utc(moment: datetime) -> str:
    """Return a moment as the reports write it: 2026-11-22T09:00:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def readable_utc(moment: datetime) -> str:
    """Return a moment for people: 2026-11-22 09:00:00 UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
