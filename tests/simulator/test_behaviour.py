"""Slowness, throttling and scripted faults."""

from __future__ import annotations

import time

import httpx
import pytest

from tests.simulator.client import Client
from tpe_audit.simulator import SCENARIOS, Behaviour, Fault, RateLimit, Throttle, serve
from tpe_audit.simulator.contoso import IVR


def _served(behaviour: Behaviour, *paths: str) -> list[httpx.Response]:
    with serve(SCENARIOS["healthy"](), behaviour) as tenant, Client(tenant) as client:
        return [client.graph(path) for path in paths]


def test_the_first_requests_are_throttled() -> None:
    behaviour = Behaviour(limits=[Throttle("/v1.0/users", 2, retry_after=3)])
    *refused, served, other = _served(behaviour, "/users", "/users", "/users", "/organization")
    assert [answer.status_code for answer in refused] == [429, 429]
    assert refused[0].headers["Retry-After"] == "3"
    assert refused[0].json()["error"]["code"] == "TooManyRequests"
    assert (served.status_code, other.status_code) == (200, 200)


def test_a_rate_is_limited() -> None:
    behaviour = Behaviour(limits=[RateLimit("/v1.0/", requests=2, seconds=60, retry_after=None)])
    statuses = _served(behaviour, *["/organization"] * 4)
    assert [answer.status_code for answer in statuses] == [200, 200, 429, 429]
    assert "Retry-After" not in statuses[-1].headers


def test_any_answer_can_be_scripted() -> None:
    fault = Fault("organization", status=503, headers={"Retry-After": "9"}, body={"error": "x"}, skip=1, times=1)
    first, second, third = _served(Behaviour(faults=[fault]), *["/organization"] * 3)
    assert (first.status_code, second.status_code, third.status_code) == (200, 503, 200)
    assert second.headers["Retry-After"] == "9"
    assert second.json() == {"error": "x"}
    assert fault.acted == 1


def test_bytes_are_sent_as_they_are() -> None:
    (answer,) = _served(Behaviour(faults=[Fault("users", status=200, body=b"<html>")]), "/users")
    assert answer.content == b"<html>"


def test_an_answer_can_be_edited() -> None:
    def forget(content: dict[str, object]) -> dict[str, object]:
        del content["userPrincipalName"]
        return content

    (answer,) = _served(Behaviour(faults=[Fault(f"users/{IVR}", edit=forget)]), f"/users/{IVR}")
    assert "userPrincipalName" not in answer.json()
    assert answer.json()["id"] == IVR


def test_a_fault_finds_encoded_queries() -> None:
    fault = Fault("appId eq '1'", status=500)
    with serve(SCENARIOS["healthy"](), Behaviour(faults=[fault])) as tenant, Client(tenant) as client:
        assert client.graph("/servicePrincipals", filter="appId eq '1'").status_code == 500
        assert client.graph("/servicePrincipals", filter="appId eq '2'").status_code == 200


def test_the_connection_can_be_dropped() -> None:
    behaviour = Behaviour(faults=[Fault("users", drop=True, times=1)])
    with serve(SCENARIOS["healthy"](), behaviour) as tenant, Client(tenant) as client:
        with pytest.raises(httpx.TransportError):
            client.graph("/users")
        assert client.graph("/users").status_code == 200
        assert [request.status for request in tenant.requests if request.api == "graph"] == [0, 200]


def test_the_connection_can_break_within_the_body() -> None:
    behaviour = Behaviour(faults=[Fault("users", cut=40)])
    with (
        serve(SCENARIOS["healthy"](), behaviour) as tenant,
        Client(tenant) as client,
        pytest.raises(httpx.TransportError),
    ):
        client.graph("/users")


def test_a_request_can_stall_and_stopping_does_not_wait_for_it() -> None:
    behaviour = Behaviour(faults=[Fault("users", stall=60)])
    with serve(SCENARIOS["healthy"](), behaviour) as tenant, Client(tenant) as client:
        client.http.timeout = httpx.Timeout(0.3)
        with pytest.raises(httpx.ReadTimeout):
            client.graph("/users")
        client.http.timeout = httpx.Timeout(5)
        assert client.graph("/organization").status_code == 200
        before = time.monotonic()
    assert time.monotonic() - before < 2


def test_latency_is_waited_for() -> None:
    with serve(SCENARIOS["healthy"](), Behaviour()) as tenant, Client(tenant) as client:
        client.graph("/organization")
        tenant.behaviour.latency = 0.2
        before = time.monotonic()
        client.graph("/organization")
        assert time.monotonic() - before >= 0.2


def test_sign_in_can_fail_too() -> None:
    behaviour = Behaviour(faults=[Fault("/oauth2/v2.0/token", method="post", status=500)])
    with serve(SCENARIOS["healthy"](), behaviour) as tenant, Client(tenant) as client:
        assert client.sign_in().status_code == 500
