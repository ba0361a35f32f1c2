"""An evidence file: readings as one JSON document, and back.

`evidence.schema.json` beside this file says what every field means. Within schema /1 fields are only added; facts are
named, and one that this version does not know, or can't read, is not known: never a pass, and never a failure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from tpe_audit import __version__
from tpe_audit.evidence.codec import Codec, Unreadable, name
from tpe_audit.evidence.readings import Half, Looked, Readings
from tpe_audit.facts import Answer, Census, Collected, Deployment, Evidence, Fact, Gap, Kind, Known, Request, Subject
from tpe_audit.facts import Tenant as TenantFact
from tpe_audit.report import SourceReport, SourceState
from tpe_audit.terms import Attestation, Waiver

SCHEMA = "tpe-audit/evidence/1"

Index = Annotated[int, Field(ge=0)]


class NoEvidence(Exception):
    """A file that is no evidence file as this version knows them; the message says why, as part of a sentence."""


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, use_attribute_docstrings=True)


class Said(_Part):
    """One fact."""

    fact: str
    """Its name; one that a plug-in brought is named with its module."""
    value: dict[str, Any]
    """Its fields."""


class Unread(_Part):
    """Why something is not known."""

    reason: str
    """A sentence: what was asked, what came back, what to grant or do."""
    declared_off: bool = False
    """The source was switched off on purpose, so a person may answer."""
    lacks: list[str] = []
    """What to grant or set up."""


class Told(_Part):
    """The answer to one question: facts, or why there are none."""

    facts: list[Said] | None = None
    """Null: it is not known, see gap."""
    many: bool = False
    """The question asks for all that there are, which may be none."""
    gap: Unread | None = None
    """Why it is not known; null: it is."""
    evidence: list[Index] = []
    """The requests that it rests on: places in requests."""


class Named(_Part):
    """One thing."""

    kind: Kind
    """tenant, account, number, …"""
    id: str
    """Its stable id."""
    name: str
    """What people call it."""


class Found(_Part):
    """One thing of a list."""

    subject: Named
    """The thing."""
    told: Told
    """What it is."""


class Listed(_Part):
    """The things of one kind that the audit is about."""

    thing: str
    """The fact that describes each."""
    found: list[Found]
    """Each of them."""
    gap: Told | None = None
    """Why there may be more; null: there are no more."""
    nothing: str = ""
    """Why there is none, if there is none."""


class Answered(_Part):
    """The answer to a question on one thing."""

    question: str
    """The fact that was asked for."""
    of: str
    """Kind and id of the thing, the id in lower case: `account:…`."""
    told: Told
    """The answer."""


class Unanswered(_Part):
    """A question that could not be answered of any thing of a kind."""

    question: str
    """The fact that was asked for."""
    of: Kind
    """The kind of things."""
    told: Told
    """Why."""


class Searched(_Part):
    """How far the list of everything of a kind was read, on lines or not."""

    thing: str
    """The fact that describes each."""
    where: str
    """Where it was looked."""
    keys: list[str] = []
    """By what each is known: the application of a bot, the immutable id of an ACS resource."""
    gap: Told | None = None
    """Why there may be more; null: there are no more."""
    evidence: list[Index] = []
    """The requests that it rests on."""


class Pair(_Part):
    """One question that was asked."""

    thing: str
    """The thing."""
    fact: str
    """What was asked of it; the thing itself stands for the list of all such things."""


class Sent(_Part):
    """One request."""

    source: str
    """graph, arm, acs, …"""
    request: str
    """What was asked."""
    status: int | None
    """HTTP status; null: no answer came."""
    request_id: str
    """The service's id of the request."""
    at: AwareDatetime
    """When."""


class Fared(_Part):
    """How one source fared."""

    source: str
    """graph, arm, acs, …"""
    tenant: str
    """Whose."""
    state: SourceState
    """ok, refused, off or failed."""
    reason: str
    """What went wrong."""


class Attested(_Part):
    """An attestation of the configuration that was read with."""

    check: str
    by: str
    on: date
    expires: date
    subject: str = ""
    evidence: str = ""
    about: dict[str, str] = {}


class Accepted(_Part):
    """A waiver of the configuration that was read with."""

    check: str
    owner: str
    reason: str
    expires: date
    subject: str = ""


class Tool(_Part):
    """What wrote the file."""

    name: str
    version: str


class OneTenant(_Part):
    """A tenant."""

    id: str
    name: str | None = None


class Document(_Part):
    """All readings of one run of tpe-audit."""

    form: Literal["tpe-audit/evidence/1"] = Field(alias="schema")
    """The version of this document."""
    tool: Tool
    """What wrote it."""
    tenant: OneTenant
    """The Teams tenant."""
    azure_tenant: OneTenant
    """The tenant with the ACS resource and the bot."""
    simulated: bool
    """It was read of the simulated tenant."""
    redacted: bool
    """Names, numbers and ids are stand-ins."""
    source: Half
    """How much was read: all, or the half of one party."""
    collected_at: AwareDatetime
    """When reading began: what is judged is judged as of then."""
    finished_at: AwareDatetime
    """When it ended."""
    asked: list[Pair]
    """The questions that were asked."""
    census: list[Listed]
    """The things that the audit is about."""
    answers: list[Answered]
    """What is known of each."""
    unread: list[Unanswered]
    """What is known of none of a kind."""
    listed: list[Searched]
    """The lists that were read whether or not a line leads to what is on them."""
    seen: dict[str, int]
    """What was counted, but not judged."""
    requests: list[Sent]
    """Every request."""
    sources: list[Fared]
    """How each source fared."""
    warnings: list[str]
    """What is to be known of the run."""
    errors: list[str]
    """What did not work."""
    attestations: list[Attested]
    """Of the configuration that was read with."""
    waivers: list[Accepted]
    """Of the configuration that was read with."""


def generated() -> dict[str, Any]:
    """Return the JSON Schema as the classes above make it: what `evidence.schema.json` must hold."""
    made = Document.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, **made}


def schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of an evidence file."""
    path = Path(__file__).with_name("evidence.schema.json")
    found: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return found


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
    answers = {
        (question, one.of): reader.answer(one.told)
        for one in document.answers
        if (question := reader.fact(one.question))
    }
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


__all__ = ["SCHEMA", "Document", "NoEvidence", "parsed", "readings", "schema", "values"]
