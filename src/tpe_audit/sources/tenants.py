"""Finds a tenant's id by a domain name, which takes no sign-in.

https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#find-your-apps-openid-configuration-document-uri
"""

from __future__ import annotations

import re
import ssl
from urllib.parse import urlsplit

from tpe_audit.config import Config, is_guid
from tpe_audit.sources.errors import Failed, Malformed, Unreachable

DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.IGNORECASE)


async def tenant_id(domain: str, config: Config, *, proxies: bool = True) -> str:
    """Return the id of the tenant that a domain name belongs to.

    Raises:
        SourceError: there is none, or it could not be found out.
    """
    import httpx

    url = f"{config.endpoints.authority}/{domain}/v2.0/.well-known/openid-configuration"
    bundle = config.endpoints.ca_bundle
    try:
        trust = ssl.create_default_context(cafile=str(config.path(bundle)) if bundle else None)
        async with httpx.AsyncClient(verify=trust, trust_env=proxies, timeout=config.limits.request_timeout) as client:
            answer = await client.get(url)
    except (httpx.HTTPError, OSError) as error:
        raise Unreachable(f"Nobody answered GET {url} ({type(error).__name__}).") from error
    if answer.status_code in (400, 404):
        raise Failed(f"Microsoft Entra ID knows no tenant {domain}.")
    try:
        issuer = answer.raise_for_status().json()["issuer"]
        found: str = urlsplit(issuer).path.strip("/").split("/")[0]
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Malformed(f"GET {url} was answered with {answer.status_code}, and no issuer in it.") from error
    if not is_guid(found):
        raise Malformed(f"GET {url} names an issuer that has no tenant id in it.")
    return found.lower()
