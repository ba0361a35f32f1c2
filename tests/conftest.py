"""What holds of the whole suite: whatever is tested, the product only reads."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.traffic import forbidden
from tpe_audit.simulator.server import _Application
from tpe_audit.simulator.web import Request

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # What a script starts in the background ignores Ctrl-C, and so would all that is started and interrupted here.
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("tpe-audit", deadline=None)
settings.load_profile("tpe-audit")
"""How long one example takes says more of the machine than of the product."""


@pytest.fixture(scope="session", autouse=True)
def _only_reading() -> Iterator[None]:
    """Look at each request that a simulated tenant receives in this process, whichever test sends it."""
    wrong: list[str] = []
    record = _Application._record

    def noted(self: _Application, request: Request, status: int, api: str) -> None:
        record(self, request, status, api)
        test = os.environ.get("PYTEST_CURRENT_TEST", "")
        # The tests of the simulated tenant itself are no part of the product.
        if not test.startswith("tests/simulator/") and forbidden(request.method, request.path, api):
            wrong.append(f"{request.method} {request.path} in {test}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_Application, "_record", noted)
        yield
    assert wrong == [], "the product sent what does not only read"
