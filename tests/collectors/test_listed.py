"""What long lists are understood as: page by page, and an element that contradicts itself is not believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tpe_audit.collectors.listed import ById
from tpe_audit.facts import Gap
from tpe_audit.sources import Item
from tpe_audit.sources.errors import Malformed


@dataclass(frozen=True)
class Colour:
    name: str
    evidence: int

    @property
    def says(self) -> object:
        return self.name


def colours(*items: Item) -> ById[Colour]:
    found = ById("the list of colours", lambda _, item: Colour(item.body["colour"], item.evidence))
    for item in items:
        found.take(item)
    return found


def item(key: str, colour: str, page: int = 0, **fields: Any) -> Item:
    return Item({"id": key, "colour": colour, **fields}, page)


def test_elements_are_found_by_id_however_it_is_written() -> None:
    assert colours(item("A", "red"), item("b", "blue", 1)).found == {"a": Colour("red", 0), "b": Colour("blue", 1)}


def test_an_element_that_comes_again_is_the_first() -> None:
    assert colours(item("a", "red"), item("A", "red", 7, seen="2026-01-01")).found == {"a": Colour("red", 0)}


def test_an_element_that_contradicts_the_first_is_not_known_however_often_it_comes() -> None:
    found = colours(item("a", "red"), item("a", "blue", 1), item("a", "red", 2), item("b", "red")).found
    gap = found["a"]
    assert isinstance(gap, Gap)
    assert gap.reason == "Microsoft Graph lists a twice in the list of colours, and the two contradict each other."
    assert gap.evidence == (0, 1)
    assert found["b"] == Colour("red", 0)


def test_lists_that_are_joined_are_one() -> None:
    one = colours(item("a", "red"), item("b", "red"), item("c", "red"))
    one.join(colours(item("b", "blue", 1), item("c", "red", 1), item("d", "blue", 1)))
    assert one.found["a"] == one.found["c"] == Colour("red", 0)
    assert one.found["d"] == Colour("blue", 1)
    gap = one.found["b"]
    assert isinstance(gap, Gap)
    one.join(colours(item("b", "red", 2)))
    assert one.found["b"] is gap
    other = colours(item("b", "red", 3))
    other.join(one)
    assert other.found["b"] is gap


@pytest.mark.parametrize("body", [{"colour": "red"}, {"id": "", "colour": "red"}, {"id": 7, "colour": "red"}, 7, None])
def test_an_element_without_an_id_is_refused(body: object) -> None:
    with pytest.raises(Malformed, match="the list of colours"):
        colours(Item(body, 0))
