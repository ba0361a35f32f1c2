"""Entra ID: discovery documents and the client-credentials grant.

Microsoft Learn, "OAuth 2.0 client credentials flow" and "Microsoft Entra authentication and authorization
error codes". A public answer of Entra carries a timestamp, a trace id and a correlation id; so do these.
"""

from __future__ import annotations

import base64
import time
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from tpe_audit.simulator import well_known
from tpe_audit.simulator.behaviour import Behaviour
from tpe_audit.simulator.state import Identity, State, Tenant
from tpe_audit.simulator.tokens import Tokens
from tpe_audit.simulator.web import Answer, Request

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_RESOURCES = {
    "https://graph.microsoft.com": "https://graph.microsoft.com",
    well_known.GRAPH: "https://graph.microsoft.com",
    "https://management.azure.com": "https://management.azure.com",
    "https://management.core.windows.net": "https://management.azure.com",
    "https://communication.azure.com": "https://communication.azure.com",
    well_known.TEAMS_ADMIN_API: well_known.TEAMS_ADMIN_API,
}
_GRAPH_AUDIENCE = "https://graph.microsoft.com"


class Entra:
    """Sign-in for every tenant of the state."""

    def __init__(
        self, state: State, tokens: Tokens, behaviour: Behaviour, environments: frozenset[str] = frozenset()
    ) -> None:
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
        parts = [part for part in request.path.split("/") if part]
        if parts[-2:] == ["discovery", "instance"]:
            return self._instances(request)
        if parts[-2:] == [".well-known", "openid-configuration"]:
            return self._configuration(request, parts[0])
        if parts[1:] in (["oauth2", "v2.0", "token"], ["oauth2", "token"]):
            return self._token(request, parts[0])
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
        if form.get("grant_type") != "client_credentials":
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
        refusal = self._refusal(request, tenant, identity, form)
        return refusal or self._issue(request, identity, form.get("scope") or form.get("resource", ""))

    def _refusal(self, request: Request, tenant: Tenant, identity: Identity, form: dict[str, str]) -> Answer | None:
        if "client_assertion" in form:
            return self._refused_assertion(request, tenant, identity, form)
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

    def _refused_assertion(
        self, request: Request, tenant: Tenant, identity: Identity, form: dict[str, str]
    ) -> Answer | None:
        # Only who signs in with a certificate needs these, and they are slow to import.
        import jwt
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes

        assertion = form["client_assertion"]
        if form.get("client_assertion_type") != _ASSERTION_TYPE:
            return self._error(request, 400, "invalid_request", 90015, "Requested query string is too long or invalid.")
        try:
            header: dict[str, Any] = jwt.get_unverified_header(assertion)
        except jwt.PyJWTError:
            return self._error(request, 401, "invalid_client", 50027, "JWT token is invalid or malformed.")
        thumbprints = {
            str(header.get("x5t", "")).rstrip("="),
            str(header.get("x5t#S256", "")).rstrip("="),
        } - {""}
        for pem in identity.certificates:
            certificate = x509.load_pem_x509_certificate(pem.encode())
            own = {
                base64.urlsafe_b64encode(certificate.fingerprint(algorithm)).decode().rstrip("=")
                for algorithm in (hashes.SHA1(), hashes.SHA256())  # noqa: S303 - Entra's x5t is SHA-1
            }
            if not own & thumbprints:
                continue
            base = f"{request.origin}/{tenant.id}"
            try:
                jwt.decode(
                    assertion,
                    key=certificate.public_key(),  # type: ignore[arg-type]
                    algorithms=["RS256", "PS256"],
                    audience=[
                        f"{base}/oauth2/v2.0/token",
                        f"{base}/v2.0",
                        f"{request.origin}/{tenant.domain}/oauth2/v2.0/token",
                    ],
                    issuer=form.get("client_id"),
                    subject=form.get("client_id"),
                    options={"require": ["exp", "aud", "iss", "sub"]},
                )
            except jwt.InvalidAudienceError:
                return self._error(
                    request,
                    401,
                    "invalid_client",
                    700023,
                    "Client assertion audience claim does not match Realm issuer.",
                )
            except jwt.PyJWTError as error:
                return self._error(
                    request,
                    401,
                    "invalid_client",
                    700027,
                    f"Client assertion failed signature validation. [Reason - {type(error).__name__}.]",
                )
            return None
        return self._error(
            request,
            401,
            "invalid_client",
            700027,
            "The certificate with identifier used to sign the client assertion is not registered on "
            "application. [Reason - The key was not found., Thumbprint of key used by client: "
            f"'{', '.join(sorted(thumbprints))}'.]",
        )

    def _issue(self, request: Request, identity: Identity, scope: str) -> Answer:
        resource, default, _ = scope.partition("/.default")
        # A client that is pointed here may also ask for the stand-in itself; Graph and ARM both accept that.
        own = resource.rstrip("/") == request.origin
        audience = resource.rstrip("/") if own else self._resources.get(resource.rstrip("/"))
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
        roles = identity.permissions if audience in (_GRAPH_AUDIENCE, request.origin) else frozenset()
        lifetime = self._behaviour.token_lifetime
        token = self._tokens.issue(identity, audience, roles, lifetime)
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
