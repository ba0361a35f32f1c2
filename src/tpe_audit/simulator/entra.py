"""Entra ID: discovery documents, and tokens for applications and for persons.

Microsoft Learn, "OAuth 2.0 client credentials flow" and "Microsoft Entra authentication and authorization
error codes". A public answer of Entra carries a timestamp, a trace id and a correlation id; so do these.
"""

from __future__ import annotations

import base64
import time
import uuid
from datetime import UTC, datetime
from urllib.parse import parse_qsl, unquote

from tpe_audit.simulator import assertions, delegated, well_known
from tpe_audit.simulator.assertions import Issuer
from tpe_audit.simulator.behaviour import Behaviour
from tpe_audit.simulator.delegated import People
from tpe_audit.simulator.managed_identity import ManagedIdentity
from tpe_audit.simulator.state import Identity, State, Tenant
from tpe_audit.simulator.tokens import Tokens
from tpe_audit.simulator.web import Answer, Request

_RESOURCES = {
    "https://graph.microsoft.com": "https://graph.microsoft.com",
    well_known.GRAPH: "https://graph.microsoft.com",
    "https://management.azure.com": "https://management.azure.com",
    "https://management.core.windows.net": "https://management.azure.com",
    "https://communication.azure.com": "https://communication.azure.com",
    well_known.TEAMS_ADMIN_API: well_known.TEAMS_ADMIN_API,
}
_GRAPH_AUDIENCE = "https://graph.microsoft.com"

_REFUSALS = {
    53003: (
        "invalid_grant",
        "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
    ),
    65001: (
        "invalid_grant",
        "The user or administrator has not consented to use the application with ID '{client}' named '{name}'.",
    ),
    7000112: ("unauthorized_client", "Application '{client}'({name}) is disabled."),
}
"""What Entra says where it knows who it is, and refuses all the same."""


class Entra:
    """Sign-in for every tenant of the state."""

    def __init__(
        self,
        state: State,
        tokens: Tokens,
        behaviour: Behaviour,
        origin: str,
        environments: frozenset[str] = frozenset(),
    ) -> None:
        self.issuer = Issuer(origin)
        self.machine = ManagedIdentity(state, origin, self._issue_to_machine)
        self._origin = origin
        self._people = People(self._issue, self._error)
        self._tokens = tokens
        self._resources = {**_RESOURCES, **{address: address for address in environments}}
        self._behaviour = behaviour
        self._tenants: dict[str, Tenant] = {}
        for tenant in state.tenants:
            self._tenants[tenant.id.lower()] = tenant
            self._tenants[tenant.domain.lower()] = tenant
        self._identities: dict[tuple[str, str], Identity] = {
            (identity.tenant_id.lower(), identity.client_id.lower()): identity for identity in state.identities
        }

    def answer(self, request: Request) -> Answer | None:
        """The answer, or None where the path is none of sign-in's."""
        for elsewhere in (self.issuer, self.machine):
            if answer := elsewhere.answer(request):
                return answer
        parts = [part for part in request.path.split("/") if part]
        if parts[-2:] == ["discovery", "instance"]:
            return self._instances(request)
        if parts[-2:] == [".well-known", "openid-configuration"]:
            return self._configuration(request, parts[0])
        if parts[1:] in (["oauth2", "v2.0", "token"], ["oauth2", "token"]):
            return self._token(request, parts[0])
        if parts[1:] == ["oauth2", "v2.0", "devicecode"]:
            tenant = self._tenants.get(parts[0].lower())
            form = dict(parse_qsl(request.body.decode(errors="replace")))
            return (
                self._people.begin_device(request, tenant, form) if tenant else self._unknown_tenant(request, parts[0])
            )
        if parts[1:] == ["oauth2", "v2.0", "authorize"]:
            return self._people.begin_browser(request)
        return None

    def _instances(self, request: Request) -> Answer:
        host = request.origin.removeprefix("https://")
        return Answer(
            200,
            {
                "tenant_discovery_endpoint": f"{request.origin}/common/v2.0/.well-known/openid-configuration",
                "api-version": "1.1",
                "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
            },
        )

    def _configuration(self, request: Request, name: str) -> Answer:
        shared = name.lower() in ("common", "organizations")
        tenant = self._tenants.get(name.lower())
        if tenant is None and not shared:
            return self._unknown_tenant(request, name)
        identifier = tenant.id if tenant else name
        base = f"{request.origin}/{identifier}"
        return Answer(
            200,
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "token_endpoint_auth_methods_supported": [
                    "client_secret_post",
                    "private_key_jwt",
                    "client_secret_basic",
                ],
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "response_modes_supported": ["query", "fragment", "form_post"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
                "tenant_region_scope": "NA",
                "cloud_instance_name": request.origin.removeprefix("https://"),
            },
        )

    def _token(self, request: Request, name: str) -> Answer:
        if request.method != "POST":
            return self._error(
                request,
                400,
                "invalid_request",
                900561,
                "The endpoint only accepts POST requests. Received a GET request.",
            )
        tenant = self._tenants.get(name.lower())
        if tenant is None:
            return self._unknown_tenant(request, name)
        form = dict(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True))
        client_id = form.get("client_id", "")
        scheme, _, basic = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            pair = base64.b64decode(basic).decode().partition(":")
            client_id, form["client_secret"] = unquote(pair[0]), unquote(pair[2])
        if form.get("grant_type") not in ("client_credentials", *delegated.GRANTS):
            return self._error(
                request,
                400,
                "unsupported_grant_type",
                70003,
                f"The app requested an unsupported grant type '{form.get('grant_type', '')}'.",
            )
        identity = self._identities.get((tenant.id.lower(), client_id.lower()))
        if identity is None:
            return self._error(
                request,
                400,
                "unauthorized_client",
                700016,
                f"Application with identifier '{client_id}' was not found in the directory '{tenant.name}'. "
                "This can happen if the application has not been installed by the administrator of the "
                "tenant or consented to by any user in the tenant. You may have sent your authentication "
                "request to the wrong tenant.",
            )
        if form["grant_type"] != "client_credentials":
            if not identity.user:
                text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
                return self._error(request, 401, "invalid_client", 7000218, text)
            return self._people.redeem(request, tenant, identity, form)
        refusal = self._refusal(request, tenant, identity, form)
        return refusal or self._issue(request, identity, form.get("scope") or form.get("resource", ""))

    def _refusal(self, request: Request, tenant: Tenant, identity: Identity, form: dict[str, str]) -> Answer | None:
        if "client_assertion" in form:
            refused = assertions.refused(self.issuer, request, tenant, identity, form)
            return self._error(request, 401, "invalid_client", *refused) if refused else None
        if "client_secret" not in form:
            return self._error(
                request,
                401,
                "invalid_client",
                7000216,
                "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
            )
        known = [secret for secret in identity.secrets if secret.value == form["client_secret"]]
        if not known:
            return self._error(
                request,
                401,
                "invalid_client",
                7000215,
                "Invalid client secret provided. Ensure the secret being sent in the request is the client "
                f"secret value, not the client secret ID, for a secret added to app '{identity.client_id}'.",
            )
        if all(secret.expires is not None and secret.expires <= datetime.now(UTC) for secret in known):
            return self._error(
                request,
                401,
                "invalid_client",
                7000222,
                f"The provided client secret keys for app '{identity.client_id}' are expired. Visit the "
                "Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider "
                "using certificate credentials for added security: https://aka.ms/certCreds.",
            )
        return None

    def _issue(self, request: Request, identity: Identity, scope: str) -> Answer:
        if identity.refused:
            error, text = _REFUSALS[identity.refused]
            told = text.format(client=identity.client_id, name=identity.name)
            return self._error(request, 400, error, identity.refused, told)
        resource, default, _ = scope.partition("/.default")
        audience = self._audience(resource)
        if not default:
            return self._error(
                request,
                400,
                "invalid_scope",
                1002012,
                f"The provided value for scope {scope} is not valid. Client credential flows must have a "
                "scope value with /.default suffixed to the resource identifier (application ID URI).",
            )
        if audience is None:
            return self._error(
                request,
                400,
                "invalid_resource",
                500011,
                f"The resource principal named {resource} was not found in the tenant named "
                f"{identity.tenant_id}. This can happen if the application has not been installed by the "
                "administrator of the tenant or consented to by any user in the tenant. You might have "
                "sent your authentication request to the wrong tenant.",
            )
        lifetime = self._behaviour.token_lifetime
        token = self._issued(identity, audience)
        return Answer(
            200,
            {
                "token_type": "Bearer",
                "expires_in": lifetime,
                "ext_expires_in": lifetime,
                "access_token": token,
            },
            {"Cache-Control": "no-store, no-cache"},
        )

    def _audience(self, resource: str) -> str | None:
        """The service that a token is asked for; None: there is none of this name."""
        bare = resource.rstrip("/")
        # A client that is pointed here may also ask for the stand-in itself; Graph and ARM both accept that.
        return bare if bare == self._origin else self._resources.get(bare)

    def _issued(self, identity: Identity, audience: str) -> str:
        roles = identity.permissions if audience in (_GRAPH_AUDIENCE, self._origin) else frozenset()
        return self._tokens.issue(identity, audience, roles, self._behaviour.token_lifetime)

    def _issue_to_machine(self, identity: Identity, resource: str) -> str | None:
        audience = self._audience(resource)
        return self._issued(identity, audience) if audience else None

    def _unknown_tenant(self, request: Request, name: str) -> Answer:
        return self._error(
            request,
            400,
            "invalid_tenant",
            90002,
            f"Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing "
            "into the correct cloud. Check with your subscription administrator, this may happen if there "
            "are no active subscriptions for the tenant.",
        )

    def _error(self, request: Request, status: int, error: str, code: int, text: str) -> Answer:
        trace = request.id
        correlation = request.headers.get("client-request-id") or str(uuid.uuid4())
        moment = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
        return Answer(
            status,
            {
                "error": error,
                "error_description": f"AADSTS{code}: {text} Trace ID: {trace} Correlation ID: {correlation} "
                f"Timestamp: {moment}",
                "error_codes": [code],
                "timestamp": moment,
                "trace_id": trace,
                "correlation_id": correlation,
                "error_uri": f"{request.origin}/error?code={code}",
            },
        )
