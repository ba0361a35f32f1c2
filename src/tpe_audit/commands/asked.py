"""What the command line of `run` and of `diagnose` asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

CONFIG = Path("config.toml")
"""The configuration, where no other is named."""


def config_file(named: Path | None) -> Path | None:
    """Return the file to configure by: the one that is named, or config.toml, if it is there."""
    return named or (CONFIG if CONFIG.exists() else None)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for."""

    config: Path | None = None
    demo: str | None = None
    evidence: tuple[Path, ...] = ()
    check: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    output: str | None = None
    fail_on: str | None = None
    profile: str = "scheduled"
    baseline: Path | None = None
    wait: timedelta | None = None
    all_subjects: bool = False
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False
    no_progress: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether it asks for less than everything."""
        return bool(self.check or self.skip or self.subject or self.area or self.owner or self.severity)
