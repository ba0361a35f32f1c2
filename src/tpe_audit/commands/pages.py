"""Shows a page written in Markdown: rendered on a terminal, as plain text everywhere else."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from tpe_audit.commands.stdout import print_out

if TYPE_CHECKING:
    from rich.console import Console

WIDEST = 100
"""Columns of prose on a terminal, however wide that is: longer lines are hard to read."""
_MORE = "\n## More\n"
"""The last section of each page: links, which are never broken over lines."""


def show(page: str) -> None:
    """Print a page to stdout."""
    if sys.stdout.isatty():
        from rich.console import Console

        rendered(page, Console())
    else:
        print_out(plain(page))


def rendered(page: str, console: Console) -> None:
    """Print a page to a terminal. Commands and links are not broken over lines: people copy them."""
    from rich.markdown import CodeBlock, Heading, Markdown
    from rich.padding import Padding
    from rich.text import Text

    class Title(Heading):
        def __rich_console__(self, console: object, options: object) -> object:  # type: ignore[override]
            self.text.justify = "left"
            yield Text() if self.tag == "h2" else Text(end="")
            yield self.text

    class Commands(CodeBlock):
        def __rich_console__(self, console: object, options: object) -> object:  # type: ignore[override]
            for line in str(self.text).rstrip().splitlines():
                yield Text(f"    {line}", "markdown.code", no_wrap=True, overflow="ignore")

    class Page(Markdown):
        elements = {**Markdown.elements, "heading_open": Title, "code_block": Commands, "fence": Commands}  # noqa: RUF012

    body, _, links = page.partition(_MORE)
    console.print(Page(body), width=min(console.width, WIDEST), crop=False, no_wrap=False)
    if links:
        console.print(Padding(Text("More", "markdown.h2"), (1, 0, 1, 0)))
        for link in re.findall(r"https://[^\s>]+", links):
            console.print(Text(f"  {link}", f"link {link}"), soft_wrap=True)


def plain(page: str) -> str:
    """Return a page without the marks of Markdown; commands stay as they are."""
    return "".join(_plain(line) for line in page.splitlines(keepends=True))


def _plain(line: str) -> str:
    if line.startswith("    "):
        return line
    if heading := re.match(r"(#+) (.*)", line):
        text = _unmarked(heading[2])
        return f"{text}\n{('=' if heading[1] == '#' else '-') * len(text)}\n"
    return _unmarked(line)


def _unmarked(text: str) -> str:
    text = re.sub(r"\[([^\]]+)\]\([^)\s]+\)", r"\1", text)
    text = re.sub(r"<(https://[^>\s]+)>", r"\1", text)
    text = re.sub(r"`([^`\n]+)`|\*\*([^*\n]+)\*\*", lambda found: found[1] or found[2], text)
    return re.sub(r"(?<![\w*])\*(\w(?:[^*\n]*\w)?)\*(?![\w*])", r"\1", text)
