"""Whatever is missing of what was read, no check passes or fails that uses it, and no other one changes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tenant import reading
from tpe_audit.audit import judge
from tpe_audit.catalog import Catalog, find
from tpe_audit.facts import Answer, Collected, Deployment, Evidence, Fact, Gap, Known
from tpe_audit.findings import Judgement
from tpe_audit.gather import NAME
from tpe_audit.simulator import SCENARIOS
from tpe_audit.terms import Terms
from tpe_audit.verdicts import Status

TODAY = datetime.now(UTC).date()
NAMES = ("healthy", "healthy-dynamics", "contoso")
GIVEN = (Deployment, Collected)
"""Facts that nobody reads."""

Key = tuple[type[Fact], str]


@dataclass(frozen=True)
class Marked:
    """Evidence in which every answer is marked, so that each judgement says exactly which ones it rests on."""

    evidence: Evidence
    keys: tuple[Key, ...]
    """The answer of each mark."""
    judged: Mapping[tuple[str, str], Judgement]


@cache
def checks() -> Catalog:
    return find()


@cache
def marked(name: str) -> Marked:
    async def read() -> Evidence:
        async with reading(SCENARIOS[name]()) as reads:
            wanted = {question for check in checks().checks.values() for question in check.wants} | {NAME}
            return (await reads(*wanted)).evidence

    evidence = asyncio.run(read())
    keys = tuple(key for key, answer in evidence.answers.items() if isinstance(answer, Known) and key[0] not in GIVEN)
    answers: dict[Key, Answer] = {
        key: replace(answer, evidence=()) if isinstance(answer, Known) else answer
        for key, answer in evidence.answers.items()
    }
    for mark, key in enumerate(keys):
        answer = answers[key]
        assert isinstance(answer, Known)
        answers[key] = replace(answer, evidence=(mark,))
    # What is listed is an answer too: it is marked as itself where it is one, and else not at all.
    census = {
        thing: replace(
            listed,
            found=tuple(
                (subject, replace(answer, evidence=()) if isinstance(answer, Known) else answer)
                for subject, answer in listed.found
            ),
        )
        for thing, listed in evidence.census.items()
    }
    whole = replace(evidence, answers=answers, census=census)
    return Marked(whole, keys, _judged(whole))


def _judged(evidence: Evidence) -> dict[tuple[str, str], Judgement]:
    audit = judge(checks(), list(checks().checks), evidence, Terms(TODAY))
    assert audit.errors == []
    return {
        (finding.check.id, judgement.subject.key): judgement
        for finding in audit.findings.values()
        for judgement in finding.judgements
    }


def _without(of: Marked, marks: Sequence[int]) -> Evidence:
    gaps = {of.keys[mark]: Gap("Taken away by a test.") for mark in marks}
    return replace(of.evidence, answers={**of.evidence.answers, **gaps})


def _holds(of: Marked, marks: frozenset[int]) -> Iterator[str]:
    """Yield how the promise is broken once these answers are missing."""
    now = _judged(_without(of, sorted(marks)))
    for key, before in of.judged.items():
        after = now.get(key)
        used = marks & set(before.evidence)
        if after is None:
            yield f"{key} is not judged any more"
        elif used and after.status in (Status.PASS, Status.FAIL, Status.NOT_APPLICABLE):
            yield f"{key} is {after.status} without {[of.keys[mark] for mark in used]}"
        # What it was found by may have been taken away.
        elif not used and after.status not in (before.status, Status.UNKNOWN):
            yield f"{key} is {after.status} instead of {before.status}, and uses nothing that is missing"


@pytest.mark.parametrize("name", NAMES)
def test_without_any_one_answer_what_uses_it_is_unknown(name: str) -> None:
    of = marked(name)
    assert len(of.keys) > 50
    broken = {of.keys[mark]: list(_holds(of, frozenset({mark}))) for mark in range(len(of.keys))}
    assert {key: how for key, how in broken.items() if how} == {}


@settings(max_examples=40, deadline=None)
@given(data=st.data(), name=st.sampled_from(NAMES))
def test_without_any_answers_what_uses_them_is_unknown(data: st.DataObject, name: str) -> None:
    of = marked(name)
    marks = data.draw(st.frozensets(st.integers(0, len(of.keys) - 1), min_size=1))
    assert list(_holds(of, marks)) == []
