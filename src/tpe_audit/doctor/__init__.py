"""Tries each sign-in and each source with its cheapest request, and says what works and what to do about the rest."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What came of trying something."""

    WORKS = "works"
    REFUSED = "refused"
    FAILED = "failed"
    NOT_SET_UP = "not-set-up"
    NOT_TRIED = "not-tried"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of trying to read one thing."""

    source: str
    """As reports call it: sign-in, graph, arm, acs, …"""
    tenant: str
    what: str
    """What was tried to be read, as people call it."""
    state: State
    said: str = ""
    """What came back, in words."""
    mend: tuple[str, ...] = ()
    """What to grant, set up or do."""

    @property
    def works(self) -> bool:
        """Whether an audit gets from it what it wants: what is declared off is wanted of a person."""
        return self.state in (State.WORKS, State.OFF)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is signed in to a tenant, by the words of the token for one audience."""

    words: str
    tenant: str
    name: str
    application_id: str
    object_id: str
    person: bool
    permissions: tuple[str, ...] | None
    """Those of Microsoft Graph; None: it is not asked as this identity."""


@dataclass(frozen=True, slots=True)
class MixUp:
    """Something that looks like one thing taken for another."""

    where: str
    """The key of config.toml, or the object."""
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was found."""

    identities: tuple[Identity, ...]
    results: tuple[Result, ...]
    mix_ups: tuple[MixUp, ...]

    @property
    def works(self) -> bool:
        """Whether all sources work."""
        return all(result.works for result in self.results)

    @property
    def exit_code(self) -> int:
        """0: all sources work; 3: not."""
        return 0 if self.works else 3

    @property
    def sentence(self) -> str:
        """The outcome in one sentence."""
        broken = [result for result in self.results if not result.works]
        total = len(self.results)
        first = f"{len(broken)} of {total} did not work." if broken else f"All works: {total} of {total}."
        looks = f" {len(self.mix_ups)} things look mistaken." if len(self.mix_ups) > 1 else " One thing looks mistaken."
        return first + (looks if self.mix_ups else "")
