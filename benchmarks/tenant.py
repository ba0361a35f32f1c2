"""A simulated tenant in a process of its own, so that its memory and CPU are not counted as the product's."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tpe_audit.commands.demo import with_secrets
from tpe_audit.config import Config, of_mapping
from tpe_audit.simulator import SCENARIOS, Behaviour, Recorded, large, serve


@dataclass(frozen=True, slots=True)
class Size:
    """A healthy tenant: so many resource accounts on lines, and so many agents. 0 of both: the usual demo."""

    accounts: int = 0
    agents: int = 0

    @property
    def subjects(self) -> int:
        """What is judged one by one."""
        return self.accounts + self.agents


@dataclass(frozen=True, slots=True)
class Served:
    """A running tenant, seen from outside its process."""

    config: Mapping[str, Any]
    _pipe: Connection

    def requests(self) -> tuple[Recorded, ...]:
        """Return what it was asked so far."""
        self._pipe.send("requests")
        asked: tuple[Recorded, ...] = self._pipe.recv()
        return asked


def configuration(config: Mapping[str, Any]) -> Config:
    """Return the configuration of a served tenant, with time enough for its size."""
    return of_mapping({**config, "limits": {"deadline": 3600}}, Path.cwd())


@contextmanager
def served(size: Size, latency: float = 0.0) -> Iterator[Served]:
    """Serve a tenant until the block ends."""
    context = multiprocessing.get_context("spawn")
    mine, its = context.Pipe()
    process = context.Process(target=_serve, args=(size, latency, its), daemon=True)
    process.start()
    its.close()
    try:
        yield Served(mine.recv(), mine)
    finally:
        mine.close()
        process.join(timeout=30)
        process.kill()


def _serve(size: Size, latency: float, pipe: Connection) -> None:
    scenario = large(size.accounts, size.agents) if size.subjects else SCENARIOS["healthy"]()
    with serve(scenario, Behaviour(latency=latency)) as tenant:
        pipe.send(with_secrets(tenant.config, tenant.secrets))
        while True:
            try:
                pipe.recv()
            except EOFError:
                return
            pipe.send(tuple(tenant.requests))
