"""What a fact is, what it is of, and the evidence that facts make up together.

A fact is frozen and whole: it exists only if it was really read. What could not be read is a `Gap`, which
is not a fact, so no check can mistake one for the other.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """The kinds of things an audit can speak of. A closed vocabulary of the JSON report."""

    TENANT = "tenant"
    ACCOUNT = "account"
    NUMBER = "number"
    APPLICATION = "application"
    BOT = "bot"
    ACS = "acs"
    EVENT_SUBSCRIPTION = "event-subscription"
    AGENT = "agent"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that a finding is about."""

    kind: Kind
    id: str
    """Stable over runs: an object id, an ARM id, a number in E.164 form, …"""
    name: str
    """What people call it; the id where it has no name."""

    @property
    def key(self) -> str:
        """Identity without regard to case, as GUIDs, user principal names and ARM ids are compared."""
        # One string for all that is known of a thing: there may be a hundred thousand things.
        return sys.intern(f"{self.kind}:{self.id.casefold()}")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was read of a tenant, or that its admin declared.

    `OF` names the kinds of things that a fact describes. A fact that says that another one does not exist
    names that one in `INSTEAD_OF`: the two are alternative answers to one question.
    """

    OF: ClassVar[tuple[type[Thing], ...]] = ()
    INSTEAD_OF: ClassVar[type[Fact] | None] = None


@dataclass(frozen=True, slots=True)
class Thing(Fact):
    """A fact that is itself something to judge: an account, a number, a bot."""

    POINTS_TO: ClassVar[tuple[type[Thing], ...]] = ()
    """Things that this one hangs on, where those do not name it in their `OF`."""

    @property
    def subject(self) -> Subject:
        """How findings name this thing."""
        raise TypeError(f"{type(self).__name__} does not say what its subject is")


def slot(fact: type[Fact]) -> type[Fact]:
    """Return the question that `fact` answers, named by the fact that answers it with yes."""
    return fact.INSTEAD_OF or fact


@dataclass(frozen=True, slots=True)
class Request:
    """One request that a reading made, kept as evidence."""

    source: str
    request: str
    status: int | None
    """None: no answer came."""
    request_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """A fact that could not be read.

    The reason is a sentence for people: what was asked, what came back, what to grant or do.
    """

    reason: str
    evidence: tuple[int, ...] = ()
    declared_off: bool = False
    """The admin switched the source off on purpose, so a person may answer in its place."""
    lacks: tuple[str, ...] = ()
    """What to grant or set up, each as a noun phrase: "the Graph permission User.Read.All"."""


@dataclass(frozen=True, slots=True)
class Known:
    """A fact that was read, or all facts of the many side of a relation, with the requests it came from."""

    value: Fact | tuple[Fact, ...]
    evidence: tuple[int, ...] = ()


Answer = Known | Gap
"""What a reading has to say about one question on one thing."""


@dataclass(frozen=True, slots=True)
class Census:
    """Which things of one kind there are, and what is known of each."""

    found: tuple[tuple[Subject, Answer], ...] = ()
    gap: Gap | None = None
    """The list of things could not be read, or not to its end: there may be more than `found`."""
    nothing: str = ""
    """Why there is none, if there is none."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that an audit rests on."""

    tenant: Thing
    census: Mapping[type[Fact], Census]
    answers: Mapping[tuple[type[Fact], str], Answer]
    """By question and subject key. Relations are answers too: an account's bot is `(Bot, account key)`."""
    requests: tuple[Request, ...] = ()
    """What `Known.evidence` and `Gap.evidence` point into."""
    unread: Mapping[tuple[type[Fact], Kind], Gap] = field(default_factory=dict)
    """Questions that could not be read of any thing of a kind, for one reason."""
    seen: Mapping[str, int] = field(default_factory=dict)
    """Counted, but not judged: what, and how many."""

    def answer(self, fact: type[Fact], subject: Subject) -> Answer | None:
        """Return what is known about `fact` of `subject` itself; None if nobody asked."""
        return self.answers.get((slot(fact), subject.key)) or self.unread.get((slot(fact), subject.kind))


def said(told: object) -> object:
    """Return what an answer, or what is told instead of a gap, says, whichever request it rests on."""
    match told:
        case Known():
            return told.value
        case Gap():
            return told.reason
    return told


def joined(answers: Iterable[Answer]) -> tuple[int, ...]:
    """Return the requests behind several answers, each once, in order."""
    return tuple(dict.fromkeys(index for answer in answers for index in answer.evidence))
