"""Signing in: once for each audience, and one understandable reason where it fails, without the secret."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.tenant import (
    IVR_ACCOUNT,
    TENANT,
    Behaviour,
    Evidently,
    Fault,
    Scenario,
    agent,
    broken,
    healthy,
    impatient,
    invented,
    reading,
)
from tpe_audit import facts
from tpe_audit.collectors import TABLE, Question
from tpe_audit.facts import Gap, Known
from tpe_audit.simulator import SCENARIOS, SimulatedTenant, serve
from tpe_audit.simulator.state import Secret
from tpe_audit.sources.credentials import SignIn
from tpe_audit.sources.errors import SignInFailed
from tpe_audit.sources.kinds import InThread

SECRET = "Wr0ng~Secret.Of-The~Auditor_0123456789ab"
OTHER = invented("some", "other")
OF_TEAMS: list[Question] = [
    (facts.Tenant, facts.AcsServicePrincipal),
    (facts.Tenant, facts.SubscribedSkus),
    (facts.ResourceAccount, facts.PhoneNumber),
    (facts.Agent, facts.TeamsUser),
]
OF_AZURE: list[Question] = [(facts.ResourceAccount, facts.AcsResource), (facts.ResourceAccount, facts.ServerConsent)]


def settings(part: str, **values: Any) -> Any:
    """A change of `[part.credential]`; `tenant_id` goes to `[part]`."""

    def change(tenant: SimulatedTenant, data: dict[str, Any]) -> None:
        for name, value in values.items():
            place = data[part] if name == "tenant_id" else data[part]["credential"]
            place[name] = value

    return change


def expired(scenario: Scenario) -> Scenario:
    gone = Secret(SECRET, datetime(2024, 1, 1, tzinfo=UTC))
    return scenario.change("identities", secrets=(gone,))


@pytest.mark.parametrize(
    ("scenario", "values", "said"),
    [
        (healthy(), {"client_secret": SECRET}, "Invalid client secret"),
        (expired(healthy()), {"client_secret": SECRET}, "are expired"),
        (healthy(), {"client_id": OTHER}, "was not found in the directory"),
        (healthy(), {"tenant_id": OTHER}, OTHER),
    ],
    ids=["wrong secret", "expired secret", "unknown application", "unknown tenant"],
)
async def test_without_a_token_all_of_the_tenant_is_unread_for_one_reason(
    scenario: Scenario, values: dict[str, str], said: str
) -> None:
    async with reading(scenario, change=settings("teams", **values)) as read:
        evidence = await read(*OF_TEAMS, *OF_AZURE)
        gaps = [answer for answer in evidence.evidence.answers.values() if isinstance(answer, Gap)]
        gaps += evidence.evidence.unread.values()
        assert gaps
        assert not [
            answer
            for (fact, _), answer in evidence.evidence.answers.items()
            if isinstance(answer, Known) and fact in {fact for _, fact in OF_TEAMS}
        ]
        reasons = {gap.reason for gap in gaps}
        assert all(said in reason for reason in reasons)
        assert all(reason.startswith("Signing in to the Teams tenant failed: ") for reason in reasons)
        assert not any(SECRET in reason or "Trace ID" in reason or "\n" in reason for reason in reasons)
        # One audience each: the services are not asked without a token, nor is Entra asked again.
        assert len(read.sign_ins) <= 2
        assert not read.requests
        states = {report.source: report for report in read.sources.reports()}
        assert (states["graph"].state, said in states["graph"].reason) == ("failed", True)


async def test_the_teams_tenant_is_read_where_the_azure_tenant_refuses() -> None:
    change = settings("azure", client_secret=SECRET)
    async with reading(SCENARIOS["healthy-two-tenants"](), change=change) as read:
        evidence = await read(*OF_TEAMS, *OF_AZURE)
    evidence.known(facts.AcsServicePrincipal, TENANT)
    evidence.known(facts.PhoneNumber, IVR_ACCOUNT)
    evidence.known(facts.TeamsUser, agent("adele"))
    for fact in (facts.AcsResource, facts.ServerConsent):
        assert "Signing in to the Azure tenant failed" in evidence.gap(fact, IVR_ACCOUNT).reason


async def test_the_azure_tenant_is_read_where_the_teams_tenant_refuses() -> None:
    change = settings("teams", client_secret=SECRET)
    async with reading(SCENARIOS["healthy-two-tenants"](), change=change) as read:
        evidence = await read(*OF_TEAMS, (facts.AcsResource, facts.AcsResource))
    (answer,) = evidence.found(facts.AcsResource).values()
    assert isinstance(answer, Known)
    assert "Signing in to the Teams tenant failed" in evidence.gap(facts.AcsServicePrincipal, TENANT).reason


async def test_a_token_is_asked_for_once_for_each_audience() -> None:
    async with reading() as read:
        await read(*OF_TEAMS, *OF_AZURE)
        assert len(read.sign_ins) == 3


async def test_two_tenants_are_signed_in_to_separately() -> None:
    async with reading(SCENARIOS["healthy-two-tenants"]()) as read:
        await read(*OF_TEAMS, *OF_AZURE)
        assert sorted(request.path.split("/")[1] for request in read.sign_ins) == sorted(
            [read.config.teams.tenant_id, read.config.azure_tenant_id, read.config.azure_tenant_id]
        )


async def test_signing_in_that_fails_for_a_moment_is_tried_again() -> None:
    async with reading(healthy(), broken(Fault("/oauth2/v2.0/token", status=503, times=1))) as read:
        (await read(OF_TEAMS[0])).known(facts.AcsServicePrincipal, TENANT)


async def test_a_person_may_take_longer_to_sign_in_than_a_request_may_take() -> None:
    scenario = impatient(healthy(), request_timeout=0.2)
    async with reading(scenario) as read:
        read.tenant.behaviour.faults.append(Fault("/oauth2/v2.0/token", stall=0.15))
        read.tenant.behaviour.faults.append(Fault("openid-configuration", stall=0.15))
        (await read(OF_TEAMS[0])).known(facts.AcsServicePrincipal, TENANT)
        assert not [request for request in read.sources.ledger.requests if request.status is None]


# --- certificates --------------------------------------------------------------------------------------


def certificate(password: bytes | None = None) -> tuple[str, bytes]:
    """A certificate, and the file with its key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "auditor")])
    now = datetime.now(UTC)
    own = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    public = own.public_bytes(serialization.Encoding.PEM)
    locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    return public.decode(), private + public


async def with_certificate(file: Path, *known: str, password: str | None = None) -> Evidently:
    def change(tenant: SimulatedTenant, data: dict[str, Any]) -> None:
        credential = data["teams"]["credential"]
        data["teams"]["credential"] = {
            "kind": "certificate",
            "client_id": credential["client_id"],
            "certificate_path": str(file),
            **({"certificate_password": password} if password else {}),
        }

    async with reading(healthy().change("identities", certificates=known), change=change) as read:
        return await read(OF_TEAMS[0])


@pytest.mark.parametrize("password", [None, "Pa55~word"])
async def test_a_certificate_signs_in(tmp_path: Path, password: str | None) -> None:
    public, pair = certificate(password.encode() if password else None)
    file = tmp_path / "auditor.pem"
    file.write_bytes(pair)
    (await with_certificate(file, public, password=password)).known(facts.AcsServicePrincipal, TENANT)


async def test_a_certificate_that_can_not_be_used_says_why(tmp_path: Path) -> None:
    public, pair = certificate(b"Pa55~word")
    locked, broken_file = tmp_path / "locked.pem", tmp_path / "broken.pem"
    locked.write_bytes(pair)
    broken_file.write_text("-----BEGIN NONSENSE-----")
    for file, password in ((locked, "wr0ng~word"), (locked, None), (broken_file, None), (tmp_path / "none.pem", None)):
        evidence = await with_certificate(file, public, password=password)
        reason = evidence.gap(facts.AcsServicePrincipal, TENANT).reason
        assert reason.startswith("Signing in to the Teams tenant failed: ")
        assert not [secret for secret in ("Pa55~word", "wr0ng~word") if secret in reason]


async def test_a_certificate_that_entra_does_not_know_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "stranger.pem"
    file.write_bytes(certificate()[1])
    evidence = await with_certificate(file, certificate()[0])
    assert "AADSTS700027" in evidence.gap(facts.AcsServicePrincipal, TENANT).reason


async def test_an_authority_of_nobodys_certificate_is_not_believed() -> None:
    with serve(healthy()) as other:

        def change(tenant: SimulatedTenant, data: dict[str, Any]) -> None:
            data["endpoints"]["authority"] = other.url

        async with reading(impatient(healthy(), deadline=0.4), change=change) as read:
            (await read(OF_TEAMS[0])).gap(facts.AcsServicePrincipal, TENANT)
        assert not other.requests


# --- people --------------------------------------------------------------------------------------------


class Person:
    """Signs in by hand, as azure-identity's interactive credentials do: a call that blocks."""

    def __init__(self, answer: AccessToken | Exception, seconds: float = 0) -> None:
        self.answer = answer
        self.gives_up = threading.Event()
        self.seconds = seconds

    def get_token(self, *scopes: str, **options: object) -> AccessToken:
        assert scopes
        assert not options
        self.gives_up.wait(self.seconds)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def close(self) -> None:
        self.gives_up.set()


def in_person(person: Person) -> SignIn:
    return SignIn(InThread(person), TENANT.id, "the Teams tenant")


async def test_a_person_signs_in_while_others_go_on() -> None:
    identity = in_person(Person(AccessToken("token", 2**31), seconds=0.1))
    turns = 0
    asking = asyncio.ensure_future(identity.get_token("scope", enable_cae=True))
    while not asking.done():
        turns += 1
        await asyncio.sleep(0.01)
    assert turns > 2
    assert (await asking).token == "token"
    await identity.close()


async def test_a_person_who_refuses_is_a_reason() -> None:
    identity = in_person(Person(ClientAuthenticationError("AADSTS65004: declined")))
    with pytest.raises(SignInFailed, match="AADSTS65004"):
        await identity.ready("scope", asyncio.get_running_loop().time() + 5)


def test_nobody_waits_for_a_person_when_time_is_up() -> None:
    person = Person(AccessToken("token", 2**31), seconds=30)

    async def audit() -> None:
        identity = in_person(person)
        with pytest.raises(SignInFailed, match="took longer"):
            await identity.ready("scope", asyncio.get_running_loop().time() + 0.05)
        # Interrupted, nobody closes the browser's half.
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task():
                task.cancel()

    began = time.monotonic()
    asyncio.run(audit())
    assert time.monotonic() - began < 5
    person.close()


# --- what must not leak --------------------------------------------------------------------------------


def texts(value: object) -> list[str]:
    """Every text in evidence, however deep."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in texts(part)]
    if isinstance(value, list | tuple | set | frozenset):
        return [text for part in value for text in texts(part)]
    if is_dataclass(value) and not isinstance(value, type):
        return [text for field in fields(value) for text in texts(getattr(value, field.name))]
    return []


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(),
        broken(Fault("/v1.0/users", drop=True), Fault("/subscriptions", cut=5), Fault("/access/", status=500)),
        broken(Fault("/oauth2/v2.0/token", status=400, body={"error": "invalid_client", "error_description": "no"})),
        broken(
            Fault(
                "/v1.0/",
                status=403,
                body={
                    "error": {"code": "No", "message": "Bearer eyJhbGciOiJub25l.eyJzdWIiOiJh.c2ln said password=Pa55"}
                },
            )
        ),
    ],
    ids=["healthy", "broken", "refused", "echoing"],
)
async def test_no_token_or_secret_is_in_evidence_or_log(behaviour: Behaviour, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("tpe_audit", "azure", "msal", "httpx", "httpcore", "aiohttp"):
        caplog.set_level(logging.DEBUG, name)
    async with reading(impatient(healthy(), deadline=1), behaviour) as read:
        evidence = await read(*TABLE)
        reports = read.sources.reports()
        secrets = read.tenant.issued
    assert secrets
    told = [*texts(evidence.evidence), *texts(reports), *(record.getMessage() for record in caplog.records)]
    told += [record.exc_text or "" for record in caplog.records]
    assert told
    for text in told:
        assert not [secret for secret in secrets if secret in text]
        assert "eyJ" not in text
        assert "Pa55" not in text
    assert not [secret for secret in secrets if secret in repr(read.config)]


async def test_what_looks_like_a_secret_in_an_error_is_masked() -> None:
    message = "Bearer eyJhbGciOiJub25l.eyJzdWIiOiJh.c2ln; AccountKey=c2VjcmV0; client_secret=abc~def&x=1"
    fault = Fault("/subscribedSkus", status=403, body={"error": {"code": "Forbidden", "message": message}})
    async with reading(healthy(), broken(fault)) as read:
        reason = (await read((facts.Tenant, facts.SubscribedSkus))).gap(facts.SubscribedSkus, TENANT).reason
    assert "[masked]" in reason
    assert not [part for part in ("eyJ", "c2VjcmV0", "abc~def") if part in reason]
