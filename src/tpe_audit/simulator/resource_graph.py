"""Azure Resource Graph: enough of its query language to discover resources.

Microsoft Learn, "Understanding the Azure Resource Graph query language": the table `resources` with where,
project, extend, order by, take and count. An operator beyond these is refused with 400, never ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tpe_audit.simulator import odata
from tpe_audit.simulator.inventory import Resource

Row = Mapping[str, Any]
Expression = Callable[[Row], Any]

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?P<number>\d+(?:\.\d+)?\b)"""
    r"""|(?P<operator>=~|!~|==|!=|!in~|in~|!in\b|=|\(|\)|,|\||\.|\[|\])|(?P<name>[A-Za-z_][\w]*))"""
)
_FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "tostring": lambda value: "" if value is None else value if isinstance(value, str) else str(value),
    "tolower": lambda value: str(value or "").lower(),
    "toupper": lambda value: str(value or "").upper(),
    "isempty": lambda value: value is None or value == "",
    "isnotempty": lambda value: value is not None and value != "",
    "isnull": lambda value: value is None,
    "isnotnull": lambda value: value is not None,
    "tobool": lambda value: value if isinstance(value, bool) else str(value).lower() == "true",
}
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
    "=~": lambda left, right: _low(left) == _low(right),
    "!~": lambda left, right: _low(left) != _low(right),
    "contains": lambda left, right: str(_low(right)) in str(_low(left) or ""),
    "has": lambda left, right: str(_low(right)) in re.split(r"\W+", str(_low(left) or "")),
    "startswith": lambda left, right: str(_low(left) or "").startswith(str(_low(right))),
    "endswith": lambda left, right: str(_low(left) or "").endswith(str(_low(right))),
}


class QueryError(Exception):
    """A query that Resource Graph refuses."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def _low(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def demand_subscriptions(asked: Sequence[str], visible: Mapping[str, Any]) -> None:
    """Refuses a query on subscriptions none of which the caller can see."""
    if not visible:
        raise QueryError(
            "NoValidSubscriptionsInQueryRequest",
            "There must be at least one subscription that is eligible to contain resources. Given: "
            f"'{','.join(asked)}'.",
        )


def row(resource: Resource) -> Row:
    """A resource as a row of the table `resources`."""
    body = resource.body
    return {
        "id": resource.id,
        "name": body["name"],
        "type": resource.kind.lower(),
        "tenantId": resource.subscription.tenant_id,
        "kind": body.get("kind", ""),
        "location": body.get("location", ""),
        "resourceGroup": resource.resource_group.lower(),
        "subscriptionId": resource.subscription.id,
        "managedBy": "",
        "sku": body.get("sku"),
        "plan": None,
        "properties": body["properties"],
        "tags": body.get("tags"),
        "identity": body.get("identity"),
        "zones": None,
        "extendedLocation": None,
    }


class _Query:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None:
                raise QueryError("ParserFailure", f"Syntax error at position {position}: '{text[position:][:20]}'.")
            kind = match.lastgroup or ""
            self.tokens.append((kind, match.group(kind)))
            position = match.end()
        self.tokens.append(("end", "end of query"))
        self.at = 0

    @property
    def current(self) -> str:
        kind, value = self.tokens[self.at]
        return value.lower() if kind in ("name", "operator") else value

    def take(self, *values: str) -> str | None:
        if self.tokens[self.at][0] in ("name", "operator") and self.current in values:
            self.at += 1
            return self.tokens[self.at - 1][1].lower()
        return None

    def expect(self, value: str) -> None:
        if self.take(value) is None:
            raise self.error()

    def error(self) -> QueryError:
        return QueryError("ParserFailure", f"Syntax error near '{self.current}'.")

    def name(self) -> str:
        kind, value = self.tokens[self.at]
        if kind != "name":
            raise self.error()
        self.at += 1
        return value

    def run(self, rows: list[Row]) -> list[Row]:
        if self.take("resources") is None:
            raise QueryError("InvalidTableName", f"Table {self.current} is invalid, unsupported or disallowed.")
        while self.take("|"):
            operator = self.name().lower()
            if operator == "where":
                rows = self.where(rows)
            elif operator in ("project", "extend"):
                rows = self.columns(rows, keep=operator == "extend")
            elif operator in ("order", "sort"):
                self.expect("by")
                rows = self.order(rows)
            elif operator in ("take", "limit"):
                rows = rows[: int(self.number())]
            elif operator == "count":
                rows = [{"Count": len(rows)}]
            else:
                raise QueryError("DisallowedOperator", f"Operator '{operator}' is not supported.")
        if self.tokens[self.at][0] != "end":
            raise self.error()
        return rows

    def number(self) -> str:
        kind, value = self.tokens[self.at]
        if kind != "number":
            raise self.error()
        self.at += 1
        return value

    def where(self, rows: list[Row]) -> list[Row]:
        condition = self.either()
        return [row for row in rows if condition(row)]

    def columns(self, rows: list[Row], keep: bool) -> list[Row]:
        columns: list[tuple[str, Expression]] = []
        while True:
            start = self.at
            expression = self.value()
            name = "".join(value for _, value in self.tokens[start : self.at]).replace(".", "_")
            if self.take("="):
                expression = self.value()
            columns.append((name, expression))
            if not self.take(","):
                break
        return [{**(row if keep else {}), **{name: expression(row) for name, expression in columns}} for row in rows]

    def order(self, rows: list[Row]) -> list[Row]:
        keys: list[tuple[Expression, bool]] = []
        while True:
            expression = self.value()
            keys.append((expression, self.take("asc", "desc") != "asc"))
            if not self.take(","):
                break
        for expression, descending in reversed(keys):
            rows = sorted(rows, key=_sort_key(expression), reverse=descending)
        return rows

    def either(self) -> Expression:
        parts = [self.both()]
        while self.take("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else lambda row: any(part(row) for part in parts)

    def both(self) -> Expression:
        parts = [self.comparison()]
        while self.take("and"):
            parts.append(self.comparison())
        return parts[0] if len(parts) == 1 else lambda row: all(part(row) for part in parts)

    def comparison(self) -> Expression:
        if self.take("("):
            inner = self.either()
            self.expect(")")
            return inner
        left = self.value()
        operator = self.take(*_COMPARISONS, "in", "in~", "!in", "!in~")
        if operator is None:
            if self.current in ("and", "or", ")", "|") or self.tokens[self.at][0] == "end":
                return left
            raise self.error()
        if operator in _COMPARISONS:
            compare, right = _COMPARISONS[operator], self.value()
            return lambda row: compare(left(row), right(row))
        self.expect("(")
        values = [self.value()]
        while self.take(","):
            values.append(self.value())
        self.expect(")")
        fold: Callable[[Any], Any] = _low if operator.endswith("~") else (lambda value: value)
        negated = operator.startswith("!")
        return lambda row: (fold(left(row)) in [fold(value(row)) for value in values]) is not negated

    def value(self) -> Expression:
        kind, text = self.tokens[self.at]
        if kind == "string":
            self.at += 1
            constant = re.sub(r"\\(.)", r"\1", text[1:-1])
            return lambda _row: constant
        if kind == "number":
            self.at += 1
            number = float(text) if "." in text else int(text)
            return lambda _row: number
        name = self.name()
        if name.lower() in ("true", "false"):
            truth = name.lower() == "true"
            return lambda _row: truth
        if self.take("("):
            function = _FUNCTIONS.get(name.lower())
            if function is None:
                raise QueryError("UnknownFunction", f"Unknown function: '{name}'.")
            argument = self.value()
            self.expect(")")
            return lambda row: function(argument(row))
        path = [name]
        while True:
            if self.take("."):
                path.append(self.name())
            elif self.take("["):
                kind, text = self.tokens[self.at]
                if kind != "string":
                    raise self.error()
                self.at += 1
                path.append(text[1:-1])
                self.expect("]")
            else:
                return lambda row: _walk(row, path)


def _sort_key(expression: Expression) -> Callable[[Row], str]:
    return lambda row: str(expression(row) or "").lower()


def _walk(row: Row, path: Sequence[str]) -> Any:
    value: Any = row
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def answer(body: Mapping[str, Any], rows: Sequence[Row], cap: int | None) -> dict[str, Any]:
    """The answer to a query. Without an `id` column there are no further pages, only truncation."""
    options = body.get("options") or {}
    if str(options.get("resultFormat", "objectArray")).lower() != "objectarray":
        raise QueryError("UnsupportedResultFormat", "Only the result format 'objectArray' is supported here.")
    top = options.get("$top", 1000)
    if not 1 <= int(top) <= 1000:
        raise QueryError("InvalidTop", "The value of $top must be between 1 and 1000.")
    found = _Query(str(body.get("query", ""))).run(list(rows))
    try:
        offset = odata.offset_of(options.get("$skipToken")) + int(options.get("$skip", 0))
    except odata.QueryError as error:
        raise QueryError("InvalidSkipToken", error.message) from error
    size = min(int(top), cap) if cap else int(top)
    data = found[offset : offset + size]
    more = offset + size < len(found)
    pages = more and "id" in found[0]
    content: dict[str, Any] = {
        "totalRecords": len(found),
        "count": len(data),
        "data": data,
        "facets": [],
        "resultTruncated": "true" if more and not pages else "false",
    }
    if pages:
        content["$skipToken"] = odata.token_for(offset + size)
    return content
