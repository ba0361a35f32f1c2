"""Evidence of every scenario is judged as the run that read it would have been."""

from __future__ import annotations

import pytest

from tests.evidence.collecting import collect, kept, report, told
from tpe_audit.evidence.readings import Half
from tpe_audit.simulator import SCENARIOS

_CONSENTS = {"server-consent", "client-consent"}
_APART = {name for name, make in SCENARIOS.items() if make().config.get("azure", {}).get("tenant_id")}
"""Scenarios whose Azure side is in a tenant of its own, which does not know the accounts by name."""


@pytest.mark.parametrize("name", SCENARIOS)
async def test_a_file_gives_the_report_that_the_run_would_have_given(name: str) -> None:
    config, (read,) = await collect(SCENARIOS[name]())
    assert report(config, [kept(read)]) == report(config, [read])


@pytest.mark.parametrize("name", SCENARIOS)
async def test_two_halves_give_the_findings_of_one_whole_run(name: str) -> None:
    config, (whole, teams, azure) = await collect(SCENARIOS[name](), Half.ALL, Half.TEAMS, Half.AZURE)
    one, both = report(config, [kept(whole)]), report(config, [kept(azure), kept(teams)])
    first, second = told(one), told(both)
    differing = {check for check in first if first[check] != second[check]}
    if name in _APART:
        assert differing <= _CONSENTS
        assert {second[check][0] for check in differing} <= {"unknown"}
    else:
        assert {check: (first[check], second[check]) for check in differing} == {}
        assert (one["verdict"], one["lines"], one["seen"]) == (both["verdict"], both["lines"], both["seen"])
