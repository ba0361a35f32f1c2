"""A proxy on loopback that opens tunnels (CONNECT), and remembers whereto."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Proxy:
    """A running proxy. `login`: the name:password that it wants, if any."""

    url: str = ""
    login: str = ""
    tunnels: list[str] = field(default_factory=list)
    refused: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            await self._answer(head, reader, writer)
        writer.close()

    async def _answer(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = head.split(" ")[1]
        wanted = f"Basic {base64.b64encode(self.login.encode()).decode()}"
        if self.login and wanted not in head:
            self.refused += 1
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        self.tunnels.append(target)
        host, _, port = target.rpartition(":")
        there, thither = await asyncio.open_connection("127.0.0.1" if host == "localhost" else host, int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        await asyncio.gather(_pump(reader, thither), _pump(there, writer))


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    target.close()


@asynccontextmanager
async def proxy(login: str = "") -> AsyncIterator[Proxy]:
    found = Proxy(login=login)
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    found.url = f"http://{login}@127.0.0.1:{port}" if login else f"http://127.0.0.1:{port}"
    try:
        yield found
    finally:
        server.close()
