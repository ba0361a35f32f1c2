"""Collects the evidence of simulated tenants, and judges it as `run --evidence` does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.tenant import Scenario
from tpe_audit.commands.asked import Asked
from tpe_audit.commands.auditing import collected, judged
from tpe_audit.commands.demo import with_secrets
from tpe_audit.commands.replay import codec_of
from tpe_audit.commands.selection import chosen
from tpe_audit.config import Config, of_mapping
from tpe_audit.evidence.codec import Codec
from tpe_audit.evidence.document import parsed, readings, values
from tpe_audit.evidence.join import joined
from tpe_audit.evidence.readings import Half, Readings
from tpe_audit.formats import Format, render
from tpe_audit.plugins import Plugged, plugged
from tpe_audit.simulator import serve

QUIET: dict[str, Any] = {"quiet": True, "no_progress": True}


@cache
def found() -> Plugged:
    return plugged(installed=False)


def codec() -> Codec:
    return codec_of(found())


async def collect(scenario: Scenario, *halves: Half, **asked: Any) -> tuple[Config, list[Readings]]:
    """Read one simulated tenant as often as there are halves, and give its configuration."""
    with serve(scenario) as tenant:
        config = of_mapping(with_secrets(tenant.config, tenant.secrets), Path.cwd())
        command = Asked(**{**QUIET, **asked})
        checks = chosen(command, config, found().catalog)
        return config, [
            await collected(command, config, found().catalog, checks, simulated=True, table=found().table, half=half)
            for half in halves or (Half.ALL,)
        ]


def kept(read: Readings) -> Readings:
    """What is left of readings when they were written to a file and read again."""
    return readings(parsed(json.dumps(values(read, codec()))), codec(), "evidence.json")


def report(config: Config, read: Sequence[Readings], **asked: Any) -> dict[str, Any]:
    """The JSON report of readings, joined if there are several."""
    command = Asked(**{**QUIET, "evidence": (Path("evidence.json"),), **asked})
    checks = chosen(command, config, found().catalog)
    made = judged(command, config, found().catalog, checks, joined(read), found().table)
    said: dict[str, Any] = json.loads(render(made, Format.JSON))
    return said


def statuses(report_: dict[str, Any]) -> dict[str, str]:
    return {finding["check"]: finding["status"] for finding in report_["findings"]}


def told(report_: dict[str, Any]) -> dict[str, Any]:
    """What the findings say: everything but the places of requests."""
    return {
        finding["check"]: [
            finding["status"],
            finding["reason"],
            sorted(
                json.dumps({k: v for k, v in subject.items() if k != "evidence"}) for subject in finding["subjects"]
            ),
        ]
        for finding in report_["findings"]
    }
