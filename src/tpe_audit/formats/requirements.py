"""Every requirement with its result, who answers for it, and what it rests on: the list that a go-live is signed on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from tpe_audit.facts import Kind
from tpe_audit.findings import Finding
from tpe_audit.formats.ordering import Appendix
from tpe_audit.formats.text import counted
from tpe_audit.report import Report
from tpe_audit.terms import Attestation, Waiver
from tpe_audit.verdicts import Area, Owner, Status

_AREAS: Mapping[Area, str] = {
    Area.ACS: "Azure Communication Services",
    Area.APP: "application",
    Area.PSTN: "telephone network",
    Area.DYNAMICS: "Dynamics 365",
    Area.CODE: "the application's code",
}
_KINDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.NUMBER: ("number",),
    Kind.ACCOUNT: ("resource account",),
    Kind.BOT: ("bot",),
    Kind.ACS: ("ACS resource",),
    Kind.EVENT_SUBSCRIPTION: ("event subscription",),
    Kind.APPLICATION: ("application",),
    Kind.AGENT: ("agent",),
    Kind.ENVIRONMENT: ("Dynamics 365 environment",),
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement of the list."""

    finding: Finding
    decides: bool
    """It decides the verdict."""
    evidence: tuple[int, ...]
    """Places in the list of requests."""

    @property
    def attestations(self) -> tuple[Attestation, ...]:
        """What people answered, each answer once."""
        return attestations(self.finding)

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """What was accepted, each acceptance once."""
        return tuple(dict.fromkeys(judgement.waiver for judgement in self.finding.judgements if judgement.waiver))

    @property
    def people(self) -> tuple[str, ...]:
        """Who answered for it or accepted it, by name."""
        return tuple(dict.fromkeys((*(a.by for a in self.attestations), *(w.owner for w in self.waivers))))

    @property
    def subjects(self) -> int:
        """How many things it was judged for."""
        return len(self.finding.judgements)


def attestations(finding: Finding) -> tuple[Attestation, ...]:
    """Return the answers of people that a finding rests on, each once."""
    given = [finding.attestation, *(judgement.attestation for judgement in finding.judgements)]
    return tuple({id(attestation): attestation for attestation in given if attestation}.values())


def requirements(report: Report, ordered: Appendix) -> Sequence[tuple[str, Sequence[Requirement]]]:
    """Return all requirements by area, in the order of a call."""
    areas = list(Area)
    findings = sorted(report.findings, key=lambda f: (areas.index(f.check.area), f.check.severity.rank, f.check.id))
    return [
        (_AREAS.get(area, area.value), [_requirement(report, ordered, finding) for finding in those])
        for area, those in groupby(findings, key=lambda finding: finding.check.area)
    ]


def _requirement(report: Report, ordered: Appendix, finding: Finding) -> Requirement:
    requests = {*finding.evidence, *(index for judgement in finding.judgements for index in judgement.evidence)}
    decides = report.required(finding)
    return Requirement(finding, decides, tuple(ordered.placed(tuple(requests))))


def answering(report: Report) -> Sequence[tuple[Owner, int]]:
    """Return who answers for how many of the requirements that apply: those who sign."""
    applying = [finding for finding in report.findings if finding.status is not Status.NOT_APPLICABLE]
    checks = Counter(finding.check.owner for finding in applying)
    return [(owner, checks[owner]) for owner in Owner if checks[owner]]


def scope(report: Report) -> Sequence[str]:
    """Return what was judged, counted: "2 numbers", "12 agents"."""
    subjects = {judgement.subject.key: judgement.subject for f in report.findings for judgement in f.judgements}
    kinds = Counter(subject.kind for subject in subjects.values())
    return [counted(kinds[kind], *nouns) for kind, nouns in _KINDS.items() if kinds[kind]]
