"""A stand-in for `pwsh`: takes what the real one is given, notes it, and does what a test tells it to.

The environment says what: STAND_IN_DOES, STAND_IN_DOCUMENT (the answer) and STAND_IN_NOTES (where to take notes).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

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
    Path(os.environ["STAND_IN_NOTES"]).write_text(json.dumps(notes), encoding="utf-8")


def _answer(document: dict[str, Any]) -> None:
    sys.stdout.buffer.write((json.dumps(document, ensure_ascii=False) + "\n").encode())


def main() -> int:
    does = os.environ["STAND_IN_DOES"]
    document = json.loads(Path(os.environ["STAND_IN_DOCUMENT"]).read_text(encoding="utf-8"))
    tokens = [os.environ["TEAMS_EXPORT_GRAPH_TOKEN"], os.environ["TEAMS_EXPORT_TEAMS_TOKEN"]]
    if does == "hangs":
        # What it started holds its output open, too.
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        _note(child=child.pid)
        time.sleep(600)
    elif does == "leaves a child behind":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        _note(child=child.pid)
        return 0
    _note()
    if does in ("floods stdout", "floods stderr"):
        stream = sys.stdout.buffer if does.endswith("stdout") else sys.stderr.buffer
        while True:
            stream.write(b"flood " * 10_000)
    elif does == "has no module":
        print("Import-Module: The specified module 'MicrosoftTeams' was not loaded.", file=sys.stderr)
        return NO_MODULE
    elif does == "fails":
        print(f"\nConnect-MicrosoftTeams: refused the token {tokens[1]}.", file=sys.stderr)
        return 1
    elif does == "fails after all":
        _answer(document)
        return 1
    elif does == "garbles":
        print("{ 'this': is no JSON }")
    elif does == "says nothing":
        pass
    elif does == "greets":
        print(f"\ufeffPowerShell 7.4\nWARNING: {{a newer version}} is there\n{tokens[0]}")
        _answer(document)
    elif does == "errs":
        refused = {"ok": False, "error": f"Access Denied to {tokens[1]}", "data": None}
        document["cmdlets"]["Get-CsTeamsAcsFederationConfiguration"] = refused
        _answer(document)
    elif does == "dates as 5.1":
        _answer({**document, "collected_at": f"/Date({int(time.time() * 1000)})/"})
    elif does == "is of another tenant":
        _answer({**document, "tenant_id": "ffffffff-0000-4000-8000-000000000000"})
    else:
        _answer(document)
    return 0


if __name__ == "__main__":
    sys.exit(main())
