"""What the sources behind azure-core's pipeline share: Azure Resource Manager, ACS data planes, Dataverse."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from tpe_audit.config import Config
from tpe_audit.sources.credentials import SignIn
from tpe_audit.sources.kinds import transport
from tpe_audit.sources.ledger import Ledger
from tpe_audit.sources.response import MAX_BYTES, NoConnection, Response, TooLarge
from tpe_audit.sources.source import Patience, Source

if TYPE_CHECKING:
    from azure.core import AsyncPipelineClient
    from azure.core.pipeline.transport import AioHttpTransport


class _Sends(Protocol):
    """What of a client of azure-core is used."""

    def send_request(self, request: Any, *, stream: bool = False) -> Awaitable[Any]: ...


async def received(client: _Sends, request: Any) -> Response:
    """Send one request, and return the answer as it came, of a bounded size.

    Raises:
        NoConnection: no answer came.
        TooLarge: there is more of it than can be an answer.
    """
    from azure.core.exceptions import AzureError

    body = bytearray()
    try:
        async with await client.send_request(request, stream=True) as answer:
            async for part in answer.iter_bytes():
                body += part
                if len(body) > MAX_BYTES:
                    raise TooLarge
    except (AzureError, ValueError, OSError) as error:
        raise NoConnection(f"{type(error).__name__}: {error}") from error
    return Response(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, bytes(body))


class PipelineSource(Source):
    """A service that is asked through azure-core's pipeline, with our own few policies."""

    HEADERS: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Sent with every request."""

    def __init__(
        self,
        base: str,
        config: Config,
        identity: SignIn,
        ledger: Ledger,
        patience: Patience,
        at_once: int,
        *,
        proxies: bool,
    ) -> None:
        super().__init__(base, identity, ledger, patience, at_once)
        self._config = config
        self._proxies = proxies
        self._pipeline: AsyncPipelineClient[Any, Any] | None = None

    async def send(self, method: str, url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> Response:
        """Send one request through the pipeline and return the answer as it came."""
        from azure.core.rest import HttpRequest

        if self._pipeline is None:
            self._pipeline = self.client()
        return await received(self._pipeline, HttpRequest(method, url, headers={**self.HEADERS, **headers}, json=body))

    def client(self) -> AsyncPipelineClient[Any, Any]:
        """Return the pipeline, made on first use: importing it takes time."""
        from azure.core import AsyncPipelineClient

        return AsyncPipelineClient(base_url=self.base, policies=self.policies(), transport=self.transport())

    def transport(self) -> AioHttpTransport:
        """Return a transport as the configuration and the environment ask for it."""
        return transport(self._config, proxies=self._proxies)

    def policies(self) -> list[Any]:
        """Return what each request passes through: no retry, for that is ours, and nothing that writes."""
        from azure.core.pipeline.policies import (
            AsyncBearerTokenCredentialPolicy,
            HeadersPolicy,
            RequestIdPolicy,
            UserAgentPolicy,
        )

        from tpe_audit import __version__

        return [
            RequestIdPolicy(),
            HeadersPolicy(),
            UserAgentPolicy(f"tpe-audit/{__version__}"),
            AsyncBearerTokenCredentialPolicy(self.identity, self.audience),
        ]

    async def close(self) -> None:
        """Close the connections."""
        if self._pipeline is not None:
            await self._pipeline.close()
