"""One is kept of what is alike, and nothing is taken for what is of another class."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from tpe_audit.alike import Alike


@dataclass(frozen=True)
class Named:
    name: str


@dataclass(frozen=True)
class Listed:
    names: list[str] = field(default_factory=list)


@given(st.lists(st.text(max_size=2)))
def test_one_is_kept_of_each(names: list[str]) -> None:
    alike = Alike()
    kept = [alike.once(Named(name)) for name in names]
    assert kept == [Named(name) for name in names]
    assert len({id(one) for one in kept}) == len(set(names))


def test_what_is_of_another_type_is_not_alike() -> None:
    alike = Alike()
    assert alike.once((1,)) == (1,)
    assert isinstance(alike.once(Named("x")), Named)
    assert alike.once("x") == "x"


def test_what_can_not_be_compared_is_left_as_it_is() -> None:
    alike = Alike()
    one, other = Listed(["a"]), Listed(["a"])
    assert alike.once(one) is one
    assert alike.once(other) is other
