"""The form of an evidence file: every field and its meaning, as `evidence.schema.json` tells it too."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tpe_audit.evidence.readings import Half
from tpe_audit.facts import Kind
from tpe_audit.report import SourceState

SCHEMA = "tpe-audit/evidence/1"

Index = Annotated[int, Field(ge=0)]


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
