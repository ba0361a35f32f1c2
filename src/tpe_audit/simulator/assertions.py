"""What proves an application to Entra without a secret: an assertion signed by its certificate, or by another party.

Microsoft Learn, "Microsoft identity platform application authentication certificate credentials" and "Workload
identity federation".
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tpe_audit.simulator.state import Identity, Tenant
from tpe_audit.simulator.web import Answer, Request

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

Refusal = tuple[int, str]
"""An AADSTS code and its text."""


class Issuer:
    """The other party whose tokens Entra takes: GitHub's service for the jobs of a repository."""

    PATH = "/github/idtoken"
    REQUEST_TOKEN = "simulated-request-token"  # noqa: S105 - of an invented job

    def __init__(self, origin: str, subject: str = "repo:contoso/tpe-audit:ref:refs/heads/main") -> None:
        self.url = f"{origin}/github"
        self.subject = subject
        self._origin = origin

    @property
    def environment(self) -> Mapping[str, str]:
        """What a job finds in its environment."""
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self._origin}{self.PATH}?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": self.REQUEST_TOKEN,
        }

    @cached_property
    def _key(self) -> RSAPrivateKey:
        from cryptography.hazmat.primitives.asymmetric import rsa

        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def token(self, audience: str = "api://AzureADTokenExchange", subject: str = "") -> str:
        """An identity token of a job."""
        import jwt

        now = int(time.time())
        claims = {"iss": self.url, "sub": subject or self.subject, "aud": audience, "iat": now, "exp": now + 300}
        return jwt.encode(claims, self._key, algorithm="RS256")

    def answer(self, request: Request) -> Answer | None:
        """The answer to a job that asks for its identity token, or None where it asks for something else."""
        if request.path != self.PATH:
            return None
        if request.bearer != self.REQUEST_TOKEN:
            return Answer(401, {"message": "The request token is not valid."})
        return Answer(
            200, {"count": 1, "value": self.token(request.query.get("audience", "https://github.com/contoso"))}
        )

    def refusal(self, assertion: str, identity: Identity) -> Refusal | None:
        """Why a token of this party does not prove an application; None if it does."""
        import jwt

        try:
            claims: dict[str, Any] = jwt.decode(
                assertion, self._key.public_key(), algorithms=["RS256"], options={"verify_aud": False}
            )
        except jwt.ExpiredSignatureError:
            return 700024, "Client assertion is not within its valid time range."
        except jwt.PyJWTError as error:
            return 7000272, f"The signature of the presented assertion can't be verified: {type(error).__name__}."
        told = f"presented assertion subject '{claims['sub']}'"
        ours = [item for item in identity.federated if item.issuer == claims["iss"]]
        if not ours:
            return (
                700211,
                f"No matching federated identity record found for presented assertion issuer '{claims['iss']}'.",
            )
        ours = [item for item in ours if item.subject == claims["sub"]]
        if not ours:
            return 700213, f"No matching federated identity record found for {told}."
        if not any(item.audience == claims["aud"] for item in ours):
            return (
                700212,
                f"No matching federated identity record found for presented assertion audience '{claims['aud']}'.",
            )
        return None


def refused(
    issuer: Issuer, request: Request, tenant: Tenant, identity: Identity, form: Mapping[str, str]
) -> Refusal | None:
    """Why an assertion does not prove an application; None if it does."""
    # Only who signs in with an assertion needs it, and it is slow to import.
    import jwt

    assertion = form["client_assertion"]
    if form.get("client_assertion_type") != TYPE:
        return 90015, "Requested query string is too long or invalid."
    try:
        header: dict[str, Any] = jwt.get_unverified_header(assertion)
        claims = json.loads(base64.urlsafe_b64decode(assertion.split(".")[1] + "=="))
    except (jwt.PyJWTError, ValueError):
        return 50027, "JWT token is invalid or malformed."
    if claims.get("iss") == issuer.url:
        return issuer.refusal(assertion, identity)
    return _refused_by_certificate(request, tenant, identity, form, header)


def _refused_by_certificate(
    request: Request, tenant: Tenant, identity: Identity, form: Mapping[str, str], header: Mapping[str, Any]
) -> Refusal | None:
    import jwt
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    thumbprints = {str(header.get(name, "")).rstrip("=") for name in ("x5t", "x5t#S256")} - {""}
    known = [x509.load_pem_x509_certificate(pem.encode()) for pem in identity.certificates]
    # Sent along, a certificate may be known by its subject's name. Whose signature it bears is not looked at here.
    known += [certificate for certificate in _sent(header) if _common_name(certificate) in identity.subject_names]
    for certificate in known:
        own = {
            base64.urlsafe_b64encode(certificate.fingerprint(algorithm)).decode().rstrip("=")
            for algorithm in (hashes.SHA1(), hashes.SHA256())  # noqa: S303 - Entra's x5t is SHA-1
        }
        if not own & thumbprints:
            continue
        base = f"{request.origin}/{tenant.id}"
        try:
            jwt.decode(
                form["client_assertion"],
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
            return 700023, "Client assertion audience claim does not match Realm issuer."
        except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError):
            return 700024, "Client assertion is not within its valid time range."
        except jwt.PyJWTError as error:
            return 700027, f"Client assertion failed signature validation. [Reason - {type(error).__name__}.]"
        return None
    return (
        700027,
        (
            "The certificate with identifier used to sign the client assertion is not registered on application. "
            f"[Reason - The key was not found., Thumbprint of key used by client: '{', '.join(sorted(thumbprints))}'.]"
        ),
    )


def _sent(header: Mapping[str, Any]) -> list[x509.Certificate]:
    from cryptography import x509

    return [x509.load_der_x509_certificate(base64.b64decode(text)) for text in header.get("x5c", [])]


def _common_name(certificate: x509.Certificate) -> str:
    from cryptography.x509.oid import NameOID

    return "".join(str(item.value) for item in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME))
