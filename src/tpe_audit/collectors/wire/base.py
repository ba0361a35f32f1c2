"""What every model of an answer is made of, and how an answer becomes one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tpe_audit.sources.errors import Malformed


class Wire(BaseModel):
    """Fields of one JSON object; others are ignored."""

    model_config = ConfigDict(frozen=True, strict=True)


_W = TypeVar("_W", bound=Wire)
Id = Annotated[str, Field(min_length=1)]
GuidOrEmpty = Annotated[str, Field(pattern=r"^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?$")]
"""Put into addresses, so nothing else may stand in it."""


def parsed(model: type[_W], body: object, what: str, evidence: tuple[int, ...] = ()) -> _W:
    """Return `body` as `model`.

    Raises:
        Malformed: it is not what the service documents; `what` names it in the reason.
    """
    try:
        return model.model_validate(body)
    except ValidationError as error:
        fields = ", ".join(dict.fromkeys(_field(detail["loc"], detail["type"]) for detail in error.errors()))
        raise Malformed(f"The answer for {what} is not what the service documents: {fields}.", evidence) from None


def _field(location: tuple[int | str, ...], kind: str) -> str:
    name = ".".join(str(part) for part in location) or "the whole answer"
    return f"{name} is missing" if kind == "missing" else f"{name} has an unexpected value"


def not_blank(item: Mapping[str, Any], selected: str, what: str, grant: str, evidence: tuple[int, ...]) -> None:
    """Refuse a directory object of which only the id came back: the caller lacks the right to see the rest.

    Raises:
        Malformed: every selected field but `id` is null.
    """
    fields = [name for name in selected.split(",") if name != "id"]
    if all(name in item for name in fields) and all(item[name] is None for name in fields):
        raise Malformed(
            f"Microsoft Graph showed {what} without its properties: this identity may not see them. "
            f"Reading them takes {grant}.",
            evidence,
            (grant,),
        )
