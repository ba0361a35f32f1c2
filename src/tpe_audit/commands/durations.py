"""Durations and days as a command line gives them: 90s, 15m, 1h; 2026-12-20, 30d."""

from __future__ import annotations

import re
from datetime import date, timedelta

import click

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_MOST = 100_000


class Duration(click.ParamType):
    """A time to wait: a whole number and s, m or h."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return it, or fail."""
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"([1-9]\d{0,5})([smh])", str(value), re.ASCII)
        if not found or int(found[1]) > _MOST:
            self.fail(f"{value!r} is no duration, such as 90s, 15m or 1h.", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


class Day(click.ParamType):
    """A day: 2026-12-20."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return it, or fail."""
        if isinstance(value, date):
            return value
        try:
            return _day(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day, such as 2026-12-20.", param, ctx)


class DayOrDays(click.ParamType):
    """A day, or how many days after another one: 2026-12-20, 30d."""

    name = "date|days"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date | timedelta:
        """Return it, or fail."""
        if isinstance(value, date | timedelta):
            return value
        if found := re.fullmatch(r"([1-9]\d{0,4})d", str(value), re.ASCII):
            return timedelta(days=int(found[1]))
        try:
            return _day(str(value))
        except ValueError:
            self.fail(f"{value!r} is neither a day, such as 2026-12-20, nor a number of days, such as 30d.", param, ctx)


def _day(text: str) -> date:
    """Return a day.

    Raises:
        ValueError: it is none, or is not written with hyphens.
    """
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError(text)
    return date.fromisoformat(text)
