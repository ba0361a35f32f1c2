"""The endpoints from which an Azure machine gets the token of its managed identity.

Microsoft Learn, "How to use managed identities for App Service and Azure Functions" (REST endpoint reference) and "How
to use managed identities for Azure resources on an Azure VM to acquire an access token".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from tpe_audit.simulator.state import Identity, State
from tpe_audit.simulator.web import Answer, Request


class ManagedIdentity:
    """Answers for the managed identities of the state: all are those of one machine."""

    APP_SERVICE, IMDS = "/msi/token", "/metadata/identity/oauth2/token"
    HEADER = "simulated-identity-header"

    def __init__(self, state: State, origin: str, issue: Callable[[Identity, str], str | None]) -> None:
        self._identities = [identity for identity in state.identities if identity.managed]
        self._origin = origin
        self._issue = issue

    @property
    def environment(self) -> Mapping[str, str]:
        """What a program in App Service finds in its environment."""
        return {"IDENTITY_ENDPOINT": f"{self._origin}{self.APP_SERVICE}", "IDENTITY_HEADER": self.HEADER}

    def answer(self, request: Request) -> Answer | None:
        """The answer to a request for a token, or None where it is for something else."""
        if request.path == self.APP_SERVICE:
            if request.headers.get("x-identity-header") != self.HEADER:
                return Answer(401, {"statusCode": 401, "message": "The X-IDENTITY-HEADER is missing or wrong."})
            none: object = {"statusCode": 400, "message": "Unable to load the proper Managed Identity."}
        elif request.path == self.IMDS:
            if request.headers.get("metadata", "").lower() != "true":
                return Answer(
                    400, {"error": "invalid_request", "error_description": "Required metadata header not specified"}
                )
            none = {"error": "invalid_request", "error_description": "Identity not found"}
        else:
            return None
        wanted = request.query.get("client_id", "").lower()
        found = [identity for identity in self._identities if not wanted or identity.client_id.lower() == wanted]
        # Without a client id it is the system-assigned one: here the first.
        token = self._issue(found[0], request.query.get("resource", "")) if found else None
        if token is None:
            return Answer(400, none)
        ends = str(int(time.time()) + 3599)
        content = {
            "access_token": token,
            "expires_on": ends,
            "resource": request.query["resource"],
            "token_type": "Bearer",
        }
        return Answer(200, {**content, "client_id": found[0].client_id})
