"""Puts checks to the evidence: a verdict for each thing, and nothing said of what was not read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tpe_audit.alike import Alike
from tpe_audit.catalog import Catalog, Check, Parameter
from tpe_audit.facts import (
    Answer,
    Census,
    Deployment,
    Evidence,
    Fact,
    Gap,
    Known,
    NumberType,
    PhoneNumber,
    Subject,
    Tenant,
    Thing,
    joined,
)
from tpe_audit.findings import Cause, Decision, Finding, Judgement
from tpe_audit.terms import Attestation, Terms, Waiver, covers
from tpe_audit.verdicts import Fail, Manual, NotApplicable, Pass, Status, Unknown, Verdict

_log = logging.getLogger(__name__)

NOT_ASKED = "It was not asked for, because what it hangs on could not be read."


@dataclass(slots=True)
class Audit:
    """The findings of an audit, and what went wrong or should be known about it."""

    findings: dict[str, Finding] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    """`id()` of the attestations and waivers that took effect."""
    lapsed: list[str] = field(default_factory=list)
    """Attestations that were given for other values than are read now."""
    _causes: dict[str, dict[str, tuple[int, Cause]]] = field(default_factory=dict)
    """By check and subject key: the root of what failed there, and its place among the judgements."""
    _alike: Alike = field(default_factory=Alike)

    def add(self, finding: Finding) -> None:
        """Take a finding up, and note what its failures may block."""
        self.findings[finding.check.id] = finding
        causes = self._causes[finding.check.id] = {}
        for place, judgement in enumerate(finding.judgements):
            if cause := _cause(finding.check, judgement.subject, judgement.decision):
                causes.setdefault(judgement.subject.key, (place, cause))

    def judgement(self, subject: Subject, decision: Decision) -> Judgement:
        """Return what is said of a subject; of all decisions that are alike one is kept."""
        return Judgement(subject, self._alike.once(decision))

    def fails(self, check: str) -> bool:
        """Whether anything fails by a check."""
        return bool(self._causes[check])

    def failure(self, check: str, keys: frozenset[str]) -> Cause | None:
        """Return the root of the first failure of a check that concerns one of these subjects."""
        causes = self._causes[check]
        return min((causes[key] for key in keys if key in causes), default=(0, None), key=lambda at: at[0])[1]


def judge(catalog: Catalog, checks: Iterable[str], evidence: Evidence, terms: Terms) -> Audit:
    """Judge these checks, and silently all that they rest on, in order of cause."""
    audit = Audit()
    pointers = pointers_of(evidence)
    for check in catalog.closure(checks):
        audit.add(_Bench(check, catalog, evidence, pointers, terms, audit).finding())
    return audit


def pointers_of(evidence: Evidence) -> dict[str, list[str]]:
    """Return, by subject key, the keys of the things that a subject points to."""
    pointers: dict[str, list[str]] = {}
    for question, key in evidence.answers:
        if issubclass(question, Thing):
            answer = evidence.answers[(question, key)]
            if isinstance(answer, Known) and isinstance(answer.value, Thing):
                pointers.setdefault(key, []).append(answer.value.subject.key)
    return pointers


def related(subject: Subject, evidence: Evidence, pointers: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return the keys of the subject, of all that it hangs on, and of the tenant."""
    keys = {subject.key, evidence.tenant.subject.key}
    waiting = [subject.key]
    while waiting:
        new = [key for key in pointers.get(waiting.pop(), ()) if key not in keys]
        keys.update(new)
        waiting.extend(new)
    return frozenset(keys)


@dataclass(frozen=True, slots=True)
class _Bench:
    """Where one check meets the evidence."""

    check: Check
    catalog: Catalog
    evidence: Evidence
    pointers: Mapping[str, Sequence[str]]
    terms: Terms
    audit: Audit

    def finding(self) -> Finding:
        """Judge everything that the check is about."""
        if why := self._spared():
            return Finding(self.check, Status.NOT_APPLICABLE, why)
        census = self._census()
        judgements = tuple(
            self.audit.judgement(subject, self._decision(subject, answer)) for subject, answer in census.found
        )
        worst = min((j.status for j in judgements), key=lambda status: status.rank, default=None)
        if census.gap is not None:
            return self._of_unlisted(census.gap, judgements, worst)
        if worst is None:
            return Finding(self.check, Status.NOT_APPLICABLE, census.nothing or "There is nothing that it concerns.")
        return Finding(self.check, worst, _summary(judgements, worst), judgements)

    def _spared(self) -> str:
        """Return why the deployment as declared does not need the check at all; empty if it does."""
        deployment = self._deployment()
        try:
            return self.check.spared(deployment, self.terms.profile)
        except Exception as error:  # as in a verdict: the check is judged all the same, and the fault told
            _log.debug("check %s", self.check.id, exc_info=True)
            self.audit.errors.append(f"{self.check.path.name} failed in applies(): {type(error).__name__}: {error}")
            return ""

    def _deployment(self) -> Deployment:
        answer = self.evidence.answer(Deployment, self.evidence.tenant.subject)
        if isinstance(answer, Known) and isinstance(answer.value, Deployment):
            return answer.value
        raise LookupError("the evidence holds no deployment")

    def _census(self) -> Census:
        if self.check.judges is Tenant:
            tenant = self.evidence.tenant
            return Census(found=((tenant.subject, Known(tenant)),))
        return self.evidence.census.get(self.check.judges, Census(gap=Gap("Nobody asked for it.")))

    def _of_unlisted(self, gap: Gap, judgements: tuple[Judgement, ...], worst: Status | None) -> Finding:
        """Say what holds where there may be more things than could be listed."""
        status, reason = Status.UNKNOWN, gap.reason
        attestation = None
        if gap.declared_off:
            status, attestation = Status.MANUAL, self._attestation(None, {})
            if attestation:
                status, reason = Status.PASS, _attested(attestation)
        if worst is not None and worst.rank < status.rank:
            status, reason = worst, f"{_summary(judgements, worst)} {gap.reason}"
        return Finding(self.check, status, reason, judgements, gap.evidence, attestation, gap)

    def _decision(self, subject: Subject, answer: Answer) -> Decision:
        wrong_number = self._wrong_number(subject)
        if isinstance(wrong_number, NotApplicable):
            return Decision(Status.NOT_APPLICABLE, wrong_number.reason)
        if cause := self._failed_before(subject):
            return self._blocked(cause)
        if isinstance(wrong_number, Gap):
            return self._unread(subject, (wrong_number,))
        if isinstance(answer, Known) and isinstance(answer.value, self.check.absences):
            return self._said(subject, self._verdict(subject, self.check.absent, [answer.value]), answer.evidence)
        facts: list[Fact | tuple[Fact, ...]] = []
        known: list[Known] = []
        gaps: list[Gap] = []
        for parameter in self.check.parameters:
            found = answer if not parameter.path else self._answer(parameter, subject)
            if isinstance(found, Gap):
                gaps.append(found)
                continue
            foreign = _not_taken(parameter, found.value)
            if foreign is not None:
                return self._of_absent(subject, foreign, found)
            known.append(found)
            facts.append(_as_asked(parameter, found.value))
        if gaps:
            return self._unread(subject, gaps)
        return self._said(subject, self._verdict(subject, self.check.function, facts), joined(known))

    def _verdict(
        self,
        subject: Subject,
        function: Callable[..., Verdict] | None,
        facts: Sequence[Fact | tuple[Fact, ...]],
    ) -> Verdict:
        try:
            verdict = function(*facts) if function else None
        except Exception as error:  # one broken check must not sink the audit, nor hide
            _log.debug("check %s", self.check.id, exc_info=True)
            what = f"{self.check.path.name} failed on {subject.name}: {type(error).__name__}: {error}"
            self.audit.errors.append(what)
            return Unknown(f"The check itself is broken: {what}")
        if isinstance(verdict, Pass | Fail | NotApplicable | Manual | Unknown):
            return verdict
        what = f"{self.check.path.name} returned {type(verdict).__name__}, which is no verdict"
        self.audit.errors.append(what)
        return Unknown(f"The check itself is broken: {what}.")

    def _said(self, subject: Subject, verdict: Verdict, evidence: tuple[int, ...]) -> Decision:
        match verdict:
            case Pass(reason, observed):
                return Decision(Status.PASS, reason, observed, evidence=evidence)
            case Fail(reason, observed, expected):
                waiver = self._waiver(subject)
                status = Status.WAIVED if waiver else Status.FAIL
                return Decision(status, reason, observed, expected, verdict.commands, evidence, waiver=waiver)
            case NotApplicable(reason):
                return Decision(Status.NOT_APPLICABLE, reason, evidence=evidence)
            case Unknown(reason):
                return Decision(Status.UNKNOWN, reason, evidence=evidence)
            case Manual(reason, about):
                return self._asked(subject, reason, about, evidence)

    def _asked(self, subject: Subject, reason: str, about: Mapping[str, str], evidence: tuple[int, ...]) -> Decision:
        """Answer by attestation, or leave it to a person."""
        asked = tuple(about.items())
        if attestation := self._attestation(subject, about):
            return Decision(
                Status.PASS, _attested(attestation), evidence=evidence, attestation=attestation, about=asked
            )
        return Decision(Status.MANUAL, reason, evidence=evidence, about=asked)

    def _unread(self, subject: Subject, gaps: Sequence[Gap]) -> Decision:
        # What was not even asked, because something before it could not be read, explains nothing beside that.
        told = [gap for gap in gaps if gap.reason != NOT_ASKED] or gaps
        reasons = " ".join(dict.fromkeys(gap.reason for gap in told))
        if all(gap.declared_off for gap in told):
            return self._asked(subject, reasons, {}, joined(gaps))
        lacks = tuple(dict.fromkeys(lack for gap in gaps for lack in gap.lacks))
        return Decision(Status.UNKNOWN, reasons, evidence=joined(gaps), lacks=lacks)

    def _blocked(self, cause: Cause) -> Decision:
        reason = f"It rests on {cause.check}, which fails for {cause.subject}."
        return Decision(Status.BLOCKED, reason, blocked_by=cause)

    def _of_absent(self, subject: Subject, absent: Fact, known: Known) -> Decision:
        """Say what holds where a thing that the check is about is proven not to exist."""
        if cause := self._who_fails(type(absent), self._related(subject)) or self._failure_of(absent):
            return self._blocked(cause)
        return Decision(Status.NOT_APPLICABLE, _sentence(absent), evidence=known.evidence)

    def _who_fails(self, absent: type[Fact], keys: frozenset[str]) -> Cause | None:
        """Return the failure that judges this absence, if there is one for one of these subjects."""
        judges = (
            finding.check.id
            for finding in self.audit.findings.values()
            if absent in finding.check.absences or any(absent in p.accepts for p in finding.check.parameters)
        )
        return next((cause for check in judges if (cause := self.audit.failure(check, keys))), None)

    def _failure_of(self, absent: Fact) -> Cause | None:
        """Return the failure that an absence is by a check that was not put to the evidence.

        For an agent who does not exist a licence is not "not applicable", whichever checks were chosen.
        """
        if not isinstance(absent, Thing):
            return None
        causes = (replace(self, check=check).cause(absent) for check in self.catalog.checks.values())
        return next((cause for cause in causes if cause), None)

    def cause(self, absent: Thing) -> Cause | None:
        """Return the failure that an absence is by this check; None if it does not judge it."""
        if not isinstance(absent, self.check.absences) or self._spared():
            return None
        verdict = self._verdict(absent.subject, self.check.absent, [absent])
        return _cause(self.check, absent.subject, self._said(absent.subject, verdict, ()))

    def _failed_before(self, subject: Subject) -> Cause | None:
        failing = [name for name in self.check.requires if self.audit.fails(name)]
        if not failing:
            return None
        keys = self._related(subject)
        causes = (self.audit.failure(name, keys) for name in failing)
        return next((cause for cause in causes if cause), None)

    def _related(self, subject: Subject) -> frozenset[str]:
        return related(subject, self.evidence, self.pointers)

    def _wrong_number(self, subject: Subject) -> NotApplicable | Gap | None:
        """Return why the subject's number makes the check needless, or cannot tell."""
        wanted = self.check.number_types
        if not wanted:
            return None
        types = self._number_types(subject)
        if not types:
            return NotApplicable("There is no number that it could concern.")
        known = [t.value.value for t in types if isinstance(t, Known) and isinstance(t.value, NumberType)]
        if set(known) & set(wanted):
            return None
        if gap := next((t for t in types if isinstance(t, Gap)), None):
            return gap
        if not known:
            return None
        has = _or(tuple(dict.fromkeys(value.words for value in known)))
        return NotApplicable(f"It concerns {_or(tuple(w.words for w in wanted))} numbers; this is {has}.")

    def _number_types(self, subject: Subject) -> list[Answer]:
        if self.check.judges is PhoneNumber:
            return [self._follow((NumberType,), subject)]
        if self.check.judges is not Tenant:
            return [self._follow((PhoneNumber, NumberType), subject)]
        census = self.evidence.census.get(PhoneNumber, Census())
        types: list[Answer] = [census.gap] if census.gap else []
        for number, answer in census.found:
            if isinstance(answer, Gap):
                types.append(answer)
            elif isinstance(answer.value, PhoneNumber):
                types.append(self._follow((NumberType,), number))
        return types

    def _answer(self, parameter: Parameter, subject: Subject) -> Answer:
        if parameter.many and self.check.judges is Tenant:
            return _all_of(self.evidence.census.get(parameter.slot, Census()))
        return self._follow(parameter.path, subject)

    def _follow(self, path: Sequence[type[Fact]], subject: Subject) -> Answer:
        """Follow relations from the subject to a fact; stop where something is unread or absent."""
        at, came_by = subject, list[Answer]()
        for step in path:
            if step is Tenant:
                return Known(self.evidence.tenant, joined(came_by))
            answer = self.evidence.answer(step, at) or self.evidence.answer(step, self.evidence.tenant.subject)
            if answer is None:
                return Gap(NOT_ASKED)
            if isinstance(answer, Gap):
                return answer
            came_by.append(answer)
            value = answer.value
            if step is path[-1] or not isinstance(value, Thing) or type(value) is not step:
                return answer if len(came_by) == 1 else Known(value, joined(came_by))
            at = value.subject
        raise LookupError("a path to a fact is never empty")

    def _attestation(self, subject: Subject | None, about: Mapping[str, str]) -> Attestation | None:
        for entry in self.terms.attestations:
            if not covers(entry, self.check.id, subject):
                continue
            then = entry.about.items()
            if changed := [name for name, value in then if about.get(name, value).casefold() != value.casefold()]:
                name = subject.name if subject else self.check.id
                self.audit.lapsed.append(
                    f"The attestation of {self.check.id} for {name} was given for another "
                    f"{_or(tuple(changed))} than is read now, and no longer counts."
                )
                self.audit.used.add(id(entry))
                continue
            self.audit.used.add(id(entry))
            if entry.on <= self.terms.today <= entry.expires:
                return entry
        return None

    def _waiver(self, subject: Subject) -> Waiver | None:
        for entry in self.terms.waivers:
            if covers(entry, self.check.id, subject):
                self.audit.used.add(id(entry))
                if self.terms.today <= entry.expires:
                    return entry
        return None


def _cause(check: Check, subject: Subject, decision: Decision) -> Cause | None:
    """Return what a decision may block others with."""
    if decision.blocked_by:
        return decision.blocked_by
    if decision.status in (Status.FAIL, Status.WAIVED):
        return Cause(check.id, subject.id, decision.status is Status.WAIVED)
    return None


def _not_taken(parameter: Parameter, value: Fact | tuple[Fact, ...]) -> Fact | None:
    """Return what the check does not take: it asks for a thing, and there is none."""
    if isinstance(value, tuple):
        return None
    return None if isinstance(value, parameter.accepts) else value


def _as_asked(parameter: Parameter, value: Fact | tuple[Fact, ...]) -> Fact | tuple[Fact, ...]:
    if not parameter.many:
        return value[0] if isinstance(value, tuple) else value
    many = value if isinstance(value, tuple) else (value,)
    return tuple(fact for fact in many if isinstance(fact, parameter.accepts))


def _all_of(census: Census) -> Answer:
    gap = census.gap or next((answer for _, answer in census.found if isinstance(answer, Gap)), None)
    if gap:
        return gap
    known = [answer for _, answer in census.found if isinstance(answer, Known)]
    return Known(tuple(a.value for a in known if isinstance(a.value, Fact)), joined(known))


def _summary(judgements: Sequence[Judgement], worst: Status) -> str:
    """Return one sentence for the check as a whole."""
    those = [j for j in judgements if j.status is worst]
    alike = len({j.reason for j in those}) == 1
    if len(judgements) == 1 or (alike and len(those) == len(judgements)):
        return those[0].reason
    share = f"{len(those)} of {len(judgements)}"
    return f"{share}: {those[0].reason}" if alike else f"{share}, {those[0].subject.name} first: {those[0].reason}"


def _attested(attestation: Attestation) -> str:
    return f"Attested by {attestation.by} on {attestation.on}, until {attestation.expires}."


def _sentence(fact: Fact) -> str:
    """Return what a fact says of absence, in its own words."""
    return (type(fact).__doc__ or type(fact).__name__).strip().split("\n\n")[0]


def _or(words: Sequence[str]) -> str:
    return " or ".join(str(word) for word in words)
