"""The data plane of ACS resources: who consented to receive calls of Teams Phone.

Microsoft Learn, "Teams Phone extensibility REST API" of Azure Communication Services; api-version
2025-06-30. An assignment is there (200) or it is not (404); there is no list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tpe_audit.simulator.inventory import COMMUNICATION, path_of
from tpe_audit.simulator.state import Assignment, CommunicationService, State, Subscription
from tpe_audit.simulator.tokens import TokenError, Tokens
from tpe_audit.simulator.web import Answer, Request

_VERSIONS = ("2025-06-30",)
_PATH = re.compile(r"/access/teamsExtension/tenants/(?P<tenant>[^/]+)/assignments/(?P<object>[^/]+)/?", re.IGNORECASE)
_AUDIENCES = frozenset({"https://communication.azure.com"})


class Communication:
    """Answers for the ACS resources; the port of a request says for which."""

    def __init__(self, state: State, ports: Mapping[int, str], tokens: Tokens) -> None:
        self._ports = ports
        self._tokens = tokens
        self._identities = {(item.tenant_id, item.client_id): item for item in state.identities}
        self._services: dict[str, tuple[Subscription, CommunicationService]] = {}
        self._assignments: dict[tuple[str, str, str], Assignment] = {}
        for subscription in state.subscriptions:
            for service in subscription.communication_services:
                self._services[service.immutable_id] = (subscription, service)
                for item in service.assignments:
                    key = (service.immutable_id, item.tenant_id.lower(), item.object_id.lower())
                    self._assignments[key] = item

    def answer(self, request: Request) -> Answer:
        """The answer to a request that came in on the port of an ACS resource."""
        answer = self._answer(request)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "x-ms-request-id": request.id,
            "api-supported-versions": ", ".join(_VERSIONS),
            **answer.headers,
        }
        return Answer(answer.status, answer.content, headers)

    def _answer(self, request: Request) -> Answer:
        subscription, service = self._services[self._ports[request.port]]
        try:
            claims = self._tokens.claims(request.bearer, _AUDIENCES)
        except TokenError:
            challenge = {"WWW-Authenticate": "HMAC-SHA256, Bearer"}
            return _error(401, "Denied", "Denied by the resource provider.", challenge)
        identity = self._identities[(claims["tid"], claims["appid"])]
        place = path_of(subscription, service.resource_group, COMMUNICATION, service.name).lower() + "/"
        scopes = (scope.rstrip("/").lower() + "/" for scope in identity.data_plane_scopes)
        if identity.tenant_id != subscription.tenant_id or not any(place.startswith(scope) for scope in scopes):
            return _error(403, "Forbidden", "The identity is not authorized to perform this action on the resource.")
        match = _PATH.fullmatch(request.path)
        if match is None:
            return _error(404, "NotFound", "The requested resource was not found.")
        if request.method != "GET":
            return _error(405, "MethodNotAllowed", "The method is not allowed for this simulated tenant.")
        version = request.query.get("api-version")
        if version not in _VERSIONS:
            return _error(
                400,
                "UnsupportedApiVersion" if version else "MissingApiVersion",
                f"The requested API version '{version or ''}' is not supported.",
            )
        key = (service.immutable_id, match["tenant"].lower(), match["object"].lower())
        item = self._assignments.get(key)
        if item is None:
            return _error(404, "NotFound", "The assignment was not found.")
        content: dict[str, Any] = {
            "objectId": item.object_id,
            "tenantId": item.tenant_id,
            "principalType": item.principal_type,
        }
        if item.client_ids is not None:
            content["clientIds"] = list(item.client_ids)
        return Answer(200, content)


def _error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, {"error": {"code": code, "message": message}}, headers or {})
