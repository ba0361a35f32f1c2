"""Azure Resource Manager: subscriptions, resources, and who may read them.

Microsoft Learn, "Azure Resource Manager REST API reference" and "Troubleshoot common Azure deployment
errors" (the wording of errors). Reading needs the role Reader at the resource or above; a list shows what
may be read.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tpe_audit.simulator import odata, resource_graph
from tpe_audit.simulator.behaviour import Behaviour
from tpe_audit.simulator.inventory import (
    BOTS,
    COMMUNICATION,
    EVENT_SUBSCRIPTIONS,
    SYSTEM_TOPICS,
    Inventory,
    Resource,
)
from tpe_audit.simulator.state import BillingAccount, Identity, State, Subscription
from tpe_audit.simulator.tokens import TokenError, Tokens
from tpe_audit.simulator.web import Answer, Request

_SUBSCRIPTIONS = "Microsoft.Resources/subscriptions"
_GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
_PERMISSIONS = "Microsoft.Authorization/permissions"
_RESOURCE_GRAPH = "Microsoft.ResourceGraph/resources"
_BILLING = "Microsoft.Billing/billingAccounts"

_VERSIONS: Mapping[str, tuple[str, ...]] = {
    _SUBSCRIPTIONS: ("2016-06-01", "2020-01-01", "2021-01-01", "2022-12-01"),
    _GROUPS: ("2020-06-01", "2021-04-01", "2022-09-01"),
    _PERMISSIONS: ("2015-07-01", "2022-04-01"),
    BOTS: ("2021-03-01", "2022-09-15"),
    f"{BOTS}/channels": ("2021-03-01", "2022-09-15"),
    COMMUNICATION: ("2023-03-31", "2023-04-01", "2025-09-01"),
    EVENT_SUBSCRIPTIONS: ("2022-06-15", "2025-02-15"),
    SYSTEM_TOPICS: ("2022-06-15", "2025-02-15"),
    f"{SYSTEM_TOPICS}/eventSubscriptions": ("2022-06-15", "2025-02-15"),
    _RESOURCE_GRAPH: ("2021-03-01",),
    _BILLING: ("2020-05-01", "2024-04-01"),
}
_KINDS = {kind.lower(): kind for kind in _VERSIONS}

_PATH = re.compile(
    r"/subscriptions(?:/(?P<subscription>[^/]+)(?:/resourceGroups(?:/(?P<group>[^/]+))?)?(?P<rest>/providers/.+)?)?/?",
    re.IGNORECASE,
)
_TOKEN_ERRORS = {
    "missing": (
        "AuthenticationFailed",
        "Authentication failed. The 'Authorization' header is missing.",
    ),
    "malformed": ("InvalidAuthenticationToken", "The access token is invalid."),
    "expired": ("ExpiredAuthenticationToken", "The access token has expired."),
    "audience": (
        "InvalidAuthenticationTokenAudience",
        (
            "The access token has been obtained for wrong audience or resource '{{audience}}'. It should "
            "exactly match with one of the allowed audiences "
            "'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'."
        ),
    ),
}


class RefusedError(Exception):
    """An error that Resource Manager answers."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.answer = Answer(status, {"error": {"code": code, "message": message}})


@dataclass(frozen=True)
class _Place:
    """Where a provider is asked: a resource group, or the subscription; `groups` are all that exist."""

    groups: Mapping[str, str]
    group: str | None
    scope: str


class ResourceManager:
    """Answers for all subscriptions of the state."""

    def __init__(self, state: State, inventory: Inventory, tokens: Tokens, behaviour: Behaviour) -> None:
        self._inventory = inventory
        self._billing_accounts = state.billing_accounts
        self._tokens = tokens
        self._behaviour = behaviour
        self._identities = {(item.tenant_id, item.client_id): item for item in state.identities}

    def answer(self, request: Request) -> Answer:
        """The answer to a request, with the headers that Resource Manager always gives."""
        try:
            answer = self._answer(request)
        except RefusedError as refusal:
            answer = refusal.answer
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Cache-Control": "no-cache",
            "x-ms-request-id": request.id,
            "x-ms-correlation-request-id": str(uuid.uuid5(uuid.NAMESPACE_OID, request.id)),
            "x-ms-routing-request-id": f"SIMULATED:{request.id}",
            "x-ms-ratelimit-remaining-subscription-reads": "11999",
            **answer.headers,
        }
        return Answer(answer.status, answer.content, headers)

    def _answer(self, request: Request) -> Answer:
        identity = self._identity(request)
        if isinstance(identity, Answer):
            return identity
        provider = request.path.lower().rstrip("/").removeprefix("/providers/")
        kind = _KINDS.get(provider)
        if kind in (_RESOURCE_GRAPH, _BILLING):
            self._check_version(request, kind)
            answers = {_RESOURCE_GRAPH: self._query, _BILLING: self._billing}
            return answers[kind](request, identity)
        match = _PATH.fullmatch(request.path)
        if match is None:
            raise RefusedError(404, "NotFound", f"The resource path '{request.path}' was not found.")
        if request.method != "GET":
            raise RefusedError(
                405,
                "MethodNotAllowed",
                f"The requested operation '{request.method}' is not allowed for this simulated tenant.",
            )
        name, group, rest = match["subscription"], match["group"], match["rest"]
        if name is None:
            self._check_version(request, _SUBSCRIPTIONS)
            return self._page(request, [_subscription(item) for item in self._visible(identity)])
        subscription = self._subscription(name, identity)
        scope = f"/subscriptions/{subscription.id}"
        if rest is None and not re.search(r"/resourceGroups", request.path, re.IGNORECASE):
            self._check_version(request, _SUBSCRIPTIONS)
            if not self._reads_under(identity, scope):
                raise _no_subscription(name)
            return Answer(200, _subscription(subscription))
        groups = self._inventory.resource_groups(subscription)
        if rest is None:
            self._check_version(request, _GROUPS)
            return self._groups(request, identity, subscription, group)
        if group is not None:
            scope += f"/resourceGroups/{groups.get(group.lower(), group)}"
        return self._provider(request, identity, _Place(groups, group, scope), rest)

    def _billing(self, request: Request, identity: Identity) -> Answer:
        if request.method != "GET":
            raise RefusedError(405, "MethodNotAllowed", "Only GET is supported.")
        readable = [item for item in self._billing_accounts if identity.client_id in item.readers]
        return self._page(request, [_billing_account(item) for item in readable])

    # --- who asks, and what may be seen ------------------------------------------------------------------

    def _identity(self, request: Request) -> Identity | Answer:
        try:
            claims = self._tokens.claims(request.bearer, frozenset({"https://management.azure.com", request.origin}))
        except TokenError as error:
            code, text = _TOKEN_ERRORS[error.reason]
            message = text.format(audience=error.claims.get("aud", ""))
            challenge = 'Bearer authorization_uri="https://login.windows.net/", error="invalid_token"'
            content = {"error": {"code": code, "message": message}}
            return Answer(401, content, {"WWW-Authenticate": challenge})
        return self._identities[(claims["tid"], claims["appid"])]

    def _subscription(self, name: str, identity: Identity) -> Subscription:
        subscription = self._inventory.subscriptions.get(name.lower())
        if subscription is None:
            raise _no_subscription(name)
        if subscription.tenant_id != identity.tenant_id:
            raise RefusedError(
                401,
                "InvalidAuthenticationTokenTenant",
                "The access token is from the wrong issuer "
                f"'https://sts.windows.net/{identity.tenant_id}/'. It must match the tenant "
                f"'https://sts.windows.net/{subscription.tenant_id}/' associated with this subscription. "
                f"Please use the authority (URL) 'https://login.windows.net/{subscription.tenant_id}' to "
                "get the token. Note, if the subscription is transferred to another tenant there is no "
                "impact to the services, but information about new tenant could take time to propagate (up "
                "to an hour). If you just transferred your subscription and see this error message, please "
                "try back later.",
            )
        return subscription

    def _visible(self, identity: Identity) -> list[Subscription]:
        return [
            subscription
            for subscription in self._inventory.subscriptions.values()
            if subscription.tenant_id == identity.tenant_id
            and self._reads_under(identity, f"/subscriptions/{subscription.id}")
        ]

    @staticmethod
    def _reads(identity: Identity, scope: str) -> bool:
        place = scope.lower() + "/"
        return any(place.startswith(role.rstrip("/").lower() + "/") for role in identity.reader_scopes)

    def _reads_under(self, identity: Identity, scope: str) -> bool:
        place = scope.lower() + "/"
        under = any((role.rstrip("/").lower() + "/").startswith(place) for role in identity.reader_scopes)
        return under or self._reads(identity, scope)

    def _demand(self, identity: Identity, allowed: bool, action: str, scope: str) -> None:
        if not allowed:
            raise RefusedError(
                403,
                "AuthorizationFailed",
                f"The client '{identity.client_id}' with object id '{identity.object_id}' does not have "
                f"authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. "
                "If access was recently granted, please refresh your credentials.",
            )

    @staticmethod
    def _check_version(request: Request, kind: str) -> None:
        version = {name.lower(): value for name, value in request.query.items()}.get("api-version")
        if not version:
            raise RefusedError(
                400,
                "MissingApiVersionParameter",
                "The api-version query parameter (?api-version=) is required for all requests.",
            )
        if version not in _VERSIONS[kind]:
            raise RefusedError(
                400,
                "InvalidApiVersionParameter",
                f"The api-version '{version}' is invalid. The supported versions are '{','.join(_VERSIONS[kind])}'.",
            )

    # --- what is answered -------------------------------------------------------------------------------

    def _groups(self, request: Request, identity: Identity, subscription: Subscription, name: str | None) -> Answer:
        groups = self._inventory.resource_groups(subscription)
        scope = f"/subscriptions/{subscription.id}"
        action = "Microsoft.Resources/subscriptions/resourceGroups/read"
        if name is None:
            self._demand(identity, self._reads_under(identity, scope), action, scope)
            found = [group for group in groups.values() if self._reads(identity, f"{scope}/resourceGroups/{group}")]
            return self._page(request, [_group(subscription, group) for group in found])
        self._demand(identity, self._reads(identity, f"{scope}/resourceGroups/{name}"), action, request.path)
        self._demand_group(groups, name)
        return Answer(200, _group(subscription, groups[name.lower()]))

    @staticmethod
    def _demand_group(groups: Mapping[str, str], name: str) -> None:
        if name.lower() not in groups:
            raise RefusedError(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")

    def _provider(self, request: Request, identity: Identity, place: _Place, rest: str) -> Answer:
        group, scope = place.group, place.scope
        start = rest.lower().rindex("/providers/")
        before, last = rest[:start], rest[start + len("/providers/") :]
        namespace, *segments = last.strip("/").split("/")
        types = segments[0::2]
        kind = _KINDS.get("/".join((namespace, *types)).lower())
        if kind is None or not types:
            raise RefusedError(
                404,
                "InvalidResourceType",
                f"The resource type '{'/'.join(types)}' could not be found in the namespace '{namespace}'.",
            )
        self._check_version(request, kind)
        path = request.path.rstrip("/")
        is_item = len(segments) % 2 == 0
        parent = path.rsplit("/", 1)[0] if len(types) > 1 else path.lower().rsplit("/providers/", 1)[0]
        groups = place.groups
        if kind == _PERMISSIONS:
            if group is not None:
                self._demand_group(groups, group)
            return self._permissions(identity, scope + before)
        action = f"{kind}/read"
        if is_item:
            self._demand(identity, self._reads(identity, path), action, path)
            self._demand_group(groups, group or "")
            resource = self._inventory.resources.get(path.lower())
            if resource is None:
                raise _no_resource(kind, segments, group or "")
            return Answer(200, resource.body)
        below = bool(before) or len(types) > 1
        allowed = self._reads(identity, path) if below else self._reads_under(identity, scope)
        self._demand(identity, allowed, action, path[: len(parent)] if below else scope)
        if group is not None:
            self._demand_group(groups, group)
        if below and path[: len(parent)].lower() not in self._inventory.resources:
            owner = path[path.lower().rindex("/providers/", 0, len(parent)) : len(parent)].split("/")[2:]
            raise _no_resource("/".join((owner[0], *owner[1::2])), owner[1:], group or "")
        found = self._inventory.collections.get(path.lower(), ())
        return self._page(request, [item.body for item in found if self._reads(identity, item.id)])

    def _permissions(self, identity: Identity, scope: str) -> Answer:
        reader = {"actions": ["*/read"], "notActions": [], "dataActions": [], "notDataActions": []}
        return Answer(200, {"value": [reader] if self._reads(identity, scope) else []})

    def _page(self, request: Request, items: Sequence[Any]) -> Answer:
        size = self._behaviour.page_size or len(items) or 1
        try:
            offset = odata.offset_of(request.query.get("$skipToken"))
        except odata.QueryError as error:
            raise RefusedError(400, "InvalidSkipToken", error.message) from error
        content: dict[str, Any] = {"value": list(items[offset : offset + size])}
        if offset + size < len(items):
            content["nextLink"] = request.link(_skipToken=odata.token_for(offset + size))
        return Answer(200, content)

    # --- Resource Graph ----------------------------------------------------------------------------

    def _query(self, request: Request, identity: Identity) -> Answer:
        if request.method != "POST":
            raise RefusedError(405, "MethodNotAllowed", "Only POST is supported.")
        try:
            body = json.loads(request.body or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise RefusedError(400, "BadRequest", "The request body is not valid.")
        visible = {item.id.lower(): item for item in self._visible(identity)}
        asked = body.get("subscriptions")
        try:
            if asked:
                visible = {name.lower(): visible[name.lower()] for name in asked if name.lower() in visible}
                resource_graph.demand_subscriptions(asked, visible)
            lagging = {name.lower() for name in self._behaviour.lagging}
            rows = [
                resource_graph.row(resource)
                for resource in self._inventory.resources.values()
                if resource.top_level
                and resource.subscription.id.lower() in visible
                and self._reads(identity, resource.id)
                and not _lags(resource, lagging)
            ]
            content = resource_graph.answer(body, rows, self._behaviour.page_size)
        except resource_graph.QueryError as error:
            invalid = (
                "Query is invalid. Please refer to the documentation for the Azure Resource Graph service "
                "and fix the error before retrying."
            )
            details = [
                {"code": "InvalidQuery", "message": invalid},
                {"code": error.code, "message": error.message},
            ]
            text = f"Please provide below info when asking for support: correlationId = {request.id}."
            return Answer(400, {"error": {"code": "BadRequest", "message": text, "details": details}})
        return Answer(200, content, {"x-ms-user-quota-remaining": "14", "x-ms-user-quota-resets-after": "00:00:05"})


def _lags(resource: Resource, lagging: set[str]) -> bool:
    return bool({resource.id.lower(), resource.id.lower().rsplit("/", 1)[-1]} & lagging)


def _no_subscription(name: str) -> RefusedError:
    return RefusedError(404, "SubscriptionNotFound", f"The subscription '{name}' could not be found.")


def _no_resource(kind: str, segments: Sequence[str], group: str) -> RefusedError:
    names = "/".join(segments[1::2])
    return RefusedError(
        404,
        "ResourceNotFound",
        f"The Resource '{kind}/{names}' under resource group '{group}' was not found. For more details "
        "please go to https://aka.ms/ARMResourceNotFoundFix",
    )


def _subscription(subscription: Subscription) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{subscription.id}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": subscription.id,
        "tenantId": subscription.tenant_id,
        "displayName": subscription.name,
        "state": subscription.state,
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }


def _billing_account(account: BillingAccount) -> dict[str, Any]:
    return {
        "id": f"/providers/{_BILLING}/{account.name}",
        "name": account.name,
        "type": _BILLING,
        "properties": {
            "accountStatus": account.status,
            "accountType": "Enterprise",
            "agreementType": account.agreement_type,
            "displayName": account.display_name,
            "hasReadAccess": True,
            "primaryBillingTenantId": account.tenant_id,
        },
    }


def _group(subscription: Subscription, name: str) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{subscription.id}/resourceGroups/{name}",
        "name": name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": "eastus",
        "properties": {"provisioningState": "Succeeded"},
    }
