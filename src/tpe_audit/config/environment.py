"""Every key of the file by its name in the environment."""

from __future__ import annotations

import difflib
import os
import re
import typing
from collections.abc import Iterator, Sequence

from pydantic import BaseModel

from tpe_audit.config.tables import Notify, Tables

PREFIX = "TPE_AUDIT_"
SEPARATOR = "__"


def all_keys(table: type[BaseModel] = Tables, at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every key that a config.toml may hold, as a path; those of lists of tables without a place in the list."""
    for name, field in table.model_fields.items():
        inner = _model_in(field.annotation)
        if inner is None:
            yield (*at, name)
        else:
            yield from all_keys(inner, (*at, name))


def notification_secrets() -> tuple[str, ...]:
    """Return the environment variables that hold where notifications go."""
    return tuple(variable_of(key) for key in all_keys(Notify, ("notify",)) if key[-1].endswith("_url"))


def all_variables() -> list[str]:
    """Return every environment variable that stands for one key, and those of the lists of tables."""
    lists = ("waivers", "attestations", "lines")
    whole = [path[: 1 + min((path.index(name) for name in lists if name in path), default=99)] for path in all_keys()]
    return sorted({variable_of(path) for path in whole})


def variable_of(location: Sequence[str | int]) -> str:
    """Return the environment variable that a key can be given in."""
    return PREFIX + SEPARATOR.join(str(part).upper() for part in location)


def place(location: Sequence[str | int], name: str) -> str:
    """Return the environment variable that a key came from, or the file, which is called `name`."""
    variables = {variable.upper(): variable for variable in sorted(os.environ)}
    for end in range(len(location), 0, -1):
        if found := variables.get(variable_of(location[:end])):
            return found
    below = f"{variable_of(location)}{SEPARATOR}"
    return next((variable for upper, variable in variables.items() if upper.startswith(below)), name)


def unknown_variables() -> list[str]:
    """Return one line for each variable that looks like one of ours, and is none."""
    sections = {f"{PREFIX}{field}".upper() for field in Tables.model_fields}
    problems = []
    for variable in sorted(os.environ):
        upper = variable.upper()
        if not upper.startswith(PREFIX):
            continue
        if not any(upper == section or upper.startswith(section + SEPARATOR) for section in sections):
            near = difflib.get_close_matches(upper, all_variables(), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            problems.append(f"{variable}: there is no such environment variable of tpe-audit{hint}")
    return problems


def variable_in(message: str) -> str:
    """Return the environment variable that a message of pydantic-settings is about."""
    field = re.search(r'field "(\w+)"', message)
    name = f"{PREFIX}{field.group(1)}".upper() if field else PREFIX
    return next((v for v in sorted(os.environ) if v.upper().startswith(name)), f"{name}…")


def table_at(location: Sequence[str | int]) -> type[BaseModel] | None:
    """Return the table that a location leads to."""
    at: type[BaseModel] = Tables
    for part in location:
        if isinstance(part, int):
            continue
        field = at.model_fields.get(part)
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return None
        at = inner
    return at


def _model_in(annotation: object) -> type[BaseModel] | None:
    inner = typing.get_args(annotation)
    if inner:
        return next((found for part in inner if (found := _model_in(part))), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
