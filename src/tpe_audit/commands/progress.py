"""Shows on stderr, while it reads, which sources have answered and how many readings are done."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tpe_audit.commands.asked import Asked


class Progress:
    """Counts, and shows nothing."""

    def __init__(self) -> None:
        self.answered: Counter[str] = Counter()
        self.done, self.total = 0, 0

    def heard(self, source: str) -> None:
        """Note that a source has answered a request."""
        self.answered[source] += 1
        self.show()

    def told(self, done: int, total: int) -> None:
        """Note how many readings are done."""
        self.done, self.total = done, total
        self.show()

    def show(self) -> None:
        """Show the state, where there is a place for it."""

    @property
    def words(self) -> str:
        """The state in words."""
        sources = ", ".join(f"{source} {count}" for source, count in sorted(self.answered.items()))
        readings = f"{self.done} of {self.total} readings" if self.total else "signing in"
        return f"Reading the tenant: {readings}" + (f" (answers: {sources})" if sources else "")


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
                status.update(self.words)

        yield Shown()
