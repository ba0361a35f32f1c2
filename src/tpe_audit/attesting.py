"""Writes attestations into a TOML file, and leaves everything else in it as it stands, comments too."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tomlkit
from filelock import FileLock, Timeout
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array

from tpe_audit.files import MODE, put_in_place
from tpe_audit.terms import Attestation

KEY = "attestations"
_PATIENCE = 10
"""Seconds to wait for another one that writes the same file."""
_BOM = "\ufeff"


class NotWritten(Exception):
    """A file could not be changed, and is as it was; the message names it and says why."""


def record(path: Path, entries: Sequence[Attestation]) -> int:
    """Write entries into a file, in place of older ones for the same check and subject.

    Args:
        path: config.toml, or a file that holds attestations alone, and need not be there yet.
        entries: what to write.

    Returns:
        How many of them have taken the place of an older one.

    Raises:
        NotWritten: the file is as it was.
    """
    path = path.resolve()
    try:
        path.parent.stat()
        # A file that is replaced can't be locked itself, so another one beside it is.
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=_PATIENCE, mode=MODE):
            return _record(path, entries)
    except Timeout:
        raise NotWritten(f"{path}: another program has been writing it for {_PATIENCE} seconds") from None
    except OSError as error:
        raise NotWritten(f"{path}: {error.strerror or error}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, TOMLKitError) as error:
        raise NotWritten(f"{path}: it is not TOML: {error}") from None


def _record(path: Path, entries: Sequence[Attestation]) -> int:
    there = path.exists()
    text = path.read_bytes().decode() if there else ""
    before = tomllib.loads(text.removeprefix(_BOM))
    written, replaced = _with(text.removeprefix(_BOM), entries)
    _make_sure(path, before, written, entries)
    mode = path.stat().st_mode & 0o777 if there else MODE
    put_in_place(path, f"{_BOM if text.startswith(_BOM) else ''}{written}".encode(), mode)
    return replaced


def _with(text: str, entries: Sequence[Attestation]) -> tuple[str, int]:
    """Return the text of a TOML file with entries in it, and how many were there before."""
    document = tomlkit.parse(text)
    if KEY not in document:
        document[KEY] = tomlkit.aot()
    held: Any = document[KEY]
    if not isinstance(held, AoT | Array):
        raise TOMLKitError(f"{KEY} is no list of tables")
    replaced = 0
    for entry in entries:
        old = [place for place, table in enumerate(held) if _same(table, entry)]
        for place in reversed(old[1:]):
            del held[place]
        if old:
            _fill(held[old[0]], entry)
            replaced += 1
            continue
        table: Any = tomlkit.table() if isinstance(held, AoT) else tomlkit.inline_table()
        _fill(table, entry)
        if isinstance(held, AoT) and (held or text.strip()):
            _gap(document, held)
        held.append(table)
    if isinstance(held, Array):
        held.multiline(multiline=True)
    return tomlkit.dumps(document), replaced


def _gap(document: tomlkit.TOMLDocument, held: AoT) -> None:
    """Leave a line empty before the entry that comes next."""
    if held:
        last: Any = held[-1]
        if not tomlkit.dumps(document).endswith("\n\n"):
            last.add(tomlkit.nl())
    elif not document.as_string().endswith("\n\n"):
        document.add(tomlkit.nl())


def _same(table: Any, entry: Attestation) -> bool:
    subject = str(table.get("subject", "")).strip()
    return table.get("check") == entry.check and subject.casefold() == entry.subject.casefold()


def _fill(table: Any, entry: Attestation) -> None:
    """Write an entry's keys into its table, and leave its comments."""
    for key, value in _values(entry).items():
        if value in ("", {}):
            table.pop(key, None)
        elif isinstance(value, dict):
            about = tomlkit.inline_table()
            about.update(value)
            table[key] = about
        else:
            table[key] = value


def _values(entry: Attestation) -> dict[str, Any]:
    return {
        "check": entry.check,
        "subject": entry.subject,
        "by": entry.by,
        "on": entry.on,
        "expires": entry.expires,
        "evidence": entry.evidence,
        "about": dict(entry.about),
    }


def _make_sure(path: Path, before: dict[str, Any], written: str, entries: Sequence[Attestation]) -> None:
    """See to it that the entries are in, and that nothing else has changed.

    Raises:
        NotWritten: the file is too unusual to be changed by a program.
    """
    why = f"{path}: it is written in a way that can't be changed safely; write the entry by hand"
    try:
        after = tomllib.loads(written)
    except tomllib.TOMLDecodeError:
        raise NotWritten(why) from None

    def others(document: dict[str, Any]) -> list[dict[str, Any]]:
        return [held for held in document.get(KEY, []) if not any(_same(held, entry) for entry in entries)]

    wanted = [{key: value for key, value in _values(entry).items() if value not in ("", {})} for entry in entries]
    rest = [{key: value for key, value in document.items() if key != KEY} for document in (before, after)]
    if rest[0] != rest[1] or others(before) != others(after) or not all(entry in after[KEY] for entry in wanted):
        raise NotWritten(why)
