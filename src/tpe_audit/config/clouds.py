"""Microsoft's clouds, and the addresses of their services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

CloudName = Literal["public", "us-government", "us-government-dod", "china"]

CLOUDS: Mapping[CloudName, Mapping[str, str]] = {
    "public": {
        "authority": "https://login.microsoftonline.com",
        "graph": "https://graph.microsoft.com",
        "resource_manager": "https://management.azure.com",
    },
    "us-government": {
        "authority": "https://login.microsoftonline.us",
        "graph": "https://graph.microsoft.us",
        "resource_manager": "https://management.usgovcloudapi.net",
    },
    "us-government-dod": {
        "authority": "https://login.microsoftonline.us",
        "graph": "https://dod-graph.microsoft.us",
        "resource_manager": "https://management.usgovcloudapi.net",
    },
    "china": {
        "authority": "https://login.chinacloudapi.cn",
        "graph": "https://microsoftgraph.chinacloudapi.cn",
        "resource_manager": "https://management.chinacloudapi.cn",
    },
}
"""The services of each cloud.

https://learn.microsoft.com/graph/deployments and https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure
"""

SOVEREIGN: Mapping[CloudName, str] = {
    "us-government": "the US Government cloud (GCC High)",
    "us-government-dod": "the US Government cloud (DoD)",
    "china": "the cloud operated by 21Vianet",
}
"""The clouds for which Microsoft documents no Teams Phone extensibility, in words."""

_OTHER_NAMES = {"login.partner.microsoftonline.cn": "login.chinacloudapi.cn"}
"""Hosts that answer as another one does."""


def clouds_of(url: str) -> list[CloudName]:
    """Return the clouds that an address belongs to; none: it is nobody's that we know."""
    host = urlsplit(url).hostname or ""
    host = _OTHER_NAMES.get(host, host)
    return [name for name, urls in CLOUDS.items() if any(urlsplit(known).hostname == host for known in urls.values())]
