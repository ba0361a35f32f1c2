from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulator.client import Client
from tpe_audit.simulator import SCENARIOS, SimulatedTenant, serve


def pytest_configure(config: pytest.Config) -> None:
    # The generated Graph client warns of its own classes when it is imported.
    for message in ("GetQueryParameters is deprecated", "This class is deprecated"):
        config.addinivalue_line("filterwarnings", f"ignore:{message}:DeprecationWarning")


@pytest.fixture(scope="module")
def tenant() -> Iterator[SimulatedTenant]:
    """Healthy Contoso; for tests that only read."""
    with serve(SCENARIOS["healthy"]()) as served:
        yield served


@pytest.fixture(scope="module")
def client(tenant: SimulatedTenant) -> Iterator[Client]:
    with Client(tenant) as connected:
        yield connected
