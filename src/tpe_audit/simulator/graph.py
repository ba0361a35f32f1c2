"""Microsoft Graph: the v1.0 and beta endpoints that a Teams Phone audit reads.

Microsoft Learn, "Microsoft Graph REST API v1.0 reference"; the beta resource accounts are documented in the
"Teams Phone extensibility quickstart" of Azure Communication Services. Each endpoint lists the application
permissions of which any suffices.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tpe_audit.simulator import odata, people, registrations, roles, telephony
from tpe_audit.simulator.behaviour import Behaviour
from tpe_audit.simulator.directory import Directory
from tpe_audit.simulator.odata import EntityType, QueryError
from tpe_audit.simulator.state import Group, ServicePrincipal, State, User
from tpe_audit.simulator.tokens import TokenError, Tokens
from tpe_audit.simulator.web import Answer, Request

_APPLICATIONS = frozenset({"Application.Read.All", "Directory.Read.All"})
_ORGANIZATION = frozenset({"Organization.Read.All", "Directory.Read.All", "User.Read.All"})
_SKUS = frozenset({"LicenseAssignment.Read.All", "Organization.Read.All", "Directory.Read.All"})
_SUBSCRIPTIONS = frozenset({"Organization.Read.All", "Directory.Read.All"})
_POLICIES = frozenset({"Policy.Read.All"})
_ROLES = frozenset({"RoleManagement.Read.Directory", "Directory.Read.All"})
_USERS = frozenset({"User.Read.All", "Directory.Read.All"})
_LICENSES = frozenset({"LicenseAssignment.Read.All", "User.Read.All", "Directory.Read.All"})
_GROUPS = frozenset({"GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"})
_GRANTS = frozenset({"Directory.Read.All"})
_NUMBERS = frozenset({"TeamsTelephoneNumber.Read.All"})
_CONFIGURATIONS = frozenset({"TeamsUserConfiguration.Read.All"})
_ACCOUNTS = frozenset({"TeamsResourceAccount.Read.All"})

_TOKEN_MESSAGES = {
    "missing": "Access token is empty.",
    "malformed": "IDX14100: JWT is not well formed, there are no dots (.).",
    "expired": "Lifetime validation failed, the token is expired.",
    "audience": "Access token validation failure. Invalid audience.",
}


@dataclass(frozen=True)
class Call:
    """A request that may be answered: for a tenant, by an identity with these permissions."""

    request: Request
    version: str
    directory: Directory
    permissions: frozenset[str]
    match: re.Match[str]

    def __getitem__(self, name: str) -> str:
        return self.match.group(name)


class MissingError(Exception):
    """An object that is not there."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True)
class Listing:
    """A list, and how it is paged.

    `skips`: it takes `$skip`. `links`: it gives `@odata.nextLink`. `write`: another way to write an entity.
    """

    kind: EntityType
    items: Sequence[Any]
    context: str
    indexes: Mapping[str, Mapping[Any, list[Any]]] = field(default_factory=dict)
    default: int = 100
    maximum: int = 999
    skips: bool = False
    links: bool = True
    write: Callable[[Any, tuple[str, ...]], dict[str, Any]] | None = None


Handler = Callable[["Graph", Call], Answer]


@dataclass(frozen=True)
class Route:
    """An endpoint: where it is, what it demands, and who answers."""

    pattern: re.Pattern[str]
    permissions: frozenset[str]
    handler: Handler
    versions: frozenset[str]


_ROUTES: list[Route] = []


def _route(path: str, permissions: frozenset[str], *versions: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        pattern = re.compile(f"/{path}/?", re.IGNORECASE)
        _ROUTES.append(Route(pattern, permissions, handler, frozenset(versions or ("v1.0", "beta"))))
        return handler

    return register


class Graph:
    """Answers for every tenant of the state; the token says for which."""

    def __init__(self, state: State, tokens: Tokens, behaviour: Behaviour) -> None:
        self._tokens = tokens
        self._behaviour = behaviour
        self._directories = {tenant.id: Directory(tenant, state.identities) for tenant in state.tenants}

    def answer(self, request: Request) -> Answer:
        """The answer to a request, with the headers that Graph always gives."""
        answer = self._answer(request)
        headers = {
            "Content-Type": "application/json;odata.metadata=minimal;odata.streaming=true;charset=utf-8"
            if answer.status < 400
            else "application/json",
            "request-id": request.id,
            "client-request-id": request.client_request_id,
            "Cache-Control": "no-cache",
            "x-ms-ags-diagnostic": '{"ServerInfo":{"DataCenter":"Simulated","Slice":"E","Ring":"1"}}',
            **answer.headers,
        }
        return Answer(answer.status, answer.content, headers)

    def _answer(self, request: Request) -> Answer:
        try:
            audiences = frozenset({"https://graph.microsoft.com", request.origin})
            claims = self._tokens.claims(request.bearer, audiences)
            directory = self._directories[claims["tid"]]
        except TokenError as error:
            text = _TOKEN_MESSAGES[error.reason]
            return self.error(request, 401, "InvalidAuthenticationToken", text)
        _, version, path = (request.path + "/").split("/", 2)
        path = "/" + path.rstrip("/")
        if request.method != "GET":
            return self.error(
                request,
                405,
                "Request_BadRequest",
                "Specified HTTP method is not allowed for the request target.",
            )
        for route in _ROUTES:
            match = route.pattern.fullmatch(path)
            if match is None or version not in route.versions:
                continue
            permissions = frozenset(claims.get("roles") or claims.get("scp", "").split())
            if not permissions & route.permissions:
                return self._forbidden(request, path)
            try:
                return route.handler(self, Call(request, version, directory, permissions, match))
            except QueryError as error:
                return self.error(request, 400, error.code, error.message)
            except MissingError as error:
                return self.error(
                    request,
                    404,
                    "Request_ResourceNotFound",
                    f"Resource '{error.key}' does not exist or one of its queried reference-property "
                    "objects are not present.",
                )
        segment = path.rstrip("/").rsplit("/", 1)[-1].partition("(")[0]
        return self.error(request, 400, "BadRequest", f"Resource not found for the segment '{segment}'.")

    def _forbidden(self, request: Request, path: str) -> Answer:
        if path.lower().startswith("/admin/teams/"):
            text = "You do not have permission to perform this operation."
            return self.error(request, 403, "Forbidden", text)
        text = "Insufficient privileges to complete the operation."
        return self.error(request, 403, "Authorization_RequestDenied", text)

    @staticmethod
    def error(
        request: Request,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Graph's error envelope."""
        inner = {
            "date": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()),
            "request-id": request.id,
            "client-request-id": request.client_request_id,
        }
        content = {"error": {"code": code, "message": message, "innerError": inner}}
        return Answer(status, content, headers or {})

    # --- writing -----------------------------------------------------------------------------------

    def one(self, call: Call, kind: EntityType, item: Any, context: str) -> Answer:
        """One entity."""
        select = call.request.query.get("$select")
        names = kind.selected(select)
        suffix = f"({select})" if select else ""
        content = {
            "@odata.context": f"{call.request.origin}/{call.version}/$metadata#{context}{suffix}/$entity",
            **kind.write(item, names),
        }
        return Answer(200, content)

    def page(self, call: Call, listing: Listing) -> Answer:
        """A page of a list."""
        query, kind = call.request.query, listing.kind
        names = kind.selected(query.get("$select"))
        for option in ("$orderby", "$search", "$expand", *(() if listing.skips else ("$skip",))):
            if option in query:
                raise QueryError("Request_BadRequest", f"'{option}' is not supported by the service.")
        found = kind.matching(self._filter(call, kind), listing.items, listing.indexes)
        size = odata.size_of_page(query, listing.default, listing.maximum, self._behaviour.page_size)
        offset = odata.offset_of(query.get("$skiptoken"))
        if listing.skips and "$skip" in query:
            if not query["$skip"].isdigit():
                text = f"Invalid value '{query['$skip']}' for $skip query option found."
                raise QueryError("BadRequest", text)
            offset += int(query["$skip"])
        write = listing.write or kind.write
        select = f"({query['$select']})" if query.get("$select") else ""
        content: dict[str, Any] = {
            "@odata.context": f"{call.request.origin}/{call.version}/$metadata#{listing.context}{select}"
        }
        if query.get("$count", "").lower() == "true":
            content["@odata.count"] = len(found)
        if listing.links and offset + size < len(found):
            token = odata.token_for(offset + size)
            content["@odata.nextLink"] = call.request.link(_skiptoken=token, _skip=None)
        content["value"] = [write(item, names) for item in found[offset : offset + size]]
        return Answer(200, content)

    @staticmethod
    def _filter(call: Call, kind: EntityType) -> odata.Filter | None:
        query = call.request.query
        if not query.get("$filter"):
            return None
        on_directory = kind.name in ("user", "servicePrincipal", "application", "group")
        eventual = call.request.headers.get("consistencylevel", "").lower() == "eventual"
        limited = on_directory and not (eventual and "$count" in query)
        return odata.parse_filter(query["$filter"], kind.filterable, odata.MAXIMUM_IN if limited else None)

    # --- applications ------------------------------------------------------------------------------

    @_route(r"servicePrincipals\(appId='(?P<app>[^']*)'\)", _APPLICATIONS)
    def principal_by_app(self, call: Call) -> Answer:
        """A service principal by application id."""
        principal = call.directory.principals_by_app.get(call["app"].lower())
        if principal is None:
            raise MissingError(call["app"])
        return self.one(call, registrations.principal_type(call.directory), principal, "servicePrincipals")

    @_route(r"servicePrincipals", _APPLICATIONS)
    def principals(self, call: Call) -> Answer:
        """Service principals."""
        directory = call.directory
        return self.page(
            call,
            Listing(
                registrations.principal_type(directory),
                directory.principals,
                "servicePrincipals",
                indexes=directory.principal_indexes,
            ),
        )

    @_route(r"servicePrincipals/(?P<id>[^/(]+)", _APPLICATIONS)
    def principal(self, call: Call) -> Answer:
        """A service principal by object id."""
        return self.one(call, registrations.principal_type(call.directory), self._principal(call), "servicePrincipals")

    @_route(r"servicePrincipals/(?P<id>[^/(]+)/appRoleAssignments", _APPLICATIONS)
    def app_roles(self, call: Call) -> Answer:
        """Application permissions of a service principal."""
        principal = self._principal(call)
        context = (
            f"{call.request.origin}/{call.version}/$metadata#servicePrincipals('{principal.id}')/appRoleAssignments"
        )
        return Answer(200, {"@odata.context": context, "value": call.directory.roles_of(principal)})

    @_route(r"servicePrincipals/(?P<id>[^/(]+)/oauth2PermissionGrants", _GRANTS)
    def grants_of(self, call: Call) -> Answer:
        """Delegated permissions of a service principal."""
        principal = self._principal(call)
        grants = [grant for grant in call.directory.tenant.grants if grant.client_id == principal.id]
        return self.page(call, Listing(registrations.grant_type(call.directory), grants, "oauth2PermissionGrants"))

    @_route(r"oauth2PermissionGrants", _GRANTS)
    def grants(self, call: Call) -> Answer:
        """Delegated permissions that were consented to in the tenant."""
        return self.page(
            call,
            Listing(
                registrations.grant_type(call.directory),
                call.directory.tenant.grants,
                "oauth2PermissionGrants",
            ),
        )

    def _principal(self, call: Call) -> ServicePrincipal:
        principal = call.directory.principals_by_id.get(call["id"].lower())
        if principal is None:
            raise MissingError(call["id"])
        return principal

    @_route(r"applications\(appId='(?P<app>[^']*)'\)", _APPLICATIONS)
    def application(self, call: Call) -> Answer:
        """An app registration by application id; only the tenant that owns it has it."""
        application = call.directory.applications.get(call["app"].lower())
        if application is None:
            raise MissingError(call["app"])
        return self.one(call, registrations.application_type(call.directory), application, "applications")

    @_route(r"applications", _APPLICATIONS)
    def applications(self, call: Call) -> Answer:
        """App registrations."""
        return self.page(
            call,
            Listing(
                registrations.application_type(call.directory),
                call.directory.tenant.applications,
                "applications",
            ),
        )

    # --- organization, licences, users, groups -----------------------------------------------------

    @_route(r"organization", _ORGANIZATION)
    def organization(self, call: Call) -> Answer:
        """The tenant itself."""
        return self.page(
            call,
            Listing(registrations.organization_type(call.directory), [call.directory.tenant], "organization"),
        )

    @_route(r"subscribedSkus", _SKUS)
    def skus(self, call: Call) -> Answer:
        """What the tenant has bought; never paged."""
        kind = people.sku_type(call.directory)
        if set(call.request.query) - {"$select"}:
            raise QueryError("Request_BadRequest", "Only $select is supported on this resource.")
        names = kind.selected(call.request.query.get("$select"))
        value = [kind.write(owned, names) for owned in call.directory.tenant.skus]
        context = f"{call.request.origin}/{call.version}/$metadata#subscribedSkus"
        return Answer(200, {"@odata.context": context, "value": value})

    @_route(r"directory/subscriptions", _SUBSCRIPTIONS)
    def company_subscriptions(self, call: Call) -> Answer:
        """What the tenant has bought, with the dates on which that ends."""
        directory = call.directory
        listing = Listing(people.company_subscription_type(directory), directory.tenant.skus, "subscriptions")
        return self.page(call, listing)

    @_route(r"identity/conditionalAccess/policies", _POLICIES)
    def conditional_access(self, call: Call) -> Answer:
        """Conditional Access policies, as the state has them."""
        context = f"{call.request.origin}/{call.version}/$metadata#identity/conditionalAccess/policies"
        value = [dict(policy) for policy in call.directory.tenant.conditional_access]
        return Answer(200, {"@odata.context": context, "value": value})

    @_route(r"roleManagement/directory/roleDefinitions", _ROLES)
    def role_definitions(self, call: Call) -> Answer:
        """Entra roles."""
        context = "roleManagement/directory/roleDefinitions"
        return self.page(call, Listing(roles.definition_type(), roles.ROLES, context))

    @_route(r"roleManagement/directory/roleAssignments", _ROLES)
    def role_assignments(self, call: Call) -> Answer:
        """Who has which Entra role; only by role or by holder."""
        if not call.request.query.get("$filter"):
            raise QueryError("Request_BadRequest", "A filter on roleDefinitionId or principalId is needed.")
        items = call.directory.tenant.role_assignments
        return self.page(call, Listing(roles.assignment_type(), items, "roleManagement/directory/roleAssignments"))

    @_route(r"users", _USERS)
    def users(self, call: Call) -> Answer:
        """Users."""
        directory = call.directory
        return self.page(
            call,
            Listing(people.user_type(directory), directory.users, "users", indexes=directory.user_indexes),
        )

    @_route(r"users/(?P<id>[^/]+)", _USERS)
    def user(self, call: Call) -> Answer:
        """A user by object id or principal name."""
        return self.one(call, people.user_type(call.directory), self._user(call), "users")

    @_route(r"users/(?P<id>[^/]+)/licenseDetails", _LICENSES)
    def license_details(self, call: Call) -> Answer:
        """Licences of a user, with their service plans."""
        user = self._user(call)
        value = people.license_details(call.directory, user)
        select = call.request.query.get("$select")
        if select:
            value = [{name: item[name] for name in select.split(",") if name in item} for item in value]
        context = f"{call.request.origin}/{call.version}/$metadata#users('{user.id}')/licenseDetails"
        return Answer(200, {"@odata.context": context, "value": value})

    def _user(self, call: Call) -> User:
        user = call.directory.user(call["id"])
        if user is None:
            raise MissingError(call["id"])
        return user

    @_route(r"groups/(?P<id>[^/]+)", _GROUPS)
    def group(self, call: Call) -> Answer:
        """A group."""
        return self.one(call, registrations.group_type(call.directory), self._group(call), "groups")

    @_route(
        r"groups/(?P<id>[^/]+)/(?P<depth>members|transitiveMembers)(?P<cast>/microsoft\.graph\.user)?",
        _GROUPS,
    )
    def members(self, call: Call) -> Answer:
        """Members of a group. Who may not read users gets nothing of them but the id."""
        directory = call.directory
        cast = call["cast"] is not None
        members = directory.members(self._group(call), call["depth"].lower() == "transitivemembers", users=cast)
        may_read = bool(call.permissions & _USERS)
        user_type, group_type = people.user_type(directory), registrations.group_type(directory)

        def write(member: User | Group, names: tuple[str, ...]) -> dict[str, Any]:
            kind = user_type if isinstance(member, User) else group_type
            written = {name: kind.properties[name](member) if name in kind.properties else None for name in names}
            if isinstance(member, User) and not may_read:
                written = {name: value if name == "id" else None for name, value in written.items()}
            return written if cast else {"@odata.type": f"#microsoft.graph.{kind.name}", **written}

        return self.page(call, Listing(user_type, members, "users" if cast else "directoryObjects", write=write))

    def _group(self, call: Call) -> Group:
        group = call.directory.groups.get(call["id"].lower())
        if group is None:
            raise MissingError(call["id"])
        return group

    # --- Teams -------------------------------------------------------------------------------------

    @_route(r"admin/teams/telephoneNumberManagement/numberAssignments", _NUMBERS)
    def numbers(self, call: Call) -> Answer:
        """Telephone numbers; paged by `$top` and `$skip`."""
        directory = call.directory
        return self.page(
            call,
            Listing(
                telephony.number_type(directory),
                directory.tenant.numbers,
                "admin/teams/telephoneNumberManagement/numberAssignments",
                indexes=directory.number_indexes,
                default=500,
                maximum=1000,
                skips=True,
                links=self._behaviour.number_pages_by_link,
            ),
        )

    @_route(r"admin/teams/userConfigurations", _CONFIGURATIONS)
    def configurations(self, call: Call) -> Answer:
        """What Teams knows of its users."""
        directory = call.directory
        kind = telephony.configuration_type(directory, self._every_member(call))
        items = directory.tenant.user_configurations
        context = "admin/teams/userConfigurations"
        return self.page(call, Listing(kind, items, context, directory.configuration_indexes))

    @_route(r"admin/teams/userConfigurations/(?P<id>[^/]+)", _CONFIGURATIONS)
    def configuration(self, call: Call) -> Answer:
        """What Teams knows of a user."""
        item = call.directory.configurations.get(call["id"].lower())
        if item is None:
            raise MissingError(call["id"])
        kind = telephony.configuration_type(call.directory, self._every_member(call))
        return self.one(call, kind, item, "admin/teams/userConfigurations")

    @staticmethod
    def _every_member(call: Call) -> bool:
        return "include-unknown-enum-members" in call.request.headers.get("prefer", "").lower()

    @_route(r"admin/teams/resourceAccounts", _ACCOUNTS, "beta")
    def accounts(self, call: Call) -> Answer:
        """Resource accounts."""
        directory = call.directory
        return self.page(
            call,
            Listing(
                telephony.account_type(directory),
                directory.tenant.resource_accounts,
                "admin/teams/resourceAccounts",
                indexes=directory.account_indexes,
            ),
        )

    @_route(r"admin/teams/resourceAccounts/(?P<id>[^/]+)", _ACCOUNTS, "beta")
    def account(self, call: Call) -> Answer:
        """A resource account by object id."""
        for account in call.directory.account_indexes["id"].get(call["id"].lower(), ()):
            return self.one(call, telephony.account_type(call.directory), account, "admin/teams/resourceAccounts")
        raise MissingError(call["id"])
