"""Writes what a command was asked to write, or says what it did not do, and why."""

from __future__ import annotations

from pathlib import Path

from tpe_audit.commands.errors import NoAudit
from tpe_audit.files import put_in_place


def put(path: Path, content: bytes, what: str, *, over: bool = True) -> None:
    """Write a file, and the folders above it: whole, or not at all, and readable by its owner only.

    Args:
        path: the file.
        content: what is to be in it.
        what: what was not done, if it can't be written.
        over: another file of this name may be replaced.

    Raises:
        NoAudit: it could not be written, or another one is there that is not to be replaced.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        put_in_place(path, content, over=over)
    except OSError as error:
        taken = isinstance(error, FileExistsError) and not path.parent.is_file()
        why = "it is there already; --force writes it anew" if taken else error.strerror or error
        raise NoAudit([f"{path}: {why}"], what=what) from error
