"""The links of each line, from its number to the agents, and the first one that is broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tpe_audit.audit import pointers_of, related
from tpe_audit.facts import Evidence, Kind, Known, NoLine, NumberType, PhoneNumber, ResourceAccount, Subject
from tpe_audit.findings import Finding, Judgement
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
    index = {finding.check.id: _by_subject(finding) for finding in findings}
    pointers = pointers_of(evidence)
    agents = _agents(findings)
    found = []
    for account, answer in census.found:
        if isinstance(answer, Known) and isinstance(answer.value, NoLine):
            continue
        keys = related(account, evidence, pointers)
        spared = {finding.check.id for finding in findings if not _concerns(finding, account, evidence)}
        states = [_state(link, findings, index, keys, spared) for link in Link if link is not Link.AGENTS]
        number = evidence.answer(PhoneNumber, account)
        value = number.value if isinstance(number, Known) else None
        links = tuple(state for state in (*states, agents) if state is not None)
        found.append(Line(value.number if isinstance(value, PhoneNumber) else None, account, links))
    return tuple(found)


def _concerns(finding: Finding, account: Subject, evidence: Evidence) -> bool:
    """Whether a check concerns numbers of the line's type; where that is not known, it may."""
    number = evidence.answer(PhoneNumber, account)
    if not finding.check.number_types or not isinstance(number, Known):
        return True
    if not isinstance(number.value, PhoneNumber):
        return True
    kind = evidence.answer(NumberType, number.value.subject)
    value = kind.value if isinstance(kind, Known) else None
    return not isinstance(value, NumberType) or value.value in finding.check.number_types


def _by_subject(finding: Finding) -> dict[str, Judgement]:
    return {judgement.subject.key: judgement for judgement in finding.judgements}


def _state(
    link: Link,
    findings: Sequence[Finding],
    index: Mapping[str, Mapping[str, Judgement]],
    keys: frozenset[str],
    spared: set[str],
) -> LinkState | None:
    """Return how a link stands for the things of one line; None where no check was put to it."""
    said: list[tuple[Status, str]] = []
    for finding in findings:
        if finding.check.area not in AREAS[link]:
            continue
        by_subject = index[finding.check.id]
        own = [by_subject[key].status for key in keys if key in by_subject]
        if finding.check.id in spared:
            own = [Status.NOT_APPLICABLE]
        elif not own and (finding.status is Status.NOT_APPLICABLE or not finding.judgements):
            own = [finding.status]
        said += [(status, finding.check.id) for status in own]
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
