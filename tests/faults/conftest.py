"""What all tests of faults share."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _sockets_of_connections_that_were_given_up() -> Iterator[None]:
    """Let go of the sockets that httpx leaves behind where a connection is given up while it is being made."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
