"""Teams PowerShell: what no other interface answers, such as ACS federation.

There are two ways to one document: the script run here, by PowerShell 7 with the module MicrosoftTeams; or the file
that the same script wrote for an administrator elsewhere.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from tpe_audit.config import Config
from tpe_audit.sources import pwsh
from tpe_audit.sources.credentials import SignIn
from tpe_audit.sources.errors import Malformed, Off, SignInFailed, SourceError, Unreachable
from tpe_audit.sources.ledger import Ledger, masked
from tpe_audit.sources.source import Patience
from tpe_audit.sources.teams_export import FRESH, Cmdlet, Document, exported, parsed, reason, young

ADMINISTRATION = "48ac35b8-9aa8-4d74-927d-1f4a14a0b239/.default"
"""The scope of Microsoft's "Skype and Teams Tenant Admin API", which the module talks to."""

LONGEST = 600.0
"""Seconds that PowerShell may take, if the deadline is not earlier."""

HERE = "What Teams PowerShell answered here"
"""As opposed to an export, which is made elsewhere and earlier."""

ROLE = "the Entra role Teams Reader, Global Reader or Teams Administrator"


class TeamsPowerShell:
    """Teams PowerShell's answers for one tenant. All of them are read at once, the first time that one is asked for."""

    name = "teams-powershell"
    words = "Teams PowerShell"

    def __init__(self, config: Config, identity: SignIn, ledger: Ledger, patience: Patience) -> None:
        self._config = config
        self._settings = config.sources.teams_powershell
        self._path = config.path(self._settings.export)
        self._identity = identity
        self._ledger = ledger
        self._patience = patience
        self._reading: asyncio.Task[Document] | None = None
        self._evidence: tuple[int, ...] = ()
        self.tenant = config.teams.tenant_id
        self.unsupported = ""
        """Why nothing is asked of it at all; empty: it is asked."""
        self.origin = self.words
        """Where the document comes from, as people call it."""
        self.document: Document | None = None
        """What was read, once it was."""
        self.instead = ""
        """Why the export was read although PowerShell is here, as a sentence."""
        self.troubles: list[SourceError] = []
        self.answers = 0

    @property
    def ways(self) -> str:
        """How to set it up, as part of a sentence."""
        return (
            "install PowerShell 7 (pwsh) with the module MicrosoftTeams where tpe-audit runs; or run a read-only "
            "export in Teams PowerShell as a Teams administrator, and name its file in [sources.teams_powershell] "
            "export (docs/guides/teams-export.md says how)"
        )

    @property
    def told(self) -> str:
        """Where the answers come from and how old they are, as a sentence; empty if there are none."""
        if self.document is None:
            return ""
        version = self.document.module_version
        module = f", with MicrosoftTeams {masked(version)}" if version else ""
        if self.origin == HERE:
            return f"Teams PowerShell answered here{module}."
        return f"{self.origin} was made {self.document.age_in_words} ago{module}."

    async def cmdlet(self, name: str) -> tuple[list[dict[str, Any]], tuple[int, ...]]:
        """Return the objects that a cmdlet answered, and the evidence.

        Raises:
            SourceError: Teams PowerShell does not tell.
        """
        try:
            answer = await self._answer(name)
        except SourceError as error:
            self.troubles.append(error)
            raise
        self.answers += 1
        return answer

    async def export(self) -> tuple[datetime, datetime] | None:
        """Return when the export was made that is read, and until when it is believed; None: PowerShell answers here.

        Raises:
            SourceError: Teams PowerShell does not tell, or the export is not believed.
        """
        made = (await self._read()).collected_at
        return None if self.origin == HERE else (made, made + timedelta(hours=self._settings.max_age_hours))

    async def besides(self, name: str) -> tuple[list[dict[str, Any]], tuple[int, ...]] | None:
        """Return what a cmdlet answered, for a second opinion that nobody misses; None if it does not tell."""
        try:
            return await self._answer(name)
        except SourceError:
            return None

    async def _answer(self, name: str) -> tuple[list[dict[str, Any]], tuple[int, ...]]:
        held = (await self._read()).cmdlets
        if name not in held:
            raise Unreachable(f"{self.origin} does not hold {name}: make a new one.", self._evidence, (FRESH,))
        try:
            found = Cmdlet.model_validate(held[name])
        except ValidationError as error:
            raise Malformed(f"{self.origin} is not believed for {name}: {reason(error)}.", self._evidence) from None
        held[name] = found  # which is not copied again when the next one asks
        if not found.ok or found.data is None:
            said = masked(found.error or "no data").rstrip(".")
            raise Unreachable(
                f"{name} failed in Teams PowerShell: {said}. Reading it takes {ROLE}.", self._evidence, (ROLE,)
            )
        return found.data, self._evidence

    async def _read(self) -> Document:
        """Return the document, read once however many ask for it."""
        if self._reading is None:
            self._reading = asyncio.ensure_future(self._document())
        return await asyncio.shield(self._reading)

    async def _document(self) -> Document:
        if self.unsupported:
            raise Off(self.unsupported, declared=False)
        if self._settings.mode == "off":
            raise Off('Teams PowerShell is switched off ([sources.teams_powershell] mode = "off").', declared=True)
        if self._settings.mode == "export":
            self.document = self._exported()
        elif self._settings.mode == "pwsh":
            self.document = await self._run()
        else:
            self.document = await self._whichever()
        return self.document

    async def _whichever(self) -> Document:
        """Return what PowerShell says here; where it is not there or says nothing, what the export says."""
        if pwsh.installed() is None:
            return self._exported()
        try:
            return await self._run()
        except SourceError as error:
            if not self._path.exists():
                raise
            self.instead = f"The Teams PowerShell export {self._path.name} was read instead: {error}"
        return self._exported()

    def _exported(self) -> Document:
        self.origin = f"The Teams PowerShell export {self._path.name}"
        text = exported(self._path, self.origin, self.ways)
        self._evidence = (self._ledger.record(self.name, f"read {self._path.name}", 200),)
        document = parsed(text, self.origin, self.tenant, self._evidence)
        return young(document, self.origin, self._settings.max_age_hours, self._evidence)

    async def _run(self) -> Document:
        """Run the script here.

        Raises:
            SourceError: it can't be run, or gave no document.
        """
        executable = pwsh.installed()
        if executable is None:
            raise Off(
                f"Teams PowerShell is not set up: there is no {pwsh.EXECUTABLE} here. To read this, {self.ways}.",
                declared=False,
                lacks=(FRESH,),
            )
        graph = await self._token(f"{self._config.endpoints.graph}/.default")
        tokens = pwsh.Tokens(graph, await self._token(ADMINISTRATION))
        bundle = self._config.endpoints.ca_bundle
        seconds = min(LONGEST, self._patience.ends - asyncio.get_running_loop().time())
        label = f"{pwsh.EXECUTABLE} {pwsh.SCRIPT}"
        try:
            text = await pwsh.run(
                executable, self.tenant, tokens, seconds, str(self._config.path(bundle)) if bundle else ""
            )
        except pwsh.PwshError as error:
            evidence = (self._ledger.record(self.name, label, None),)
            why = f"Teams PowerShell {masked(str(error))}."
            if isinstance(error, pwsh.NoModule):
                why += f" To read this, {self.ways}."
            raise Unreachable(why, evidence, (FRESH,)) from None
        self._evidence = (self._ledger.record(self.name, label, 200),)
        self.origin = HERE
        return parsed(text, self.origin, self.tenant, self._evidence)

    async def _token(self, scope: str) -> str:
        try:
            async with asyncio.timeout_at(self._patience.ends):
                return (await self._identity.get_token(scope)).token
        except TimeoutError:
            raise SignInFailed(f"Signing in to {self._identity.words} took longer than all reading may.") from None

    async def close(self) -> None:
        """End PowerShell, if it still runs."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
