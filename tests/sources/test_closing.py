"""Whatever comes of a reading, no connection stays open and no task is left behind."""

from __future__ import annotations

import asyncio
import gc
import re
import warnings
from collections.abc import Callable, Container
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.tenant import Behaviour, Fault, Scenario, broken, healthy, impatient, reading
from tpe_audit import facts
from tpe_audit.collectors import TABLE
from tpe_audit.collectors.reader import Reader
from tpe_audit.simulator import SCENARIOS, SimulatedTenant


def refuse(tenant: SimulatedTenant, data: dict[str, Any]) -> None:
    data["teams"]["credential"]["client_secret"] = "wrong"


Change = Callable[[SimulatedTenant, dict[str, Any]], None] | None
CASES: dict[str, tuple[Scenario, Behaviour, Change]] = {
    "healthy": (healthy(), Behaviour(), None),
    "two tenants": (SCENARIOS["healthy-two-tenants"](), Behaviour(), None),
    "unreadable": (SCENARIOS["unreadable"](), Behaviour(), None),
    "refused": (healthy(), Behaviour(), refuse),
    "out of time": (impatient(healthy(), deadline=0.2), Behaviour(latency=20), None),
    "stalled": (impatient(healthy(), deadline=0.4, request_timeout=0.2), broken(Fault("", stall=20, skip=6)), None),
    "broken off": (impatient(healthy(), deadline=0.4), broken(Fault("", cut=10, skip=6)), None),
    "sign-in stalled": (impatient(healthy(), deadline=0.2), broken(Fault("/token", stall=20)), None),
}


def given_up(warning: warnings.WarningMessage, asked: Container[int]) -> bool:
    """Whether this is a connection that was cancelled while it was set up, and so carried no request.

    httpcore and anyio close one that fails then, and leave one that is cancelled to Python.
    """
    if isinstance(warning.source, asyncio.Transport):
        ends = (warning.source.get_extra_info("sockname"), warning.source.get_extra_info("peername"))
        ports = [end[1] for end in ends if end]
    else:
        # By now a socket is closed: its ends stand in the message alone.
        ports = [int(port) for port in re.findall(r"addr=\('[^']+', (\d+)\)", str(warning.message))]
    return bool(ports) and not any(port in asked for port in ports)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_connection_is_closed(case: tuple[Scenario, Behaviour, Change], caplog: pytest.LogCaptureFixture) -> None:
    scenario, behaviour, change = case
    left: list[asyncio.Task[Any]] = []
    asked: set[int] = set()

    async def audit() -> None:
        async with reading(scenario, behaviour, change=change) as read:
            await read(*TABLE)
        # Only now are those recorded that were never answered.
        asked.update(request.client for request in read.tenant.requests)
        left.extend(task for task in asyncio.all_tasks() if task is not asyncio.current_task())

    gc.collect()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", ResourceWarning)
        asyncio.run(audit())
        gc.collect()
    unclosed = [warning for warning in warned if issubclass(warning.category, ResourceWarning)]
    assert not [str(warning.message) for warning in unclosed if not given_up(warning, asked)]
    assert not left
    # asyncio tells of exceptions that nobody fetched in the log.
    assert not [record.getMessage() for record in caplog.records if record.name == "asyncio"]


async def test_closing_twice_or_before_anything_was_read_is_nothing() -> None:
    async with reading() as read:
        await read.sources.graph.close()
        await read.sources.arm.close()
    async with reading() as read:
        await read((facts.Tenant, facts.AcsServicePrincipal))
        await read.sources.graph.close()


async def test_a_reading_that_breaks_leaves_no_task_behind() -> None:
    async with reading() as read:
        reader = Reader(read.sources, facts.Deployment(), datetime.now(UTC))

        async def broken_reading(_: Reader) -> None:
            raise ZeroDivisionError

        async def endless(_: Reader) -> None:
            await asyncio.Event().wait()

        with pytest.raises(ZeroDivisionError):
            await reader.once(broken_reading)
        waiting = asyncio.ensure_future(reader.once(endless))
        await asyncio.sleep(0)
        waiting.cancel()
        await reader.end()
        await asyncio.gather(waiting, return_exceptions=True)
        assert {task for task in asyncio.all_tasks() if endless.__name__ in repr(task)} == set()
