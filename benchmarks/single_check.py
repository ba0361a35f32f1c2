"""Every request that one check makes on the simulated tenant: it should be those that it needs, and no more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from benchmarks.measure import Table, alone
from benchmarks.tenant import Size, configuration, served
from tpe_audit import catalog
from tpe_audit.commands.meant import deployment
from tpe_audit.facts import Collected, Deployment, Tenant

CHECK = "bot-teams-channel"


def measure(check: str = CHECK) -> Table:
    """Read what one check wants, in the order in which it was answered."""
    with served(Size()) as tenant:
        taken = alone(reading, tenant.config, check)
        requests = tenant.requests()
    rows = tuple((f"{r.method} {r.path}" + (f"?{r.query}" if r.query else ""), r.status) for r in requests)
    says = f"{len(rows)} requests in {taken:.2f} s, the imports of the SDKs included."
    return Table(f"Single check: {check}", ("request", "status"), rows, says)


def reading(config: Mapping[str, Any], check: str) -> float:
    """Return the seconds that it takes to read what one check wants."""
    from tpe_audit.gather import gather
    from tpe_audit.sources import signed_in

    settings = configuration(config)
    wanted = {question for each in catalog.find().closure([check]) for question in each.wants}
    wanted |= {(Tenant, Deployment), (Tenant, Collected)}

    async def read() -> None:
        async with signed_in(settings, proxies=False) as sources:
            await gather(wanted, sources, deployment(settings), datetime.now(UTC))

    started = time.perf_counter()
    asyncio.run(read())
    return time.perf_counter() - started
