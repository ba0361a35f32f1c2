"""A simulated tenant that stands by, and a folder whose config.toml points to it, as an admin has one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from tests.commands.cli import Ran, tpe
from tests.tenant import healthy
from tpe_audit.simulator import Behaviour, Scenario, SimulatedTenant, serve


@dataclass(frozen=True)
class Standing:
    """Where an admin works."""

    folder: Path
    tenant: SimulatedTenant

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def tenant_id(self) -> str:
        found: str = self.tenant.config["teams"]["tenant_id"]
        return found

    @property
    def runs(self) -> list[Path]:
        """The reports that were kept, oldest first."""
        return sorted(self.folder.glob(f"reports/{self.tenant_id}/*/report.json"))

    def __call__(self, *arguments: str, environment: Mapping[str, str] | None = None, **options: Any) -> Ran:
        return tpe(self.folder, *arguments, environment=self.environment | dict(environment or {}), **options)

    @property
    def environment(self) -> dict[str, str]:
        return {**self.tenant.secrets, "NO_PROXY": "localhost,127.0.0.1", "no_proxy": "localhost,127.0.0.1"}


@contextmanager
def standing(folder: Path, scenario: Scenario | None = None, behaviour: Behaviour | None = None) -> Iterator[Standing]:
    """Serve a tenant, and write the configuration that an admin would."""
    with serve(scenario or healthy(), behaviour) as tenant:
        (folder / "config.toml").write_text(tomlkit.dumps(_plain(tenant.config)), encoding="utf-8")
        yield Standing(folder, tenant)


def with_a_lasting_export(admin: Standing) -> None:
    """Let the Teams PowerShell export, which is of today, be believed for years, so that it does not end soon."""
    document = tomlkit.parse(admin.config.read_text(encoding="utf-8"))
    document["sources"]["teams_powershell"]["max_age_hours"] = 100_000
    admin.config.write_text(tomlkit.dumps(document), encoding="utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items() if inner is not None}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
