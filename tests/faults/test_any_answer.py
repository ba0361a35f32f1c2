"""Whatever JSON the services answer, no collector breaks: what can't be understood is unknown."""

from __future__ import annotations

import asyncio
import copy
from functools import partial
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.endpoints import At, Baseline, endpoints
from tests.tenant import audit
from tpe_audit.simulator import Behaviour

KEYS = st.one_of(st.sampled_from(["id", "value", "properties", "@odata.nextLink"]), st.text(max_size=3))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def garbled(draw: st.DrawFn, sample: Any) -> Any:
    """An answer of which anything may be any JSON."""
    made = copy.deepcopy(sample)
    for _ in range(draw(st.integers(1, 3))):
        at = made
        while isinstance(at, dict | list) and at:
            place = draw(st.sampled_from(sorted(at))) if isinstance(at, dict) else draw(st.integers(0, len(at) - 1))
            if not isinstance(at[place], dict | list) or draw(st.integers(0, 3)) == 0:
                at[place] = draw(JSON)
                break
            at = at[place]
        else:
            made = draw(JSON)
    return made


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_answer_of_any_service_breaks_a_collector(data: st.DataObject) -> None:
    at = data.draw(st.sampled_from(sorted(endpoints())), label="endpoint")
    healthy: Baseline = endpoints()[at]
    bodies = {
        other: data.draw(garbled(data.draw(st.sampled_from(healthy_.samples[other]))), label=other)
        for other, healthy_ in endpoints().items()
        if other == at or (healthy_.name == healthy.name and data.draw(st.integers(0, 5)) == 0)
    }
    faults = [At("", at=other, edit=partial(_instead, body)) for other, body in bodies.items()]
    report, _ = asyncio.run(audit(healthy.scenario, Behaviour(faults=list(faults))))
    assert report.errors == ()


def _instead(body: Any, _: Any) -> Any:
    return body
