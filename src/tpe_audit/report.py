"""What an audit comes to: findings in the order to mend them, a verdict, and an exit code."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tpe_audit.audit import Audit
from tpe_audit.catalog import Catalog, Profile, Reads
from tpe_audit.changes import Changes
from tpe_audit.declared import Declared
from tpe_audit.expiry import Expiry, Unread, outlook
from tpe_audit.facts import Agent, Deployment, Evidence, Fact, Known, Organization, Request, Thing
from tpe_audit.findings import Finding, Judgement
from tpe_audit.lines import Line, lines
from tpe_audit.terms import SOON, Attestation, Terms, Waiver, covers
from tpe_audit.verdicts import Severity, Status


class Outcome(StrEnum):
    """The verdict of an audit."""

    READY = "ready"
    NOT_READY = "not-ready"
    CANNOT_TELL = "cannot-tell"

    @property
    def exit_code(self) -> int:
        """What `run` exits with."""
        return {Outcome.READY: 0, Outcome.NOT_READY: 1, Outcome.CANNOT_TELL: 3}[self]


class SourceState(StrEnum):
    """How a source fared."""

    OK = "ok"
    REFUSED = "refused"
    """It answered, but not to everything that was asked."""
    OFF = "off"
    FAILED = "failed"
    """It did not answer at all, or is not set up."""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """How one source of one tenant fared."""

    source: str
    tenant: str
    state: SourceState
    reason: str = ""
    resumes_at: datetime | None = None
    """Before this it asked not to be asked again; None: it did not."""


@dataclass(frozen=True, slots=True)
class Run:
    """The facts of one run of the program."""

    started_at: datetime
    finished_at: datetime
    tenant_id: str
    azure_tenant_id: str
    simulated: bool = False
    selected: bool = False
    """Only some checks or subjects were asked for."""
    subjects: tuple[str, ...] = ()
    """The subjects that were asked for, as they were named; empty: all."""
    sources: tuple[SourceReport, ...] = ()
    warnings: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    declared: Declared = field(default_factory=Declared)
    """The configuration file, for findings to point to."""


@dataclass(frozen=True, slots=True)
class Notification:
    """Whether somebody was told of the run by one channel."""

    channel: str
    """teams, slack, webhook or email."""
    sent: bool
    reason: str = ""
    """Why not."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that a report says, whatever it is rendered to."""

    run: Run
    profile: Profile
    threshold: Severity
    outcome: Outcome
    exit_code: int
    sentence: str
    first: tuple[str, ...]
    """The checks to mend first, by id, most urgent first."""
    findings: tuple[Finding, ...]
    lines: tuple[Line, ...]
    tenant_name: str | None
    warnings: tuple[str, ...]
    errors: tuple[str, ...]
    requests: tuple[Request, ...]
    seen: Mapping[str, int]
    guide: Mapping[tuple[type[Fact], type[Fact]], Reads] = field(default_factory=dict)
    """Where the answer to each question comes from: a thing, and a fact of it."""
    changes: Changes | None = None
    """What has changed since another run; None: there is none to compare with."""
    expiring: tuple[Expiry, ...] = ()
    """What ends by itself within 60 days, the next first."""
    expiring_unread: tuple[Unread, ...] = ()
    """What may end too, and could not be read."""
    notifications: tuple[Notification, ...] = ()
    """Who was told of the run; empty: nobody was to be."""

    @property
    def expiring_unknown(self) -> tuple[Unread, ...]:
        """What may end too and should have been read."""
        return tuple(each for each in self.expiring_unread if not each.declared)

    @property
    def counts(self) -> dict[Status, int]:
        """How many findings have which status; every status is there."""
        counted = Counter(finding.status for finding in self.findings)
        return {status: counted[status] for status in _COUNT_ORDER}

    def reads(self, finding: Finding) -> tuple[Reads, ...]:
        """Return what the finding's check reads, each reading once."""
        found = [self.guide[question] for question in finding.check.wants if question in self.guide]
        return tuple(dict.fromkeys(reads for reads in found if reads.what))

    def permissions(self, finding: Finding) -> tuple[str, ...]:
        """Return the rights that the finding's check takes, each once."""
        found = [self.guide[question] for question in finding.check.wants if question in self.guide]
        return tuple(dict.fromkeys(right for reads in found for right in reads.permissions))

    def required(self, finding: Finding) -> bool:
        """Whether the finding decides the verdict: the check applies, and weighs enough."""
        return finding.status is not Status.NOT_APPLICABLE and finding.check.severity.rank <= self.threshold.rank


_COUNT_ORDER = (
    Status.PASS,
    Status.FAIL,
    Status.UNKNOWN,
    Status.MANUAL,
    Status.BLOCKED,
    Status.NOT_APPLICABLE,
    Status.WAIVED,
)


def compose(
    chosen: Sequence[str],
    audit: Audit,
    catalog: Catalog,
    evidence: Evidence,
    terms: Terms,
    run: Run,
    guide: Mapping[tuple[type[Fact], type[Fact]], Reads],
) -> Report:
    """Make a report of the findings of the chosen checks."""
    findings = in_mending_order([audit.findings[name] for name in chosen], catalog)
    outcome, reason = _outcome(findings, (*run.errors, *map(str, catalog.unloadable), *audit.errors), catalog, terms)
    first = _first(findings, catalog, terms) if outcome is Outcome.NOT_READY else ()
    organization = evidence.answer(Organization, evidence.tenant.subject)
    value = organization.value if isinstance(organization, Known) else None
    no_agents = _no_agents(findings, evidence)
    warnings = (*run.warnings, *_entries(terms, audit, chosen, run), *audit.lapsed, *no_agents)
    ahead = outlook(evidence, terms)
    return Report(
        run=run,
        profile=terms.profile,
        threshold=terms.threshold,
        outcome=outcome,
        exit_code=0 if terms.fail_on is None else outcome.exit_code,
        sentence=" ".join((reason, *_not_asked(findings, terms), *no_agents)),
        first=first,
        findings=findings,
        lines=lines(findings, evidence),
        tenant_name=value.display_name if isinstance(value, Organization) else None,
        warnings=tuple(dict.fromkeys(warnings)),
        errors=(*run.errors, *(str(file) for file in catalog.unloadable), *audit.errors),
        requests=evidence.requests,
        seen=evidence.seen,
        guide=guide,
        expiring=ahead.expiring,
        expiring_unread=ahead.unread,
    )


def in_mending_order(findings: Sequence[Finding], catalog: Catalog) -> tuple[Finding, ...]:
    """Return the findings failures first; among these and among the rest causes before effects, the worst first."""
    failing = [finding for finding in findings if finding.status is Status.FAIL]
    rest = [finding for finding in findings if finding.status is not Status.FAIL]
    return (*_by_cause(failing, catalog), *_by_cause(rest, catalog))


def _by_cause(findings: Sequence[Finding], catalog: Catalog) -> list[Finding]:
    by_id = {finding.check.id: finding for finding in findings}
    above = {name: {check.id for check in catalog.closure([name])} & by_id.keys() - {name} for name in by_id}
    below: dict[str, list[str]] = {}
    for name, causes in above.items():
        for cause in causes:
            below.setdefault(cause, []).append(name)
    waiting = {name: len(causes) for name, causes in above.items()}
    ready = [_urgency(by_id[name]) for name, count in waiting.items() if not count]
    heapq.heapify(ready)
    ordered = []
    while ready:
        name = heapq.heappop(ready)[-1]
        ordered.append(by_id[name])
        for effect in below.get(name, ()):
            waiting[effect] -= 1
            if not waiting[effect]:
                heapq.heappush(ready, _urgency(by_id[effect]))
    return ordered


def _urgency(finding: Finding) -> tuple[int, str]:
    return finding.check.severity.rank, finding.check.id


def _first(findings: Sequence[Finding], catalog: Catalog, terms: Terms) -> tuple[str, ...]:
    """Return the failures to begin with: those that decide the verdict and that no other one explains."""
    failing = [f.check.id for f in findings if f.status is Status.FAIL and terms.requires(f.check.severity)]
    if not failing:
        causes = [j.blocked_by for f in findings for j in f.judgements if j.blocked_by]
        return tuple(dict.fromkeys(cause.check for cause in causes if not cause.waived))[:3]
    roots = [name for name in failing if not {c.id for c in catalog.closure([name])} & set(failing) - {name}]
    return tuple(roots[:3])


def _outcome(findings: Sequence[Finding], broken: Sequence[str], catalog: Catalog, terms: Terms) -> tuple[Outcome, str]:
    required = [finding for finding in findings if terms.requires(finding.check.severity)]
    failing = [(f, j) for f in required for j in f.judgements if j.status is Status.FAIL]
    blocked = [(f, j) for f in required for j in f.judgements if j.blocked_by and not j.blocked_by.waived]
    if failing or blocked:
        return Outcome.NOT_READY, _not_ready(failing, blocked, catalog)
    unread = [f for f in required if _has(f, Status.UNKNOWN)]
    asked = [f for f in required if _has(f, Status.MANUAL)] if terms.profile is not Profile.CHANGE else []
    passed = [f for f in required if _has(f, Status.PASS) or _has(f, Status.WAIVED)]
    if unread or asked or broken or not passed:
        return Outcome.CANNOT_TELL, _cannot_tell(unread, asked, broken, len(findings) - len(required))
    return Outcome.READY, _ready(required, findings)


def _has(finding: Finding, status: Status) -> bool:
    return finding.status is status or any(judgement.status is status for judgement in finding.judgements)


def _not_ready(
    failing: Sequence[tuple[Finding, Judgement]],
    blocked: Sequence[tuple[Finding, Judgement]],
    catalog: Catalog,
) -> str:
    if failing:
        finding, judgement = failing[0]
        checks = len({f.check.id for f, _ in failing})
        count = "1 required check fails" if checks == 1 else f"{checks} required checks fail"
        first = f"Mend {finding.check.id} first ({judgement.subject.name}): {judgement.reason}"
        return f"Not ready: {count}. {first}"
    finding, judgement = blocked[0]
    cause = judgement.blocked_by
    why = f"{cause.check} fails for {cause.subject}" if cause else judgement.reason
    title = catalog.checks[cause.check].title if cause else finding.check.title
    return f"Not ready: {finding.check.id} can't hold, because {why} ({title})."


def _cannot_tell(unread: Sequence[Finding], asked: Sequence[Finding], broken: Sequence[str], lesser: int) -> str:
    parts = []
    if unread:
        parts.append(f"{_count(len(unread), 'required check')} could not be read")
    if asked:
        wait = "waits" if len(asked) == 1 else "wait"
        parts.append(f"{_count(len(asked), 'required check')} {wait} for a person's answer")
    if broken:
        things = "check or collector" if len(broken) == 1 else "checks or collectors"
        parts.append(f"{len(broken)} {things} did not work")
    if not parts and lesser:
        return f"Cannot tell: no check that decides the verdict applied, and {lesser} of lesser weight (see --fail-on)."
    if not parts:
        return "Cannot tell: no required check applied, so nothing was audited."
    return f"Cannot tell: nothing that was read fails, but {' and '.join(parts)}."


def _ready(required: Sequence[Finding], findings: Sequence[Finding]) -> str:
    holding = [f for f in required if f.status in (Status.PASS, Status.WAIVED)]
    waived = sum(_has(f, Status.WAIVED) for f in required)
    minor = sum(_has(f, Status.FAIL) for f in findings)
    sentence = f"Ready: all {_count(len(holding), 'required check')} that apply hold"
    if len(holding) == 1:
        sentence = "Ready: the 1 required check that applies holds"
    if waived:
        sentence += f", {waived} of them by waiver"
    if minor:
        sentence += f"; {minor} of lesser weight {'fails' if minor == 1 else 'fail'}"
    return f"{sentence}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _not_asked(findings: Sequence[Finding], terms: Terms) -> tuple[str, ...]:
    count = sum(_has(finding, Status.MANUAL) for finding in findings)
    if terms.profile is not Profile.CHANGE or not count:
        return ()
    return (f"{_count(count, 'question')} {'was' if count == 1 else 'were'} not asked.",)


def _no_agents(findings: Sequence[Finding], evidence: Evidence) -> tuple[str, ...]:
    deployment = evidence.answer(Deployment, evidence.tenant.subject)
    value = deployment.value if isinstance(deployment, Known) else None
    if not isinstance(value, Deployment) or value.names_agents:
        return ()
    if not any(finding.check.judges is Agent for finding in findings):
        return ()
    return ("No agents are configured ([deployment.agents]), so none were checked.",)


def _entries(terms: Terms, audit: Audit, chosen: Sequence[str], run: Run) -> tuple[str, ...]:
    """Return what is to be known of attestations and waivers: lapsed, needless, or about to lapse."""
    warnings = []
    entries: tuple[Attestation | Waiver, ...] = (*terms.attestations, *terms.waivers)
    for entry in entries:
        if entry.check not in chosen:
            continue
        what = "attestation" if isinstance(entry, Attestation) else "waiver"
        who = f"The {what} of {entry.check}{f' for {entry.subject}' if entry.subject else ''}"
        soon = entry.expires - terms.today <= SOON
        if entry.expires < terms.today:
            warnings.append(f"{who} expired on {entry.expires} and no longer counts.")
        elif isinstance(entry, Attestation) and entry.on > terms.today:
            warnings.append(f"{who} is dated {entry.on}, which is still to come, and does not count yet.")
        elif id(entry) not in audit.used and not run.subjects and _settled(entry, audit.findings[entry.check]):
            warnings.append(f"{who} covers nothing{f', and expires on {entry.expires}' if soon else ''}.")
        elif soon:
            warnings.append(f"{who} expires on {entry.expires}.")
    return tuple(warnings)


def _settled(entry: Attestation | Waiver, finding: Finding) -> bool:
    """Whether everything that an entry could cover was judged, so that it is known to cover nothing."""
    mine = [j.status for j in finding.judgements if covers(entry, finding.check.id, j.subject)]
    if not mine and finding.status is not Status.NOT_APPLICABLE:
        mine = [finding.status]
    return not {Status.UNKNOWN, Status.BLOCKED} & set(mine)


def subjects_of(finding: Finding) -> tuple[Judgement, ...]:
    """Return the judgements of a finding, the worst first."""
    return tuple(sorted(finding.judgements, key=lambda judgement: judgement.status.rank))


__all__ = [
    "Outcome",
    "Reads",
    "Report",
    "Run",
    "SourceReport",
    "SourceState",
    "Thing",
    "compose",
    "in_mending_order",
    "subjects_of",
]
