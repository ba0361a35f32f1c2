"""Long lists: each element is understood as its page comes, so that no more of it is held than what it says."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from tpe_audit.collectors import wire
from tpe_audit.facts import Gap
from tpe_audit.sources import Item


class Understood(Protocol):
    """What an element of a list says, and the request that brought it."""

    @property
    def evidence(self) -> int:
        """The index of the request."""


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
        known = self.found.get(key)
        if known is None:
            self.found[key] = self._understand(key, item)
        elif not isinstance(known, Gap) and self._understand(key, Item(item.body, known.evidence)) != known:
            why = f"Microsoft Graph lists {key} twice in {self._what}, and the two contradict each other."
            self.found[key] = Gap(why, (known.evidence, item.evidence))
