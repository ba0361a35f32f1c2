"""An aiohttp transport for azure-core that trusts another certificate authority, and still keeps its connections."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azure.core.pipeline.transport import AioHttpTransport


def trusting(bundle: Path, *, seconds: float, connecting: float, proxies: bool) -> AioHttpTransport:
    """Return a transport that trusts what is in `bundle`.

    azure-core's own, told of a bundle, reads it anew for each request, and so makes a new connection for each.

    Args:
        bundle: certificates in PEM.
        seconds: for an answer.
        connecting: seconds for a connection.
        proxies: honour the proxies of the environment.
    """
    import aiohttp
    from azure.core.pipeline.transport import AioHttpTransport

    context = ssl.create_default_context(cafile=str(bundle))

    class Trusting(AioHttpTransport):  # type: ignore[misc]  # to mypy azure-core's class is of no type
        """Opens its session with our trust in it."""

        session: aiohttp.ClientSession | None
        opened = False

        async def open(self) -> None:
            """Open the session, once."""
            if self.session is None and not self.opened:
                self.session = aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(ssl=context),
                    trust_env=proxies,
                    cookie_jar=aiohttp.DummyCookieJar(),
                    auto_decompress=False,
                )
                self.opened = True
            await super().open()

    return Trusting(connection_timeout=connecting, read_timeout=seconds, use_env_settings=proxies)
