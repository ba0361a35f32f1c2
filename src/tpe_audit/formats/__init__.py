"""Turns a report into text or a document: one file for each format, and one row here."""

from __future__ import annotations

import importlib
import importlib.util
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
    PDF = "pdf", "report.pdf"
    MARKDOWN = "markdown", "report.md"
    SARIF = "sarif", "report.sarif"
    JUNIT = "junit", "report.xml"
    CSV = "csv", "report.csv"
    GITHUB = "github", "report.github.txt"

    @property
    def is_text(self) -> bool:
        """Whether it can be shown on a terminal."""
        return self is not Format.PDF

    @property
    def lacks(self) -> str:
        """What to do so that it can be rendered here, as a sentence; empty: nothing."""
        if self is Format.PDF and importlib.util.find_spec("typst") is None:
            return "a PDF takes the extra: pip install 'tpe-audit[pdf]'"
        return ""


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
    def render(self, report: Report, options: Options) -> str | bytes:
        """Return the report in the format."""


def render(report: Report, target: Format, options: Options | None = None) -> str:
    """Return the report in one of the formats that are text.

    Raises:
        TypeError: the format is none of them.
    """
    rendered = _rendered(report, target, options)
    if isinstance(rendered, bytes):
        raise TypeError(f"{target} is no text: ask for its content")
    return rendered


def content(report: Report, target: Format, options: Options | None = None) -> bytes:
    """Return the report in any format, as its file holds it; text is UTF-8."""
    rendered = _rendered(report, target, options)
    return rendered if isinstance(rendered, bytes) else rendered.encode("utf-8", "replace")


def _rendered(report: Report, target: Format, options: Options | None) -> str | bytes:
    # Only the wanted format is loaded: `list` and `--help` pay for none of the libraries.
    module = cast("_Renderer", importlib.import_module(f"{__name__}.{target}"))
    return module.render(report, options or Options())


__all__ = ["Format", "Options", "content", "render"]
