"""An evidence file: readings as one JSON document, and back.

`evidence.schema.json` beside this file says what every field means. Within schema /1 fields are only added; facts are
named, and one that this version does not know, or can't read, is not known: never a pass, and never a failure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from tpe_audit import __version__
from tpe_audit.evidence.codec import Codec, Unreadable, name
from tpe_audit.evidence.model import SCHEMA, Document, Named, Said, Told
from tpe_audit.evidence.readings import Looked, Readings
from tpe_audit.facts import Answer, Answers, Census, Collected, Deployment, Evidence, Fact, Gap, Known, Request, Subject
from tpe_audit.facts import Tenant as TenantFact
from tpe_audit.report import SourceReport
from tpe_audit.terms import Attestation, Waiver


class NoEvidence(Exception):
    """A file that is no evidence file as this version knows them; the message says why, as part of a sentence."""


# --- writing -------------------------------------------------------------------------------------------------


def values(readings: Readings, codec: Codec) -> dict[str, Any]:
    """Return readings as JSON values. What can't be written is left as a gap, which says so."""
    evidence = readings.evidence
    written = _Writer(codec)
    return {
        "schema": SCHEMA,
        "tool": {"name": "tpe-audit", "version": __version__},
        "tenant": {"id": readings.tenant.id, "name": readings.tenant.name or None},
        "azure_tenant": {"id": readings.azure_tenant_id, "name": None},
        "simulated": readings.simulated,
        "redacted": readings.redacted,
        "source": readings.half.value,
        "collected_at": readings.collected_at.isoformat(),
        "finished_at": readings.finished_at.isoformat(),
        "asked": sorted(
            ({"thing": name(thing), "fact": name(fact)} for thing, fact in readings.asked),
            key=lambda pair: (pair["thing"], pair["fact"]),
        ),
        "census": [
            {
                "thing": name(thing),
                "found": [
                    {"subject": _named(subject), "told": written.told(answer)} for subject, answer in census.found
                ],
                "gap": written.told(census.gap) if census.gap else None,
                "nothing": census.nothing,
            }
            for thing, census in evidence.census.items()
        ],
        "answers": [
            {"question": name(question), "of": key, "told": written.told(answer)}
            for (question, key), answer in evidence.answers.items()
        ],
        "unread": [
            {"question": name(question), "of": kind.value, "told": written.told(gap)}
            for (question, kind), gap in evidence.unread.items()
        ],
        "listed": [
            {
                "thing": name(thing),
                "where": looked.where,
                "keys": list(looked.keys),
                "gap": written.told(looked.gap) if looked.gap else None,
                "evidence": list(looked.evidence),
            }
            for thing, looked in readings.listed.items()
        ],
        "seen": dict(evidence.seen),
        "requests": [
            {
                "source": request.source,
                "request": request.request,
                "status": request.status,
                "request_id": request.request_id,
                "at": request.at.isoformat(),
            }
            for request in evidence.requests
        ],
        "sources": [
            {"source": one.source, "tenant": one.tenant, "state": one.state.value, "reason": one.reason}
            for one in readings.sources
        ],
        "warnings": list(readings.warnings),
        "errors": list(readings.errors),
        "attestations": [
            {
                "check": one.check,
                "by": one.by,
                "on": one.on.isoformat(),
                "expires": one.expires.isoformat(),
                "subject": one.subject,
                "evidence": one.evidence,
                "about": dict(one.about),
            }
            for one in readings.attestations
        ],
        "waivers": [
            {
                "check": one.check,
                "owner": one.owner,
                "reason": one.reason,
                "expires": one.expires.isoformat(),
                "subject": one.subject,
            }
            for one in readings.waivers
        ],
    }


def _named(subject: Subject) -> dict[str, str]:
    return {"kind": subject.kind.value, "id": subject.id, "name": subject.name}


class _Writer:
    def __init__(self, codec: Codec) -> None:
        self._codec = codec

    def told(self, answer: Answer) -> dict[str, Any]:
        evidence = list(answer.evidence)
        if isinstance(answer, Known):
            many = isinstance(answer.value, tuple)
            facts = answer.value if isinstance(answer.value, tuple) else (answer.value,)
            try:
                said = [{"fact": name(type(fact)), "value": self._codec.written(fact)} for fact in facts]
            except Unreadable as error:
                answer = Gap(f"It was read, but is not part of this evidence file: {error}", answer.evidence)
            else:
                return {"facts": said, "many": many, "gap": None, "evidence": evidence}
        gap = {"reason": answer.reason, "declared_off": answer.declared_off, "lacks": list(answer.lacks)}
        return {"facts": None, "many": False, "gap": gap, "evidence": evidence}


# --- reading -------------------------------------------------------------------------------------------------


def parsed(text: str) -> Document:
    """Return the document that a file holds.

    Raises:
        NoEvidence: it holds none, or one of a version that this one does not know.
    """
    try:
        found = json.loads(text)
    except RecursionError:
        raise NoEvidence("it is nested too deeply") from None
    except ValueError as error:
        raise NoEvidence(f"it is not JSON, or not all of it is there: {error}") from None
    form = found.get("schema") if isinstance(found, dict) else None
    if not isinstance(form, str) or not form.startswith("tpe-audit/"):
        raise NoEvidence("it is not an evidence file of tpe-audit collect")
    if form != SCHEMA:
        what = "a newer or other version of tpe-audit wrote it" if "/evidence/" in form else "it is something else"
        raise NoEvidence(f"its schema is {form!r}, and this version reads {SCHEMA!r}: {what}")
    try:
        return Document.model_validate_json(text)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        at = ".".join(str(part) for part in detail["loc"])
        raise NoEvidence(f"{at}: {detail['msg']}") from None


def readings(document: Document, codec: Codec, called: str) -> Readings:
    """Return the readings that a document holds; `called` names its file.

    Raises:
        NoEvidence: it contradicts itself, or lacks what every audit needs.
    """
    reader = _Reader(codec, called, len(document.requests))
    tenant = TenantFact(document.tenant.id, document.tenant.name or "")
    census = {
        thing: Census(
            tuple((_subject(one.subject), reader.answer(one.told)) for one in listed.found),
            reader.gap(listed.gap),
            listed.nothing,
        )
        for listed in document.census
        if (thing := reader.fact(listed.thing))
    }
    answers = Answers()
    for one in document.answers:
        if question := reader.fact(one.question):
            answers[(question, one.of)] = reader.answer(one.told)
    unread = {
        (question, one.of): gap
        for one in document.unread
        if (question := reader.fact(one.question)) and (gap := reader.gap(one.told))
    }
    listed = {
        thing: Looked(one.where, reader.gap(one.gap), reader.indexes(one.evidence), tuple(one.keys))
        for one in document.listed
        if (thing := reader.fact(one.thing))
    }
    asked = frozenset(
        (thing, fact)
        for pair in document.asked
        if (thing := reader.fact(pair.thing)) and (fact := reader.fact(pair.fact))
    )
    requests = tuple(Request(r.source, r.request, r.status, r.request_id, r.at) for r in document.requests)
    found = Readings(
        Evidence(tenant, census, answers, requests, unread, document.seen),
        document.azure_tenant.id,
        document.collected_at,
        document.finished_at,
        document.simulated,
        document.redacted,
        document.source,
        asked,
        listed,
        tuple(SourceReport(one.source, one.tenant, one.state, one.reason) for one in document.sources),
        (*document.warnings, *reader.warnings),
        tuple(document.errors),
        tuple(
            Attestation(a.check, a.by, a.on, a.expires, a.subject, a.evidence, a.about) for a in document.attestations
        ),
        tuple(Waiver(w.check, w.owner, w.reason, w.expires, w.subject) for w in document.waivers),
    )
    for needed in (Deployment, Collected):
        answer = found.evidence.answer(needed, tenant.subject)
        if not isinstance(answer, Known) or not isinstance(answer.value, needed):
            why = answer.reason if isinstance(answer, Gap) else "it is not there"
            raise NoEvidence(f"{name(needed)} of the tenant can't be read from it: {why}")
    # The moment that stands at its head is the one that everything is judged as of.
    answers[(Collected, tenant.subject.key)] = Known(Collected(document.collected_at))
    return found


def _subject(named: Named) -> Subject:
    return Subject(named.kind, named.id, named.name)


class _Reader:
    """Understands the parts of a document, and remembers what it does not know."""

    def __init__(self, codec: Codec, called: str, requests: int) -> None:
        self._codec = codec
        self._called = called
        self._requests = requests
        self._foreign: dict[str, None] = {}

    @property
    def warnings(self) -> Iterable[str]:
        """What is to be known of it."""
        if self._foreign:
            names = ", ".join(sorted(self._foreign))
            yield f"{self._called} holds what this version, with the plug-ins it has loaded, does not know: {names}."

    def fact(self, called: str) -> type[Fact] | None:
        found = self._codec.fact(called)
        if found is None:
            self._foreign[called] = None
        return found

    def indexes(self, evidence: Iterable[int]) -> tuple[int, ...]:
        found = tuple(evidence)
        if any(index >= self._requests for index in found):
            raise NoEvidence("an answer rests on a request that is not there")
        return found

    def gap(self, told: Told | None) -> Gap | None:
        """Return why something is not known; None if it is."""
        if told is None:
            return None
        answer = self.answer(told)
        return answer if isinstance(answer, Gap) else Gap(f"{self._called} does not say why.", answer.evidence)

    def answer(self, told: Told) -> Answer:
        evidence = self.indexes(told.evidence)
        if told.gap is not None:
            return Gap(told.gap.reason, evidence, told.gap.declared_off, tuple(told.gap.lacks))
        if told.facts is None or (not told.many and len(told.facts) != 1):
            raise NoEvidence("an answer is neither facts nor a gap")
        try:
            facts = tuple(self._read(said) for said in told.facts)
        except Unreadable as error:
            return Gap(f"It can't be read from {self._called}. {error}", evidence)
        return Known(facts if told.many else facts[0], evidence)

    def _read(self, said: Said) -> Fact:
        self.fact(said.fact)
        return self._codec.read(said.fact, said.value)
