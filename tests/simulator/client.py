"""A plain https client of the simulated tenant, for tests that look at answers as they are on the wire."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

import httpx

from tpe_audit.simulator import Scenario, SimulatedTenant
from tpe_audit.simulator.state import Identity

GRAPH = "https://graph.microsoft.com/.default"
ARM = "https://management.azure.com/.default"
ACS = "https://communication.azure.com//.default"


class Client:
    """Signs in as the identity of the configuration and asks."""

    def __init__(self, tenant: SimulatedTenant, part: str = "teams") -> None:
        self.tenant = tenant
        config = tenant.config
        settings = config[part] if "credential" in config.get(part, {}) else config["teams"]
        self.tenant_id: str = settings["tenant_id"]
        self.client_id: str = settings["credential"]["client_id"]
        identity = next(item for item in tenant.scenario.state.identities if item.client_id == self.client_id)
        self.secret = identity.secrets[0].value
        self.http = httpx.Client(
            base_url=tenant.url, verify=ssl.create_default_context(cafile=str(tenant.ca_bundle)), timeout=10
        )
        self._tokens: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def sign_in(self, tenant_id: str | None = None, **form: str) -> httpx.Response:
        fields = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.secret,
            "scope": GRAPH,
            **form,
        }
        kept = {name: value for name, value in fields.items() if value}
        return self.http.post(f"/{tenant_id or self.tenant_id}/oauth2/v2.0/token", data=kept)

    def token(self, scope: str) -> str:
        if scope not in self._tokens:
            self._tokens[scope] = self.sign_in(scope=scope).json()["access_token"]
        return self._tokens[scope]

    def get(
        self,
        scope: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        authorization = {"Authorization": f"Bearer {self.token(scope)}", **(headers or {})}
        return self.http.get(url, params=query, headers=authorization)

    def graph(self, path: str, headers: Mapping[str, str] | None = None, **query: Any) -> httpx.Response:
        parameters = {f"${name}": str(value) for name, value in query.items()}
        version = "" if path.startswith(("/v1.0", "/beta", "https")) else "/v1.0"
        return self.get(GRAPH, version + path, headers, parameters or None)

    def arm(self, path: str, version: str = "2025-09-01", **query: Any) -> httpx.Response:
        return self.get(ARM, path, query={"api-version": version, **query})

    def consent(self, immutable_id: str, tenant_id: str, object_id: str) -> httpx.Response:
        address = f"https://{self.tenant.acs_hosts[immutable_id]}/access/teamsExtension/tenants/{tenant_id}"
        return self.get(ACS, f"{address}/assignments/{object_id}", query={"api-version": "2025-06-30"})

    def query(self, text: str, **body: Any) -> httpx.Response:
        return self.http.post(
            "/providers/Microsoft.ResourceGraph/resources",
            params={"api-version": "2021-03-01"},
            json={"query": text, **body},
            headers={"Authorization": f"Bearer {self.token(ARM)}"},
        )

    def pages(self, path: str, **query: Any) -> list[list[Any]]:
        """Every page of a Graph list, by its links."""
        found = []
        answer = self.graph(path, **query).json()
        found.append(answer["value"])
        while "@odata.nextLink" in answer:
            answer = self.get(GRAPH, answer["@odata.nextLink"]).json()
            found.append(answer["value"])
        return found


async def settle() -> None:
    """Lets aiohttp close its TLS connections, which it does after the session is closed."""
    await asyncio.sleep(0.1)


def with_identity(scenario: Scenario, **changes: Any) -> Scenario:
    """A scenario whose first identity is different."""
    first: Identity = scenario.state.identities[0]
    identities = (replace(first, **changes), *scenario.state.identities[1:])
    return replace(scenario, state=replace(scenario.state, identities=identities))


__all__ = ["ACS", "ARM", "GRAPH", "Client", "settle", "with_identity"]
