"""A stand-in for `pwsh`: takes what the real one is given, notes it, and does what a test tells it to.

The environment says what: STAND_IN_DOES, STAND_IN_DOCUMENT (the answer) and STAND_IN_NOTES (where to take notes).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

NO_MODULE = 3


def _command_line() -> list[str]:
    """As every user of the machine sees it."""
    seen = Path("/proc/self/cmdline")
    return seen.read_bytes().decode().split("\0")[:-1] if seen.exists() else sys.argv


def _note(**more: Any) -> None:
    tokens = [value for name, value in os.environ.items() if name.startswith("TEAMS_EXPORT_")]
    notes = {
        "command_line": _command_line(),
        "environment": dict(os.environ),
        "tokens": tokens,
        "pid": os.getpid(),
        "group": os.getpgrp(),
        "stdin": sys.stdin.read(),
        **more,
    }
    path = Path(os.environ["STAND_IN_NOTES"])
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(notes), encoding="utf-8")
    unfinished.replace(path)


def _hangs(document: dict[str, Any], tokens: list[str]) -> int:
    # What it started holds its output open, too.
    _note(child=_start())
    time.sleep(600)
    return 0


def _leaves_a_child_behind(document: dict[str, Any], tokens: list[str]) -> int:
    _note(child=_start())
    return 0


def _start() -> int:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid


def _floods(stream: BinaryIO) -> int:
    _note()
    while True:
        stream.write(b"flood " * 10_000)


def _says(code: int, *, out: str = "", err: str = "") -> int:
    _note()
    sys.stdout.write(out)
    sys.stderr.write(err)
    return code


def _answers(document: dict[str, Any], *, banner: str = "", code: int = 0) -> int:
    _note()
    sys.stdout.buffer.write((banner + json.dumps(document, ensure_ascii=False) + "\n").encode())
    return code


def _errs(document: dict[str, Any], tokens: list[str]) -> int:
    refused = {"ok": False, "error": f"Access Denied to {tokens[1]}", "data": None}
    document["cmdlets"]["Get-CsTeamsAcsFederationConfiguration"] = refused
    return _answers(document)


DOES: dict[str, Callable[[dict[str, Any], list[str]], int]] = {
    "obeys": lambda document, tokens: _answers(document),
    "errs": _errs,
    "hangs": _hangs,
    "leaves a child behind": _leaves_a_child_behind,
    "floods stdout": lambda document, tokens: _floods(sys.stdout.buffer),
    "floods stderr": lambda document, tokens: _floods(sys.stderr.buffer),
    "has no module": lambda document, tokens: _says(NO_MODULE, err="Import-Module: it was not loaded.\n"),
    "fails": lambda document, tokens: _says(1, err=f"\nConnect-MicrosoftTeams: refused the token {tokens[1]}.\n"),
    "fails after all": lambda document, tokens: _answers(document, code=1),
    "garbles": lambda document, tokens: _says(0, out="{ 'this': is no JSON }\n"),
    "says nothing": lambda document, tokens: _says(0),
    "greets": lambda document, tokens: _answers(
        document, banner=f"\ufeffPowerShell 7.4\nWARNING: {{a newer version}} is there\n{tokens[0]}\n"
    ),
    "dates as 5.1": lambda document, tokens: _answers(
        {**document, "collected_at": f"/Date({int(time.time() * 1000)})/"}
    ),
    "is of another tenant": lambda document, tokens: _answers(
        {**document, "tenant_id": "ffffffff-0000-4000-8000-000000000000"}
    ),
}


def main() -> int:
    document = json.loads(Path(os.environ["STAND_IN_DOCUMENT"]).read_text(encoding="utf-8"))
    tokens = [os.environ["TEAMS_EXPORT_GRAPH_TOKEN"], os.environ["TEAMS_EXPORT_TEAMS_TOKEN"]]
    return DOES[os.environ["STAND_IN_DOES"]](document, tokens)


if __name__ == "__main__":
    sys.exit(main())
