"""Text that is harmless in GitHub-flavoured Markdown: words as they are, and in code whatever might act.

An escaped @ still calls a person and a bare address still becomes a link, because GitHub looks for these in what was
rendered; in code it does not. So a word with anything but letters, digits and common punctuation stands in code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tpe_audit.formats.text import printable

_WORD = re.compile(r"(?P<before>[(\"'\u201c\u2018]*)(?P<word>.*?)(?P<after>[)\"'\u201d\u2019.,:;!?…]*)")
_PLAIN = re.compile(r"[\w\u2019'+/%·…-]*(?:[.,:;][\w\u2019'+/%-]+)*|[·→\u2013\u2014]")
_ACTING = re.compile(
    r"_|//|^www\.|^GH-\d|:\w+:"  # emphasis, addresses, and what GitHub makes links or pictures of
    r"|(?<![0-9A-Za-z])(?=[0-9a-f]*\d)[0-9a-f]{7,40}(?![0-9A-Za-z])"  # a commit, perhaps
    r"|^[-+]+$|^\d+[.)]$|^[-+=]{2,}",  # lists and headings
    re.IGNORECASE,
)
_BACKTICKS = re.compile("`+")


def prose(text: str) -> str:
    """Return a sentence: its words, and in code those that might act."""
    return " ".join(map(_said, printable(text).split()))


def _said(text: str) -> str:
    parts = _WORD.fullmatch(text)
    if parts is None or _harmless(text):
        return text
    if _harmless(parts["before"] + parts["after"]):
        return f"{parts['before']}{code(parts['word'])}{parts['after']}"
    return code(text)


def _harmless(text: str) -> bool:
    parts = _WORD.fullmatch(text)
    return parts is not None and bool(_PLAIN.fullmatch(parts["word"])) and not _ACTING.search(text)


def code(text: str) -> str:
    """Return a text as a code span, whatever backticks are in it."""
    shown = printable(text)
    if not shown.strip():
        return ""
    fence = "`" * (_longest(shown) + 1)
    pad = " " if shown[0] in " `" or shown[-1] in " `" else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str) -> str:
    """Return a text as code in a cell of a table, where even code is parted at a bar."""
    shown = "".join(char if char.isalnum() or char == " " else f"&#{ord(char)};" for char in printable(text))
    return f"<code>{shown}</code>"


def fenced(lines: Sequence[str], language: str) -> str:
    """Return lines as a block of code, whatever backticks are in them."""
    fence = "`" * max(3, 1 + max(map(_longest, lines), default=0))
    return "\n".join((f"{fence}{language}", *lines, fence))


def _longest(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)
