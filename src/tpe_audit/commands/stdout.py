"""What is printed to stdout, and how stdout is to be written to: as UTF-8, as wide as it is, coloured or not."""

from __future__ import annotations

import json
import os
import shutil
import sys

from tpe_audit.commands.errors import NoAudit

LEAST_WIDTH = 40


def width(elsewhere: int = 100) -> int:
    """Return the columns of the terminal, or `elsewhere`, where there is none."""
    return max(shutil.get_terminal_size((elsewhere, 24)).columns, LEAST_WIDTH)


def shows_colour(*, no_color: bool) -> bool:
    """Whether stdout is a terminal that colour is wanted on."""
    wanted = not no_color and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and sys.stdout.isatty()


def print_out(text: str) -> None:
    """Print text and a line's end.

    Raises:
        NoAudit: stdout can't be written to.
    """
    print_bytes(text.removesuffix("\n").encode("utf-8", "replace") + b"\n")


def print_json(value: object) -> None:
    """Print a JSON document. It is ASCII, as the report is, so that no console and no pipe can spoil it.

    Raises:
        NoAudit: stdout can't be written to.
    """
    print_out(json.dumps(value, indent=2))


def print_bytes(content: bytes) -> None:
    """Print what is encoded already.

    Raises:
        NoAudit: stdout can't be written to.
    """
    sys.stdout.flush()
    stream = getattr(sys.stdout, "buffer", None)
    try:
        if stream is None:
            sys.stdout.write(content.decode("utf-8", "replace"))
        else:
            stream.write(content)
            stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise NoAudit([f"stdout: {error.strerror}"], what="not everything could be printed") from error
