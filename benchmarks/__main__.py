"""Runs the benchmarks, prints their tables and keeps them as JSON."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import latency, naive, page, scale, single_check, startup
from benchmarks.measure import Table

RESULTS = Path(__file__).parent / "results" / "benchmarks.json"


def _benchmarks(*, quick: bool, check: str) -> Mapping[str, Callable[[], Iterator[Table]]]:
    return {
        "startup": lambda: iter((startup.measure(),)),
        "single-check": lambda: iter((single_check.measure(check),)),
        "latency": lambda: iter((latency.measure(),)),
        "naive": lambda: iter((naive.measure(),)),
        "page": lambda: iter((page.measure(),)),
        "scale": lambda: scale.measure(quick=quick),
    }


def main() -> None:
    """Run what was asked for; all, if nothing was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = _benchmarks(quick=False, check="")
    parser.add_argument("name", nargs="*", help=f"one of {', '.join(names)}; all, if none is named")
    parser.add_argument("--quick", action="store_true", help="tenants of a tenth of the size")
    parser.add_argument("--check", default=single_check.CHECK, help="the check that single-check reads for")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where to write them as JSON")
    asked = parser.parse_args()
    if unknown := set(asked.name) - names.keys():
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    found: dict[str, list[dict[str, object]]] = {}
    for name, measure in _benchmarks(quick=asked.quick, check=asked.check).items():
        if asked.name and name not in asked.name:
            continue
        for table in measure():
            print(f"{table.text}\n", flush=True)
            found.setdefault(name, []).append(table.data)
    machine = {"python": sys.version.split()[0], "system": platform.platform(), "at": datetime.now(UTC).isoformat()}
    asked.results.parent.mkdir(exist_ok=True)
    asked.results.write_text(json.dumps({"machine": machine, "benchmarks": found}, indent=2) + "\n", encoding="utf-8")
    print(f"Wrote {asked.results}")


if __name__ == "__main__":
    main()
