"""Durations and days as a command line gives them: 90s, 15m, 1h30m; 2026-12-20, 30d. Each is a click callback."""

from __future__ import annotations

import re
from datetime import date, timedelta

import click

_DURATION = re.compile(
    r"(?:(?P<hours>\d{1,5})h)?(?:(?P<minutes>\d{1,5})m)?(?:(?P<seconds>\d{1,5})s)?|(?P<bare>\d{1,5})", re.ASCII
)


def duration(ctx: click.Context, parameter: click.Parameter, value: str | None) -> timedelta | None:
    """Return a time to wait: whole numbers with h, m and s, or seconds alone."""
    if value is None:
        return None
    units = found.groupdict(default="0") if (found := _DURATION.fullmatch(value)) else {}
    seconds = int(units.pop("bare", "0"))
    longest = timedelta(seconds=seconds) + timedelta(**{unit: int(number) for unit, number in units.items()})
    if not longest:
        raise click.BadParameter(f"{value!r} is no duration, such as 90s, 15m or 1h.", ctx, parameter)
    return longest


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
