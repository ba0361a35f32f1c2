"""Shows on stderr, while it reads, which sources have answered, how many readings are done, and how long it takes."""

from __future__ import annotations

import math
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tpe_audit.commands.asked import Asked

ENOUGH, SOON = 50, 10.0
"""How many must be done, and for how many seconds they must have been counted, before the rest is estimated."""
_SPINNER = 2


@dataclass(frozen=True, slots=True)
class Counted:
    """How far something has come."""

    done: int
    total: int | None
    """None: how many there are is not known before all are read."""
    seconds: float
    """Since the first was done."""

    @property
    def words(self) -> str:
        """The count, and how long the rest takes at the pace so far, once that says anything."""
        if self.total is None:
            return f"{self.done:,} so far"
        count = f"{self.done:,} of {self.total:,}"
        if self.done < ENOUGH or self.seconds < SOON:
            return count
        left = self.seconds / self.done * (self.total - self.done)
        if left < SOON:
            return count
        return f"{count}, about {f'{math.ceil(left / 60)} min' if left > 90 else f'{math.ceil(left / 10) * 10} s'} more"


class Progress:
    """Counts, and shows nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.answered: Counter[str] = Counter()
        self.done, self.total = 0, 0
        self.long: dict[str, Counted] = {}
        self._began: dict[str, float] = {}
        self._clock = clock

    def heard(self, source: str) -> None:
        """Note that a source has answered a request."""
        self.answered[source] += 1
        self.show()

    def told(self, done: int, total: int) -> None:
        """Note how many readings are done."""
        self.done, self.total = done, total
        self.show()

    def counted(self, what: str, done: int, total: int | None) -> None:
        """Note how many of something are done, of how many, as far as that is known."""
        now = self._clock()
        self.long[what] = Counted(done, total, now - self._began.setdefault(what, now))
        if total is not None and done >= total:
            del self.long[what], self._began[what]
        self.show()

    def show(self) -> None:
        """Show the state, where there is a place for it."""

    def words(self, width: int) -> str:
        """The state in words, in one line of so many columns: what is not done yet rather than what is."""
        readings = f"{self.done} of {self.total} readings" if self.total else "signing in"
        long = [f"{what} {count.words}" for what, count in sorted(self.long.items())]
        sources = ", ".join(f"{source} {count:,}" for source, count in sorted(self.answered.items()))
        whole = "; ".join((f"Reading the tenant: {readings}", *long))
        # What does not fit is left out rather than cut off.
        shorter = [f"Reading: {'; '.join(long[:many])}" for many in range(len(long), 0, -1)] or [f"Reading: {readings}"]
        lines = (f"{whole} (answers: {sources})" if sources else whole, whole, *shorter)
        return next((line for line in lines if len(line) <= width), lines[-1][:width])


@contextmanager
def progress(asked: Asked) -> Iterator[Progress]:
    """Give a progress that shows itself on a terminal, and one that only counts elsewhere."""
    hidden = asked.quiet or asked.verbose or asked.no_progress or bool(os.environ.get("CI"))
    if hidden or not sys.stderr.isatty():
        yield Progress()
        return
    from rich.console import Console

    console = Console(stderr=True, no_color=asked.no_color or None, highlight=False, markup=False)
    with console.status("Reading the tenant: signing in") as status:

        class Shown(Progress):
            def show(self) -> None:
                status.update(self.words(console.width - _SPINNER))

        yield Shown()
