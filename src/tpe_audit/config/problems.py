"""What is wrong with a configuration, one line each: the place, the key, and what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tpe_audit.config.environment import SEPARATOR, all_variables, place, table_at, variable_of
from tpe_audit.config.tables import LACKS, SECRETS, Tables


class ConfigError(Exception):
    """The configuration can't be used; each line of the message names place, key, and what is allowed."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def secrets_in(data: Mapping[str, Any], name: str, at: tuple[str, ...] = ()) -> list[str]:
    """Return one line for each secret that stands in a file, saying where it belongs."""
    found = []
    for key, value in data.items():
        here = (*at, key)
        if isinstance(value, dict):
            found += secrets_in(value, name, here)
        elif key in SECRETS:
            variables = [variable for variable in all_variables() if variable.endswith(f"{SEPARATOR}{key.upper()}")]
            instead = difflib.get_close_matches(variable_of(here), variables, n=1, cutoff=0)
            found.append(
                f"{name}: {'.'.join(here)}: a secret does not belong in a file; "
                f"take it out and set {instead[0]} instead"
            )
    return found


def wrong_in_file(data: dict[str, Any], name: str) -> list[str]:
    """Return what is wrong in the file by itself: TOML has types, so nothing is converted."""
    try:
        Tables.model_validate(data, strict=True)
    except ValidationError as error:
        return [problem(detail, name, in_file=True) for detail in error.errors() if not _may_be_in_environment(detail)]
    return []


def _may_be_in_environment(detail: ErrorDetails) -> bool:
    """Whether the environment may still supply what the file lacks: a key, or the secret of a credential."""
    inside_list = any(isinstance(part, int) for part in detail["loc"])
    return detail["type"] == LACKS or (detail["type"] == "missing" and not inside_list)


def problem(detail: ErrorDetails, name: str, *, in_file: bool = False) -> str:
    """Return one line: where, which key, and what is allowed. A secret's value is never repeated."""
    location = detail["loc"]
    at = name if in_file else place(location, name)
    key = ".".join(f"[{part}]" if isinstance(part, int) else part for part in location).replace(".[", "[")
    match detail["type"]:
        case "extra_forbidden":
            section = table_at(location[:-1])
            allowed = sorted(section.model_fields) if section else []
            near = difflib.get_close_matches(str(location[-1]), allowed, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            return f"{at}: {key}: there is no such key{hint or '.'} Allowed here: {', '.join(allowed)}"
        case "missing":
            if location == ("teams",):
                key, location = "teams.tenant_id", ("teams", "tenant_id")
            if any(isinstance(part, int) for part in location):
                return f"{at}: {key}: it is missing"
            return f"{at}: {key}: it is missing; set it, or {variable_of(location)} in the environment"
        case "date_type" | "date_from_datetime_parsing" | "date_from_datetime_inexact":
            return f"{at}: {key}: it should be a date without quotes, such as 2027-01-31, not {_shown(detail['input'])}"
        case "value_error":
            return f"{at}: {key}: {detail['ctx']['error']!s}"
        case kind if kind == LACKS:
            return f"{at}: {key}: {_lacking(location, detail['ctx'])}"
        case _:
            # What stands where a table should be may be anything, a secret included.
            hidden = SECRETS & {str(part) for part in location} or table_at(location) is not None
            shown = "" if hidden else f", not {_shown(detail['input'])}"
            return f"{at}: {key}: {_allowed(detail)}{shown}"


def _shown(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else repr(value)


def _allowed(detail: ErrorDetails) -> str:
    """Return what pydantic says of a wrong value, in the words of a config file."""
    at_one = detail.get("ctx", {}).get("min_length") == 1
    match detail["type"]:
        case "model_type" | "model_attributes_type" | "dict_type":
            return "it should be a table"
        case "list_type":
            return "it should be a list"
        case "string_too_short" if at_one:
            return "it should not be empty"
        case "too_short" if at_one:
            return "it should name at least one"
        case "string_pattern_mismatch":
            return "it should be a user principal name or an object id"
        case _:
            return detail["msg"].replace("Input should be", "it should be")


def _lacking(location: Sequence[str | int], context: Mapping[str, Any]) -> str:
    """Return what a credential of its kind needs besides; of a secret also where it belongs."""
    secret = [key for key in context["keys"] if key in SECRETS]
    where = f"; set {variable_of((*location, secret[0]))} in the environment" if secret else ""
    return f"kind = {context['kind']!r} needs {' and '.join(context['keys'])}{where}"
