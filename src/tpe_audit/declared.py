"""Where the configuration declares what is judged, so that a finding can point to a line of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tpe_audit.facts import Kind, Subject

USUAL_FILE = "config.toml"

_HEADER = re.compile(r"\s*\[\[?\s*([\w.\-\s\"']+?)\s*\]\]?\s*(#.*)?")
_HOMES: Mapping[Kind, tuple[str, ...]] = {
    Kind.TENANT: ("teams",),
    Kind.ACCOUNT: ("deployment", "teams"),
    Kind.NUMBER: ("deployment", "teams"),
    Kind.APPLICATION: ("deployment", "teams"),
    Kind.BOT: ("azure", "deployment", "teams"),
    Kind.ACS: ("azure", "deployment", "teams"),
    Kind.EVENT_SUBSCRIPTION: ("azure", "deployment", "teams"),
    Kind.AGENT: ("deployment.agents", "deployment", "teams"),
    Kind.ENVIRONMENT: ("deployment.dynamics", "deployment", "teams"),
}
"""The tables that a kind of thing belongs to where no table names the thing itself, the nearest first."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the file."""

    name: str
    """As its head writes it: deployment.lines."""
    line: int
    """Of its head, from 1."""
    values: frozenset[str]
    """The texts in it, as things are compared by."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A configuration file and its tables."""

    file: str = USUAL_FILE
    """Its path with slashes, from the folder of the run where it lies below that; the usual name where there is no
    file, because whoever reads locations wants one for every finding."""
    tables: tuple[Table, ...] = ()

    def line(self, subject: Subject | None) -> int:
        """Return the line that declares a thing, or the table that it belongs to; 1 where there is neither."""
        if subject is None:
            return 1
        keys = {_compared(subject.id), _compared(subject.name)}
        naming = [table for table in self.tables if not keys.isdisjoint(table.values)]
        # A waiver or an attestation speaks of a thing, and declares none.
        for table in naming:
            if table.name not in ("waivers", "attestations"):
                return table.line
        homes = (table.line for name in _HOMES[subject.kind] for table in self.tables if table.name == name)
        return next(homes, 1)


def declared(text: str, file: str) -> Declared:
    """Return the tables of a configuration file, which is TOML."""
    rows = text.replace("\r\n", "\n").split("\n")
    heads: list[tuple[int, str]] = []
    bodies: list[Mapping[str, object]] = []
    start = 0
    for index, row in enumerate([*rows, "[end]"]):
        head = _HEADER.fullmatch(row)
        # What looks like a head may stand within a text or a list of several lines: then what is above is not whole.
        body = _parsed("\n".join(rows[start:index])) if head else None
        if head is None or body is None:
            continue
        if heads:
            bodies.append(body)
        heads.append((index + 1, re.sub(r"[\s\"']", "", head[1])))
        start = index
    return Declared(
        file,
        tuple(
            Table(name, line, frozenset(map(_compared, _texts(body))))
            for (line, name), body in zip(heads, bodies, strict=False)
        ),
    )


def _parsed(text: str) -> Mapping[str, object] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
        if value.startswith("/"):
            # An ARM id: what people call the thing is its last part.
            yield value.rstrip("/").rpartition("/")[2]
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _compared(text: str) -> str:
    """Return a text as ids and numbers are compared: without case, and numbers without how they are written."""
    plain = text.strip().casefold().removeprefix("tel:").partition(";")[0]
    return re.sub(r"[\s().-]", "", plain) if plain.startswith("+") else plain
