"""Sign-in: through azure-identity, and as Entra words what it refuses."""

from __future__ import annotations

import datetime

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential, ClientSecretCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.simulator.client import ACS, ARM, GRAPH, Client, settle, with_identity
from tpe_audit.simulator import SCENARIOS, SimulatedTenant, serve
from tpe_audit.simulator.state import Secret


def _credential(tenant: SimulatedTenant, secret: str) -> ClientSecretCredential:
    teams = tenant.config["teams"]
    return ClientSecretCredential(
        teams["tenant_id"],
        teams["credential"]["client_id"],
        secret,
        authority=tenant.url,
        disable_instance_discovery=True,
        connection_verify=str(tenant.ca_bundle),
        retry_total=0,
    )


def test_a_secret_signs_in_for_every_service(tenant: SimulatedTenant) -> None:
    (secret,) = tenant.secrets.values()
    with _credential(tenant, secret) as credential:
        tokens = [credential.get_token(scope).token for scope in (GRAPH, ARM, ACS)]
    assert len(set(tokens)) == 3
    assert set(tokens) <= tenant.issued
    assert all(token.count(".") == 2 for token in tokens)


async def test_the_asynchronous_credential_signs_in(tenant: SimulatedTenant) -> None:
    teams, (secret,) = tenant.config["teams"], tenant.secrets.values()
    async with AsyncClientSecretCredential(
        teams["tenant_id"],
        teams["credential"]["client_id"],
        secret,
        authority=tenant.url,
        disable_instance_discovery=True,
        connection_verify=str(tenant.ca_bundle),
    ) as credential:
        assert (await credential.get_token(GRAPH)).token in tenant.issued
    await settle()


def test_a_wrong_secret_is_refused_as_entra_does(tenant: SimulatedTenant, client: Client) -> None:
    with (
        _credential(tenant, "wrong") as credential,
        pytest.raises(ClientAuthenticationError, match="AADSTS7000215: Invalid client secret provided"),
    ):
        credential.get_token(GRAPH)
    answer = client.sign_in(client_secret="wrong")
    assert answer.status_code == 401
    body = answer.json()
    assert body["error"] == "invalid_client"
    assert body["error_codes"] == [7000215]
    assert {"timestamp", "trace_id", "correlation_id"} <= body.keys()


def test_refusals(client: Client) -> None:
    other = "00000000-0000-0000-0000-000000000001"
    cases = [
        (client.sign_in(client_id=other), 400, 700016),
        (client.sign_in(tenant_id=other), 400, 90002),
        (client.sign_in(client_secret=""), 401, 7000216),
        (client.sign_in(scope="https://graph.microsoft.com/User.Read"), 400, 1002012),
        (client.sign_in(scope="https://vault.azure.net/.default"), 400, 500011),
        (client.sign_in(grant_type="password"), 400, 70003),
        (client.http.get(f"/{client.tenant_id}/oauth2/v2.0/token"), 400, 900561),
        (client.http.get(f"/{other}/v2.0/.well-known/openid-configuration"), 400, 90002),
    ]
    for answer, status, code in cases:
        assert (answer.status_code, answer.json()["error_codes"]) == (status, [code])
        assert f"AADSTS{code}" in answer.json()["error_description"]


def test_the_server_is_a_resource_itself(client: Client) -> None:
    scope = f"{client.tenant.url}/.default"
    assert client.get(scope, "/v1.0/organization").status_code == 200
    assert client.get(scope, "/subscriptions", query={"api-version": "2022-12-01"}).status_code == 200


def test_an_expired_secret_is_refused() -> None:
    long_gone = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    scenario = with_identity(SCENARIOS["healthy"](), secrets=(Secret("expired-one", long_gone),))
    with serve(scenario) as tenant, Client(tenant) as client:
        answer = client.sign_in(client_secret="expired-one")
    assert answer.json()["error_codes"] == [7000222]
    assert "expired-one" in tenant.issued


def test_discovery_names_this_server(client: Client) -> None:
    configuration = client.http.get(f"/{client.tenant_id}/v2.0/.well-known/openid-configuration").json()
    assert configuration["token_endpoint"] == f"{client.tenant.url}/{client.tenant_id}/oauth2/v2.0/token"
    assert configuration["issuer"].endswith("/v2.0")
    assert configuration["authorization_endpoint"].startswith(client.tenant.url)
    instances = client.http.get("/common/discovery/instance").json()
    assert instances["metadata"][0]["preferred_network"] == client.tenant.url.removeprefix("https://")


def _certificate() -> tuple[str, bytes]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "auditor")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return public.decode(), private + public


def test_a_registered_certificate_signs_in_and_another_does_not() -> None:
    public, pair = _certificate()
    _, stranger = _certificate()
    with serve(with_identity(SCENARIOS["healthy"](), certificates=(public,))) as tenant:
        teams = tenant.config["teams"]

        def sign_in(data: bytes) -> str:
            with CertificateCredential(
                teams["tenant_id"],
                teams["credential"]["client_id"],
                certificate_data=data,
                authority=tenant.url,
                disable_instance_discovery=True,
                connection_verify=str(tenant.ca_bundle),
                retry_total=0,
            ) as credential:
                return credential.get_token(GRAPH).token

        assert sign_in(pair) in tenant.issued
        with pytest.raises(ClientAuthenticationError, match="AADSTS700027"):
            sign_in(stranger)
