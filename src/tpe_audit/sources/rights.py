"""What an access token says of itself: for whom it is, and what it allows. It is never shown, and never kept here.

https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rights:
    """Who a token stands for, and what it allows, by its own words: nothing here is a proof."""

    tenant: str
    application_id: str
    object_id: str
    name: str
    """The user principal name of the person; of an application its display name, if the token has it."""
    person: bool
    """Whether somebody has signed in, and not an application by itself."""
    permissions: frozenset[str]
    """Application permissions (`roles`) or, of a person, delegated ones (`scp`)."""


def rights_in(token: str) -> Rights | None:
    """Return what an access token says; None if it is none that can be read."""
    claims = _claims(token)
    if not claims or not isinstance(claims.get("tid"), str):
        return None
    scopes = _text(claims, "scp").split()
    person = bool(scopes) or _text(claims, "idtyp") == "user"
    roles = claims.get("roles")
    granted = scopes if person else [role for role in roles if isinstance(role, str)] if isinstance(roles, list) else []
    name = _text(claims, "upn") or _text(claims, "unique_name") if person else _text(claims, "app_displayname")
    return Rights(
        tenant=_text(claims, "tid").lower(),
        application_id=(_text(claims, "appid") or _text(claims, "azp")).lower(),
        object_id=_text(claims, "oid").lower(),
        name=name,
        person=person,
        permissions=frozenset(granted),
    )


def _claims(token: str) -> Mapping[str, Any]:
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
