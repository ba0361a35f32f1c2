"""Runs the command in a process of its own, and keeps what was measured."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


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


def keep(name: str, result: object) -> None:
    """Write a result as JSON."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
