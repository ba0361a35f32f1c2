"""That services are asked no faster than they let be asked, and that nothing is unknown for being asked too fast."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping

import pytest

from tests.tenant import Reading, audit, healthy, impatient, reading
from tpe_audit import facts
from tpe_audit.simulator import Behaviour, GraphQuota, ResourceManagerQuota, large
from tpe_audit.simulator.contoso import IVR
from tpe_audit.sources.pace import Allowance, Pace
from tpe_audit.verdicts import Status

USER = f"/v1.0/users/{IVR}?$select=id"
GRANT = "a right"
ARG = "/providers/microsoft.resourcegraph/"


class Deaf(Pace):
    """What a client does that waits only when it is refused, and knows no limit beforehand."""

    def heard(self, label: str, headers: Mapping[str, str]) -> None:
        """Learn nothing."""


def statuses(read: Reading) -> Counter[int]:
    return Counter(request.status for request in read.requests)


async def users(quota: GraphQuota, count: int, *, deaf: bool = False) -> Counter[int]:
    async with reading(impatient(healthy(), request_timeout=30), Behaviour(quotas=[quota])) as read:
        if deaf:
            read.sources.graph.pace = Deaf(read.sources.graph.pace.at_once)
        await asyncio.gather(*(read.sources.graph.get(USER, grant=GRANT) for _ in range(count)))
        return statuses(read)


async def test_graph_is_asked_slower_before_it_has_to_refuse() -> None:
    quota = GraphQuota(units=150)
    assert await users(quota, 200) == {200: 200}
    assert quota.refusals == 0


async def test_who_does_not_listen_is_refused_by_the_same_quota() -> None:
    quota = GraphQuota(units=150)
    assert (await users(quota, 300, deaf=True))[429] == quota.refusals > 0


async def test_conditional_access_is_asked_once_in_a_second() -> None:
    quota = GraphQuota()
    async with reading(healthy(), Behaviour(quotas=[quota])) as read:
        path = "/v1.0/identity/conditionalAccess/policies"
        await asyncio.gather(*(read.sources.graph.items(path, grant=GRANT) for _ in range(3)))
        assert statuses(read) == {200: 3}
    assert quota.refusals == 0


async def test_resource_graph_is_asked_no_more_than_its_quota_lets() -> None:
    quota = ResourceManagerQuota(queries=4, seconds=1.0)
    async with reading(healthy(), Behaviour(quotas=[quota])) as read:
        for _ in range(9):
            await read.sources.arm.query("resources | project id, name, type", [], grant=GRANT)
        assert statuses(read) == {200: 9}
    assert quota.refusals == 0


async def test_resource_manager_keeps_some_reads_for_others() -> None:
    quota = ResourceManagerQuota(reads=60, back=25.0)
    async with reading(healthy(), Behaviour(quotas=[quota])) as read:
        path = "/subscriptions?api-version=2022-12-01"
        for _ in range(5):
            await asyncio.gather(*(read.sources.arm.get(path, grant=GRANT) for _ in range(15)))
        assert statuses(read) == {200: 75}
    assert quota.refusals == 0


@pytest.mark.parametrize("units", [None, 100])
async def test_ten_thousand_accounts_are_audited_without_one_unknown_for_throttling(units: int | None) -> None:
    graph, manager = GraphQuota(units), ResourceManagerQuota()
    scenario = impatient(large(10_000, 0).configure("sources.acs.mode", "off"), request_timeout=60)
    report, tenant = await audit(scenario, Behaviour(quotas=[graph, manager]))
    judged = Counter(judgement.status for finding in report.findings for judgement in finding.judgements)
    assert judged[Status.PASS] > 100_000
    assert judged[Status.UNKNOWN] == 0
    assert not [request for request in tenant.requests if request.status == 429]
    assert graph.refusals == manager.refusals == 0


async def test_a_full_consent_reading_stays_below_the_limits_too() -> None:
    graph, manager = GraphQuota(), ResourceManagerQuota()
    report, tenant = await audit(large(150, 60), Behaviour(quotas=[graph, manager]))
    assert not [f for f in report.findings if f.status is Status.UNKNOWN]
    assert not [request for request in tenant.requests if request.status == 429]
    assert graph.refusals == manager.refusals == 0


# --- one budget ------------------------------------------------------------------------------------------


def _after(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


async def test_an_allowance_is_never_exceeded_in_any_stretch_of_its_time() -> None:
    pace = Pace(100, (Allowance("/few/", 3, 0.2),))
    sent: list[float] = []

    async def one() -> None:
        async with pace.turn("GET /few/x", _after(60)):
            sent.append(asyncio.get_running_loop().time())

    await asyncio.gather(*(one() for _ in range(10)))
    assert all(later - earlier >= 0.19 for earlier, later in zip(sent, sent[3:], strict=False))


async def test_what_waits_for_its_allowance_holds_up_nobody_else() -> None:
    pace = Pace(1, (Allowance("/few/", 1, 60.0),))
    async with pace.turn("GET /few/1", _after(60)):
        pass
    waiting = asyncio.ensure_future(pace.turn("GET /few/2", _after(60)).__aenter__())
    async with asyncio.timeout(30), pace.turn("GET /many/1", _after(60)):
        assert not waiting.done()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_a_turn_that_can_not_come_in_time_is_refused_at_once() -> None:
    pace = Pace(1)
    pace.refused(3600)
    async with asyncio.timeout(30):
        with pytest.raises(TimeoutError):
            async with pace.turn("GET /x", _after(120)):
                raise AssertionError


@pytest.mark.parametrize("share", ["0.9", "1.0", "1.8"])
async def test_a_used_share_pauses_everybody_until_it_has_come_back(share: str) -> None:
    pace = Pace(16)
    pace.heard("GET /v1.0/users", {"x-ms-throttle-limit-percentage": share})
    left = pace.not_before - asyncio.get_running_loop().time()
    assert left == pytest.approx((float(share) - 0.8) * 10, abs=0.5)


@pytest.mark.parametrize("text", ["", "nan", "inf", "-1", "0.5", "often", "0.8"])
async def test_a_header_that_says_nothing_pauses_nobody(text: str) -> None:
    pace = Pace(16, (Allowance(ARG, 15, 5.0),))
    pace.heard("GET /v1.0/users", {"x-ms-throttle-limit-percentage": text})
    pace.heard(f"POST {ARG}resources", {"x-ms-user-quota-remaining": text, "x-ms-user-quota-resets-after": "soon"})
    pace.heard(f"POST {ARG}resources", {"x-ms-user-quota-remaining": "1", "x-ms-user-quota-resets-after": text})
    assert pace.not_before == 0
    async with pace.turn(f"POST {ARG}resources", _after(1)):
        pass


async def test_a_quota_that_is_used_up_is_waited_for() -> None:
    pace = Pace(16, (Allowance(ARG, 15, 5.0),))
    left = {"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:50"}
    pace.heard(f"POST {ARG}resources", left)
    with pytest.raises(TimeoutError):
        async with pace.turn(f"POST {ARG}resources", _after(40)):
            raise AssertionError
    async with pace.turn("GET /subscriptions", _after(1)):
        pass


async def test_a_header_never_asks_for_more_than_a_minute() -> None:
    pace = Pace(16)
    pace.heard("GET /v1.0/users", {"x-ms-throttle-limit-percentage": "1e9"})
    assert pace.not_before - asyncio.get_running_loop().time() <= 60


# --- connections -----------------------------------------------------------------------------------------


async def test_connections_are_kept_where_another_certificate_authority_is_trusted() -> None:
    async with reading(large(60, 0)) as read:
        await read((facts.ResourceAccount, facts.ServerConsent))
        asked = read.asked("/assignments/")
        assert len(asked) == 60
        assert len({request.client for request in asked}) <= read.sources.acs.pace.at_once
