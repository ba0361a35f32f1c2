"""Runs the script that ships, once, in PowerShell 7: nothing else, and never by way of a shell.

The tokens go to it in its environment, which no other user can read, and are on no command line. Whatever the child
does, it ends: with its output, its time, or the audit.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import as_file, files

EXECUTABLE = "pwsh"
SCRIPT = "teams-export.ps1"
NO_MODULE = 3
"""The script's exit code where the module MicrosoftTeams is not installed."""

MOST_OUTPUT = 64 * 2**20
"""Bytes. An export of 50,000 agents has about 20 MB."""
MOST_ERRORS = 2**20
"""Bytes."""
GRACE = 5.0
"""Seconds for a child that was killed to be gone."""

_OURS = ("TPE_AUDIT_", "AZURE_")
"""Variables that may hold secrets of ours, which the child has no need of."""


class PwshError(Exception):
    """The script did not give a document; the message is the end of a sentence that begins with "Teams PowerShell"."""


class NoModule(PwshError):
    """PowerShell is there, but the module MicrosoftTeams is not."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What `Connect-MicrosoftTeams -AccessTokens` takes, in the script's variables."""

    graph: str
    teams: str

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment that the script takes them from."""
        return {"TEAMS_EXPORT_GRAPH_TOKEN": self.graph, "TEAMS_EXPORT_TEAMS_TOKEN": self.teams}

    def hidden(self, text: str) -> str:
        """Return `text` without them."""
        return text.replace(self.graph, "[masked]").replace(self.teams, "[masked]")


def installed() -> str | None:
    """Return where PowerShell 7 is; None if it is not on the PATH."""
    return shutil.which(EXECUTABLE)


async def run(executable: str, tenant: str, tokens: Tokens, seconds: float, ca_bundle: str = "") -> str:
    """Run the script and return the document that it wrote, as text without the tokens.

    Args:
        executable: PowerShell.
        tenant: the id of the Teams tenant.
        tokens: what it signs in with.
        seconds: after which it is ended.
        ca_bundle: a PEM file with the authorities to trust, for where .NET looks for one (not Windows, not macOS).

    Raises:
        PwshError: it gave none.
    """
    with as_file(files("tpe_audit") / "scripts" / SCRIPT) as script:
        arguments = ("-NoLogo", "-NoProfile", "-NonInteractive", "-File", str(script), "-TenantId", tenant, "-Tokens")
        try:
            child = await asyncio.create_subprocess_exec(
                executable,
                *arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(tokens, ca_bundle),
                start_new_session=True,
            )
        except OSError as error:
            raise PwshError(f"could not be started ({executable}: {error.strerror})") from None
        reading = [
            asyncio.ensure_future(_read(child.stdout, MOST_OUTPUT)),
            asyncio.ensure_future(_read(child.stderr, MOST_ERRORS)),
        ]
        try:
            async with asyncio.timeout(seconds):
                said, complained = await asyncio.gather(*reading)
                code = await child.wait()
        except TimeoutError:
            raise PwshError(f"did not end within {seconds:.0f} s") from None
        finally:
            # Before anything is waited for: who is interrupted twice must not leave it running.
            _kill(child)
            for task in reading:
                task.cancel()
            await asyncio.gather(*reading, return_exceptions=True)
            await _ended(child)
    complaint = _first_line(tokens.hidden(complained.decode("utf-8", "replace")))
    if code == NO_MODULE:
        raise NoModule("has no module MicrosoftTeams here (Install-Module MicrosoftTeams -Scope CurrentUser)")
    if code != 0:
        raise PwshError(f"ended with exit code {code}{f' ({complaint})' if complaint else ''}")
    return _document(tokens.hidden(said.decode("utf-8", "replace")))


def _environment(tokens: Tokens, ca_bundle: str) -> Mapping[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.upper().startswith(_OURS)}
    quiet = {"POWERSHELL_TELEMETRY_OPTOUT": "1", "POWERSHELL_UPDATECHECK": "Off", "NO_COLOR": "1", "TERM": "dumb"}
    trusted = {"SSL_CERT_FILE": ca_bundle} if ca_bundle else {}
    return {**inherited, **quiet, **trusted, **tokens.variables}


async def _read(stream: asyncio.StreamReader | None, most: int) -> bytes:
    """Return what a child writes, to its end."""
    whole = bytearray()
    while stream is not None and (part := await stream.read(2**16)):
        whole += part
        if len(whole) > most:
            raise PwshError(f"wrote more than {most // 2**20} MB, and was ended")
    return bytes(whole)


async def _emptied(stream: asyncio.StreamReader | None) -> None:
    while stream is not None and await stream.read(2**16):
        pass


def _kill(child: asyncio.subprocess.Process) -> None:
    """End the child and all that it started, if it has not ended by itself."""
    if child.returncode is not None and _silent(child):
        return
    if sys.platform == "win32":
        with suppress(OSError):
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(child.pid)], check=False, capture_output=True)  # noqa: S603, S607 - Windows' own
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)


async def _ended(child: asyncio.subprocess.Process) -> None:
    """Wait until the child has ended, and its pipes are closed: one that nobody reads to its end never is."""
    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE):
            await asyncio.gather(child.wait(), _emptied(child.stdout), _emptied(child.stderr))


def _silent(child: asyncio.subprocess.Process) -> bool:
    """Whether nothing is left that could still write: what holds the pipes open outlived the child."""
    return all(stream is None or stream.at_eof() for stream in (child.stdout, child.stderr))


def _document(said: str) -> str:
    """Return the last line that may be a JSON object: a banner or a warning may stand before it."""
    # Not splitlines: a document may hold line separators of other kinds.
    lines = [line for line in said.split("\n") if line.lstrip("\ufeff \t").startswith("{")]
    if not lines:
        raise PwshError("ended without writing a document")
    return lines[-1].lstrip("\ufeff")


def _first_line(complaint: str) -> str:
    line = next((line.strip() for line in complaint.splitlines() if line.strip()), "")
    return line[:300].rstrip(".")
