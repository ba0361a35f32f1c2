"""Keeps one of what is alike, so that what is said of a hundred thousand things takes little more than of one."""

from __future__ import annotations

from typing import TypeVar, cast

T = TypeVar("T")


class Alike:
    """One of each of the things that are equal."""

    def __init__(self) -> None:
        self._kept: dict[object, object] = {}
        self._ids: set[int] = set()

    def once(self, thing: T) -> T:
        """Return what is kept and equals `thing` as Python compares, which may be `thing` itself."""
        if id(thing) in self._ids:
            return thing  # looked at before: what holds many others is costly to compare
        try:
            kept = self._kept.setdefault(thing, thing)
        except TypeError:  # a plug-in's fact may hold what has no hash
            return thing
        self._ids.add(id(kept))
        return cast("T", kept)
