"""Long lists: each element is understood as its page comes, so that no more of it is held than what it says."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from tpe_audit.collectors import wire
from tpe_audit.facts import Gap
from tpe_audit.sources import Item


class Understood(Protocol):
    """What was understood of an element of a list."""

    @property
    def evidence(self) -> int:
        """The index of the request that brought it."""

    @property
    def says(self) -> object:
        """What it says, whichever request brought it."""


U = TypeVar("U", bound=Understood)


class ById(Generic[U]):
    """The elements of a list by id in lower case; one that is there twice, and differs, is not known."""

    def __init__(self, what: str, understand: Callable[[str, Item], U]) -> None:
        """Start with none.

        Args:
            what: the list, as a sentence names it.
            understand: what an element with this id says.
        """
        self.found: dict[str, U | Gap] = {}
        self._what = what
        self._understand = understand

    def take(self, item: Item) -> None:
        """Take an element up.

        Raises:
            Malformed: it has no id.
        """
        # Several lists name the same users, who may be a hundred thousand.
        key = sys.intern(wire.parsed(wire.Identified, item.body, self._what, (item.evidence,)).id.lower())
        self._put(key, self._understand(key, item))

    def join(self, others: ById[U]) -> None:
        """Take up the elements of another list."""
        for key, other in others.found.items():
            self._put(key, other)

    def _put(self, key: str, new: U | Gap) -> None:
        known = self.found.setdefault(key, new)
        if known is new or isinstance(known, Gap):
            return
        if isinstance(new, Gap):
            self.found[key] = new
        elif known.says != new.says:
            why = f"Microsoft Graph lists {key} twice in {self._what}, and the two contradict each other."
            self.found[key] = Gap(why, (known.evidence, new.evidence))
