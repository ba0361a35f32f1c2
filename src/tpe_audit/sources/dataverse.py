"""The Web API of a Dynamics 365 environment (Dataverse), by azure-core's pipeline.

https://learn.microsoft.com/power-apps/developer/data-platform/webapi/overview
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from tpe_audit.config import Config
from tpe_audit.sources.credentials import SignIn, transport
from tpe_audit.sources.errors import Off
from tpe_audit.sources.ledger import Ledger
from tpe_audit.sources.source import NoConnection, Patience, Response, Source

if TYPE_CHECKING:
    from azure.core import AsyncPipelineClient

AT_ONCE = 4
API = "/api/data/v9.2"
HEADERS = {"Accept": "application/json", "OData-MaxVersion": "4.0", "OData-Version": "4.0"}


class Dataverse(Source):
    """The Dataverse of the environment that `[deployment.dynamics]` names."""

    name = "dataverse"
    words = "Dataverse"

    def __init__(self, config: Config, identity: SignIn, ledger: Ledger, patience: Patience, *, proxies: bool) -> None:
        super().__init__(config.deployment.dynamics.environment_url, identity, ledger, patience, AT_ONCE)
        self._config = config
        self._proxies = proxies
        self._pipeline: AsyncPipelineClient[Any, Any] | None = None

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

    async def send(self, method: str, url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> Response:
        """Send one request through azure-core's pipeline and return the answer as it came."""
        from azure.core.exceptions import AzureError
        from azure.core.rest import HttpRequest

        try:
            answer = await self._sender().send_request(HttpRequest(method, url, headers={**HEADERS, **headers}))
            content = await answer.read()
        except (AzureError, ValueError, OSError) as error:
            raise NoConnection(f"{type(error).__name__}: {error}") from error
        return Response(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, content)

    def _sender(self) -> AsyncPipelineClient[Any, Any]:
        if self._pipeline is None:
            from azure.core import AsyncPipelineClient
            from azure.core.pipeline.policies import (
                AsyncBearerTokenCredentialPolicy,
                HeadersPolicy,
                RequestIdPolicy,
                UserAgentPolicy,
            )

            from tpe_audit import __version__

            self._pipeline = AsyncPipelineClient(
                base_url=self.base,
                policies=[
                    RequestIdPolicy(),
                    HeadersPolicy(),
                    UserAgentPolicy(f"tpe-audit/{__version__}"),
                    AsyncBearerTokenCredentialPolicy(self.identity, self.audience),
                ],
                transport=transport(self._config, proxies=self._proxies),
            )
        return self._pipeline

    async def close(self) -> None:
        """Close the connections."""
        if self._pipeline is not None:
            await self._pipeline.close()
