"""Facts are written and read back by their types, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tpe_audit import facts
from tpe_audit.evidence.codec import Codec, Unreadable, name
from tpe_audit.facts import Fact, Tenant, Thing

CODEC = Codec()
FACTS = sorted(
    {
        item
        for item in vars(facts).values()
        if isinstance(item, type) and issubclass(item, Fact) and item not in (Fact, Thing)
    },
    key=lambda fact: fact.__name__,
)
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(str, st.text(st.characters(codec="utf-8")))


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_every_fact_is_read_back_as_it_was_written(fact: type[Fact]) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.builds(fact))
    def same(value: Fact) -> None:
        assert CODEC.read(name(fact), CODEC.written(value)) == value

    same()


@pytest.mark.parametrize(
    ("called", "value"),
    [
        ("SignIn", {}),
        ("SignIn", {"enabled": "true"}),
        ("SignIn", {"enabled": 1}),
        ("SignIn", {"enabled": None}),
        ("SignIn", {"enabled": True, "since": "2027-01-01"}),
        ("NumberType", {"value": "carrierPigeon"}),
        ("Collected", {"at": 1}),
        ("Licenses", {"plans": []}),
        ("NoBot", {"client_id": "x"}),
        ("FactOfTheFuture", {"enabled": True}),
    ],
)
def test_what_is_not_exactly_a_fact_of_this_version_is_none(called: str, value: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        CODEC.read(called, value)


@dataclass(frozen=True, slots=True)
class Brought(Fact):
    """A fact that a plug-in brings."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unwritable(Fact):
    """A fact that no file can hold."""

    what: object


def test_a_fact_of_a_plug_in_is_named_with_its_module_and_read_where_that_is_loaded() -> None:
    called, fact = name(Brought), Brought(("a", "b"))
    assert called == f"{__name__}:Brought"
    assert Codec([Brought]).read(called, CODEC.written(fact)) == fact
    with pytest.raises(Unreadable, match="This version knows no fact"):
        CODEC.read(called, CODEC.written(fact))


def test_a_fact_that_json_can_not_say_is_refused() -> None:
    with pytest.raises(Unreadable, match="can't be kept in a file"):
        CODEC.written(Unwritable(object()))
