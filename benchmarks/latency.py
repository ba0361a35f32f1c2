"""Wall time of a whole audit where every answer takes 80 ms, against the least that it could take."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.audit import audit
from benchmarks.measure import Table, alone
from benchmarks.tenant import Size, served
from tpe_audit.simulator import Recorded

LATENCY = 0.08
GOAL = 1.3
RUNS = 3

NEEDS: Mapping[str, Sequence[str]] = {
    "metadata": (),
    "token": ("metadata",),
    "groups": ("token",),
    "resourceAccounts": ("token",),
    "userConfigurations": ("groups",),
    "licenseDetails": ("resourceAccounts",),
    "acs": ("token",),
    "topics": ("token",),
    "bots found": ("token",),
    "bot": ("bots found",),
    "channel": ("bot",),
    "topic subscriptions": ("acs", "topics"),
    "consent": ("acs", "resourceAccounts"),
    "client consent": ("acs", "groups"),
    "principal": ("token",),
    "registration": ("principal",),
    "grants": ("principal",),
}
"""What has to be answered before each can be asked at all: its address holds an id from there, or a token."""

ADDRESSES = {
    "metadata": r"/v2\.0/\.well-known/openid-configuration",
    "token": r"/oauth2/v2\.0/token",
    "groups": r"/groups/.*/transitiveMembers",
    "resourceAccounts": r"/admin/teams/resourceAccounts",
    "userConfigurations": r"/admin/teams/userConfigurations",
    "licenseDetails": r"/licenseDetails",
    "acs": r"/communicationServices/[^/]+$",
    "topics": r"/systemTopics$",
    "bots found": r"/Microsoft\.ResourceGraph/",
    "bot": r"/botServices/[^/]+$",
    "channel": r"/botServices/[^/]+/channels/",
    "topic subscriptions": r"/systemTopics/[^/]+/eventSubscriptions",
    "consent": r"/teamsExtension/.*/assignments/",
    "client consent": r"/teamsExtension/.*/assignments/",
    "principal": r"/servicePrincipals\(appId=",
    "registration": r"/applications\(appId=",
    "grants": r"/oauth2PermissionGrants",
}


def chain(requests: Sequence[Recorded]) -> list[str]:
    """Return the longest chain of requests, of those that were made, in which each needs the one before it."""
    paths = [request.path for request in requests]
    made = {name for name, pattern in ADDRESSES.items() if any(re.search(pattern, p, re.IGNORECASE) for p in paths)}

    def longest(name: str) -> list[str]:
        before = max((longest(other) for other in NEEDS[name]), key=len, default=[])
        return [*before, name] if name in made else before

    return max((longest(name) for name in NEEDS), key=len)


def measure() -> Table:
    """Audit the usual demo over the slow line, each time in a fresh process."""
    with served(Size(), LATENCY) as tenant:
        starts = min(_start() for _ in range(RUNS))
        walls = [_wall(tenant.config) for _ in range(RUNS)]
        links = chain(tenant.requests())
        made = len(tenant.requests()) // RUNS
    least = len(links) * LATENCY + starts
    ratio = round(min(walls) / least, 2)
    row = (made, len(links), round(starts, 2), round(least, 2), round(min(walls), 2), ratio, GOAL)
    columns = ("requests", "longest chain", "start-up s", "least s", "taken s", "ratio", "goal")
    return Table(f"Latency: {LATENCY * 1000:g} ms an answer", columns, (row,), " > ".join(links))


def _wall(config: Mapping[str, Any]) -> float:
    began = time.perf_counter()
    alone(audit, config)
    return time.perf_counter() - began


def _start() -> float:
    """Return how long a process takes that loads what an audit loads, and asks nothing."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", _LOADS], check=True)  # noqa: S603 - our own code
    return time.perf_counter() - began


_LOADS = """
import concurrent.futures, multiprocessing
import benchmarks.audit, tpe_audit.commands.auditing, tpe_audit.commands.selection, tpe_audit.commands.progress
import tpe_audit.commands.meant, tpe_audit.gather, tpe_audit.sources, tpe_audit.audit, tpe_audit.report
import httpx, h2, aiohttp, msal
import azure.identity.aio, azure.mgmt.core, azure.mgmt.communication.aio, azure.core.pipeline.policies
import msgraph, msgraph_core, msgraph_core.authentication, kiota_http
from msgraph import GraphRequestAdapter
from msgraph.graph_request_adapter import options
from msgraph_core import GraphClientFactory
from tpe_audit.catalog import find
find()
"""
