"""Which requests only read: GETs, the Resource Graph query, and those of signing in."""

from __future__ import annotations

from tests.tenant import RESOURCE_GRAPH_PATH

_ACTIONS = ("listkeys", "listchannelwithkeys", "getfullurl", "regeneratekey", "register", "$batch")
"""Last segments of paths that give secrets away, or write."""


def forbidden(method: str, path: str, api: str) -> bool:
    """Whether an audit must never send this."""
    lower = path.lower().rstrip("/")
    if lower.rsplit("/", 1)[-1] in _ACTIONS:
        return True
    if method == "POST":
        is_query = api == "arm" and lower == RESOURCE_GRAPH_PATH.lower()
        return not is_query and not (api == "entra" and "/oauth2/" in lower)
    return method != "GET"
