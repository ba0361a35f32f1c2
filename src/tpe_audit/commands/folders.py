"""Where checks of one's own are, for commands that need no more of the configuration."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tpe_audit.commands.asked import CONFIG
from tpe_audit.commands.errors import NoAudit


def check_folders(config: Path | None) -> list[Path]:
    """Return the folders that `[checks] paths` names.

    Only this key is read, so that `list` and `explain` stay quick and work before the rest is filled in.

    Raises:
        NoAudit: the file was asked for, but is none.
    """
    path = config or CONFIG
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        if config is None:
            return []
        raise NoAudit([f"{path}: there is no such file"], what="nothing was listed") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NoAudit([f"{path}: it can't be read: {error}"], what="nothing was listed") from None
    section = data.get("checks", {})
    paths = section.get("paths", []) if isinstance(section, dict) else []
    return [path.resolve().parent / Path(p).expanduser() for p in paths if isinstance(p, str)]
