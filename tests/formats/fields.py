"""The fields of a JSON Schema as a flat list of paths, for a page that people read and a promise that is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    """One field: `findings[].status`."""

    type: str
    meaning: str
    values: tuple[str, ...]
    """The closed vocabulary; empty: any value of the type."""
    required: bool

    def kept(self) -> dict[str, object]:
        """What readers rely on."""
        return {"type": self.type, "values": list(self.values), "required": self.required}


def described(schema: Mapping[str, Any]) -> dict[str, Field]:
    """Every field by its path, in the order of the schema."""
    return dict(_fields(schema, schema, ""))


def _fields(root: Mapping[str, Any], table: Mapping[str, Any], at: str) -> Iterator[tuple[str, Field]]:
    for name, inner in table.get("properties", {}).items():
        yield from _field(root, inner, f"{at}.{name}".lstrip("."), required=name in table.get("required", ()))
    if isinstance(others := table.get("additionalProperties"), dict):
        yield from _field(root, others, f"{at}.*", required=False)


def _field(
    root: Mapping[str, Any], given: Mapping[str, Any], path: str, *, required: bool
) -> Iterator[tuple[str, Field]]:
    field = _resolved(root, given)
    values = [str(value) for value in field.get("enum", [field["const"]] if "const" in field else [])]
    yield path, Field(_type(root, field), field.get("description", ""), tuple(values), required)
    if "items" in field:
        item = _resolved(root, field["items"])
        if "properties" in item:
            yield from _fields(root, item, f"{path}[]")
        elif "enum" in item:
            yield from _field(root, {"description": "Each of them.", **item}, f"{path}[]", required=True)
    yield from _fields(root, field, path)


def _resolved(root: Mapping[str, Any], field: Mapping[str, Any]) -> dict[str, Any]:
    """The field with what it refers to; what it says itself wins."""
    if "anyOf" in field:
        [one] = [option for option in field["anyOf"] if option != {"type": "null"}]
        return {**_resolved(root, one), **field, "nullable": True}
    if "$ref" not in field:
        return dict(field)
    target: Any = root
    for step in field["$ref"].removeprefix("#/").split("/"):
        target = target[step]
    return {**_resolved(root, target), **field}


def _type(root: Mapping[str, Any], field: Mapping[str, Any]) -> str:
    types = field.get("type", "integer" if isinstance(field.get("enum", [""])[0], int) else "string")
    words = [types] if isinstance(types, str) else list(types)
    if field.get("nullable"):
        words.append("null")
    if words[0] == "array":
        words[0] = f"list of {_type(root, _resolved(root, field['items']))}"
    return " or ".join(words)
