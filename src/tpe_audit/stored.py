"""Reads a report that was kept as JSON (`tpe-audit/report/1`): what later commands need of it, or why it is none.

Within version 1 fields are only added, so what is not known here is passed over; what must be there is checked
strictly, so that half a report is never taken for a whole one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from tpe_audit.catalog import Profile
from tpe_audit.facts import Kind, Subject
from tpe_audit.formats.json import SCHEMA
from tpe_audit.report import Outcome
from tpe_audit.shell import Shell
from tpe_audit.verdicts import Owner, Severity, Status

LARGEST = 512 * 1024 * 1024
"""Bytes. A report with every subject of the largest tenants stays far below."""

Count = Annotated[int, Field(ge=0)]
Text = Annotated[str, Field(min_length=1)]


class NotAReport(Exception):
    """A file holds no report that can be used; the message names the file and says why."""


@dataclass(frozen=True, slots=True)
class StoredTenant:
    """Whose tenant it is."""

    id: Text
    name: str | None = None


@dataclass(frozen=True, slots=True)
class StoredCause:
    """The failure at the root of what it blocks."""

    check: Text
    subject: str


@dataclass(frozen=True, slots=True)
class StoredAttestation:
    """A person's answer that held."""

    by: str
    on: date
    expires: date
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class StoredWaiver:
    """Who had accepted a failure for a time."""

    owner: str
    reason: str
    expires: date


@dataclass(frozen=True, slots=True)
class StoredSubject:
    """One thing, and what one check said of it."""

    kind: Kind
    id: str
    name: str
    status: Status
    reason: str
    observed: str = ""
    expected: str = ""
    blocked_by: StoredCause | None = None
    attestation: StoredAttestation | None = None
    waiver: StoredWaiver | None = None
    fix: tuple[str, ...] = ()
    """Commands that mend it, in order."""
    fix_shells: tuple[Shell, ...] = ()
    """The shell that each command of `fix` is for; empty in reports that do not tell."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What a person's answer is about."""

    @property
    def subject(self) -> Subject:
        """The thing itself."""
        return Subject(self.kind, self.id, self.name)


@dataclass(frozen=True, slots=True)
class StoredFix:
    """How to mend it in general."""

    summary: str
    url: str


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """What the audit said by one check: of each subject, and all in all."""

    check: Text
    title: str
    area: str
    severity: Severity
    owner: Owner
    status: Status
    reason: str
    subjects: tuple[StoredSubject, ...]
    fix: StoredFix
    subject_counts: Mapping[Status, Count]
    omitted: Count
    """How many subjects that pass or are not applicable are not listed."""
    codes: tuple[str, ...] = ()
    required: bool | None = None
    """Whether it decided the verdict; None in reports that do not tell."""
    question: str | None = None
    permissions: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    attestation: StoredAttestation | None = None
    unlisted: str | None = None
    """Why its things could not be listed, or not all of them; None: they were."""


@dataclass(frozen=True, slots=True)
class StoredExpiry:
    """One thing that ends at a known moment."""

    ending: str
    what: str
    at: AwareDatetime
    then: str = ""
    owner: Owner | None = None
    check: str | None = None


@dataclass(frozen=True, slots=True)
class StoredUnread:
    """Something that may end, and of which that could not be read."""

    what: str
    reason: str
    declared: bool = False


@dataclass(frozen=True, slots=True)
class StoredNotification:
    """Whether somebody was told of the run."""

    channel: str
    sent: bool


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report as it was kept."""

    schema: Literal["tpe-audit/report/1"]
    tenant: StoredTenant
    simulated: bool
    profile: Profile
    started_at: AwareDatetime
    finished_at: AwareDatetime
    verdict: Outcome
    exit_code: int
    sentence: str
    first: tuple[str, ...]
    warnings: tuple[str, ...]
    errors: tuple[str, ...]
    findings: tuple[StoredFinding, ...]
    azure_tenant: StoredTenant | None = None
    """The tenant with the bot and the ACS resource."""
    selected: bool = False
    """Only some checks or subjects were asked for."""
    subjects: tuple[str, ...] = ()
    """The subjects that were asked for, as `--subject` named them; empty: all."""
    threshold: Severity = Severity.MAJOR
    expiring: tuple[StoredExpiry, ...] = ()
    expiring_unread: tuple[StoredUnread, ...] | None = None
    """None in reports that do not tell."""
    notifications: tuple[StoredNotification, ...] = ()

    @property
    def full(self) -> bool:
        """Whether it tells all of a real tenant: neither simulated nor narrowed."""
        return not self.selected and not self.simulated


def read(path: Path) -> StoredReport:
    """Return the report that a file holds.

    Raises:
        NotAReport: it holds none that this version reads.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise NotAReport(f"{path}: there is no such file") from None
    except OSError as error:
        raise NotAReport(f"{path}: it can't be read: {error.strerror or error}") from None
    if len(raw) > LARGEST:
        raise NotAReport(f"{path}: it is larger than {LARGEST // 1024**2} MB, so it is no report of tpe-audit")
    return parse(raw, str(path))


def parse(raw: bytes, name: str) -> StoredReport:
    """Return the report that `raw` holds; `name` is what messages call it.

    Raises:
        NotAReport: it holds none that this version reads.
    """
    # What Windows PowerShell redirects to a file is UTF-16.
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        raise NotAReport(f"{name}: it is neither UTF-8 nor UTF-16 text, so it is no JSON report") from None
    try:
        try:
            return _validated(text.encode())
        except ValidationError as error:
            whole = _without_half_characters(text)
            if error.errors()[0]["type"] != "json_invalid" or whole is None:
                raise
            return _validated(whole)
    except ValidationError as error:
        raise NotAReport(f"{name}: {_why(error.errors(include_url=False, include_input=False))}") from None


def _validated(raw: bytes) -> StoredReport:
    return _adapter().validate_json(raw, strict=True)


def _without_half_characters(text: str) -> bytes | None:
    """Return JSON with ? for halves of surrogate pairs, which a name in a tenant may hold and pydantic refuses."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return None


@cache
def _adapter() -> TypeAdapter[StoredReport]:
    return TypeAdapter(StoredReport)


def _why(details: Sequence[ErrorDetails]) -> str:
    """Return why a document is no report, its kind before its parts."""
    if any(detail["type"] == "json_invalid" for detail in details):
        return "it is not JSON; a report is made with: tpe-audit run --format json"
    if any(not detail["loc"] or detail["loc"] == ("schema",) for detail in details):
        return f'it is no report that this version reads: its "schema" is not "{SCHEMA}"'
    first = details[0]
    place = ".".join(str(part) for part in first["loc"])
    more = f", and {len(details) - 1:,} more" if len(details) > 1 else ""
    return f"it is no whole report: {place}: {first['msg'].replace('Input should', 'it should')}{more}"
