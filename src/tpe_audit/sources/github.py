"""The identity token that GitHub gives a job, which Entra takes in exchange for an access token.

https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-azure
"""

from __future__ import annotations

import os
import ssl

URL, TOKEN = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
"""Environment variables of a job that has `permissions: id-token: write`."""
AUDIENCE = "api://AzureADTokenExchange"


def offered() -> bool:
    """Whether this is a job that may have an identity token."""
    return bool(os.environ.get(URL) and os.environ.get(TOKEN))


def identity_token(trust: ssl.SSLContext, seconds: float, *, proxies: bool) -> str:
    """Return a fresh identity token of this job, for Entra.

    Args:
        trust: whose certificates are believed.
        seconds: how long to wait.
        proxies: honour the proxies of the environment.

    Raises:
        ValueError: GitHub gave none.
    """
    import httpx

    url = httpx.URL(os.environ[URL])
    if url.scheme != "https":
        raise ValueError(f"{URL} is no https:// address, so no identity token was asked for")
    try:
        with httpx.Client(verify=trust, trust_env=proxies, timeout=seconds) as client:
            answer = client.get(
                url.copy_merge_params({"audience": AUDIENCE}),
                headers={"Authorization": f"Bearer {os.environ[TOKEN]}", "Accept": "application/json"},
            )
        token = answer.json().get("value") if answer.status_code == 200 else None
    except (httpx.HTTPError, ValueError, AttributeError) as error:
        raise ValueError(f"GitHub gave no identity token: {type(error).__name__}: {error}") from error
    if not isinstance(token, str) or not token:
        raise ValueError(f"GitHub gave no identity token, but answered {answer.status_code}")
    return token
