"""What the command line of `run` asks for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for."""

    config: Path | None
    demo: str | None
    check: tuple[str, ...]
    skip: tuple[str, ...]
    subject: tuple[str, ...]
    area: tuple[str, ...]
    owner: tuple[str, ...]
    severity: tuple[str, ...]
    form: tuple[str, ...]
    output: str | None
    fail_on: str | None
    profile: str
    all_subjects: bool
    quiet: bool
    verbose: bool
    no_color: bool
    no_progress: bool

    @property
    def narrowed(self) -> bool:
        """Whether it asks for less than everything."""
        return bool(self.check or self.skip or self.subject or self.area or self.owner or self.severity)
