"""The export of Teams PowerShell: one JSON document that an admin's script wrote.

It answers what no other interface does, such as ACS federation.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from tpe_audit.config import Config
from tpe_audit.sources.errors import Malformed, Off, SourceError, Unreachable
from tpe_audit.sources.ledger import Ledger, masked

SCHEMA = "tpe-audit/teams-export/1"
_EXPORT = "a fresh Teams PowerShell export, made by a Teams administrator (docs/guides/teams-export.md)"
_AHEAD = timedelta(minutes=10)
"""How far another computer's clock may be ahead."""


class Cmdlet(BaseModel):
    """What one cmdlet answered."""

    model_config = ConfigDict(frozen=True, strict=True)

    ok: bool
    error: str | None = None
    data: list[dict[str, Any]] | None = None


class Document(BaseModel):
    """The whole export."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    form: Literal["tpe-audit/teams-export/1"] = Field(alias="schema")
    tenant_id: str
    collected_at: AwareDatetime
    module_version: str | None = None
    cmdlets: dict[str, Any]


class TeamsExport:
    """Teams PowerShell's answers for one tenant, as far as the admin's export has them."""

    name = "teams-export"
    words = "The Teams PowerShell export"

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._settings = config.sources.teams_powershell
        self._path = config.path(self._settings.export)
        self._ledger = ledger
        self._read: Document | SourceError | None = None
        self._evidence: tuple[int, ...] = ()
        self.tenant = config.teams.tenant_id
        self.troubles: list[SourceError] = []
        self.answers = 0

    @property
    def ways(self) -> str:
        """How to set it up, as part of a sentence."""
        return (
            "run a read-only export in Teams PowerShell as a Teams administrator, and name its file in "
            "[sources.teams_powershell] export (docs/guides/teams-export.md says how)"
        )

    def cmdlet(self, name: str) -> tuple[list[dict[str, Any]], tuple[int, ...]]:
        """Return the objects that a cmdlet answered, and the evidence.

        Raises:
            SourceError: the export does not tell.
        """
        try:
            held = self._document().cmdlets
            if name not in held:
                raise Unreachable(f"{self.words} does not hold {name}: {self.ways}.", self._evidence, (_EXPORT,))
            try:
                found = Cmdlet.model_validate(held[name])
            except ValidationError as error:
                why = f"{self.words} {self._path.name} is not believed for {name}: {_first(error)}."
                raise Malformed(why, self._evidence) from None
            if not found.ok or found.data is None:
                said = masked(found.error or "no data")
                raise Unreachable(
                    f"{name} failed when the Teams PowerShell export was made: {said}. Reading it takes a Teams "
                    "administrator, or the Entra role Teams Reader or Global Reader.",
                    self._evidence,
                    ("the role Teams Administrator, for whoever makes the Teams PowerShell export",),
                )
        except SourceError as error:
            self.troubles.append(error)
            raise
        self.answers += 1
        return found.data, self._evidence

    def _document(self) -> Document:
        if self._read is None:
            try:
                self._read = self._believed()
            except SourceError as error:
                self._read = error
        if isinstance(self._read, SourceError):
            raise self._read
        return self._read

    def _believed(self) -> Document:
        """Return the export, if it is of this tenant and young enough."""
        if self._settings.mode == "off":
            raise Off('Teams PowerShell is switched off ([sources.teams_powershell] mode = "off").', declared=True)
        if self._settings.mode == "pwsh":
            why = f"This version does not run Teams PowerShell itself: {self.ways}."
            raise Off(why, declared=False, lacks=(_EXPORT,))
        text = self._text(self._path)
        self._evidence = (self._ledger.record(self.name, f"read {self._path.name}", 200),)
        try:
            document = Document.model_validate(json.loads(text))
        except (ValueError, RecursionError) as error:
            why = _first(error) if isinstance(error, ValidationError) else "it is not JSON"
            raise Malformed(f"{self.words} {self._path.name} is not believed: {why}.", self._evidence) from None
        if document.tenant_id.casefold() != self.tenant.casefold():
            raise Malformed(
                f"{self.words} {self._path.name} is of another tenant ({document.tenant_id}), and not believed.",
                self._evidence,
            )
        age = datetime.now(UTC) - document.collected_at
        if age > timedelta(hours=self._settings.max_age_hours):
            raise Unreachable(
                f"{self.words} {self._path.name} is {age.total_seconds() / 3600:.0f} hours old, and "
                f"max_age_hours is {self._settings.max_age_hours:g}: make a new one.",
                self._evidence,
                (_EXPORT,),
            )
        if age < -_AHEAD:
            raise Malformed(f"{self.words} {self._path.name} is dated in the future, and not believed.", self._evidence)
        return document

    def _text(self, path: Path) -> str:
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            why = f"Teams PowerShell is not set up, and there is no export {path.name}: {self.ways}."
            raise Off(why, declared=False, lacks=(_EXPORT,)) from None
        except OSError as error:
            raise Unreachable(f"{self.words} {path} can't be read: {error.strerror}.") from None
        encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            raise Malformed(f"{self.words} {path.name} is not believed: it is neither UTF-8 nor UTF-16 text.") from None


def _first(error: ValidationError) -> str:
    detail = error.errors()[0]
    return f"{'.'.join(str(part) for part in detail['loc'])}: {detail['msg']}"
