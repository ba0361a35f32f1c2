"""What is asked again, how soon, and when it is given up; and that nothing else suffers."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tests.tenant import (
    IVR_ACCOUNT,
    TENANT,
    Behaviour,
    Evidently,
    Fault,
    Reading,
    agent,
    broken,
    healthy,
    impatient,
    reading,
)
from tpe_audit import facts
from tpe_audit.collectors import TABLE, Question
from tpe_audit.facts import Fact, Gap, Known, Subject
from tpe_audit.simulator import SimulatedTenant, Throttle, serve
from tpe_audit.simulator.contoso import IVR

AT_ONCE = {"Retry-After": "0.01"}


@dataclass(frozen=True)
class Reads:
    """One reading, and the request behind it."""

    path: str
    question: Question
    subject: Subject

    @property
    def fact(self) -> type[Fact]:
        return self.question[1]


PRINCIPAL = Reads("servicePrincipals(appId=", (facts.Tenant, facts.AcsServicePrincipal), TENANT)
ACS = Reads("/communicationServices/contoso-voice?", (facts.ResourceAccount, facts.AcsResource), IVR_ACCOUNT)
BOT = Reads("/botServices/contoso-voice-bot?", (facts.ResourceAccount, facts.Bot), IVR_ACCOUNT)
CONSENT = Reads(f"/assignments/{IVR}", (facts.ResourceAccount, facts.ServerConsent), IVR_ACCOUNT)


async def asked(reads: Reads, behaviour: Behaviour, **limits: float) -> tuple[Evidently, Reading]:
    async with reading(impatient(healthy(), **limits), behaviour) as read:
        return await read(reads.question), read


def requests(read: Reading, reads: Reads) -> list[int]:
    """The statuses of the requests that a reading made."""
    part = reads.path.rstrip("?").lower()
    return [
        r.status for r in read.requests if part in r.path.lower() and not r.path.lower().endswith("eventsubscriptions")
    ]


@contextmanager
def takes(at_least: float, below: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    # A busy machine adds some seconds; what is waited for in vain here would take minutes.
    assert at_least <= time.monotonic() - began < below + 8


# --- what is asked again -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reads", "status"),
    [*((PRINCIPAL, status) for status in (408, 429, 500, 502, 503, 504)), (BOT, 500), (ACS, 408), (CONSENT, 502)],
)
async def test_a_passing_trouble_is_waited_out(reads: Reads, status: int) -> None:
    behaviour = broken(Fault(reads.path, status=status, headers=AT_ONCE, times=3))
    evidence, read = await asked(reads, behaviour)
    assert isinstance(evidence.answer(reads.fact, reads.subject), Known)
    assert requests(read, reads) == [status, status, status, 200]


@pytest.mark.parametrize(
    ("reads", "status", "times"),
    [(PRINCIPAL, 500, 4), (PRINCIPAL, 429, 12), (BOT, 503, 4), (BOT, 429, 12), (ACS, 408, 4), (CONSENT, 504, 4)],
)
async def test_a_lasting_trouble_is_given_up(reads: Reads, status: int, times: int) -> None:
    evidence, read = await asked(reads, broken(Fault(reads.path, status=status, headers=AT_ONCE)))
    gap = evidence.gap(reads.fact, reads.subject)
    assert f"answered {status}" in gap.reason
    assert requests(read, reads) == [status] * times
    assert [request.status for request in evidence.behind(gap)] == [status]


@pytest.mark.parametrize(
    ("reads", "status"),
    [*((PRINCIPAL, status) for status in (302, 400, 401, 403, 410, 501)), (BOT, 409), (ACS, 302), (CONSENT, 401)],
)
async def test_other_answers_are_not_asked_for_again(reads: Reads, status: int) -> None:
    evidence, read = await asked(reads, broken(Fault(reads.path, status=status, headers={"Location": "/x"})))
    assert f"answered {status}" in evidence.gap(reads.fact, reads.subject).reason
    assert requests(read, reads) == [status]


async def test_a_redirection_is_not_followed() -> None:
    with serve(healthy()) as other:
        fault = Fault(PRINCIPAL.path, status=302, headers={"Location": f"{other.url}/v1.0/organization"})
        evidence, _ = await asked(PRINCIPAL, broken(fault))
        evidence.gap(facts.AcsServicePrincipal, TENANT)
        assert not other.requests


@pytest.mark.parametrize(
    ("reads", "fault"),
    [(PRINCIPAL, {"drop": True}), (PRINCIPAL, {"cut": 20}), (BOT, {"cut": 20}), (CONSENT, {"cut": 5})],
)
async def test_a_connection_that_breaks_once_is_opened_again(reads: Reads, fault: dict[str, Any]) -> None:
    evidence, _ = await asked(reads, broken(Fault(reads.path, times=1, **fault)))
    assert isinstance(evidence.answer(reads.fact, reads.subject), Known)


@pytest.mark.parametrize("reads", [PRINCIPAL, ACS, CONSENT])
async def test_a_connection_that_always_breaks_is_given_up(reads: Reads) -> None:
    with takes(0, 6):
        evidence, _ = await asked(reads, broken(Fault(reads.path, drop=True)), deadline=2)
    gap = evidence.gap(reads.fact, reads.subject)
    assert "could not be reached" in gap.reason or "time for reading was over" in gap.reason
    assert {request.status for request in evidence.behind(gap)} == {None}


@pytest.mark.parametrize("reads", [PRINCIPAL, ACS])
async def test_a_request_that_stalls_is_given_up_and_asked_again(reads: Reads) -> None:
    fault = Fault(reads.path, stall=30, times=1)
    with takes(0.2, 3):
        evidence, _ = await asked(reads, broken(fault), request_timeout=0.2)
    assert isinstance(evidence.answer(reads.fact, reads.subject), Known)
    assert [r.status for r in evidence.evidence.requests if r.status is None] == [None]


async def test_a_service_that_always_stalls_says_so() -> None:
    with takes(1.2, 8):
        evidence, _ = await asked(PRINCIPAL, broken(Fault(PRINCIPAL.path, stall=30)), request_timeout=0.3, deadline=60)
    assert "within 0.3 s" in evidence.gap(facts.AcsServicePrincipal, TENANT).reason


def _closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.mark.parametrize(
    ("endpoint", "reads"), [("graph", PRINCIPAL), ("resource_manager", BOT), ("resource_manager", ACS)]
)
async def test_a_service_that_is_not_there_says_so(endpoint: str, reads: Reads) -> None:
    def change(tenant: SimulatedTenant, data: dict[str, Any]) -> None:
        data["endpoints"][endpoint] = f"https://localhost:{_closed_port()}"

    scenario = impatient(healthy(), deadline=1)
    with takes(0, 4):
        async with reading(scenario, change=change) as read:
            gap = (await read(reads.question)).gap(reads.fact, reads.subject)
    assert gap.reason


async def test_a_server_with_a_certificate_of_nobody_is_not_believed() -> None:
    with serve(healthy()) as other:

        def change(tenant: SimulatedTenant, data: dict[str, Any]) -> None:
            data["endpoints"]["graph"] = other.url

        async with reading(impatient(healthy(), deadline=1), change=change) as read:
            (await read(PRINCIPAL.question)).gap(facts.AcsServicePrincipal, TENANT)
            assert not other.requests


# --- how soon ------------------------------------------------------------------------------------------


def later(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("reads", [PRINCIPAL, BOT])
async def test_a_time_to_wait_is_waited(reads: Reads) -> None:
    with takes(0.3, 3):
        evidence, _ = await asked(reads, broken(Fault(reads.path, status=429, headers={"Retry-After": "0.3"}, times=1)))
    assert isinstance(evidence.answer(reads.fact, reads.subject), Known)


async def test_a_date_to_wait_for_is_waited_for() -> None:
    with takes(0.9, 4):
        fault = Fault(PRINCIPAL.path, status=503, headers={"Retry-After": later(2)}, times=1)
        evidence, _ = await asked(PRINCIPAL, broken(fault))
    evidence.known(facts.AcsServicePrincipal, TENANT)


@pytest.mark.parametrize(
    ("reads", "status"), [(PRINCIPAL, 429), (PRINCIPAL, 503), (BOT, 503), (ACS, 429), (CONSENT, 429)]
)
async def test_longer_than_the_cap_is_not_waited(reads: Reads, status: int) -> None:
    with takes(0, 2):
        fault = Fault(reads.path, status=status, headers={"Retry-After": "60"})
        evidence, read = await asked(reads, broken(fault), retry_after_cap=30)
    gap = evidence.gap(reads.fact, reads.subject)
    assert "wait 60 s" in gap.reason
    assert "retry_after_cap = 30" in gap.reason
    assert requests(read, reads) == [status]


@pytest.mark.parametrize("value", ["inf", "1e9", later(3600)], ids=["endless", "seconds", "a date"])
async def test_far_away_is_longer_than_the_cap(value: str) -> None:
    with takes(0, 2):
        fault = Fault(PRINCIPAL.path, status=429, headers={"Retry-After": value})
        evidence, read = await asked(PRINCIPAL, broken(fault))
    assert "retry_after_cap" in evidence.gap(facts.AcsServicePrincipal, TENANT).reason
    assert requests(read, PRINCIPAL) == [429]


@pytest.mark.parametrize(
    "value", [None, "soon", "0", "-5", later(-60)], ids=["none", "a word", "now", "before", "a past date"]
)
async def test_without_a_time_to_wait_a_moment_is_waited(value: str | None) -> None:
    headers = {} if value is None else {"Retry-After": value}
    with takes(0.2, 2):
        evidence, _ = await asked(PRINCIPAL, broken(Fault(PRINCIPAL.path, status=429, headers=headers, times=1)))
    evidence.known(facts.AcsServicePrincipal, TENANT)


async def test_what_one_request_is_told_to_wait_all_of_the_service_wait() -> None:
    behaviour = Behaviour(limits=[Throttle("/v1.0/servicePrincipals", 1, retry_after=0.5)])
    told = asyncio.Event()
    async with reading(healthy(), behaviour, heard=lambda _: told.set()) as read:
        first = asyncio.ensure_future(read(PRINCIPAL.question))
        await told.wait()
        with takes(0.3, 2):
            await read((facts.Tenant, facts.Organization))
        await first


async def test_longer_than_the_deadline_is_not_waited() -> None:
    with takes(0, 1.5):
        fault = Fault(PRINCIPAL.path, status=429, headers={"Retry-After": "60"})
        evidence, _ = await asked(PRINCIPAL, broken(fault), deadline=5)
    evidence.gap(facts.AcsServicePrincipal, TENANT)


async def test_a_pause_beyond_the_deadline_ends_what_else_is_asked() -> None:
    fault = Fault(PRINCIPAL.path, status=429, headers={"Retry-After": "60"})
    async with reading(impatient(healthy(), deadline=5), broken(fault)) as read:
        await read(PRINCIPAL.question)
        with takes(0, 1):
            gap = (await read((facts.Tenant, facts.Organization))).gap(facts.Organization, TENANT)
        assert "time for reading was over" in gap.reason


# --- the deadline, and the rest ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(latency=30),
        broken(Fault("/v1.0/", stall=30), Fault("/beta/", stall=30), Fault("/subscriptions", stall=30)),
        broken(Fault("oauth2/v2.0/token", stall=30)),
        broken(Fault("/beta/admin/teams/resourceAccounts", stall=30)),
        broken(Fault("", status=429)),
    ],
    ids=["all", "services", "sign-in", "accounts", "throttling"],
)
async def test_the_deadline_ends_all_reading(behaviour: Behaviour) -> None:
    with takes(0, 4):
        async with reading(impatient(healthy(), deadline=0.3, request_timeout=20), behaviour) as read:
            evidence = await read(*TABLE)
    gaps = [answer for answer in evidence.evidence.answers.values() if isinstance(answer, Gap)]
    gaps += [census.gap for census in evidence.evidence.census.values() if census.gap]
    assert {*gaps, *evidence.evidence.unread.values()}
    assert all(gap.reason for gap in gaps)
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


UNRELATED: list[tuple[str, Question, Subject]] = [
    ("/subscribedSkus", (facts.Tenant, facts.SubscribedSkus), TENANT),
    ("numberAssignments", (facts.ResourceAccount, facts.PhoneNumber), IVR_ACCOUNT),
    ("userConfigurations", (facts.Agent, facts.TeamsUser), agent("adele")),
    ("licenseDetails", (facts.ResourceAccount, facts.Licenses), IVR_ACCOUNT),
    ("/botServices/", (facts.ResourceAccount, facts.Bot), IVR_ACCOUNT),
    ("/communicationServices/contoso-voice?", (facts.ResourceAccount, facts.AcsResource), IVR_ACCOUNT),
    ("/assignments/", (facts.ResourceAccount, facts.ServerConsent), IVR_ACCOUNT),
]


BROKEN = [
    *(({"status": 500, "headers": AT_ONCE}, *one) for one in UNRELATED),
    ({"status": 429, "headers": AT_ONCE}, *UNRELATED[0]),
    ({"status": 200, "body": b"\xff"}, *UNRELATED[1]),
]


@pytest.mark.parametrize(("fault", "path", "question", "subject"), BROKEN)
async def test_one_failing_endpoint_leaves_other_facts_alone(
    fault: dict[str, Any], path: str, question: Question, subject: Subject
) -> None:
    evidence, _ = await _asked_all(broken(Fault(path, **fault)))
    assert isinstance(evidence.answer(question[1], subject), Gap)
    for other_path, (_, fact), other in UNRELATED:
        rests_on_it = "/communicationServices/" in path and "/assignments/" in other_path
        if other_path != path and not rests_on_it:
            assert isinstance(evidence.answer(fact, other), Known), fact


async def _asked_all(behaviour: Behaviour) -> tuple[Evidently, Reading]:
    async with reading(healthy(), behaviour) as read:
        return await read(*(question for _, question, _ in UNRELATED)), read
