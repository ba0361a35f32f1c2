"""Puts files in place: whole, or not at all, and readable by their owner only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tpe_audit.commands.errors import NoAudit

MODE = 0o600


def put(path: Path, content: bytes, what: str) -> None:
    """Put a file in place: whoever looks sees the old one or the new one, whole.

    Raises:
        NoAudit: it could not be written; `what` says what was not done then.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(MODE)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise NoAudit([f"{path}: {error.strerror or error}"], what=what) from error
