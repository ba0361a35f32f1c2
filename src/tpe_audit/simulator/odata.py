"""The part of OData that Graph's lists need: `$filter`, `$select`, `$top`, and pages.

Microsoft Learn, "Use the $filter query parameter to filter a collection of objects" and "Paging Microsoft
Graph data in your app". Supported in `$filter`: eq, in, and, or, parentheses and any(). Everything else is
refused, as Graph refuses what a property does not support.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Getter = Callable[[Any], Any]


class QueryError(Exception):
    """A query that Graph refuses with 400."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


# --- $filter ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OneOf:
    """`path eq value` or `path in (values)`."""

    path: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Both:
    """`left and right`."""

    left: Filter
    right: Filter


@dataclass(frozen=True, slots=True)
class Either:
    """`left or right`."""

    left: Filter
    right: Filter


@dataclass(frozen=True, slots=True)
class Some:
    """`path/any(variable:condition)`."""

    path: str
    variable: str
    condition: Filter


Filter = OneOf | Both | Either | Some

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
    r"|(?P<number>-?\d+(?:\.\d+)?\b)|(?P<name>[A-Za-z_@$][\w./]*)|(?P<sign>[(),:]))"
)
MAXIMUM_IN = 15
"""Most values that `in`, and most clauses that `or`, may hold in a default query on directory objects."""


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str, int]] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None:
                raise self.error(position)
            kind = match.lastgroup or ""
            self.tokens.append((kind, match.group(kind), match.start(kind)))
            position = match.end()
        self.tokens.append(("end", "", len(text)))
        self.at = 0

    def error(self, position: int) -> QueryError:
        return QueryError("BadRequest", f"Invalid filter clause: Syntax error at position {position} in '{self.text}'.")

    def take(self, *values: str) -> str | None:
        kind, value, _ = self.tokens[self.at]
        if kind in ("name", "sign") and value in values:
            self.at += 1
            return value
        return None

    def expect(self, value: str) -> None:
        if self.take(value) is None:
            raise self.error(self.tokens[self.at][2])

    def parse(self) -> Filter:
        result = self.either()
        if self.tokens[self.at][0] != "end":
            raise self.error(self.tokens[self.at][2])
        return result

    def either(self) -> Filter:
        result = self.both()
        while self.take("or"):
            result = Either(result, self.both())
        return result

    def both(self) -> Filter:
        result = self.condition()
        while self.take("and"):
            result = Both(result, self.condition())
        return result

    def condition(self) -> Filter:
        if self.take("("):
            result = self.either()
            self.expect(")")
            return result
        kind, path, position = self.tokens[self.at]
        if kind != "name":
            raise self.error(position)
        self.at += 1
        if path.endswith("/any") and self.take("("):
            variable = self.tokens[self.at][1]
            self.at += 1
            self.expect(":")
            condition = self.either()
            self.expect(")")
            return Some(path.removesuffix("/any"), variable, condition)
        operator, position = self.tokens[self.at][1], self.tokens[self.at][2]
        self.at += 1
        if operator == "eq":
            return OneOf(path, (self.literal(),))
        if operator == "in":
            self.expect("(")
            values = [self.literal()]
            while self.take(","):
                values.append(self.literal())
            self.expect(")")
            return OneOf(path, tuple(values))
        if operator in ("ne", "gt", "ge", "lt", "le", "(") or path == "not":
            raise unsupported(path)
        raise self.error(position)

    def literal(self) -> Any:
        kind, value, position = self.tokens[self.at]
        self.at += 1
        if kind == "string":
            return value[1:-1].replace("''", "'").lower()
        if kind == "guid":
            return value.lower()
        if kind == "number":
            return float(value) if "." in value else int(value)
        if kind == "name" and value in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[value]
        raise self.error(position)


def unsupported(path: str) -> QueryError:
    """What Graph says of a filter that a property does not support."""
    name = path.partition("/")[0]
    return QueryError(
        "Request_UnsupportedQuery",
        f"Unsupported or invalid query filter clause specified for property '{name}'.",
    )


def parse_filter(text: str, allowed: Iterable[str], maximum: int | None = None) -> Filter:
    """Reads a `$filter` on these properties; `maximum` limits `in` and `or`."""
    result = _Parser(text).parse()
    names = frozenset(allowed)
    clauses = 0
    todo: list[tuple[Filter, frozenset[str]]] = [(result, frozenset())]
    while todo:
        part, variables = todo.pop()
        if isinstance(part, Both | Either):
            todo += [(part.left, variables), (part.right, variables)]
            continue
        root = part.path.partition("/")[0]
        if root not in names and root not in variables:
            raise unsupported(part.path)
        if isinstance(part, Some):
            todo.append((part.condition, variables | {part.variable}))
            continue
        clauses += len(part.values)
        if maximum is not None and len(part.values) > maximum:
            raise _too_many(len(part.values), maximum)
    if maximum is not None and not _is_conjunction(result) and clauses > maximum:
        raise _too_many(clauses, maximum)
    return result


def _is_conjunction(part: Filter) -> bool:
    if isinstance(part, Both):
        return _is_conjunction(part.left) and _is_conjunction(part.right)
    return not isinstance(part, Either)


def _too_many(count: int, maximum: int) -> QueryError:
    return QueryError(
        "Request_UnsupportedQuery",
        "Too many child clauses specified in search filter expression containing 'OR' operators: "
        f"{count}. Max allowed: {maximum}.",
    )


def _value(item: Any, path: Sequence[str]) -> Any:
    for name in path:
        item = item.get(name) if isinstance(item, Mapping) else None
    return item.lower() if isinstance(item, str) else item


def holds(part: Filter, get: Callable[[str], Any]) -> bool:
    """Whether a filter holds for an entity, whose properties `get` reads."""
    if isinstance(part, Both):
        return holds(part.left, get) and holds(part.right, get)
    if isinstance(part, Either):
        return holds(part.left, get) or holds(part.right, get)
    root, *rest = part.path.split("/")
    if isinstance(part, Some):
        items = _value(get(root), rest) or ()
        return any(holds(part.condition, _variable(part.variable, item)) for item in items)
    return _value(get(root), rest) in part.values


def _variable(variable: str, item: Any) -> Callable[[str], Any]:
    return lambda name: item if name == variable else None


def candidates(part: Filter, indexes: Mapping[str, Mapping[Any, list[Any]]]) -> list[Any] | None:
    """The items that can satisfy a filter by the indexes, or None where every item must be tried."""
    if isinstance(part, OneOf):
        index = indexes.get(part.path)
        if index is None:
            return None
        return [item for value in dict.fromkeys(part.values) for item in index.get(value, ())]
    if isinstance(part, Both):
        left = candidates(part.left, indexes)
        return left if left is not None else candidates(part.right, indexes)
    if isinstance(part, Either):
        left, right = candidates(part.left, indexes), candidates(part.right, indexes)
        if left is None or right is None:
            return None
        return list({id(item): item for item in (*left, *right)}.values())
    return None


# --- $select and entities --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EntityType:
    """How entities of a type are written: all properties, and those given without `$select`."""

    name: str
    properties: Mapping[str, Getter]
    default: tuple[str, ...]
    filterable: frozenset[str] = frozenset()

    def selected(self, select: str | None) -> tuple[str, ...]:
        """The properties to write; a name that the type does not have is refused."""
        if not select or not select.strip():
            return self.default
        names = tuple(dict.fromkeys(name.strip() for name in select.split(",") if name.strip()))
        for name in names:
            if name not in self.properties:
                raise QueryError(
                    "BadRequest",
                    f"Parsing OData Select and Expand failed: Could not find a property named '{name}' on "
                    f"type 'microsoft.graph.{self.name}'.",
                )
        return names

    def write(self, item: Any, names: tuple[str, ...]) -> dict[str, Any]:
        """An entity with these properties."""
        return {name: self.properties[name](item) for name in names}

    def matching(
        self, part: Filter | None, items: Sequence[Any], indexes: Mapping[str, Mapping[Any, list[Any]]]
    ) -> Sequence[Any]:
        """The items for which a filter holds."""
        if part is None:
            return items
        found = candidates(part, indexes)
        tried = items if found is None else found
        return [item for item in tried if holds(part, self._reader(item))]

    def _reader(self, item: Any) -> Callable[[str], Any]:
        return lambda name: self.properties[name](item)


def nothing(_item: Any) -> None:
    """A property that is always null."""
    return


def empty(_item: Any) -> list[Any]:
    """A property that is always an empty list."""
    return []


def constant(value: Any) -> Callable[[Any], Any]:
    """A property that is always the same."""
    return lambda _item: value


def plain(null: Iterable[str], empty_lists: Iterable[str] = ()) -> dict[str, Getter]:
    """Properties that are always null, or empty lists."""
    return {**dict.fromkeys(null, nothing), **dict.fromkeys(empty_lists, empty)}


def stamp(moment: datetime) -> str:
    """A moment as Graph writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


# --- pages -----------------------------------------------------------------------------------------


def size_of_page(query: Mapping[str, str], default: int, maximum: int, cap: int | None) -> int:
    """How many items a page holds: `$top`, else the default, never more than `cap`."""
    size = default
    if "$top" in query:
        text = query["$top"]
        if not text.isdigit() or not 1 <= int(text) <= maximum:
            raise QueryError(
                "Request_UnsupportedQuery",
                f"Invalid page size specified: '{text}'. Must be between 1 and {maximum} inclusive.",
            )
        size = int(text)
    return min(size, cap) if cap else size


def token_for(offset: int) -> str:
    """An opaque `$skiptoken`."""
    return base64.urlsafe_b64encode(f"offset:{offset}".encode()).decode().rstrip("=")


def offset_of(token: str | None) -> int:
    """The offset in a `$skiptoken`; one that we did not give is refused."""
    if not token:
        return 0
    try:
        word, _, number = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().partition(":")
        if word == "offset":
            return int(number)
    except ValueError:
        pass
    raise QueryError(
        "Directory_ExpiredPageToken",
        "The specified page token value has expired and can no longer be included in your request.",
    )
