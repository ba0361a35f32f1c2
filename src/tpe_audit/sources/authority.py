"""Asks Entra for what everybody may know of a tenant: whether it is there, and what time it is.

https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc
"""

from __future__ import annotations

import json

from tpe_audit.config import Config
from tpe_audit.sources import remedies
from tpe_audit.sources.errors import SourceError, Unreachable
from tpe_audit.sources.kinds import transport
from tpe_audit.sources.ledger import masked


async def discovery(config: Config, tenant: str, words: str, *, proxies: bool) -> str:
    """Return the date of Entra's answer, as its header has it.

    Raises:
        SourceError: Entra is not reached, or knows no such tenant.
    """
    from azure.core import AsyncPipelineClient
    from azure.core.exceptions import AzureError
    from azure.core.rest import AsyncHttpResponse, HttpRequest

    authority = config.endpoints.authority
    url = f"{authority}/{tenant}/v2.0/.well-known/openid-configuration"
    try:
        async with AsyncPipelineClient[HttpRequest, AsyncHttpResponse](
            base_url=authority, policies=[], transport=transport(config, proxies=proxies)
        ) as client:
            answer = await client.send_request(HttpRequest("GET", url))
            content = answer.content
    except (AzureError, ValueError, OSError) as error:
        said = masked(f"{type(error).__name__}: {error}")
        advice = remedies.of_connection(str(error))
        raise Unreachable(f"{authority} could not be reached: {said}.{f' {advice}' if advice else ''}") from error
    if answer.status_code == 200:
        return str(answer.headers.get("Date", ""))
    said = _said(content) or f"status {answer.status_code}"
    advice = remedies.of_sign_in(said, words=words, tenant=tenant)
    raise SourceError(f"{authority} knows no tenant {tenant}: {said} {advice}".rstrip())


def _said(content: bytes) -> str:
    try:
        told = json.loads(content).get("error_description")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return masked(told.split(" Trace ID:")[0].split("\r\n")[0]) if isinstance(told, str) else ""
