"""The local https server that plays sign-in, Graph, Resource Manager, the ACS data plane and Dataverse on loopback.

One ASGI application on several sockets: the first port is sign-in, Graph and Resource Manager; each ACS resource
and each Dynamics 365 environment has a port of its own, because a loopback host cannot have host names of its
own. uvicorn speaks HTTP; it runs in a thread with its own event loop, driven by its protocol class so that starting and
stopping take milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from tpe_audit.simulator.acs import Communication
from tpe_audit.simulator.arm import ResourceManager
from tpe_audit.simulator.assertions import Issuer
from tpe_audit.simulator.behaviour import Behaviour, Fault, Recorded
from tpe_audit.simulator.dataverse import Dataverse
from tpe_audit.simulator.entra import Entra
from tpe_audit.simulator.graph import Graph
from tpe_audit.simulator.inventory import Inventory
from tpe_audit.simulator.managed_identity import ManagedIdentity
from tpe_audit.simulator.quotas import Charged
from tpe_audit.simulator.scenario import Scenario
from tpe_audit.simulator.state import Environment
from tpe_audit.simulator.teams_export import teams_export
from tpe_audit.simulator.tokens import Tokens
from tpe_audit.simulator.web import Answer, Request, http_date

if TYPE_CHECKING:
    from uvicorn.server import ServerState

_BACKLOG = 512


@dataclass
class SimulatedTenant:
    """A running simulated tenant, and what a client needs to talk to it.

    `requests` are the requests received so far. `issued` are all token strings and secrets that exist in
    it, for tests that look for leaks. `issuer` is GitHub, and `machine` the Azure machine with managed identities.
    """

    scenario: Scenario
    behaviour: Behaviour
    url: str
    ca_bundle: Path
    config: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)
    teams_export: Path
    acs_hosts: Mapping[str, str]
    issuer: Issuer
    machine: ManagedIdentity
    _log: list[Recorded] = field(repr=False)
    _tokens: Tokens = field(repr=False)

    @property
    def requests(self) -> Sequence[Recorded]:
        """Everything received, in order."""
        return tuple(self._log)

    @property
    def issued(self) -> set[str]:
        """Every token that was given out and every secret that is known."""
        known = {secret.value for identity in self.scenario.state.identities for secret in identity.secrets}
        return {*self._tokens.issued, *known, *self.secrets.values()}


@dataclass(frozen=True)
class _Services:
    """What is served, and where."""

    behaviour: Behaviour
    origin: str
    acs_ports: Mapping[int, str]
    entra: Entra
    graph: Graph
    manager: ResourceManager
    communication: Communication
    environment_ports: Mapping[int, Environment]
    dataverse: Dataverse
    tokens: Tokens
    users: Mapping[str, int]
    """How many users each tenant has."""

    @property
    def own_ports(self) -> frozenset[int]:
        """The ports that are one service each, and not the origin."""
        return frozenset((*self.acs_ports, *self.environment_ports))


class _Application:
    """The ASGI application: records, delays, throttles, breaks, and else lets the services answer."""

    def __init__(self, services: _Services, log: list[Recorded], server_state: ServerState) -> None:
        self._services = services
        self._behaviour = services.behaviour
        self._log = log
        self._server_state = server_state

    async def __call__(self, scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        port = scope["server"][1]
        request = Request(
            scope["method"],
            scope["path"],
            scope["query_string"].decode("ascii", "replace"),
            {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
            body,
            self._services.origin if port not in self._services.own_ports else f"https://localhost:{port}",
            port,
            client=scope["client"][1],
        )
        api = self._api(request)
        target = f"{request.path}?{request.query_string}" if request.query_string else request.path
        # Filters are written encoded or not, so a fault may name either form.
        found = next(
            (
                fault
                for fault in list(self._behaviour.faults)
                if fault.matches(request.method, f"{target}\n{unquote_plus(target)}")
            ),
            None,
        )
        waits = self._behaviour.latency + (found.stall if found else 0)
        if waits:
            try:
                await asyncio.sleep(waits)
            except asyncio.CancelledError:
                self._record(request, 0, api)
                raise
        if found is not None and found.drop:
            self._record(request, 0, api)
            await self._hang_up(scope, receive)
            return
        charged = self._charged(request, api)
        answer = self._refusal(request, api, charged) or self._answer(request, api, found)
        answer = Answer(answer.status, answer.content, {**answer.headers, **charged.headers})
        self._record(request, answer.status, api)
        if not await self._send(answer, send, found.cut if found else None):
            await self._hang_up(scope, receive)

    def _api(self, request: Request) -> str:
        path = request.path.lower()
        if request.port in self._services.acs_ports:
            return "acs"
        if request.port in self._services.environment_ports:
            return "dataverse"
        if path.startswith(("/v1.0/", "/beta/")):
            return "graph"
        if path.startswith(("/subscriptions", "/providers/")):
            return "arm"
        return "entra"

    def _charged(self, request: Request, api: str) -> Charged:
        """Counts a request by every quota: refused by one, or with the headers of all."""
        headers: dict[str, str] = {}
        for quota in list(self._behaviour.quotas):
            caller = self._services.tokens.caller(request.bearer)
            users = self._services.users.get(caller.get("tid", ""), 0)
            charged = quota.charge(request, api, caller, users, time.monotonic())
            if charged.refused:
                return charged
            headers |= charged.headers
        return Charged(headers=headers)

    def _refusal(self, request: Request, api: str, charged: Charged) -> Answer | None:
        if charged.refused:
            return self._throttled(request, api, charged.headers)
        now = time.monotonic()
        for limit in list(self._behaviour.limits):
            if limit.refuses(request.path, now):
                after = {} if limit.retry_after is None else {"Retry-After": f"{limit.retry_after:g}"}
                return self._throttled(request, api, after)
        return None

    @staticmethod
    def _throttled(request: Request, api: str, headers: Mapping[str, str]) -> Answer:
        if api == "graph":
            return Graph.error(request, 429, "TooManyRequests", "Too Many Requests", headers)
        text = "The request is being throttled as the limit has been reached for operation type - Read."
        return Answer(429, {"error": {"code": "TooManyRequests", "message": text}}, headers)

    def _answer(self, request: Request, api: str, fault: Fault | None) -> Answer:
        if fault is not None and fault.status is not None:
            return Answer(fault.status, fault.body, fault.headers)
        answer = self._served(request, api)
        if fault is not None and fault.edit is not None:
            content = json.loads(answer.encode())
            answer = Answer(answer.status, fault.edit(content), {**answer.headers, **fault.headers})
        return answer

    def _served(self, request: Request, api: str) -> Answer:
        if api == "acs":
            return self._services.communication.answer(request)
        if api == "dataverse":
            return self._services.dataverse.answer(request)
        if api == "graph":
            return self._services.graph.answer(request)
        if api == "arm":
            return self._services.manager.answer(request)
        return self._services.entra.answer(request) or Answer(
            404, {"error": {"code": "NotFound", "message": f"Nothing is served at '{request.path}'."}}
        )

    def _record(self, request: Request, status: int, api: str) -> None:
        # list.append is atomic: the test's thread reads while this one writes.
        made = Recorded(request.method, request.path, request.query_string, status, api, request.client)
        self._log.append(made)

    async def _hang_up(self, scope: Any, receive: Callable[[], Any]) -> None:
        for connection in list(self._server_state.connections):
            if getattr(connection, "client", None) == scope["client"]:
                connection.transport.abort()
        # Until uvicorn knows that nobody listens, it would complain of an answer that is missing.
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _send(self, answer: Answer, send: Callable[[Any], Any], cut: int | None) -> bool:
        """Sends an answer; false, if it was cut and the connection must be broken."""
        body = answer.encode()
        headers = {
            "content-type": "application/json; charset=utf-8",
            "date": http_date(),
            **{name.lower(): value for name, value in answer.headers.items()},
            "content-length": str(len(body)),
        }
        encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
        if cut is not None and cut < len(body):
            await send({"type": "http.response.body", "body": body[:cut], "more_body": True})
            await asyncio.sleep(0.05)
            return False
        await send({"type": "http.response.body", "body": body})
        return True


class _Thread:
    """uvicorn's protocol on these sockets, in a thread with an event loop of its own."""

    def __init__(self, application: Callable[[ServerState], _Application], sockets: Sequence[socket.socket]) -> None:
        self._application = application
        self._sockets = sockets
        # The loop that Windows prefers can't leave off accepting.
        self._loop = asyncio.SelectorEventLoop()
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="simulated-tenant", daemon=True)

    def start(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            servers, state = self._loop.run_until_complete(self._listen())
        except BaseException as failure:  # the starting thread raises it
            self._failure = failure
            return
        finally:
            self._started.set()
        self._loop.run_forever()
        for server in servers:
            for listening in server.sockets:
                self._loop.remove_reader(listening)
        # A connection that was just accepted is nobody's until its task has begun, which a closed server forbids.
        self._turn(6)
        for server in servers:
            server.close()
        for _ in range(12):
            # One that was still shaking hands becomes one to abort, and closes its socket some turns later.
            for connection in list(state.connections):
                connection.transport.abort()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._turn(1)
        self._loop.close()

    def _turn(self, times: int) -> None:
        for _ in range(times):
            self._loop.run_until_complete(asyncio.sleep(0))

    async def _listen(self) -> tuple[list[asyncio.Server], ServerState]:
        from uvicorn.config import Config
        from uvicorn.protocols.http.h11_impl import H11Protocol
        from uvicorn.server import ServerState

        state = ServerState()
        config = Config(
            self._application(state),
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=60,
            h11_max_incomplete_event_size=256 * 1024,
        )
        config.load()
        servers = [
            await self._loop.create_server(
                lambda: H11Protocol(config, state, {}, self._loop),
                sock=item,
                ssl=self._context,
                backlog=_BACKLOG,
            )
            for item in self._sockets
        ]
        return servers, state

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)


def _listener() -> socket.socket:
    # Only with the protocol named does asyncio switch Nagle's algorithm off, which costs 40 ms an answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    return listener


def _certificates(folder: Path) -> tuple[ssl.SSLContext, Path]:
    import trustme

    authority = trustme.CA(key_type=trustme.KeyType.ECDSA, organization_name="Simulated tenant, do not trust")
    leaf = authority.issue_cert("localhost", "127.0.0.1", key_type=trustme.KeyType.ECDSA)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    bundle = folder / "ca.pem"
    authority.cert_pem.write_to_path(bundle)
    return context, bundle


@contextmanager
def serve(scenario: Scenario, behaviour: Behaviour | None = None) -> Iterator[SimulatedTenant]:
    """Plays a scenario until the block ends."""
    behaviour = behaviour or Behaviour()
    with tempfile.TemporaryDirectory(prefix="tpe-audit-simulator-") as name:
        folder = Path(name)
        services = [
            service for subscription in scenario.state.subscriptions for service in subscription.communication_services
        ]
        environments = scenario.state.environments
        sockets = [_listener() for _ in range(1 + len(services) + len(environments))]
        ports = [int(listener.getsockname()[1]) for listener in sockets]
        try:
            context, bundle = _certificates(folder)
            origin = f"https://localhost:{ports[0]}"
            acs_ports = {port: service.immutable_id for port, service in zip(ports[1:], services, strict=False)}
            environment_ports = dict(zip(ports[1 + len(services) :], environments, strict=True))
            addresses = {item.url: f"https://localhost:{port}" for port, item in environment_ports.items()}
            hosts = {identifier: f"localhost:{port}" for port, identifier in acs_ports.items()}
            log: list[Recorded] = []
            tokens = Tokens()
            state = scenario.state
            parts = _Services(
                behaviour,
                origin,
                acs_ports,
                Entra(state, tokens, behaviour, origin, frozenset(addresses.values())),
                Graph(state, tokens, behaviour),
                ResourceManager(state, Inventory(state, hosts), tokens, behaviour),
                Communication(state, acs_ports, tokens),
                environment_ports,
                Dataverse(environment_ports, tokens, behaviour),
                tokens,
                {tenant.id: len(tenant.users) for tenant in state.tenants},
            )
            export = folder / "teams-export.json"
            if scenario.export:
                document = teams_export(state, scenario.config["teams"]["tenant_id"])
                export.write_text(json.dumps(document, indent=2), encoding="utf-8")
            config = deepcopy(dict(scenario.config))
            config["endpoints"] = {
                "authority": origin,
                "graph": origin,
                "resource_manager": origin,
                "ca_bundle": str(bundle),
            }
            powershell = config.setdefault("sources", {}).setdefault("teams_powershell", {})
            powershell["export"] = str(export)
            # PowerShell of this machine would talk to Microsoft.
            powershell.setdefault("mode", "export")
            dynamics = config.get("deployment", {}).get("dynamics", {})
            if dynamics.get("environment_url") in addresses:
                dynamics["environment_url"] = addresses[dynamics["environment_url"]]
            thread = _Thread(lambda server_state: _Application(parts, log, server_state), sockets)
            thread.start(context)
        except BaseException:
            for listener in sockets:
                listener.close()
            raise
        try:
            yield SimulatedTenant(
                scenario,
                behaviour,
                origin,
                bundle,
                config,
                dict(scenario.secrets),
                export,
                hosts,
                parts.entra.issuer,
                parts.entra.machine,
                log,
                tokens,
            )
        finally:
            thread.stop()
            for listener in sockets:
                listener.close()
