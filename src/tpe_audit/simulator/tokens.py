"""Access tokens: made by sign-in, believed by the services.

They look like the tokens of Entra (three base64url parts; claims aud, tid, appid, oid, roles, exp) and are
signed with a key that lives as long as the server: see Microsoft Learn, "Access tokens in the Microsoft
identity platform".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any

from tpe_audit.simulator.state import Identity


class TokenError(Exception):
    """A token that is not believed. `reason`: missing, malformed, expired or audience."""

    def __init__(self, reason: str, claims: Mapping[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.claims = claims or {}


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Tokens:
    """Issues tokens and checks them."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self.issued: set[str] = set()

    def _sign(self, text: str) -> str:
        return _encode(hmac.new(self._key, text.encode(), hashlib.sha256).digest())

    def issue(self, identity: Identity, audience: str, roles: frozenset[str], lifetime: int) -> str:
        """A token for an identity and one audience."""
        now = int(time.time())
        header = {"typ": "JWT", "alg": "HS256", "kid": "simulated"}
        claims = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{identity.tenant_id}/",
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
            "appid": identity.client_id,
            "app_displayname": identity.name,
            "oid": identity.object_id,
            # A person's token has the delegated permissions in scp, an application's those of its own in roles.
            **(
                {"idtyp": "user", "scp": " ".join(sorted(roles)), "upn": identity.user}
                if identity.user
                else {"idtyp": "app", "roles": sorted(roles)}
            ),
            "sub": identity.object_id,
            "tid": identity.tenant_id,
            "uti": secrets.token_urlsafe(12),
            "ver": "1.0",
        }
        text = ".".join(_encode(json.dumps(part).encode()) for part in (header, claims))
        token = f"{text}.{self._sign(text)}"
        self.issued.add(token)
        return token

    def claims(self, token: str | None, audiences: frozenset[str]) -> Mapping[str, Any]:
        """The claims of a token that is genuine, in date and meant for one of these audiences."""
        if not token:
            raise TokenError("missing")
        text, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(text).encode()):
            raise TokenError("malformed")
        claims: dict[str, Any] = json.loads(_decode(text.split(".")[1]))
        if claims["exp"] <= time.time():
            raise TokenError("expired", claims)
        if claims["aud"] not in audiences:
            raise TokenError("audience", claims)
        return claims

    def caller(self, token: str | None) -> Mapping[str, Any]:
        """The claims of a token that was issued here, for whom a request is counted; nothing for any other."""
        if token is None or token not in self.issued:
            return {}
        claims: dict[str, Any] = json.loads(_decode(token.split(".")[1]))
        return claims
