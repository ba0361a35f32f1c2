"""Azure Resource Manager, by azure-mgmt-communication and azure-mgmt-core's pipeline."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tpe_audit.config import Config
from tpe_audit.sources.credentials import SignIn
from tpe_audit.sources.ledger import Ledger
from tpe_audit.sources.pace import Allowance
from tpe_audit.sources.pipeline import PipelineSource, received
from tpe_audit.sources.response import Response
from tpe_audit.sources.source import (
    Answered,
    Item,
    Listing,
    Patience,
)

if TYPE_CHECKING:
    from azure.mgmt.communication.aio import CommunicationServiceManagementClient
    from azure.mgmt.core import AsyncARMPipelineClient

AT_ONCE = 12
GRAPH_PAGE = 1000

COMMUNICATION_VERSION = "2025-09-01"
BOT_VERSION = "2022-09-15"
EVENT_GRID_VERSION = "2025-02-15"
RESOURCE_GRAPH_VERSION = "2021-03-01"
SUBSCRIPTIONS_VERSION = "2022-12-01"
AUTHORIZATION_VERSION = "2022-04-01"
BILLING_VERSION = "2024-04-01"

_NOT_OF_THE_RESOURCE = frozenset(
    {
        "SubscriptionNotFound",
        "InvalidSubscriptionId",
        "InvalidResourceNamespace",
        "InvalidResourceType",
        "NoRegisteredProviderFound",
    }
)
"""Codes of a 404 that come before anybody looks for the resource."""


class Arm(PipelineSource):
    """Azure Resource Manager in one tenant."""

    name = "arm"
    words = "Azure Resource Manager"
    allowances = (Allowance("/providers/microsoft.resourcegraph/", 15, 5.0),)

    def __init__(self, config: Config, identity: SignIn, ledger: Ledger, patience: Patience, *, proxies: bool) -> None:
        super().__init__(
            config.endpoints.resource_manager, config, identity, ledger, patience, AT_ONCE, proxies=proxies
        )
        self._acs: dict[str, CommunicationServiceManagementClient] = {}

    def proves_absence(self, response: Response) -> bool:
        """Whether a 404 speaks of the resource, and not of a subscription that this identity does not see."""
        code = response.error_code
        return bool(code) and code not in _NOT_OF_THE_RESOURCE

    async def acs_resource(self, subscription: str, group: str, name: str, *, grant: str) -> Answered:
        """Return an ACS resource by azure-mgmt-communication (`communicationServices/{name}`), or its absence.

        Raises:
            SourceError: it could not be read.
        """
        path = (
            f"/subscriptions/{quote(subscription)}/resourceGroups/{quote(group)}/providers/Microsoft.Communication/"
            f"communicationServices/{quote(name)}?api-version={COMMUNICATION_VERSION}"
        )
        url = self.url(path)
        response, evidence = await self.ask(
            f"GET {path}", lambda: self._get_acs_resource(subscription, url), grant=grant
        )
        return self.answered(response, url, evidence)

    async def _get_acs_resource(self, subscription: str, url: str) -> Response:
        """Return the answer as it came: the SDK's typed operation fails at what it does not understand."""
        from azure.core.rest import HttpRequest

        return await received(self._communication(subscription), HttpRequest("GET", url))

    async def query(self, query: str, subscriptions: list[str], *, grant: str) -> Listing:
        """Ask Azure Resource Graph, and read the answer to its end.

        Resource Graph lags behind and shows only what the identity may read: what it does not show proves nothing.

        Raises:
            SourceError: it could not be read, or not to its end.
        """
        url = self.url(f"/providers/Microsoft.ResourceGraph/resources?api-version={RESOURCE_GRAPH_VERSION}")
        items: list[Item] = []
        evidence: list[int] = []
        token: str | None = None
        seen: set[str] = set()
        while True:
            options: dict[str, Any] = {"resultFormat": "objectArray", "$top": GRAPH_PAGE}
            options |= {"$skipToken": token} if token else {}
            body: dict[str, Any] = {"query": query, "options": options}
            body |= {"subscriptions": subscriptions} if subscriptions else {}
            response, index = await self.ask(
                f"POST {self.shown(url)} {json.dumps(query)}",
                partial(self.send, "POST", url, body, {}),
                grant=grant,
            )
            page = self.object_in(response, url, index)
            evidence.append(index)
            items += [Item(row, index) for row in self.values_in({"value": page.get("data")}, url, index)]
            token = page.get("$skipToken")
            if not token or not isinstance(token, str) or token in seen:
                return Listing(tuple(items), tuple(evidence))
            seen.add(token)

    def client(self) -> AsyncARMPipelineClient[Any, Any]:
        """Return azure-mgmt-core's pipeline, without the policy in its own list that registers resource providers."""
        from azure.mgmt.core import AsyncARMPipelineClient

        return AsyncARMPipelineClient(base_url=self.base, policies=self.policies(), transport=self.transport())

    def _communication(self, subscription: str) -> CommunicationServiceManagementClient:
        if subscription not in self._acs:
            from azure.mgmt.communication.aio import CommunicationServiceManagementClient

            self._acs[subscription] = CommunicationServiceManagementClient(
                self.identity,
                subscription,
                base_url=self.base,
                api_version=COMMUNICATION_VERSION,
                credential_scopes=[self.audience],
                policies=self.policies(),
                transport=self.transport(),
            )
        return self._acs[subscription]

    async def close(self) -> None:
        """Close the connections."""
        await super().close()
        for client in self._acs.values():
            await client.close()
