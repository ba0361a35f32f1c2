"""Every request that one check makes on the simulated tenant: it should be those that it needs, and no more."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import keep
from tpe_audit import catalog, config
from tpe_audit.commands.demo import with_secrets
from tpe_audit.commands.meant import deployment
from tpe_audit.facts import Collected, Deployment, Tenant
from tpe_audit.gather import gather
from tpe_audit.simulator import SCENARIOS, serve
from tpe_audit.sources import signed_in


def main() -> None:
    """Print the requests in the order in which they were answered."""
    check = sys.argv[1] if len(sys.argv) > 1 else "bot-teams-channel"
    wanted = {question for each in catalog.find().closure([check]) for question in each.wants}
    wanted |= {(Tenant, Deployment), (Tenant, Collected)}
    with serve(SCENARIOS["healthy"]()) as tenant, tempfile.TemporaryDirectory() as folder:
        asked = config.of_mapping(with_secrets(tenant.config, tenant.secrets), Path(folder))

        async def read() -> None:
            async with signed_in(asked, proxies=False) as sources:
                await gather(wanted, sources, deployment(asked), datetime.now(UTC))

        started = time.perf_counter()
        asyncio.run(read())
        taken = time.perf_counter() - started
        requests = [f"{r.method} {r.path}" + (f"?{r.query}" if r.query else "") for r in tenant.requests]
    print(f"{check}: {len(requests)} requests in {taken:.2f} s, the imports of the SDKs included")
    for request in requests:
        print(f"  {request}")
    keep("single_check", {"check": check, "requests": requests, "seconds": round(taken, 3)})


if __name__ == "__main__":
    main()
