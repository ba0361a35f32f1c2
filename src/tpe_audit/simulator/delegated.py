"""How a person signs in: by a code on another device, or in the browser; and how that is renewed.

Microsoft Learn, "OAuth 2.0 device authorization grant" and "OAuth 2.0 authorization code flow". The person of this
world is patient and agrees at once.
"""

from __future__ import annotations

import base64
import html
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tpe_audit.simulator.state import Identity, Tenant
from tpe_audit.simulator.web import Answer, Request

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
GRANTS = (DEVICE, "authorization_code", "refresh_token")


@dataclass
class _Flow:
    """A sign-in that has begun. `pending`: so many polls are answered before the person has entered the code."""

    client_id: str
    scope: str
    nonce: str = ""
    pending: int = 0


class People:
    """The sign-ins of persons that are under way."""

    def __init__(self, issue: Callable[[Request, Identity, str], Answer], error: Callable[..., Answer]) -> None:
        self._issue = issue
        self._error = error
        self._flows: dict[str, _Flow] = {}
        self._renewals: dict[str, str] = {}

    def begin_device(self, request: Request, tenant: Tenant, form: Mapping[str, str]) -> Answer:
        """Give a code for another device."""
        code = secrets.token_urlsafe(16)
        self._flows[code] = _Flow(form.get("client_id", ""), form.get("scope", ""), pending=1)
        user_code = secrets.token_hex(4).upper()
        url = f"{request.origin}/{tenant.id}/devicelogin"
        return Answer(
            200,
            {
                "user_code": user_code,
                "device_code": code,
                "verification_uri": url,
                "expires_in": 900,
                "interval": 1,
                "message": f"To sign in, use a web browser to open the page {url} and enter the code {user_code}.",
            },
        )

    def begin_browser(self, request: Request) -> Answer:
        """Show the page on which a person signs in; it posts itself to the program's own address."""
        query, code = request.query, secrets.token_urlsafe(16)
        self._flows[code] = _Flow(query.get("client_id", ""), query.get("scope", ""), query.get("nonce", ""))
        fields = {"code": code, "state": query.get("state", "")}
        inputs = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(text)}">' for name, text in fields.items()
        )
        page = f'<form method="POST" action="{html.escape(query.get("redirect_uri", ""))}">{inputs}</form>'
        return Answer(200, page, {"Content-Type": "text/html; charset=utf-8"})

    def redeem(self, request: Request, tenant: Tenant, identity: Identity, form: Mapping[str, str]) -> Answer:
        """Exchange a code, or what renews, for tokens."""
        grant, scope, nonce = form["grant_type"], form.get("scope", ""), ""
        if grant == "refresh_token":
            if self._renewals.get(form.get("refresh_token", "")) != identity.client_id:
                return self._error(request, 400, "invalid_grant", 70000, "Provided grant is invalid or malformed.")
        else:
            flow = self._flows.get(form.get("device_code") or form.get("code", ""))
            if flow is None or flow.client_id != identity.client_id:
                return self._error(request, 400, "invalid_grant", 70000, "Provided grant is invalid or malformed.")
            if flow.pending:
                flow.pending -= 1
                text = "OAuth 2.0 device flow error. Authorization is pending. Continue polling."
                return self._error(request, 400, "authorization_pending", 70016, text)
            scope, nonce = flow.scope, flow.nonce
        wanted = next((part for part in scope.split() if part.endswith("/.default")), "")
        answer = self._issue(request, identity, wanted)
        if answer.status != 200:
            return answer
        renewal = secrets.token_urlsafe(24)
        self._renewals[renewal] = identity.client_id
        told = {
            "scope": scope,
            "refresh_token": renewal,
            "client_info": _encoded({"uid": identity.object_id, "utid": tenant.id}),
            "id_token": _id_token(request, tenant, identity, nonce),
        }
        return Answer(200, {**answer.content, **told}, answer.headers)


def _id_token(request: Request, tenant: Tenant, identity: Identity, nonce: str) -> str:
    now = int(time.time())
    claims = {
        "aud": identity.client_id,
        "iss": f"{request.origin}/{tenant.id}/v2.0",
        "iat": now,
        "nbf": now,
        "exp": now + 3600,
        "oid": identity.object_id,
        "sub": identity.object_id,
        "tid": tenant.id,
        "preferred_username": identity.user,
        "ver": "2.0",
        **({"nonce": nonce} if nonce else {}),
    }
    # Who asks for it over TLS need not look at its signature, and MSAL does not.
    return f"{_encoded({'typ': 'JWT', 'alg': 'RS256'})}.{_encoded(claims)}.{secrets.token_urlsafe(16)}"


def _encoded(content: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
