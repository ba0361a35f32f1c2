"""Durations and days as a command line gives them: 90s, 15m, 1h; 2026-12-20, 30d. Each is a click callback."""

from __future__ import annotations

import re
from datetime import date, timedelta

import click

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}
_MOST = 100_000


def duration(ctx: click.Context, parameter: click.Parameter, value: str | None) -> timedelta | None:
    """Return a time to wait: a whole number and s, m or h."""
    if value is None:
        return None
    found = re.fullmatch(r"([1-9]\d{0,5})([smh])", value, re.ASCII)
    if not found or int(found[1]) > _MOST:
        raise click.BadParameter(f"{value!r} is no duration, such as 90s, 15m or 1h.", ctx, parameter)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def day(ctx: click.Context, parameter: click.Parameter, value: str | None) -> date | None:
    """Return a day: 2026-12-20."""
    if value is None:
        return None
    try:
        return _day(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no day, such as 2026-12-20.", ctx, parameter) from None


def day_or_days(ctx: click.Context, parameter: click.Parameter, value: str) -> date | timedelta:
    """Return a day, or how many days after another one: 2026-12-20, 30d."""
    if found := re.fullmatch(r"([1-9]\d{0,4})d", value, re.ASCII):
        return timedelta(days=int(found[1]))
    try:
        return _day(value)
    except ValueError:
        why = f"{value!r} is neither a day, such as 2026-12-20, nor a number of days, such as 30d."
        raise click.BadParameter(why, ctx, parameter) from None


def _day(text: str) -> date:
    """Return a day.

    Raises:
        ValueError: it is none, or is not written with hyphens.
    """
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError(text)
    return date.fromisoformat(text)
