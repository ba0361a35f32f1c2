"""The simulated tenant: a local https server that the real, unpatched SDKs talk to.

It plays sign-in, Microsoft Graph, Azure Resource Manager and the data plane of Azure Communication Services
for an invented tenant, so that an audit can be tried, tested and measured without an account and without a
network.

    with serve(SCENARIOS[DEFAULT]()) as tenant:
        ...  # tenant.url, tenant.config, tenant.secrets
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from tpe_audit.simulator.behaviour import Behaviour, Fault, RateLimit, Recorded, Throttle
from tpe_audit.simulator.quotas import GraphQuota, ResourceManagerQuota
from tpe_audit.simulator.scenario import Scenario
from tpe_audit.simulator.scenarios import DEFAULT, SCENARIOS, large
from tpe_audit.simulator.teams_export import teams_export

if TYPE_CHECKING:
    from tpe_audit.simulator.server import SimulatedTenant

__all__ = [
    "DEFAULT",
    "SCENARIOS",
    "Behaviour",
    "Fault",
    "GraphQuota",
    "RateLimit",
    "Recorded",
    "ResourceManagerQuota",
    "Scenario",
    "SimulatedTenant",
    "Throttle",
    "large",
    "serve",
    "teams_export",
]


def serve(scenario: Scenario, behaviour: Behaviour | None = None) -> AbstractContextManager[SimulatedTenant]:
    """Plays a scenario while the block runs; see `SimulatedTenant` for what a client needs."""
    # The server, its certificates and TLS are loaded only when something is served.
    from tpe_audit.simulator import server

    return server.serve(scenario, behaviour)


def __getattr__(name: str) -> object:
    if name == "SimulatedTenant":
        from tpe_audit.simulator.server import SimulatedTenant

        return SimulatedTenant
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
