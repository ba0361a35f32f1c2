"""Facts as JSON values and back, by the types that their fields declare.

Nothing is written here of any fact in particular, so a new one needs no word. What was read back is written again and
held against what stood there: a field that this version does not know, or that lacks, is no fact but an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tpe_audit import facts
from tpe_audit.facts import Fact

BUILT_IN = "tpe_audit.facts"


class Unreadable(Exception):
    """Something that is no fact as this version knows it; the message says why, as a sentence."""


class Codec:
    """Writes facts, and reads those that it knows by name."""

    def __init__(self, brought: Iterable[type[Fact]] = ()) -> None:
        """Know the facts that ship, and those that loaded plug-ins brought."""
        shipped = [item for item in vars(facts).values() if isinstance(item, type) and issubclass(item, Fact)]
        self._known = {name(fact): fact for fact in (*shipped, *brought)}

    def fact(self, called: str) -> type[Fact] | None:
        """Return the fact of this name; None: this version, with the plug-ins that it has loaded, knows none."""
        return self._known.get(called)

    def written(self, value: Fact) -> dict[str, Any]:
        """Return a fact as JSON values.

        Raises:
            Unreadable: a plug-in's fact has a field that JSON can't say.
        """
        found = _written(value)
        if not isinstance(found, dict):
            raise Unreadable(f"{name(type(value))} has no fields.")
        return found

    def read(self, called: str, value: Mapping[str, Any]) -> Fact:
        """Return the fact that JSON values say.

        Raises:
            Unreadable: they say none.
        """
        fact = self.fact(called)
        if fact is None:
            raise Unreadable(f"This version knows no fact {called!r}.")
        try:
            found: Fact = _adapter(fact).validate_json(json.dumps(value), strict=True)
        except ValidationError as error:
            detail = error.errors(include_url=False)[0]
            at = ".".join(str(part) for part in detail["loc"])
            raise Unreadable(f"{called}{f'.{at}' if at else ''}: {detail['msg']}.") from None
        if _written(found) != value:
            raise Unreadable(f"{called} has other fields than this version knows.")
        return found


def name(fact: type[Fact]) -> str:
    """Return what a fact is called in a file: a plug-in's with its module, so that it is mistaken for no other."""
    inside = fact.__module__ == BUILT_IN or fact.__module__.startswith(f"{BUILT_IN}.")
    return fact.__name__ if inside else f"{fact.__module__}:{fact.__qualname__}"


_adapters: dict[type[Fact], TypeAdapter[Any]] = {}


def _adapter(fact: type[Fact]) -> TypeAdapter[Any]:
    if fact not in _adapters:
        try:
            _adapters[fact] = TypeAdapter(fact)
        except Exception as error:  # a plug-in's types may be anything
            raise Unreadable(f"{name(fact)} can't be kept in a file: {type(error).__name__}: {error}.") from error
    return _adapters[fact]


def _written(value: Fact) -> Any:
    try:
        return json.loads(_adapter(type(value)).dump_json(value, warnings="error"))
    except Unreadable:
        raise
    except Exception as error:  # so may their values
        raise Unreadable(f"{name(type(value))} can't be kept in a file: {type(error).__name__}.") from error
