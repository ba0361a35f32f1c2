"""Microsoft Graph, by msgraph-sdk's adapter, authentication and middleware, with answers taken as bytes.

The SDK's typed models are not used: they cost milliseconds an entity and turn what they don't understand into
None (https://github.com/microsoftgraph/msgraph-sdk-python/issues/584).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from tpe_audit.config import Config
from tpe_audit.sources.credentials import SignIn
from tpe_audit.sources.kinds import trust
from tpe_audit.sources.ledger import Ledger
from tpe_audit.sources.pace import Allowance
from tpe_audit.sources.response import MAX_BYTES, NoConnection, Response, TooLarge
from tpe_audit.sources.source import Patience, Source

if TYPE_CHECKING:
    import httpx
    from msgraph import GraphRequestAdapter

AT_ONCE = 24
HEADERS = MappingProxyType({"Accept": "application/json", "x-ms-throttle-priority": "low"})
"""An audit can wait: where Graph has to refuse somebody, people at work come first."""


class Graph(Source):
    """Microsoft Graph in one tenant."""

    name = "graph"
    words = "Microsoft Graph"
    token_options = MappingProxyType({"enable_cae": True})
    allowances = (Allowance("/identity/conditionalaccess/", 1, 1.0), Allowance("/admin/teams/", 30, 1.0))

    def __init__(self, config: Config, identity: SignIn, ledger: Ledger, patience: Patience, *, proxies: bool) -> None:
        super().__init__(config.endpoints.graph, identity, ledger, patience, AT_ONCE)
        self._config = config
        self._proxies = proxies
        self._adapter: GraphRequestAdapter | None = None
        self._http: httpx.AsyncClient | None = None
        self._transports: list[httpx.AsyncBaseTransport] = []

    async def send(self, method: str, url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> Response:
        """Send one GET through the SDK's adapter and return the answer as it came."""
        import httpx
        from kiota_abstractions.method import Method
        from kiota_abstractions.native_response_handler import NativeResponseHandler
        from kiota_abstractions.request_information import RequestInformation
        from kiota_http.middleware.options import ResponseHandlerOption

        request = RequestInformation()
        request.http_method = Method(method)
        request.url = url
        for name, value in {**HEADERS, **headers}.items():
            request.headers.try_add(name, value)
        native = ResponseHandlerOption(NativeResponseHandler())
        request.add_request_options([native])
        try:
            answer = await self._ready().send_primitive_async(request, "bytes", {})
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise NoConnection(f"{type(error).__name__}: {error}") from error
        if not isinstance(answer, httpx.Response):
            raise NoConnection("the SDK gave no response")
        return Response(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content)

    def _ready(self) -> GraphRequestAdapter:
        """Return the SDK's adapter, made on first use: importing it takes half a second."""
        if self._adapter is None:
            import httpx
            from kiota_http.middleware.options import RedirectHandlerOption, RetryHandlerOption
            from msgraph import GraphRequestAdapter
            from msgraph.graph_request_adapter import options
            from msgraph_core import GraphClientFactory
            from msgraph_core.authentication import AzureIdentityAuthenticationProvider

            client = httpx.AsyncClient(
                http2=True,
                timeout=self.patience.request_timeout,
                verify=trust(self._config),
                trust_env=self._proxies,
                limits=httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE),
                event_hooks={"response": [_bounded]},
            )
            # The factory hides these behind transports that don't close them.
            opened = [client._transport, *client._mounts.values()]  # noqa: SLF001
            self._transports = [transport for transport in opened if transport]
            once = RetryHandlerOption(max_retries=0, should_retry=False)
            # What another address answers is not the answer of this one.
            here = RedirectHandlerOption(max_redirect=0, should_redirect=False)
            handling = {RetryHandlerOption.get_key(): once, RedirectHandlerOption.get_key(): here}
            self._http = GraphClientFactory.create_with_default_middleware(
                client=client, options={**options, **handling}
            )
            # A host that is not allowed gets no token: an answer can't lead the token elsewhere.
            provider = AzureIdentityAuthenticationProvider(
                self.identity,
                scopes=[self.audience],
                allowed_hosts=[urlsplit(self.base).hostname or ""],
            )
            self._adapter = GraphRequestAdapter(provider, self._http)
            self._adapter.base_url = f"{self.base}/v1.0"
        return self._adapter

    async def close(self) -> None:
        """Close the connections."""
        for transport in self._transports:
            await transport.aclose()
        if self._http is not None:
            await self._http.aclose()


async def _bounded(response: httpx.Response) -> None:
    """Let no more of an answer be read than can be one."""
    import httpx

    inner = response.stream

    class Bounded(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            read = 0
            async for part in cast("httpx.AsyncByteStream", inner):
                read += len(part)
                if read > MAX_BYTES:
                    raise TooLarge
                yield part

        async def aclose(self) -> None:
            await cast("httpx.AsyncByteStream", inner).aclose()

    response.stream = Bounded()
