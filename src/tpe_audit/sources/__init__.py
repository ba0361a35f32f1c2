"""The services that a tenant is read from, signed in to. SDKs are imported here and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from tpe_audit.config import Config
from tpe_audit.report import SourceReport, SourceState
from tpe_audit.sources.acs import AcsDataPlane
from tpe_audit.sources.arm import Arm
from tpe_audit.sources.credentials import sign_in
from tpe_audit.sources.dataverse import Dataverse
from tpe_audit.sources.errors import Off, Refused, SourceError
from tpe_audit.sources.graph import Graph
from tpe_audit.sources.kinds import trusted_by_az
from tpe_audit.sources.ledger import Ledger
from tpe_audit.sources.source import Answered, Item, Listing, Patience, Source
from tpe_audit.sources.teams_powershell import TeamsPowerShell


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that an audit reads from."""

    config: Config
    ledger: Ledger
    patience: Patience
    graph: Graph
    """Of the Teams tenant."""
    azure_graph: Graph
    """Of the Azure tenant; the same as `graph` where the tenants are one."""
    arm: Arm
    acs: AcsDataPlane
    teams_powershell: TeamsPowerShell
    dataverse: Dataverse
    """Of the Dynamics 365 environment, where that is the consumer."""

    @property
    def off(self) -> dict[str, str]:
        """Sources that config.toml declares off, and why."""
        declared = {"arm": self.config.sources.azure.mode, "acs": self.config.sources.acs.mode}
        keys = {"arm": "azure", "acs": "acs"}
        return {
            name: f'[sources.{keys[name]}] mode = "off" leaves this to a person.'
            for name, mode in declared.items()
            if mode == "off"
        }

    def reports(self) -> tuple[SourceReport, ...]:
        """Return how each source fared."""
        graphs = [self.graph] if self.graph is self.azure_graph else [self.graph, self.azure_graph]
        sources: list[Source | TeamsPowerShell] = [*graphs, self.arm, self.acs, self.teams_powershell]
        if self.config.deployment.consumer == "dynamics-365":
            sources.append(self.dataverse)
        # Of a source that nothing was asked of there is nothing to tell, unless it is off.
        told = [s for s in sources if s.troubles or s.name in self.off or self.ledger.answered[s.name]]
        return tuple(replace(self._report(s), resumes_at=getattr(s, "resumes_at", None)) for s in told)

    def _report(self, source: Source | TeamsPowerShell) -> SourceReport:
        if source.name in self.off:
            return SourceReport(source.name, source.tenant, SourceState.OFF, self.off[source.name])
        told = source.told if isinstance(source, TeamsPowerShell) else ""
        if not source.troubles:
            return SourceReport(source.name, source.tenant, SourceState.OK, told)
        state = SourceState.FAILED
        if any(isinstance(trouble, Off) for trouble in source.troubles):
            state = SourceState.OFF
        elif source.answers or any(isinstance(trouble, Refused) for trouble in source.troubles):
            state = SourceState.REFUSED
        return SourceReport(source.name, source.tenant, state, f"{_reasons(source.troubles)} {told}".strip())


def _reasons(troubles: list[SourceError]) -> str:
    reasons = list(dict.fromkeys(str(trouble) for trouble in troubles))
    more = f" And {len(reasons) - 3} more." if len(reasons) > 3 else ""
    return " ".join(reasons[:3]) + more


@asynccontextmanager
async def signed_in(
    config: Config, *, heard: Callable[[str], None] | None = None, proxies: bool = True
) -> AsyncIterator[Sources]:
    """Give the sources that `config` describes, and close them in the end.

    Args:
        config: what to sign in to, and as whom.
        heard: called with a source's name after each answer.
        proxies: honour the proxies of the environment.
    """
    ledger = Ledger(heard)
    limits = config.limits
    ends = asyncio.get_running_loop().time() + limits.deadline
    patience = Patience(limits.request_timeout, limits.retry_after_cap, ends)
    teams = sign_in(config, config.teams.credential, config.teams.tenant_id, "teams", proxies=proxies)
    one = config.azure_tenant_id == config.teams.tenant_id and config.azure_credential == config.teams.credential
    azure = teams
    if not one:
        azure = sign_in(config, config.azure_credential, config.azure_tenant_id, "azure", proxies=proxies)
    graph = Graph(config, teams, ledger, patience, proxies=proxies)
    azure_graph = graph
    if config.azure_tenant_id != config.teams.tenant_id:
        azure_graph = Graph(config, azure, ledger, patience, proxies=proxies)
    arm = Arm(config, azure, ledger, patience, proxies=proxies)
    acs = AcsDataPlane(config, azure, ledger, patience, proxies=proxies)
    dataverse = Dataverse(config, teams, ledger, patience, proxies=proxies)
    powershell = TeamsPowerShell(config, teams, ledger, patience)
    if config.sovereign:
        why = f"Microsoft documents no Teams Phone extensibility in {config.sovereign}, so nothing was read there."
        for source in (graph, azure_graph, arm, acs, dataverse):
            source.unsupported = why
        powershell.unsupported = why
    async with AsyncExitStack() as closing:
        closing.enter_context(trusted_by_az(config))
        for close in dict.fromkeys(part.close for part in (teams, azure)):
            closing.push_async_callback(close)
        for close in dict.fromkeys(part.close for part in (graph, azure_graph, arm, acs, dataverse)):
            closing.push_async_callback(close)
        closing.push_async_callback(powershell.close)
        yield Sources(config, ledger, patience, graph, azure_graph, arm, acs, powershell, dataverse)


__all__ = [
    "Answered",
    "Arm",
    "Dataverse",
    "Graph",
    "Item",
    "Ledger",
    "Listing",
    "Patience",
    "Source",
    "SourceError",
    "Sources",
    "TeamsPowerShell",
    "signed_in",
]
