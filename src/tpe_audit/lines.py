"""The links of each line, from its number to the agents, and the first one that is broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tpe_audit.alike import Alike
from tpe_audit.audit import pointers_of, related
from tpe_audit.facts import (
    Evidence,
    Kind,
    Known,
    NoLine,
    NumberType,
    NumberTypeName,
    PhoneNumber,
    ResourceAccount,
    Subject,
)
from tpe_audit.findings import Finding
from tpe_audit.verdicts import Area, Severity, Status


class Link(StrEnum):
    """The links of a line, in the order of a call."""

    NUMBER = "number"
    ACCOUNT = "account"
    LICENSE = "license"
    FUNDING = "funding"
    BOT = "bot"
    ACS = "acs"
    CONSENT = "consent"
    EVENTS = "events"
    AGENTS = "agents"


AREAS: Mapping[Link, tuple[Area, ...]] = {
    Link.NUMBER: (Area.NUMBER, Area.PSTN),
    Link.ACCOUNT: (Area.ACCOUNT, Area.DYNAMICS),
    Link.LICENSE: (Area.LICENSE,),
    Link.FUNDING: (Area.FUNDING,),
    Link.BOT: (Area.APP, Area.BOT),
    Link.ACS: (Area.ACS,),
    Link.CONSENT: (Area.CONSENT,),
    Link.EVENTS: (Area.EVENTS,),
    Link.AGENTS: (Area.AGENT, Area.CLIENT),
}
"""Which requirements make up a link."""


@dataclass(frozen=True, slots=True)
class LinkState:
    """How one link of one line stands."""

    link: Link
    status: Status
    checks: tuple[str, ...]
    """The checks that were put to it."""
    worst: str = ""
    """The check that decided the status."""


@dataclass(frozen=True, slots=True)
class Line:
    """One number's way to the agents."""

    number: str | None
    account: Subject | None
    links: tuple[LinkState, ...]

    @property
    def first_broken(self) -> Link | None:
        """The first link with a failure."""
        return next((state.link for state in self.links if state.status is Status.FAIL), None)


def lines(findings: Sequence[Finding], evidence: Evidence) -> tuple[Line, ...]:
    """Return every line that the evidence knows, with its links in order."""
    census = evidence.census.get(ResourceAccount)
    if census is None:
        return ()
    alike = Alike()
    put = {link: _put_to(link, findings) for link in Link if link is not Link.AGENTS}
    pointers = pointers_of(evidence)
    agents = _agents(findings)
    found = []
    for account, answer in census.found:
        if isinstance(answer, Known) and isinstance(answer.value, NoLine):
            continue
        keys = related(account, evidence, pointers)
        number, kind = _number(account, evidence)
        states = (*(_state(link, checks, keys, kind) for link, checks in put.items()), agents)
        found.append(Line(number, account, tuple(alike.once(state) for state in states if state is not None)))
    return tuple(found)


def _number(account: Subject, evidence: Evidence) -> tuple[str | None, NumberTypeName | None]:
    """Return the number of a line and its type; None where it has none, or it is not known."""
    held = evidence.answer(PhoneNumber, account)
    number = held.value if isinstance(held, Known) else None
    if not isinstance(number, PhoneNumber):
        return None, None
    answer = evidence.answer(NumberType, number.subject)
    kind = answer.value if isinstance(answer, Known) else None
    return number.number, kind.value if isinstance(kind, NumberType) else None


@dataclass(frozen=True, slots=True)
class _Put:
    """A check that was put to the things of a link, and what came of it."""

    finding: Finding
    said: Mapping[str, Status]
    """By subject key."""

    def of(self, keys: frozenset[str], kind: NumberTypeName | None) -> list[Status]:
        """Return what it says of the things of one line, whose number is of this type."""
        types = self.finding.check.number_types
        if types and kind is not None and kind not in types:
            return [Status.NOT_APPLICABLE]
        own = [self.said[key] for key in keys if key in self.said]
        if not own and (self.finding.status is Status.NOT_APPLICABLE or not self.finding.judgements):
            return [self.finding.status]
        return own


def _put_to(link: Link, findings: Sequence[Finding]) -> list[_Put]:
    those = (finding for finding in findings if finding.check.area in AREAS[link])
    return [_Put(one, {judgement.subject.key: judgement.status for judgement in one.judgements}) for one in those]


def _state(link: Link, checks: Sequence[_Put], keys: frozenset[str], kind: NumberTypeName | None) -> LinkState | None:
    """Return how a link stands for the things of one line; None where no check was put to it."""
    said = [(status, put.finding.check.id) for put in checks for status in put.of(keys, kind)]
    if not said:
        return None
    status, worst = min(said, key=lambda pair: pair[0].rank)
    return LinkState(link, status, tuple(dict.fromkeys(check for _, check in said)), worst)


def _agents(findings: Sequence[Finding]) -> LinkState | None:
    """Return the agents' link: agents serve every line, and it is broken only when not one of them can.

    They also need an application to sign in to: one that is all right will do.
    """
    those = [finding for finding in findings if finding.check.area in AREAS[Link.AGENTS]]
    if not those:
        return None
    checks = tuple(finding.check.id for finding in those)
    worst = min(those, key=lambda finding: finding.status.rank)
    status = worst.status
    sign_in = [finding for finding in those if finding.check.severity is Severity.BLOCKER]
    if status is Status.FAIL and _one_passes(those, Kind.AGENT) and _one_passes(sign_in, Kind.APPLICATION):
        status = Status.PASS
    return LinkState(Link.AGENTS, status, checks, worst.check.id)


def _one_passes(findings: Sequence[Finding], kind: Kind) -> bool:
    """Whether some thing of a kind is all right by every check that was put to it, or there is none to be judged."""
    all_right: dict[str, bool] = {}
    for finding in findings:
        for judgement in finding.judgements:
            if judgement.subject.kind is not kind:
                continue
            fine = judgement.status in (Status.PASS, Status.WAIVED, Status.NOT_APPLICABLE)
            all_right[judgement.subject.key] = all_right.get(judgement.subject.key, True) and fine
    return any(all_right.values()) or not all_right
