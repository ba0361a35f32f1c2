"""Local servers that notifications are sent to: real https and real SMTP, with certificates of a CA of their own."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@cache
def authority() -> trustme.CA:
    return trustme.CA()


def _server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


@dataclass
class Posted:
    """What was posted to a web server."""

    url: str
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    """Method, path, headers, body."""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Status and headers of the next answers; after the last one: 202."""


@contextmanager
def web() -> Iterator[Posted]:
    """Serve https on a port of this machine."""
    posted = Posted("")

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            posted.requests.append((self.command, self.path, dict(self.headers), body))
            status, headers = posted.answers.pop(0) if posted.answers else (202, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET = _answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = _server_context().wrap_socket(server.socket, server_side=True)
    posted.url = f"https://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield posted
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Mailed:
    """What a mail server was given."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """To the next messages; after the last one: taken."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.encrypted.append(session.ssl is not None)
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        found = message_from_bytes(envelope.content, policy=default)
        assert isinstance(found, EmailMessage)
        self.messages.append(found)
        self.to.append(list(envelope.rcpt_tos))
        return "250 OK"


PASSWORD = "hunter2-mail"


def _sign_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=good, handled=False)


@contextmanager
def mail(*, starttls: bool = True, tls: bool = False) -> Iterator[Mailed]:
    """Serve SMTP on a port of this machine."""
    mailed = Mailed()
    options: dict[str, Any] = {}
    if tls:
        options["ssl_context"] = _server_context()
    elif starttls:
        options |= {"tls_context": _server_context(), "require_starttls": True}
    controller = Controller(
        mailed,
        hostname="127.0.0.1",
        port=_free_port(),
        authenticator=_sign_in,
        auth_require_tls=not tls,
        **options,
    )
    controller.start()
    mailed.port = controller.port
    try:
        yield mailed
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
