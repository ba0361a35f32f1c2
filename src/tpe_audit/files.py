"""Puts files in place whole or not at all, readable by their owner only, and still there after a power cut."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

MODE, FOLDER_MODE = 0o600, 0o700


def put_in_place(path: Path, content: bytes, mode: int = MODE, *, over: bool = True) -> None:
    """Write a file: whoever looks sees the old one or the new one, whole.

    Args:
        path: the file; its folder is there.
        content: what is to be in it.
        mode: who may read and write it.
        over: another file of this name may be replaced.

    Raises:
        FileExistsError: there is another file of this name, and it is not to be replaced.
        OSError: it could not be written; the old one is as it was.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        made.chmod(mode)
        if over:
            made.replace(path)
        else:
            _name(made, path)
    finally:
        made.unlink(missing_ok=True)
    settle(path.parent)


def _name(made: Path, path: Path) -> None:
    """Give a file its name, unless something else has it."""
    try:
        os.link(made, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(path) from None
        made.replace(path)


def settle(folder: Path) -> None:
    """Bring the names in a folder to the disk. Windows does so by itself, and opens no folder for it."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
