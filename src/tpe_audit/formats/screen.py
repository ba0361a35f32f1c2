"""What a report for a terminal is printed on: paragraphs, rows and chains, no wider than the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import StringIO

from rich.console import Console
from rich.text import Text

from tpe_audit.catalog import Check
from tpe_audit.formats import Options
from tpe_audit.formats.text import MEASURE, clipped, printable

NARROWEST = 40
_PROSE = 1_000


class Page:
    """Lines of text as they come; everything on it has been made printable."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.width = max(options.width, NARROWEST)
        self._buffer = StringIO()
        self._console = Console(
            file=self._buffer,
            width=self.width,
            color_system="standard" if options.colour else None,
            force_terminal=options.colour,
            legacy_windows=False,
            markup=False,
            emoji=False,
            highlight=False,
        )

    @property
    def text(self) -> str:
        """All that was said."""
        return self._buffer.getvalue()

    def say(self, *parts: str | tuple[str, str], indent: int = 0, hang: int = 0) -> None:
        """Print one paragraph of plain or (text, style) parts, wrapped; later lines hang in further."""
        text = _assembled(parts)
        room = min(self.width, MEASURE) - indent - hang
        for index, line in enumerate(text.wrap(self._console, room)):
            line.rstrip()
            self._put(Text(" " * (indent + (hang if index else 0))) + line)

    def row(self, label: str, *parts: str | tuple[str, str]) -> None:
        """Print a paragraph behind its label."""
        column = 12
        text = _assembled(parts)
        for index, line in enumerate(text.wrap(self._console, min(self.width, MEASURE) - column - 2)):
            line.rstrip()
            self._put(Text(f"  {label if not index else '':<{column}}", style="dim") + line)

    def chain(self, links: Sequence[Sequence[tuple[str, str]]], indent: int) -> None:
        """Print links with arrows between them, broken only between links."""
        line, arrow = Text(" " * indent), " → "
        for index, link in enumerate(links):
            text = _assembled(link)
            if index and line.cell_len + len(arrow) + text.cell_len > self.width - 2:
                self._put(line + Text(" →", style="dim"))
                line = Text(" " * indent)
            elif index:
                line.append(arrow, style="dim")
            line.append_text(text)
        self._put(line)

    def raw(self, text: str, indent: int, style: str = "") -> None:
        """Print something to be copied: never wrapped, never cut."""
        self._put(Text(" " * indent) + Text(printable(text), style=style))

    def page_of(self, check: Check, style: str) -> str:
        """Return a style that leads to the check's page, where the terminal can."""
        return f"{style} link {check.link}" if self.options.links and " " not in check.link else style

    def heading(self, title: str, style: str = "bold") -> None:
        """Open a section."""
        self.gap()
        self._put(Text(title, style=style))

    def rule(self) -> None:
        """Draw a line across."""
        self._put(Text("─" * self.width, style="dim"))

    def gap(self) -> None:
        """Leave a line empty."""
        self._console.print()

    def _put(self, line: Text) -> None:
        self._console.print(line, soft_wrap=True)


def _assembled(parts: Iterable[str | tuple[str, str]]) -> Text:
    text = Text()
    for part in parts:
        said, style = (part, "") if isinstance(part, str) else part
        text.append(clipped(printable(said), _PROSE), style=style or None)
    return text
