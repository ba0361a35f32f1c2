"""One audit, whole, and what each of its parts took."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.measure import peak_memory
from benchmarks.tenant import configuration
from tpe_audit.__main__ import GARBAGE
from tpe_audit.commands.asked import Asked
from tpe_audit.report import Report


@dataclass(frozen=True, slots=True)
class Taken:
    """What an audit took. CPU in seconds, memory in MB."""

    wall: float
    reading: float
    judging: float
    memory: int
    requests: Mapping[str, int]
    """By source."""
    unknown: int
    """Judgements that nobody could make."""
    rendering: Mapping[str, tuple[float, int]]
    """By format: CPU seconds, and the size in MB."""
    memory_rendered: int

    @property
    def cpu(self) -> float:
        """All but the rendering."""
        return self.reading + self.judging


def audit(config: Mapping[str, Any], formats: tuple[str, ...] = ()) -> Taken:
    """Audit a served tenant as `run` does, and render the report in these formats."""
    gc.set_threshold(*GARBAGE)
    began, used = time.perf_counter(), time.process_time()
    from tpe_audit.catalog import find
    from tpe_audit.commands.auditing import collected, completed, judged
    from tpe_audit.commands.selection import chosen

    command = Asked(quiet=True, no_progress=True)
    settings, catalog = configuration(config), find()
    checks = chosen(command, settings, catalog)
    readings = completed(collected(command, settings, catalog, checks, simulated=True))
    read = time.process_time()
    report = judged(command, settings, catalog, checks, readings)
    ended, over = time.process_time(), time.perf_counter()
    requests = Counter(request.source for request in report.requests)
    unknown = sum(j.status == "unknown" for finding in report.findings for j in finding.judgements)
    memory = peak_memory()
    del readings
    rendering = {name: _rendered(report, name) for name in formats}
    return Taken(over - began, read - used, ended - read, memory, requests, unknown, rendering, peak_memory())


def _rendered(report: Report, name: str) -> tuple[float, int]:
    from tpe_audit.formats import Format, render

    used = time.process_time()
    size = len(render(report, Format(name)))
    return time.process_time() - used, size
