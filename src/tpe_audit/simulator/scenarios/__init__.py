"""The scenarios: tenants with one thing broken, each named by the code or symptom that it causes.

Codes and symptoms: Microsoft Learn, "Teams Phone extensibility troubleshooting" and "Troubleshooting response codes".
Each module registers those of one part of the chain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from tpe_audit.simulator.scenario import Scenario
from tpe_audit.simulator.scenarios import agents, azure, contact_center, entra, funding, pstn, tenants
from tpe_audit.simulator.scenarios.registry import KNOWN
from tpe_audit.simulator.scenarios.tenants import large

_PARTS = (tenants, entra, funding, pstn, azure, agents, contact_center)
"""Each registers its scenarios when it is imported."""
DEFAULT: Final = "contoso"
SCENARIOS: Final[Mapping[str, Callable[[], Scenario]]] = MappingProxyType(
    {name: KNOWN[name] for name in dict.fromkeys(("healthy", DEFAULT, *KNOWN))}
)

__all__ = ["DEFAULT", "SCENARIOS", "large"]
