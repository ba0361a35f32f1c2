"""The simulated tenant, as `--demo` uses it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from tpe_audit import config
from tpe_audit.commands.errors import NoAudit


@contextmanager
def simulated(name: str) -> Iterator[config.Config]:
    """Give the configuration of a scenario while its tenant runs.

    Nothing of the machine's own configuration takes part: no file, no environment, no proxy.

    Raises:
        NoAudit: there is no such scenario.
    """
    from tpe_audit.simulator import SCENARIOS, serve

    if name not in SCENARIOS:
        near = get_close_matches(name, SCENARIOS, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise NoAudit([f"there is no scenario {name!r}.{hint} There are: {', '.join(SCENARIOS)}"])
    with serve(SCENARIOS[name]()) as tenant:
        data = with_secrets(tenant.config, tenant.secrets)
        yield config.of_mapping(data, Path.cwd())


def with_secrets(data: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
    """Return configuration with the secrets in it that would otherwise come from the environment."""
    whole = copy.deepcopy(dict(data.items()))
    for variable, secret in secrets.items():
        *path, last = variable.removeprefix(config.PREFIX).lower().split(config.SEPARATOR)
        table = whole
        for part in path:
            table = table.setdefault(part, {})
        table[last] = secret
    return whole
