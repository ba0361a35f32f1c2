"""Requests, CPU and memory of tenants of size, and how they grow."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from benchmarks.audit import audit
from benchmarks.measure import Table, alone
from benchmarks.tenant import Size, served
from tpe_audit.simulator import Recorded

SIZES = (Size(5_000, 50_000), Size(10_000, 100_000))
QUICK = (Size(500, 5_000), Size(1_000, 10_000))
MEMORY = 400
"""MB: the goal for the largest."""
DOUBLED = 2.0
"""Twice the tenant takes at most so many times the CPU."""
_LISTS = {
    r"/admin/teams/resourceAccounts$": (100, "accounts"),
    r"/numberAssignments$": (1000, "accounts"),
    r"/v1\.0/users$": (999, "accounts"),
    r"/transitiveMembers/[^/]+$": (999, "agents"),
    r"/userConfigurations$": (999, "both"),
}
"""Lists that are read whole: how much a page may hold, and of what there is one entry each."""


def measure(*, quick: bool = False) -> Iterator[Table]:
    """Audit tenants, each in a fresh process."""
    sizes = QUICK if quick else SIZES
    used: list[float] = []
    rows, rendered = [], []
    for size in sizes:
        with served(size) as tenant:
            one = alone(audit, tenant.config, ("json", "html", "terminal"))
            least = lower_bound(tenant.requests(), size)
            asked = sum(request.api != "entra" for request in tenant.requests())
            # The quicker of two: a machine does other things too.
            cpu = min(one.cpu, alone(audit, tenant.config).cpu)
        used.append(cpu)
        per = round(cpu / size.subjects * 10_000, 2)
        name = f"{size.accounts:,} + {size.agents:,}"
        rows.append((name, asked, least, round(asked / least, 3), round(cpu, 1), per, one.memory, one.unknown))
        rendered += [
            (name, format_, round(seconds, 2), round(length / 1e6, 1), one.memory_rendered)
            for format_, (seconds, length) in one.rendering.items()
        ]
    growth = round(used[1] / used[0], 2)
    columns = ("accounts + agents", "requests", "least", "ratio", "CPU s", "per 10,000", "peak MB", "unknown")
    says = f"Twice the tenant takes {growth} times the CPU (goal {DOUBLED:g}); the goal for memory is {MEMORY} MB."
    yield Table("Scale", columns, tuple(rows), says)
    yield Table("Rendering", ("accounts + agents", "format", "CPU s", "MB", "peak MB of the process"), tuple(rendered))


def lower_bound(requests: tuple[Recorded, ...], size: Size) -> int:
    """Return the fewest requests that could have told the same.

    Full pages of the lists that grow with the tenant; one for each consent, for there is no list of them; and every
    other request that was made, once.
    """
    entries = {"accounts": size.accounts, "agents": size.agents, "both": size.subjects}
    asked = [request for request in requests if request.api != "entra"]
    pages = sum(
        math.ceil(entries[of] / most)
        for pattern, (most, of) in _LISTS.items()
        if any(re.search(pattern, request.path) for request in asked)
    )
    others = {
        (request.api, request.path, request.query)
        for request in asked
        if not any(re.search(pattern, request.path) for pattern in _LISTS)
    }
    return pages + len(others)
