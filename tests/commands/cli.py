"""Runs the command in this process, as its entry point does, and catches what it prints."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from tpe_audit import __main__ as entry


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON report on stdout."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def checks(self) -> set[str]:
        """The ids of the checks in the JSON report on stdout."""
        return {finding["check"] for finding in self.report["findings"]}


class _Stream(io.TextIOWrapper):
    """A standard stream, of a terminal or not."""

    def __init__(self, encoding: str, *, terminal: bool) -> None:
        self._bytes = io.BytesIO()
        self._terminal = terminal
        super().__init__(self._bytes, encoding=encoding, newline="\n", write_through=True)

    def isatty(self) -> bool:
        return self._terminal

    def text(self) -> str:
        self.flush()
        return self._bytes.getvalue().decode()


def tpe(
    folder: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    terminal: bool = False,
    encoding: str = "utf-8",
    broken: bool = False,
) -> Ran:
    """Run `tpe-audit` in a folder, with nothing in the environment that concerns it but what is given.

    It must not end in a traceback, unless the test has broken it.
    """
    out, err = _Stream(encoding, terminal=terminal), _Stream("utf-8", terminal=terminal)
    with (
        mock.patch.dict(os.environ, _clean(environment or {}), clear=True),
        mock.patch.object(sys, "argv", ["tpe-audit", *arguments]),
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        _loggers_as_they_were(),
    ):
        try:
            code = entry._run()
        except SystemExit as left:
            code = int(left.code or 0)
    ran = Ran(code, out.text(), err.text())
    assert ("Traceback" in ran.err) == broken
    return ran


def _clean(added: Mapping[str, str]) -> dict[str, str]:
    ours = ("TPE_AUDIT_", "AZURE_", "NO_COLOR", "CI", "COLUMNS", "LINES", "FORCE_COLOR", "TERM")
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(ours)}
    return kept | {"TERM": "xterm"} | dict(added)


@contextlib.contextmanager
def _loggers_as_they_were() -> Iterator[None]:
    logger = logging.getLogger("tpe_audit")
    handlers, level = list(logger.handlers), logger.level
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)
