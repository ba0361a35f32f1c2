"""The server: what it hands out, records and keeps to itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.simulator.client import Client
from tpe_audit.simulator import DEFAULT, SCENARIOS, SimulatedTenant, serve


def test_starts_and_stops_quickly() -> None:
    scenario = SCENARIOS[DEFAULT]()
    with serve(scenario):
        pass
    before = time.monotonic()
    for _ in range(3):
        with serve(scenario) as tenant:
            assert tenant.ca_bundle.exists()
        assert not tenant.ca_bundle.exists()
    assert time.monotonic() - before < 1.5
    assert not [thread for thread in threading.enumerate() if thread.name == "simulated-tenant"]


def test_is_gone_when_stopped() -> None:
    with serve(SCENARIOS[DEFAULT]()) as tenant, Client(tenant) as client:
        assert client.graph("/organization").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(tenant.url)


def test_two_run_side_by_side() -> None:
    with (
        serve(SCENARIOS["healthy"]()) as one,
        serve(SCENARIOS["no-audio"]()) as two,
        Client(one) as first,
        Client(two) as second,
    ):
        assert first.graph("/organization").status_code == 200
        assert second.graph("/organization").status_code == 200
        crossed = second.http.get(
            "/v1.0/organization",
            headers={"Authorization": f"Bearer {first.token('https://graph.microsoft.com/.default')}"},
        )
        assert crossed.status_code == 401


def test_other_authorities_do_not_vouch_for_it(tenant: SimulatedTenant) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(tenant.url)


def test_config_points_to_it(tenant: SimulatedTenant) -> None:
    endpoints = tenant.config["endpoints"]
    assert {endpoints["authority"], endpoints["graph"], endpoints["resource_manager"]} == {tenant.url}
    assert endpoints["ca_bundle"] == str(tenant.ca_bundle)
    assert tenant.url.startswith("https://localhost:")
    powershell = tenant.config["sources"]["teams_powershell"]
    assert powershell["mode"] == "export"
    document = json.loads(Path(powershell["export"]).read_text(encoding="utf-8"))
    assert document["tenant_id"] == tenant.config["teams"]["tenant_id"]
    assert all(cmdlet.keys() == {"ok", "error", "data"} for cmdlet in document["cmdlets"].values())
    assert len(document["cmdlets"]["Get-CsOnlineApplicationInstance"]["data"]) == 4


def test_secrets_stand_nowhere_but_in_secrets(tenant: SimulatedTenant, client: Client) -> None:
    client.graph("/organization")
    secrets = set(tenant.secrets.values())
    assert secrets <= tenant.issued
    assert client.token("https://graph.microsoft.com/.default") in tenant.issued
    for text in (repr(tenant), repr(tenant.requests), json.dumps(tenant.config, default=str)):
        assert not [secret for secret in tenant.issued if secret in text]


def test_requests_are_recorded(tenant: SimulatedTenant, client: Client) -> None:
    client.graph("/users", top=1)
    last = tenant.requests[-1]
    assert (last.method, last.path, last.status, last.api) == ("GET", "/v1.0/users", 200, "graph")
    assert "top=1" in last.query


def test_importing_it_loads_nothing_heavy() -> None:
    script = (
        "import sys, tpe_audit.simulator as simulator; simulator.SCENARIOS['healthy']();"
        "print([name for name in ('uvicorn', 'trustme', 'cryptography', 'jwt', 'asyncio', 'ssl') "
        "if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    answer = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    assert answer.stdout.strip() == "[]"


def test_unknown_paths_are_not_served(client: Client) -> None:
    assert client.http.get("/nothing/here").status_code == 404
    segment = client.graph("/teams").json()["error"]
    assert segment["message"] == "Resource not found for the segment 'teams'."
