"""Microsoft's published API descriptions, and how an answer is held against them.

The descriptions are not part of this project: they are read from a folder beside the checkout, if it exists.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "specs"
_EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
_PLAIN: dict[str, type | tuple[type, ...]] = {
    "Edm.String": str,
    "Edm.Boolean": bool,
    "Edm.Int32": int,
    "Edm.Int64": int,
    "Edm.Guid": str,
    "Edm.DateTimeOffset": str,
    "Edm.Binary": str,
}
_PATTERNS = {
    "Edm.Guid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "Edm.DateTimeOffset": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
}


# --- Swagger ---------------------------------------------------------------------------------------


def _location(base: Path, reference: str) -> str:
    """The address of a `$ref`; the folders upstream are deeper than those here."""
    file, _, pointer = reference.partition("#")
    if "common-types/" in file:
        path = FOLDER / "arm" / file[file.index("common-types/") :]
    else:
        path = (base.parent / file).resolve() if file else base
    return f"{path.as_uri()}#{pointer}"


def _draft4(node: Any, base: Path) -> Any:
    """Swagger 2.0 as JSON Schema: absolute references, and null where `x-nullable` allows it."""
    if isinstance(node, list):
        return [_draft4(item, base) for item in node]
    if not isinstance(node, dict):
        return node
    made = {name: _draft4(value, base) for name, value in node.items()}
    if isinstance(node.get("$ref"), str):
        made["$ref"] = _location(base, node["$ref"])
    if node.get("x-nullable") and isinstance(node.get("type"), str):
        made["type"] = [node["type"], "null"]
    return made


@cache
def _document(address: str) -> dict[str, Any]:
    path = Path(address.removeprefix("file://"))
    document: dict[str, Any] = _draft4(json.loads(path.read_text(encoding="utf-8")), path)
    return document


def _retrieve(address: str) -> Resource[Any]:
    return Resource.from_contents(_document(address), default_specification=DRAFT4)


def _definition(address: str) -> dict[str, Any]:
    file, _, pointer = address.partition("#")
    node: Any = _document(file)
    for name in pointer.strip("/").split("/"):
        node = node[name]
    return {**node, "$address": address}


def _resolve(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = _definition(schema["$ref"])
    return schema


def _properties(schema: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Properties of a schema and of what it builds on, and whether others are allowed."""
    schema = _resolve(schema)
    found, free = dict(schema.get("properties", {})), "additionalProperties" in schema
    for part in schema.get("allOf", ()):
        inherited, inherited_free = _properties(part)
        found, free = {**inherited, **found}, free or inherited_free
    return found, free


def _subtype(schema: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """The subtype that the discriminator of a body names."""
    schema = _resolve(schema)
    if "discriminator" not in schema:
        return schema
    file = schema["$address"].partition("#")[0]
    for name, definition in _document(file)["definitions"].items():
        if definition.get("x-ms-discriminator-value") == body.get(schema["discriminator"]):
            return _definition(f"{file}#/definitions/{name}")
    return schema


def _strangers(schema: dict[str, Any], body: Any, path: str) -> Iterator[str]:
    schema = _resolve(schema)
    if isinstance(body, list):
        for item in body:
            yield from _strangers(schema.get("items", {}), item, f"{path}[]")
    if not isinstance(body, dict):
        return
    schema = _subtype(schema, body)
    known, free = _properties(schema)
    for name, value in body.items():
        if name in known:
            yield from _strangers(known[name], value, f"{path}.{name}")
        elif known and not free:
            yield f"{path}.{name} is not described"


def faults_of_swagger(file: str, definition: str, body: Any) -> list[str]:
    """What is wrong with a body: values of the wrong kind, and properties that are not described."""
    address = f"{(FOLDER / file).as_uri()}#/definitions/{definition}"
    registry: Registry[Any] = Registry(retrieve=_retrieve)  # type: ignore[call-arg]
    schema = {"$ref": address}
    found = [
        f"{error.json_path}: {error.message}"
        for error in jsonschema.Draft4Validator(schema, registry=registry).iter_errors(body)
    ]
    return found + list(_strangers(schema, body, "$"))


# --- CSDL ------------------------------------------------------------------------------------------


@dataclass
class _Type:
    base: str | None
    properties: dict[str, tuple[str, bool]] = field(default_factory=dict)


@dataclass
class Model:
    """Types and enumerations of a CSDL document, by full name."""

    types: dict[str, _Type]
    enums: dict[str, set[str]]
    aliases: dict[str, str]

    def full(self, name: str) -> str:
        """A type's name with its namespace instead of the alias."""
        space, _, short = name.rpartition(".")
        return f"{self.aliases.get(space, space)}.{short}"

    def properties(self, name: str) -> dict[str, tuple[str, bool]]:
        """Properties of a type and of its bases, with their types and whether they may be null."""
        kind = self.types[self.full(name)]
        return {**(self.properties(kind.base) if kind.base else {}), **kind.properties}

    def faults(self, name: str, body: Any) -> list[str]:
        """What is wrong with an entity or a complex value."""
        return list(self._faults(name, body, name.rpartition(".")[2]))

    def _faults(self, name: str, body: Any, path: str) -> Iterator[str]:
        if not isinstance(body, dict):
            yield f"{path} is no object"
            return
        known = self.properties(name)
        for key, value in body.items():
            if key.startswith("@odata."):
                continue
            if key not in known:
                yield f"{path}.{key} is not described"
                continue
            kind, nullable = known[key]
            if value is None:
                if not nullable:
                    yield f"{path}.{key} may not be null"
            else:
                yield from self._faults_of_value(kind, value, f"{path}.{key}")

    def _faults_of_value(self, kind: str, value: Any, path: str) -> Iterator[str]:
        if kind.startswith("Collection("):
            if not isinstance(value, list):
                yield f"{path} is no list"
                return
            for item in value:
                yield from self._faults_of_value(kind[11:-1], item, f"{path}[]")
        elif kind in _PLAIN:
            wrong = not isinstance(value, _PLAIN[kind]) or (isinstance(value, bool) and kind != "Edm.Boolean")
            if wrong or (kind in _PATTERNS and not _PATTERNS[kind].fullmatch(value)):
                yield f"{path} is no {kind}: {value!r}"
        elif self.full(kind) in self.enums:
            if value not in self.enums[self.full(kind)]:
                yield f"{path} is no member of {kind}: {value!r}"
        else:
            yield from self._faults(kind, value, path)


@cache
def graph_model(file: str = "graph/v1.0-Prod.csdl") -> Model:
    """The model of Graph v1.0."""
    model = Model({}, {}, {})
    root = ET.parse(FOLDER / file).getroot()  # noqa: S314 - a file of ours
    for schema in root.iter(f"{_EDM}Schema"):
        space = schema.attrib["Namespace"]
        if "Alias" in schema.attrib:
            model.aliases[schema.attrib["Alias"]] = space
        for element in schema:
            full = f"{space}.{element.get('Name')}"
            if element.tag == f"{_EDM}EnumType":
                model.enums[full] = {member.attrib["Name"] for member in element.iter(f"{_EDM}Member")}
            elif element.tag in (f"{_EDM}EntityType", f"{_EDM}ComplexType"):
                properties = {
                    item.attrib["Name"]: (item.attrib["Type"], item.get("Nullable") != "false")
                    for item in element.findall(f"{_EDM}Property")
                }
                model.types[full] = _Type(element.get("BaseType"), properties)
    return model
