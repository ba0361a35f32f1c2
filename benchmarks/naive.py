"""The same accounts read the naive way: the SDK's typed models, and one request after another for each account."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from benchmarks.measure import Cell, Table, alone
from benchmarks.tenant import Size, configuration, served

ACCOUNTS = 100
LATENCY = 0.02
"""Seconds: a naive reading over 80 ms would take minutes."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a reading took."""

    wall: float
    cpu: float
    requests: int = 0


def naive(config: Mapping[str, Any]) -> Read:
    """Read every resource account's user, licences and number through msgraph-sdk's builders."""
    began, used = time.perf_counter(), time.process_time()
    count = asyncio.run(_naive(config))
    return Read(time.perf_counter() - began, time.process_time() - used, count)


async def _naive(config: Mapping[str, Any]) -> int:
    import httpx
    from azure.identity.aio import ClientSecretCredential
    from kiota_abstractions.base_request_configuration import RequestConfiguration
    from kiota_abstractions.method import Method
    from kiota_abstractions.request_information import RequestInformation
    from msgraph import GraphRequestAdapter, GraphServiceClient
    from msgraph.generated.models.user_collection_response import UserCollectionResponse
    from msgraph_core import GraphClientFactory
    from msgraph_core.authentication import AzureIdentityAuthenticationProvider

    endpoints, credential = config["endpoints"], config["teams"]["credential"]
    context = ssl.create_default_context(cafile=endpoints["ca_bundle"])
    identity = ClientSecretCredential(
        config["teams"]["tenant_id"],
        credential["client_id"],
        credential["client_secret"],
        authority=endpoints["authority"],
        connection_verify=endpoints["ca_bundle"],
        disable_instance_discovery=True,
    )
    async with identity, httpx.AsyncClient(http2=True, verify=context, timeout=60) as http:
        provider = AzureIdentityAuthenticationProvider(
            identity,
            scopes=[f"{endpoints['graph']}/.default"],
            allowed_hosts=[urlsplit(endpoints["graph"]).hostname or ""],
        )
        adapter = GraphRequestAdapter(provider, GraphClientFactory.create_with_default_middleware(client=http))
        adapter.base_url = f"{endpoints['graph']}/v1.0"
        graph = GraphServiceClient(request_adapter=adapter)
        following, accounts, count = f"{endpoints['graph']}/beta/admin/teams/resourceAccounts", [], 0
        while following:
            request = RequestInformation()
            request.http_method, request.url = Method.GET, following
            page = await adapter.send_async(request, UserCollectionResponse, {})
            accounts += [account.id for account in page.value]
            following, count = page.odata_next_link, count + 1
        numbers = graph.admin.teams.telephone_number_management.number_assignments
        for account in accounts:
            await graph.users.by_user_id(account).get()
            await graph.users.by_user_id(account).license_details.get()
            parameters = numbers.NumberAssignmentsRequestBuilderGetQueryParameters(
                filter=f"assignmentTargetId eq '{account}'"
            )
            await numbers.get(RequestConfiguration(query_parameters=parameters))
            count += 3
        return count


def ours(config: Mapping[str, Any]) -> Read:
    """Read the same by the product's collectors."""
    began, used = time.perf_counter(), time.process_time()
    from tpe_audit.commands.auditing import completed

    count = completed(_ours(config))
    return Read(time.perf_counter() - began, time.process_time() - used, count)


async def _ours(config: Mapping[str, Any]) -> int:
    from datetime import UTC, datetime

    from tpe_audit.collectors import Question
    from tpe_audit.commands.meant import deployment
    from tpe_audit.facts import Licenses, NumberType, PhoneNumber, ResourceAccount, SignIn, UsageLocation
    from tpe_audit.gather import gather
    from tpe_audit.sources import signed_in

    settings = configuration(config)
    wanted: set[Question] = {
        (ResourceAccount, fact) for fact in (ResourceAccount, SignIn, UsageLocation, Licenses, PhoneNumber)
    }
    wanted.add((PhoneNumber, NumberType))
    async with signed_in(settings, proxies=False) as sources:
        gathered = await gather(wanted, sources, deployment(settings), datetime.now(UTC))
        if gathered.errors:
            raise RuntimeError(gathered.errors)
        return len(sources.ledger.requests)


def measure() -> Table:
    """Read one tenant both ways, one after the other."""
    with served(Size(ACCOUNTS, 0), LATENCY) as tenant:
        theirs, mine = alone(naive, tenant.config), alone(ours, tenant.config)
    readings = (("typed models, one by one", theirs), ("tpe-audit", mine))
    rows: list[tuple[Cell, ...]] = [
        (name, read.requests, round(read.wall, 2), round(read.cpu, 2)) for name, read in readings
    ]
    ratios = (theirs.requests / mine.requests, theirs.wall / mine.wall, theirs.cpu / mine.cpu)
    rows.append(("ratio", *(round(ratio, 1) for ratio in ratios)))
    title = f"Naive: users, licences and numbers of {ACCOUNTS} accounts, {LATENCY * 1000:g} ms an answer"
    return Table(title, ("reading", "requests", "wall s", "CPU s"), tuple(rows))
