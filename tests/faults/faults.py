"""The faults that a service or a network can have, each made for one endpoint from its own healthy answer."""

from __future__ import annotations

import copy
import email.utils
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from tests.faults.endpoints import At
from tpe_audit.collectors import wire
from tpe_audit.simulator import Fault

LARGE = 50 * 1024 * 1024
LINKS = ("@odata.nextLink", "nextLink")


class Outcome(Enum):
    """What an audit may make of a fault."""

    LOST = "what rests on the endpoint is unknown"
    MENDED = "asking again, or reading on, gives the whole answer"
    DOUBTFUL = "what uses the faulty part is unknown; the rest is as it was"


@dataclass(frozen=True)
class Case:
    """One fault at one endpoint."""

    name: str
    outcome: Outcome
    faults: tuple[Fault, ...]
    limits: Mapping[str, float] = field(default_factory=dict)
    sound: bool = False
    """The answer is one that the service may well give: unset, or of something that is not there."""


@dataclass
class Pages(At):
    """A list that comes in pages: the second is `second`, and may lead to a third with the rest."""

    link: str = LINKS[0]
    second: str = "fails"
    """fails, empty, first (it leads back to the first) or itself (the first leads to itself)."""
    base: str = ""
    """The address of the service, once it is served."""
    rest: dict[str, list[Any]] = field(default_factory=dict)
    """What comes last, by the address of the list."""

    def matches(self, method: str, target: str) -> bool:
        """Whether it acts on this request; makes ready what it answers."""
        if not super().matches(method, target):
            return False
        whole, _, page = target.partition("\n")[0].partition(_PAGE)
        whole = whole if not page else whole[:-1]
        first = f"{self.base}{whole}"
        other = f"{first}{'&' if '?' in whole else '?'}{_PAGE}"
        self.status, self.body, self.edit = None, b"", None
        match page, self.second:
            case "", "itself":
                self.edit = lambda content: {**content, self.link: first}
            case "", _:
                self.edit = lambda content: self._halved(content, whole, f"{other}2")
            case "2", "empty":
                self.status, self.body = 200, {"value": [], self.link: f"{other}3"}
            case "2", "first":
                self.status, self.body = 200, {"value": [], self.link: first}
            case "3", _:
                self.status, self.body = 200, {"value": self.rest[whole]}
            case _:
                self.status, self.body = 500, {"error": {"code": "Simulated", "message": "A fault."}}
        return True

    def _halved(self, content: Any, whole: str, following: str) -> Any:
        items = content["value"]
        half = (len(items) + 1) // 2
        self.rest[whole] = items[half:]
        return {**content, "value": items[:half], self.link: following}


_PAGE = "page-of-this-list="


def _status(at: str, status: int, headers: Mapping[str, str] | None = None, times: int | None = None) -> At:
    body = {"error": {"code": "Simulated", "message": "A fault that a test wants."}}
    return At("", at=at, status=status, body=body, headers=headers or {}, times=times)


def _raw(at: str, body: bytes | str, status: int = 200, content: str = "application/json") -> At:
    return At("", at=at, status=status, body=body, headers={"Content-Type": content})


def _edit(at: str, edit: Callable[[Any], Any], **options: Any) -> At:
    return At("", at=at, edit=edit, **options)


def _soon() -> str:
    return email.utils.format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)


def answers(at: str, foreign: str) -> Iterator[Case]:
    """Yield the faults that any endpoint can have, whatever it answers."""
    lost, mended = Outcome.LOST, Outcome.MENDED
    for status in (401, 403):
        yield Case(f"{status}", lost, (_status(at, status),))
    yield Case("404 of a proxy", lost, (_raw(at, "<h1>Not found</h1>", 404, "text/html"),))
    for status in (408, 500, 502, 503, 504):
        yield Case(f"{status}", lost, (_status(at, status),))
        yield Case(f"{status}, once", mended, (_status(at, status, times=1),))
    yield Case("429, wait a second, once", mended, (_status(at, 429, {"Retry-After": "1"}, times=1),))
    yield Case("429, wait until a date, once", mended, (_status(at, 429, {"Retry-After": _soon()}, times=1),))
    yield Case("429 without a word, once", mended, (_status(at, 429, times=1),))
    yield Case("429, wait a day", lost, (_status(at, 429, {"Retry-After": "86400"}),))
    yield Case("429 without end", lost, (_status(at, 429, {"Retry-After": "1"}),), {"deadline": 8})
    yield Case("a redirect to another host", lost, (_status(at, 302, {"Location": foreign}),))
    yield Case("no answer: connection dropped", lost, (At("", at=at, drop=True),))
    yield Case("no answer: time-out", lost, (At("", at=at, stall=30),), {"request_timeout": 1.5, "deadline": 20})
    yield Case("connection dropped, once", mended, (At("", at=at, drop=True, times=1),))
    yield Case("reset mid-body", lost, (At("", at=at, cut=7),))
    yield Case("truncated JSON", lost, (_raw(at, '{"value": [{"id": "1'),))
    yield Case("HTML with status 200", lost, (_raw(at, "<html><body>Sign in</body></html>", content="text/html"),))
    yield Case("empty body", lost, (_raw(at, b""),))
    for body in ("null", "[]", "7", '"text"'):
        yield Case(f"{body} with status 200", lost, (_raw(at, body),))
    yield Case("JSON that is nested without end", lost, (_raw(at, "[" * 100_000),))
    yield Case("bytes that are no text", lost, (_raw(at, b"\xff\xfe\x00{"),))


def pages(at: str, sample: Any, foreign: str) -> Iterator[Case]:
    """Yield the faults of lists."""
    if not isinstance(sample, dict) or not isinstance(sample.get("value"), list):
        return
    link = LINKS[0] if "@odata.context" in sample else LINKS[1]
    lost, doubtful = Outcome.LOST, Outcome.DOUBTFUL

    def put(**fields: Any) -> Callable[[Any], Any]:
        return lambda content: {**content, **{name.replace("link", link): value for name, value in fields.items()}}

    yield Case("value is an object", lost, (_edit(at, put(value={"0": 1})),))
    yield Case("value is null", lost, (_edit(at, put(value=None)),))
    yield Case(
        "value is missing", lost, (_edit(at, lambda content: {k: v for k, v in content.items() if k != "value"}),)
    )
    for name, second, outcome in (
        ("the second page fails", "fails", lost),
        ("the second page leads back to the first", "first", lost),
        ("the first page leads to itself", "itself", lost),
        ("an empty page in the middle", "empty", Outcome.MENDED),
    ):
        yield Case(name, outcome, (Pages("", at=at, link=link, second=second),))
    yield Case("the next page is on another host", lost, (_edit(at, put(link=foreign)),))
    yield Case("the next page is no address", lost, (_edit(at, put(link={"href": "x"})),))
    yield Case("the next page is malformed", lost, (_edit(at, put(link="https://[")),))
    if sample["value"]:
        nameless = _of_items(lambda items: [_without_id(items[0]), *items[1:]])
        yield Case("an item without its id", doubtful, (_edit(at, nameless),))
        yield Case("an item that is no object", doubtful, (_edit(at, _of_items(lambda items: [*items, 7])),))
        yield Case("a duplicate", doubtful, (_edit(at, _of_items(lambda items: [*items, items[0]])),))
        contradicting = _of_items(lambda items: [*items, _contradicting(items[0])])
        yield Case("a duplicate that contradicts", doubtful, (_edit(at, contradicting),))
    yield Case("an answer of 50 MB", lost, (_edit(at, put(padding="x" * LARGE)),), {"request_timeout": 30})


def _of_items(change: Callable[[list[Any]], list[Any]]) -> Callable[[Any], Any]:
    """Return an edit of the items of an answer; one that holds none stays as it is."""
    return lambda content: {**content, "value": change(content["value"])} if content["value"] else content


def _without_id(item: Any) -> Any:
    return {name: value for name, value in item.items() if name != "id"} if isinstance(item, dict) else item


def _contradicting(item: Any) -> Any:
    """Return an item of the same id that says something else in every field."""
    return {name: value if name == "id" else _other(value) for name, value in item.items()}


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, str) and value:
        return f"{value[:-1]}{'0' if value[-1] != '0' else '1'}"
    return value


Path = tuple[str | int, ...]


def leaves(content: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every field of an answer by its path; of lists the first element stands for all."""
    if isinstance(content, dict):
        for name, value in content.items():
            if not name.startswith("@"):
                yield (*at, name), value
                yield from leaves(value, (*at, name))
    elif isinstance(content, list) and content:
        yield from leaves(content[0], (*at, 0))


def _changed(path: Path, value: Any) -> Callable[[Any], Any]:
    """Return an edit that sets a field, or takes it away (`...`), in the first element of each list."""

    def edit(content: Any) -> Any:
        made = copy.deepcopy(content)
        place = made
        try:
            for part in path[:-1]:
                place = place[part]
            if value is ...:
                place.pop(path[-1], None)
            else:
                place[path[-1]] = value
        except (KeyError, IndexError, TypeError, AttributeError):
            return content  # this answer of the endpoint has no such field
        return made

    return edit


ENUMS = frozenset(
    name
    for model in vars(wire).values()
    if isinstance(model, type) and issubclass(model, wire.Wire)
    for name, info in model.model_fields.items()
    if "Literal" in str(info.annotation)
)
"""The fields that take one of a few documented words."""

_WRONG: tuple[Any, ...] = ({"unexpected": True}, [7], 7, "text", True)


def fields(at: str, sample: Any) -> Iterator[Case]:
    """Yield, for each field of an answer, what can be wrong with it."""
    doubtful = Outcome.DOUBTFUL
    for path, value in leaves(sample):
        shown = ".".join(str(part) for part in path)
        yield Case(f"{shown} is missing", doubtful, (_edit(at, _changed(path, ...)),), sound=True)
        wrong = next(other for other in _WRONG if type(other) is not type(value))
        yield Case(f"{shown} is of another type", doubtful, (_edit(at, _changed(path, wrong)),))
        if path[-1] in ENUMS and isinstance(value, str):
            for word in ("unknownFutureValue", "somethingNew"):
                yield Case(f"{shown} is {word}", doubtful, (_edit(at, _changed(path, word)),))


def cases(at: str, samples: tuple[Any, ...], foreign: str) -> tuple[Case, ...]:
    """Return every fault of an endpoint, each once."""
    fullest = max(samples, key=lambda sample: len(json.dumps(sample)))
    found = [*answers(at, foreign), *pages(at, fullest, foreign), *fields(at, fullest)]
    return tuple({case.name: case for case in found}.values())
