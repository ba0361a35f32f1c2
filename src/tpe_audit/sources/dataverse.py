"""The Web API of a Dynamics 365 environment (Dataverse), by azure-core's pipeline.

https://learn.microsoft.com/power-apps/developer/data-platform/webapi/overview
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import ClassVar

from tpe_audit.config import Config
from tpe_audit.sources.credentials import SignIn
from tpe_audit.sources.errors import Off
from tpe_audit.sources.ledger import Ledger
from tpe_audit.sources.pipeline import PipelineSource
from tpe_audit.sources.response import Response
from tpe_audit.sources.source import Patience

AT_ONCE = 4
API = "/api/data/v9.2"


class Dataverse(PipelineSource):
    """The Dataverse of the environment that `[deployment.dynamics]` names."""

    name = "dataverse"
    words = "Dataverse"
    HEADERS: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"Accept": "application/json", "OData-MaxVersion": "4.0", "OData-Version": "4.0"}
    )

    def __init__(self, config: Config, identity: SignIn, ledger: Ledger, patience: Patience, *, proxies: bool) -> None:
        base = config.deployment.dynamics.environment_url
        super().__init__(base, config, identity, ledger, patience, AT_ONCE, proxies=proxies)

    def ready(self) -> None:
        """Make sure that there is an environment to ask.

        Raises:
            Off: config.toml names none.
        """
        if not self.base:
            wanted = "environment_url under [deployment.dynamics], such as https://contoso.crm.dynamics.com"
            why = f"No Dynamics 365 environment is configured, so none was read: set {wanted}."
            raise self.trouble(Off(why, declared=False, lacks=(wanted,)))

    async def ask(self, label: str, send: Callable[[], Awaitable[Response]], *, grant: str) -> tuple[Response, int]:
        """Send a request, if there is an environment to send it to.

        Raises:
            SourceError: it was refused, or not answered in time, or there is none.
        """
        self.ready()
        return await super().ask(label, send, grant=grant)
