"""The table of collectors, which tells where each fact comes from."""

from __future__ import annotations

import inspect
from graphlib import TopologicalSorter

import pytest

from tpe_audit import catalog
from tpe_audit.collectors import COLLECTORS, GUIDE, TABLE, Collector

SOURCES = {"graph", "arm", "acs", "teams-powershell", "dataverse", "config"}


def named(collector: Collector) -> str:
    return collector.name


@pytest.mark.parametrize("collector", COLLECTORS, ids=named)
def test_a_row_names_a_function_that_reads(collector: Collector) -> None:
    assert inspect.iscoroutinefunction(collector.read)
    assert inspect.getdoc(collector.read)


@pytest.mark.parametrize("collector", COLLECTORS, ids=named)
def test_a_row_names_a_known_source_and_what_it_takes(collector: Collector) -> None:
    assert collector.source in SOURCES
    assert collector.gives


def test_a_question_is_answered_by_one_row() -> None:
    questions = [question for collector in COLLECTORS for question in collector.gives]
    assert len(questions) == len(set(questions)) == len(TABLE)


def test_rows_are_named_once() -> None:
    assert len({collector.name for collector in COLLECTORS}) == len(COLLECTORS)


def test_needs_exist_and_have_no_circle() -> None:
    graph = {c.name: {TABLE[need].name for need in c.needs} for c in COLLECTORS}
    assert set(TopologicalSorter(graph).static_order()) == {c.name for c in COLLECTORS}


def test_what_any_check_wants_has_a_row() -> None:
    checks = catalog.find().checks.values()
    missing = {(check.id, question) for check in checks for question in check.wants if question not in TABLE}
    assert not missing


def test_a_row_takes_the_rights_of_what_it_needs() -> None:
    for collector in COLLECTORS:
        for question in collector.gives:
            rights = set(GUIDE[question].permissions)
            assert set(collector.permissions) <= rights
            for need in collector.needs:
                assert set(GUIDE[need].permissions) <= rights
