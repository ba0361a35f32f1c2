"""Puts files in place whole or not at all, readable by their owner only, and still there after a power cut."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

MODE, FOLDER_MODE = 0o600, 0o700


def put_in_place(path: Path, text: str, mode: int = MODE) -> None:
    """Write a file: whoever looks sees the old one or the new one, whole.

    Raises:
        OSError: it could not be written; the old one is as it was.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    made = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        made.chmod(mode)
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    settle(path.parent)


def settle(folder: Path) -> None:
    """Bring the names in a folder to the disk. Windows does so by itself, and opens no folder for it."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
