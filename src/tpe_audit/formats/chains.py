"""A line as a chain of links, in words and for drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tpe_audit.formats.outline import WORDS
from tpe_audit.lines import Line, Link
from tpe_audit.verdicts import Status


@dataclass(frozen=True, slots=True)
class Drawn:
    """One link, ready to be drawn."""

    name: str
    status: Status
    word: str
    broken: bool
    """It is the first one with a failure."""
    after: bool
    """It comes after that one: no call gets so far."""


EVERY = tuple(Drawn(link.value, Status.NOT_APPLICABLE, "", broken=False, after=False) for link in Link)
"""A chain of all links, to be filled in."""


def chain(line: Line) -> Sequence[Drawn]:
    """Return the links of a line in the order of a call."""
    order = list(Link)
    first = order.index(line.first_broken) if line.first_broken else len(order)
    return tuple(
        Drawn(
            state.link.value,
            state.status,
            WORDS[state.status].text,
            broken=state.link is line.first_broken,
            after=order.index(state.link) > first,
        )
        for state in line.links
    )


def in_words(line: Line) -> str:
    """Return a chain as one sentence: "number pass, account pass, bot FAIL"."""
    return ", ".join(f"{link.name} {link.word}" for link in chain(line))


def not_passing(line: Line) -> str:
    """Return the links that have not been seen to work."""
    fine = (Status.PASS, Status.NOT_APPLICABLE)
    return ", ".join(f"{link.name} {link.word}" for link in chain(line) if link.status not in fine)
