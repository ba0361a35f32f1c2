"""The document that Teams PowerShell's script writes, and what of it is believed."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from tpe_audit.sources.errors import Malformed, Off, Unreachable

FRESH = "a fresh Teams PowerShell export, made by a Teams administrator (docs/guides/teams-export.md)"
_AHEAD = timedelta(minutes=10)
"""How far another computer's clock may be ahead."""

_SERIALIZED = re.compile(r"/Date\((-?\d{1,15})\)/")
"""How ConvertTo-Json of Windows PowerShell 5.1 writes a time: milliseconds since 1970."""


def _time(value: object) -> object:
    match = _SERIALIZED.fullmatch(value) if isinstance(value, str) else None
    return datetime.fromtimestamp(int(match[1]) / 1000, UTC) if match else value


class Cmdlet(BaseModel):
    """What one cmdlet answered."""

    model_config = ConfigDict(frozen=True, strict=True)

    ok: bool
    error: str | None = None
    data: list[dict[str, Any]] | None = None


class Document(BaseModel):
    """All that was read of one tenant, by cmdlet."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    form: Literal["tpe-audit/teams-export/1"] = Field(alias="schema")
    tenant_id: str
    collected_at: Annotated[AwareDatetime, BeforeValidator(_time)]
    module_version: str | None = None
    cmdlets: dict[str, Any]

    @property
    def age(self) -> timedelta:
        """How long ago it was read."""
        return datetime.now(UTC) - self.collected_at

    @property
    def age_in_words(self) -> str:
        """How long ago it was read, in hours."""
        hours = self.age.total_seconds() / 3600
        return "less than an hour" if hours < 1 else "1 hour" if round(hours) == 1 else f"{hours:.0f} hours"


def parsed(text: str, words: str, tenant: str, evidence: tuple[int, ...]) -> Document:
    """Return the document that `text` is, if it is of this tenant.

    Args:
        text: JSON.
        words: what the text is, as people call it.
        tenant: the id of the tenant.
        evidence: the request that brought it.

    Raises:
        Malformed: it is none, or of another tenant.
    """
    try:
        document = Document.model_validate(json.loads(text))
    except (ValueError, OverflowError, OSError, RecursionError) as error:
        why = reason(error) if isinstance(error, ValidationError) else "it is not JSON"
        raise Malformed(f"{words} is not believed: {why}.", evidence) from None
    if document.tenant_id.casefold() != tenant.casefold():
        raise Malformed(f"{words} is of another tenant ({document.tenant_id}), and not believed.", evidence)
    if document.age < -_AHEAD:
        raise Malformed(f"{words} is dated in the future, and not believed.", evidence)
    return document


def young(document: Document, words: str, max_age_hours: float, evidence: tuple[int, ...]) -> Document:
    """Return the document, if it is not too old to be believed.

    Raises:
        Unreachable: it is.
    """
    if document.age > timedelta(hours=max_age_hours):
        raise Unreachable(
            f"{words} is {document.age_in_words} old, and max_age_hours is {max_age_hours:g}: make a new one.",
            evidence,
            (FRESH,),
        )
    return document


def exported(path: Path, words: str, ways: str) -> str:
    """Return what stands in the file that an administrator's script wrote, however PowerShell encoded it.

    Raises:
        SourceError: there is none, or it is no text.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        why = f"Teams PowerShell is not set up, and there is no export {path.name}: {ways}."
        raise Off(why, declared=False, lacks=(FRESH,)) from None
    except OSError as error:
        raise Unreachable(f"{words} can't be read: {error.strerror}.") from None
    try:
        return raw.decode(json.detect_encoding(raw))
    except UnicodeDecodeError:
        raise Malformed(f"{words} is not believed: it is neither UTF-8 nor UTF-16 text.") from None


def reason(error: ValidationError) -> str:
    """Return where a document is not what it should be, and why."""
    detail = error.errors()[0]
    return f"{'.'.join(str(part) for part in detail['loc'])}: {detail['msg']}"
