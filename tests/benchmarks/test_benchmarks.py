"""The benchmarks measure what they say, and what they found stays found."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import latency, scale
from benchmarks.audit import audit
from benchmarks.measure import Table, alone
from benchmarks.tenant import Size, served
from tpe_audit.simulator import Recorded

SMALL, LARGE = Size(100, 1_000), Size(1_000, 10_000)
OF_A_SUBJECT = 5.5
"""KB that a subject may take in memory: pages under way and the text of the report included."""


def test_a_large_tenant_takes_few_requests_and_little_memory() -> None:
    peaks = []
    for size in (SMALL, LARGE):
        with served(size) as tenant:
            taken = alone(audit, tenant.config, ("json",))
            least = scale.lower_bound(tenant.requests(), size)
            asked = sum(request.api != "entra" for request in tenant.requests())
        peaks.append(max(taken.memory, taken.memory_rendered))
        assert taken.unknown == 0
        assert least <= asked <= 1.02 * least + 5
    of_a_subject = (peaks[1] - peaks[0]) * 1024 / (LARGE.subjects - SMALL.subjects)
    assert of_a_subject < OF_A_SUBJECT


def request(path: str, query: str = "", api: str = "graph") -> Recorded:
    return Recorded("GET", path, query, 200, api)


def test_the_fewest_requests_are_full_pages_and_one_of_each_other() -> None:
    pages = [request("/v1.0/groups/x/transitiveMembers/microsoft.graph.user", f"$skiptoken={n}") for n in range(30)]
    consents = [request(f"/access/teamsExtension/tenants/t/assignments/{n}", api="acs") for n in range(7)]
    others = [request("/v1.0/organization"), request("/v1.0/organization"), request("/token", api="entra")]
    assert scale.lower_bound((*pages, *consents, *others), Size(7, 2_000)) == 3 + 7 + 1


def test_the_longest_chain_is_of_what_was_asked() -> None:
    token, bot = request("/t/oauth2/v2.0/token"), request("/subscriptions/s/providers/x/botServices/b")
    assert latency.chain([token]) == ["token"]
    assert latency.chain([bot, token]) == ["token", "bot"]
    assert latency.chain([]) == []
    found = request("/providers/Microsoft.ResourceGraph/resources")
    assert latency.chain([token, found, bot]) == ["token", "bots found", "bot"]


def test_a_table_is_printed_for_people_and_kept_for_programs() -> None:
    table = Table("Size", ("name", "seconds"), (("a", 1.5), ("b", 12_000)), "So much.")
    assert table.text == "Size\n  name  seconds\n  a        1.50\n  b      12,000\n  So much."
    assert table.data["rows"] == [{"name": "a", "seconds": 1.5}, {"name": "b", "seconds": 12_000}]


@pytest.mark.parametrize("arguments", [["single-check", "--check", "ra-exists"]])
def test_one_command_prints_a_table_and_writes_json(arguments: list[str], tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    root = Path(__file__).parents[2]
    ended = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-m", "benchmarks", *arguments, "--results", str(results)],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Single check: ra-exists" in ended.stdout
    found = json.loads(results.read_text(encoding="utf-8"))
    assert found["benchmarks"].keys() == {"single-check"}
    assert found["machine"]["python"]


def test_a_benchmark_that_is_not_there_is_refused() -> None:
    root = Path(__file__).parents[2]
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks", "nonsense"], cwd=root, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert "there is no benchmark nonsense" in ended.stderr
