"""What all benchmarks share: the tables that they print, and how commands and functions are measured."""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class Table:
    """What one benchmark found: printed for people, kept as JSON for programs."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    says: str = ""
    """What the rows come to."""

    @property
    def text(self) -> str:
        """The table in fixed columns."""
        cells = [self.columns, *([_shown(cell) for cell in row] for row in self.rows)]
        widths = [max(len(row[place]) for row in cells) for place in range(len(self.columns))]
        lines = [
            "  ".join(
                cell.ljust(width) if place == 0 else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in cells
        ]
        return "\n".join([self.title, *(f"  {line}" for line in lines), *([f"  {self.says}"] if self.says else [])])

    @property
    def data(self) -> dict[str, object]:
        """The table as JSON has it."""
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        return {"title": self.title, "rows": rows, "says": self.says}


def _shown(cell: Cell) -> str:
    return f"{cell:,.2f}" if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else cell


def alone(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Return what a function returns in a process of its own, whose memory and CPU are its alone."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(function, *arguments, **named).result()


def peak_memory() -> int:
    """Return the most memory that this process had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def seconds(*arguments: str, runs: int = 5) -> float:
    """Return the median wall time of `tpe-audit` with these arguments, after one run to warm the caches."""
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(runs + 1):
            started = time.perf_counter()
            ended = subprocess.run(  # noqa: S603 - our own command, with arguments of this file
                [sys.executable, "-m", "tpe_audit", *arguments], cwd=folder, capture_output=True, check=False
            )
            if ended.returncode not in (0, 1):
                sys.exit(f"tpe-audit {' '.join(arguments)} failed: {ended.stderr.decode()}")
            taken.append(time.perf_counter() - started)
    return statistics.median(taken[1:])


def loaded(*arguments: str) -> frozenset[str]:
    """Return the top-level packages that `tpe-audit` with these arguments imports."""
    code = (
        "import sys, runpy\n"
        f"sys.argv = ['tpe-audit', *{list(arguments)!r}]\n"
        "try:\n    runpy.run_module('tpe_audit', run_name='__main__')\n"
        "except SystemExit:\n    pass\n"
        "print(' '.join({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    ended = subprocess.run(  # noqa: S603 - likewise
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return frozenset(ended.stderr.strip().splitlines()[-1].split())
