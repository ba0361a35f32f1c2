"""The Web API of Dynamics 365 environments, as far as an audit asks it.

Microsoft Learn, "Use the Microsoft Dataverse Web API". The table of communication providers and its columns are
those that a community tool reads (github.com/moliveirapinto/teams-phone-d365-wizard). Each environment has a port of
its own, and believes only tokens that were issued for its own address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from tpe_audit.simulator.behaviour import Behaviour
from tpe_audit.simulator.state import DataverseUser, Environment, VoiceProvider
from tpe_audit.simulator.tokens import TokenError, Tokens
from tpe_audit.simulator.web import Answer, Request

_ROOT = "/api/data/v9.2/"
_TABLE = "msdyn_occommunicationprovidersettings"
_PRIVILEGE = "prvReadmsdyn_occommunicationprovidersetting"
_FILTER = re.compile(r"(?P<column>\w+) eq (?P<value>\d+)")
_PRIVILEGES = re.compile(r"systemusers\((?P<id>[^)]+)\)/Microsoft\.Dynamics\.CRM\.RetrieveUserPrivileges\(\)")
_PAGE = 5000


class Dataverse:
    """Answers for the environments; the port of a request says for which."""

    def __init__(self, environments: Mapping[int, Environment], tokens: Tokens, behaviour: Behaviour) -> None:
        self._environments = environments
        self._tokens = tokens
        self._behaviour = behaviour

    def answer(self, request: Request) -> Answer:
        """The answer to a request that came in on the port of an environment."""
        answer = self._answer(request)
        headers = {"OData-Version": "4.0", "x-ms-service-request-id": request.id, **answer.headers}
        if answer.status == 200:
            headers["Content-Type"] = "application/json; odata.metadata=minimal"
        return Answer(answer.status, answer.content, headers)

    def _answer(self, request: Request) -> Answer:
        environment = self._environments[request.port]
        try:
            claims = self._tokens.claims(request.bearer, frozenset({request.origin}))
        except TokenError:
            challenge = f"Bearer authorization_uri={request.origin}, resource_id={request.origin}/"
            return Answer(401, b"", {"WWW-Authenticate": challenge})
        user = next((each for each in environment.users if each.client_id == claims["appid"]), None)
        if user is None or claims["tid"] != environment.tenant_id:
            return _error(403, "0x80072560", "The user is not a member of the organization.")
        if request.method != "GET":
            return _error(405, "0x0", "The requested resource does not support this method.")
        path = request.path.removeprefix(_ROOT)
        if path == "WhoAmI":
            return Answer(200, {**_context(request, "WhoAmIResponse"), "UserId": user.id})
        if match := _PRIVILEGES.fullmatch(path):
            return _privileges(request, user, match["id"])
        if path == _TABLE:
            return self._providers(request, environment, user)
        return _error(404, "0x8006088a", f"Resource not found for the segment '{path.split('(')[0]}'.")

    def _providers(self, request: Request, environment: Environment, user: DataverseUser) -> Answer:
        if user.reads is None:
            text = f"Principal user (Id={user.id}, type=8) is missing {_PRIVILEGE} privilege."
            return _error(403, "0x80040220", text)
        found = [_row(each) for each in environment.providers] if user.reads == "Global" else []
        for condition in filter(None, request.query.get("$filter", "").split(" and ")):
            match = _FILTER.fullmatch(condition.strip())
            if match is None or match["column"] not in _row(VoiceProvider("", None)):
                return _error(400, "0x80060888", f"Syntax error in '{condition}'.")
            found = [row for row in found if row[match["column"]] == int(match["value"])]
        columns = [name for name in request.query.get("$select", "").split(",") if name]
        if unknown := [name for name in columns if name not in _row(VoiceProvider("", None))]:
            text = f"Could not find a property named '{unknown[0]}' on type 'Microsoft.Dynamics.CRM.{_TABLE[:-1]}'."
            return _error(400, "0x80060888", text)
        start, size = int(request.query.get("$skiptoken", "0")), self._behaviour.page_size or _PAGE
        rows = [{name: row[name] for name in columns or row} for row in found[start : start + size]]
        content: dict[str, Any] = {**_context(request, _TABLE), "value": rows}
        if start + size < len(found):
            content["@odata.nextLink"] = request.link(_skiptoken=str(start + size))
        return Answer(200, content)


def _row(provider: VoiceProvider) -> dict[str, Any]:
    return {
        "msdyn_name": provider.name,
        "msdyn_occommunicationproviderimmutableid": provider.immutable_id,
        "msdyn_accountsid": provider.immutable_id,
        "msdyn_occommunicationprovider": provider.provider,
        "statecode": 0 if provider.active else 1,
    }


def _privileges(request: Request, user: DataverseUser, asked: str) -> Answer:
    if asked.lower() != user.id.lower():
        return _error(404, "0x80040217", f"Entity 'SystemUser' With Id = {asked} Does Not Exist")
    held = [("prvReadUser", "Global")] + ([(_PRIVILEGE, user.reads)] if user.reads else [])
    return Answer(
        200,
        {
            **_context(request, "Microsoft.Dynamics.CRM.RetrieveUserPrivilegesResponse"),
            "RolePrivileges": [{"PrivilegeName": name, "Depth": depth} for name, depth in held],
        },
    )


def _context(request: Request, what: str) -> dict[str, Any]:
    return {"@odata.context": f"{request.origin}{_ROOT}$metadata#{quote(what)}"}


def _error(status: int, code: str, message: str) -> Answer:
    return Answer(status, {"error": {"code": code, "message": message}})
