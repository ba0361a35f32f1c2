"""No fault of any endpoint makes a pass or a fail that rests on it: what was not read is unknown."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from tests.faults.endpoints import Baseline, baselines, endpoints, judged, rests_on
from tests.faults.faults import Case, Outcome, Pages, cases
from tests.tenant import audit, audited_as_configured
from tpe_audit.commands.demo import with_secrets
from tpe_audit.report import Report
from tpe_audit.simulator import Behaviour, Scenario, serve
from tpe_audit.verdicts import Status

AT_ONCE = 8

DECIDED = (Status.PASS, Status.FAIL, Status.WAIVED)

EXPORT = "read teams-export.json"
SECOND_SOURCES = {
    "GET /beta/admin/teams/resourceaccounts": {"GET /beta/admin/teams/resourceaccounts/{id}", EXPORT},
    "GET /v1.0/admin/teams/userconfigurations": {EXPORT},
    "GET /v1.0/admin/teams/userconfigurations/{id}": {EXPORT},
}
"""Where the same fact is read if an endpoint does not tell."""

ONE_IS_ENOUGH = {"event-grid-subscription", "event-grid-webhook-valid", "graph-ra-permission"}
"""Checks that hold once one of several things is seen to be all right, whatever could not be seen besides."""


@dataclass(frozen=True)
class Cell:
    """One fault at one endpoint, and what is wrong with what an audit makes of it."""

    case: Case
    wrong: tuple[str, ...]


async def _cell(at: str, case: Case, healthy: Baseline, gate: asyncio.Semaphore) -> Cell:
    scenario = healthy.scenario
    for name, value in case.limits.items():
        scenario = scenario.configure(f"limits.{name}", value)
    async with gate:
        started = asyncio.get_running_loop().time()
        report = await _audited(scenario, case)
        took = asyncio.get_running_loop().time() - started
    wrong = [*_wrong(at, case, healthy, report)]
    if took > float(scenario.config["limits"]["deadline"]) + 10:
        wrong.append(f"it took {took:.0f} s")
    return Cell(case, tuple(wrong))


async def _audited(scenario: Scenario, case: Case) -> Report:
    with serve(scenario, Behaviour(faults=list(case.faults))) as tenant:
        data = with_secrets(tenant.config, tenant.secrets)
        for fault in case.faults:
            if isinstance(fault, Pages):
                environment = str(data["deployment"].get("dynamics", {}).get("environment_url", ""))
                fault.base = environment if "/api/data/" in fault.at else tenant.url
        return await audited_as_configured(data)


def _wrong(at: str, case: Case, healthy: Baseline, report: Report) -> list[str]:
    """Return how a report breaks the promise that it is never wrong in silence."""
    wrong = [f"an error of the program: {error}" for error in report.errors]
    now, behind = judged(report), rests_on(report)
    unlisted = {finding.check.id for finding in report.findings if now[finding.check.id, ""] is Status.UNKNOWN}
    for key, before in healthy.judged.items():
        check, subject = key
        after = now.get(key)
        rests = at in healthy.rests_on.get(key, frozenset())
        if after is None:
            if check not in unlisted:
                wrong.append(f"{check} no longer speaks of {subject}")
        elif after is before:
            if case.outcome is Outcome.LOST and rests and before in DECIDED and not _elsewhere(at, key, behind):
                wrong.append(f"{check} is still {after} for {subject}")
        elif case.outcome is Outcome.MENDED or (after is not Status.UNKNOWN and not (case.sound and rests)):
            wrong.append(f"{check} is {after} for {subject} instead of {before}")
    wrong += [
        f"{check} is {after} for {subject}, which is not there"
        for (check, subject), after in now.items()
        if (check, subject) not in healthy.judged and after is not Status.UNKNOWN
    ]
    wrong += [
        f"{finding.check.id} says no reason that a person understands: {reason!r}"
        for finding in report.findings
        for reason in {j.reason for j in finding.judgements if j.status is Status.UNKNOWN}
        if not _understood(reason)
    ]
    return wrong


def _elsewhere(at: str, key: tuple[str, str], behind: Mapping[tuple[str, str], frozenset[str]]) -> bool:
    """Whether a verdict now rests on something else than what is faulty."""
    if not key[1]:
        return True  # what is said of the check as a whole follows from its subjects
    return key[0] in ONE_IS_ENOUGH or bool(SECOND_SOURCES.get(at, set()) & behind[key])


def _understood(reason: str) -> bool:
    """Whether a reason is a sentence, and no word of the program's own making."""
    return bool(re.match(r"[A-Z*].{20,}\.$", reason, re.DOTALL)) and not re.search(
        r"Traceback|NoneType|object has no attribute|KeyError|<class|\bpydantic\b", reason
    )


def cells(at: str, foreign: str) -> list[Cell]:
    """Return what becomes of every fault of an endpoint; `foreign` is an address on another host."""
    healthy = endpoints()[at]
    found = cases(at, healthy.samples[at], foreign)

    async def all_of_them() -> list[Cell]:
        gate = asyncio.Semaphore(AT_ONCE)
        return list(await asyncio.gather(*(_cell(at, case, healthy, gate) for case in found)))

    return asyncio.run(all_of_them())


def test_the_healthy_tenants_are_healthy() -> None:
    for baseline in baselines():
        assert set(baseline.judged.values()) <= {Status.PASS, Status.NOT_APPLICABLE}, baseline.name


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[socket.socket]:
    """A host that none of the services is: it must never be called."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


@pytest.mark.parametrize("at", endpoints(), ids=str)
def test_no_fault_makes_a_verdict_that_rests_on_it(at: str, elsewhere: socket.socket) -> None:
    found = cells(at, f"https://localhost:{elsewhere.getsockname()[1]}/stolen")
    assert {cell.case.name: cell.wrong for cell in found if cell.wrong} == {}
    with pytest.raises(BlockingIOError):
        elsewhere.accept()


def test_every_kind_of_fault_is_tried_at_every_endpoint() -> None:
    tried = {at: cases(at, baseline.samples[at], "https://localhost/") for at, baseline in endpoints().items()}
    assert len(tried) >= 30
    assert all(len(found) >= 30 for found in tried.values())
    assert sum(map(len, tried.values())) >= 1500


SERVICES = {
    "authority": ("GET ", "POST "),
    "graph": ("GET /v1.0/", "GET /beta/"),
    "resource_manager": ("GET /subscriptions/", "POST /providers/"),
}


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_that_refuses_connections_leaves_what_it_tells_unknown(service: str) -> None:
    healthy = next(baseline for baseline in baselines() if baseline.name == "few")
    with socket.socket() as closed, serve(healthy.scenario) as tenant:
        closed.bind(("127.0.0.1", 0))  # nobody listens there
        data = with_secrets(tenant.config, tenant.secrets)
        data["endpoints"][service] = f"https://localhost:{closed.getsockname()[1]}"
        report = await audited_as_configured(data)
    assert report.errors == ()
    now = judged(report)
    for key, before in healthy.judged.items():
        lost = any(at.startswith(SERVICES[service]) for at in healthy.rests_on.get(key, ()))
        if key in now and now[key] is not Status.UNKNOWN:
            assert now[key] is before, key
            assert not lost or before not in DECIDED or key[0] in ONE_IS_ENOUGH or not key[1], key


@pytest.mark.parametrize("off", ["azure", "acs", "teams_powershell"])
async def test_a_source_that_is_declared_off_is_left_to_people(off: str) -> None:
    healthy = next(baseline for baseline in baselines() if baseline.name == "few")
    report, _ = await audit(healthy.scenario.configure(f"sources.{off}.mode", "off"))
    said = set(judged(report).values())
    assert Status.MANUAL in said
    assert not {Status.UNKNOWN, Status.FAIL, Status.BLOCKED} & said
