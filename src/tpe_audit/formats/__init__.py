"""Turns a report into text: one file for each format, and one row here."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, Self, cast

from tpe_audit.report import Report


class Format(StrEnum):
    """What a report can be rendered to: its name, which is also that of its module, and its usual file."""

    file_name: str

    def __new__(cls, name: str, file_name: str = "") -> Self:
        """Make the row of one format."""
        made = str.__new__(cls, name)
        made._value_ = name
        made.file_name = file_name
        return made

    TERMINAL = "terminal", "report.txt"
    JSON = "json", "report.json"
    HTML = "html", "report.html"
    MARKDOWN = "markdown", "report.md"
    SARIF = "sarif", "report.sarif"
    JUNIT = "junit", "report.xml"
    CSV = "csv", "report.csv"
    GITHUB = "github", "report.github.txt"


@dataclass(frozen=True, slots=True)
class Options:
    """How a report is to be rendered; each format takes what concerns it."""

    all_subjects: bool = False
    """List every subject, however many there are."""
    verbose: bool = False
    """Unfold what holds and what does not apply."""
    quiet: bool = False
    """The verdict and what to do first, nothing else."""
    colour: bool = False
    links: bool = False
    """The terminal opens links (OSC 8); only with colour."""
    width: int = 80
    """Columns of the terminal."""


class _Renderer(Protocol):
    def render(self, report: Report, options: Options) -> str:
        """Return the report as text."""


def render(report: Report, target: Format, options: Options | None = None) -> str:
    """Return the report in one format."""
    # Only the wanted format is loaded: `list` and `--help` pay for neither rich nor jinja2.
    module = cast("_Renderer", importlib.import_module(f"{__name__}.{target}"))
    return module.render(report, options or Options())


__all__ = ["Format", "Options", "render"]
