"""Every kind of credential signs in, through the real azure-identity, or says what to do."""

from __future__ import annotations

import asyncio
import inspect
import os
import re
import sys
import threading
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from tests.proxy import proxy
from tests.sources.test_sign_in import certificate
from tests.tenant import TENANT, Evidently, Scenario, healthy, impatient
from tpe_audit import facts
from tpe_audit.collectors import Question
from tpe_audit.commands.demo import with_secrets
from tpe_audit.commands.meant import deployment
from tpe_audit.config import of_mapping
from tpe_audit.gather import gather
from tpe_audit.simulator import SCENARIOS, SimulatedTenant, serve
from tpe_audit.simulator.state import FederatedCredential
from tpe_audit.sources import remembered, signed_in

OF_GRAPH: Question = (facts.Tenant, facts.AcsServicePrincipal)
OF_AZURE: Question = (facts.AcsResource, facts.AcsResource)
KIM = "kim@contoso.com"
REPOSITORY = "repo:contoso/tpe-audit:ref:refs/heads/main"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine signs in, and nothing is remembered on it."""
    for name in list(os.environ):
        if name.upper().startswith(("AZURE_", "IDENTITY_", "MSI_", "ACTIONS_", "GITHUB_")) or "_PROXY" in name.upper():
            monkeypatch.delenv(name)
    for name in ("no_proxy", "http_proxy", "https_proxy", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def with_kind(kind: str, **values: Any) -> Callable[[dict[str, Any]], None]:
    """A configuration whose credential for both tenants is this one; `client_id=None` leaves it out."""

    def change(data: dict[str, Any]) -> None:
        table = {"kind": kind, "client_id": data["teams"]["credential"]["client_id"], **values}
        data["teams"]["credential"] = {key: value for key, value in table.items() if value is not None}
        data.get("azure", {}).pop("credential", None)

    return change


@asynccontextmanager
async def served(scenario: Scenario) -> AsyncIterator[SimulatedTenant]:
    with serve(scenario) as tenant:
        yield tenant


async def read(
    tenant: SimulatedTenant,
    change: Callable[[dict[str, Any]], None],
    *wanted: Question,
    proxies: bool = False,
) -> Evidently:
    data = with_secrets(tenant.config, tenant.secrets)
    change(data)
    config = of_mapping(data, Path.cwd())
    async with signed_in(config, proxies=proxies) as sources:
        gathered = await gather(wanted or (OF_GRAPH,), sources, deployment(config), datetime.now(UTC))
    # aiohttp closes its TLS connections a moment after the session.
    await asyncio.sleep(0.05)
    return Evidently(gathered)


def reason(evidence: Evidently) -> str:
    return evidence.gap(facts.AcsServicePrincipal, TENANT).reason


def of_kim(**changes: Any) -> Scenario:
    """The auditor's application, with which a person signs in."""
    return healthy().change("identities", user=KIM, **changes)


def sign_ins(tenant: SimulatedTenant, part: str = "/token") -> int:
    return sum(recorded.method == "POST" and recorded.path.endswith(part) for recorded in tenant.requests)


# --- persons ------------------------------------------------------------------------------------------------


async def test_a_person_signs_in_once_by_a_code_for_all_services(capsys: pytest.CaptureFixture[str]) -> None:
    async with served(of_kim()) as tenant:
        evidence = await read(tenant, with_kind("device-code"), OF_GRAPH, OF_AZURE)
        asked = sign_ins(tenant, "/devicecode")
    evidence.known(facts.AcsServicePrincipal, TENANT)
    assert evidence.found(facts.AcsResource)
    shown = capsys.readouterr()
    assert asked == 1
    assert shown.out == ""
    assert re.search(
        r"To sign in to the Teams tenant \([0-9a-f-]+\), open https://\S+ and enter the code \w+", shown.err
    )


def person_in_a_browser(url: str, ca: str) -> None:
    import ssl

    page = httpx.get(url, verify=ssl.create_default_context(cafile=ca)).text
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    action = re.search(r'action="([^"]+)"', page)
    assert action
    body = urllib.parse.urlencode(fields).encode()
    urllib.request.urlopen(action[1], body).read()  # noqa: S310 - the program's own address on loopback


async def test_a_person_signs_in_with_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    async with served(of_kim()) as tenant:

        def open_browser(url: str) -> bool:
            opened.append(url)
            threading.Thread(target=person_in_a_browser, args=(url, str(tenant.ca_bundle)), daemon=True).start()
            return True

        monkeypatch.setattr("azure.identity._credentials.browser._open_browser", open_browser)
        evidence = await read(tenant, with_kind("browser"), OF_GRAPH, OF_AZURE)
    evidence.known(facts.AcsServicePrincipal, TENANT)
    assert len(opened) == 1


async def test_without_a_browser_the_other_kind_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_browser(url: str) -> bool:
        # azure-identity leaves the server open on which it would have waited.
        frame = inspect.currentframe()
        assert frame
        assert frame.f_back
        frame.f_back.f_locals["server"].server_close()
        return False

    monkeypatch.setattr("azure.identity._credentials.browser._open_browser", no_browser)
    async with served(of_kim()) as tenant:
        evidence = await read(tenant, with_kind("browser"))
    assert 'Use kind = "device-code"' in reason(evidence)


async def test_an_application_that_is_not_public_lets_nobody_sign_in() -> None:
    async with served(healthy()) as tenant:
        evidence = await read(tenant, with_kind("device-code"))
    assert "AADSTS7000218" in reason(evidence)
    assert "Allow public client flows" in reason(evidence)


async def test_a_sign_in_is_kept_only_where_it_is_encrypted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def none(location: str) -> None:
        raise ImportError("libsecret")

    monkeypatch.setattr("msal_extensions.build_encrypted_persistence", none)
    async with served(of_kim()) as tenant:
        evidence = await read(tenant, with_kind("device-code", remember=True))
    evidence.known(facts.AcsServicePrincipal, TENANT)
    assert "no store that encrypts" in capsys.readouterr().err
    assert not list(tmp_path.glob(".config/tpe-audit/*.json"))  # noqa: ASYNC240 - nothing else is going on


class Kept:
    """A credential that counts how often a person was asked."""

    def __init__(self, record: Any, **options: Any) -> None:
        self.asked = 0
        self.record = record
        self.options = options

    def authenticate(self, scopes: Any) -> Any:
        self.asked += 1
        return self.record

    def get_token(self, *scopes: str) -> str:
        return "token"


def test_the_account_is_remembered_and_nothing_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from azure.identity import AuthenticationRecord

    from tpe_audit.config import Credential

    monkeypatch.setattr(remembered, "folder", lambda: tmp_path)
    record = AuthenticationRecord(TENANT.id, "client", "login.microsoftonline.com", "home", KIM)
    given = Credential(kind="browser", client_id=TENANT.id)
    first = remembered.Remembering(lambda **options: Kept(record, **options), given, TENANT.id)
    first.get_token("scope")
    first.get_token("other")
    assert first._credential.asked == 1
    (file,) = tmp_path.iterdir()
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
    second = remembered.Remembering(lambda **options: Kept(record, **options), given, TENANT.id)
    second.get_token("scope")
    assert second._credential.asked == 0
    assert second._credential.options["authentication_record"].username == KIM


# --- applications -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("password", [None, "Pa55~word"])
async def test_a_certificate_may_be_a_pkcs12_file(tmp_path: Path, password: str | None) -> None:
    public, pair = certificate()
    key: Any = serialization.load_pem_private_key(pair, None)
    locked = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    file = tmp_path / "auditor.pfx"
    own = x509.load_pem_x509_certificate(public.encode())
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"auditor", key, own, None, locked))
    change = with_kind("certificate", certificate_path=str(file), certificate_password=password)
    async with served(healthy().change("identities", certificates=(public,))) as tenant:
        (await read(tenant, change)).known(facts.AcsServicePrincipal, TENANT)


async def test_a_certificate_is_known_by_its_name_where_the_chain_is_sent(tmp_path: Path) -> None:
    file = tmp_path / "auditor.pem"
    file.write_bytes(certificate()[1])
    async with served(healthy().change("identities", certificates=(), subject_names=("auditor",))) as tenant:
        alone = await read(tenant, with_kind("certificate", certificate_path=str(file)))
        chain = await read(tenant, with_kind("certificate", certificate_path=str(file), send_certificate_chain=True))
    assert "AADSTS700027" in reason(alone)
    chain.known(facts.AcsServicePrincipal, TENANT)


@pytest.mark.parametrize("endpoint", ["App Service", "virtual machine"])
async def test_a_managed_identity_signs_in(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(healthy().change("identities", managed=True)) as tenant:
        environment = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": tenant.url}
        for name, value in (tenant.machine.environment if endpoint == "App Service" else environment).items():
            monkeypatch.setenv(name, value)
        # Its endpoint is on the machine: a proxy that does not answer is not asked.
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        for client in (None, tenant.config["teams"]["credential"]["client_id"]):
            data: dict[str, Any] = with_secrets(tenant.config, {})
            with_kind("managed-identity", client_id=client)(data)
            async with signed_in(of_mapping(data, Path.cwd()), proxies=True) as sources:
                rights = await sources.arm.identity.rights(sources.arm.audience)
            assert rights
            assert rights.application_id == tenant.config["teams"]["credential"]["client_id"]
    await asyncio.sleep(0.05)


async def test_a_managed_identity_that_is_not_there_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(healthy()) as tenant:
        for name, value in tenant.machine.environment.items():
            monkeypatch.setenv(name, value)
        evidence = await read(tenant, with_kind("managed-identity"))
    assert "Run it on an Azure resource that has a managed identity" in reason(evidence)


async def of_a_job(
    change: Callable[[dict[str, Any]], None], monkeypatch: pytest.MonkeyPatch, *, subject: str = REPOSITORY
) -> tuple[Evidently, SimulatedTenant]:
    """Reads as a job of a repository whose tokens the application takes."""
    scenario = healthy()
    with serve(scenario) as tenant:
        # The issuer is known once the tenant is there.
        identity = scenario.state.identities[0]
        object.__setattr__(identity, "federated", (FederatedCredential(tenant.issuer.url, subject),))
        for name, value in tenant.issuer.environment.items():
            monkeypatch.setenv(name, value)
        return await read(tenant, change), tenant


async def test_a_github_job_signs_in_without_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence, tenant = await of_a_job(with_kind("workload-identity"), monkeypatch)
    evidence.known(facts.AcsServicePrincipal, TENANT)
    assert [recorded.path for recorded in tenant.requests].count("/github/idtoken") == 1


async def test_a_job_of_another_branch_is_told_what_has_to_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    other = "repo:contoso/tpe-audit:environment:production"
    evidence, tenant = await of_a_job(with_kind("workload-identity"), monkeypatch, subject=other)
    assert "AADSTS700213" in reason(evidence)
    client = tenant.config["teams"]["credential"]["client_id"]
    assert f"az ad app federated-credential list --id {client}" in reason(evidence)


async def test_a_token_in_a_file_signs_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "token"
    with serve(healthy()) as tenant:
        identity = tenant.scenario.state.identities[0]
        object.__setattr__(identity, "federated", (FederatedCredential(tenant.issuer.url, REPOSITORY),))
        file.write_text(tenant.issuer.token(), encoding="utf-8")
        by_key = with_kind("workload-identity", token_file_path=str(file))
        (await read(tenant, by_key)).known(facts.AcsServicePrincipal, TENANT)
        monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(file))
        (await read(tenant, with_kind("workload-identity"))).known(facts.AcsServicePrincipal, TENANT)


@pytest.mark.parametrize(
    ("environment", "values", "said"),
    [
        ({}, {}, "there is no federated token"),
        ({"GITHUB_ACTIONS": "true"}, {}, "permissions: id-token: write"),
        ({}, {"token_file_path": "nowhere"}, "there is no federated token at"),
        ({}, {"client_id": None}, "needs client_id"),
        (
            {"ACTIONS_ID_TOKEN_REQUEST_URL": "http://localhost/x", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t"},
            {},
            "is no https:// address",
        ),
    ],
)
async def test_what_a_workload_identity_lacks_is_said(
    environment: Mapping[str, str], values: Mapping[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    async with served(healthy()) as tenant:
        assert said in reason(await read(tenant, with_kind("workload-identity", **values)))


async def test_a_request_token_that_github_refuses_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(healthy()) as tenant:
        monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", tenant.issuer.environment["ACTIONS_ID_TOKEN_REQUEST_URL"])
        monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "stale-token")
        why = reason(await read(tenant, with_kind("workload-identity")))
    assert "GitHub gave no identity token, but answered 401" in why
    assert "stale-token" not in why


# --- the Azure CLI and the default chain ----------------------------------------------------------------------


AZ = """#!{python}
import json, os, ssl, sys, urllib.parse, urllib.request
options = dict(zip(sys.argv[3::2], sys.argv[4::2]))
with open({log!r}, "a") as log:
    log.write(" ".join(sys.argv[1:]) + "\\n")
trust = ssl.create_default_context(cafile=os.environ["REQUESTS_CA_BUNDLE"])
form = {{"grant_type": "client_credentials", "client_id": {client!r}, "client_secret": {secret!r},
         "scope": options["--resource"] + "/.default"}}
url = {authority!r} + "/" + options.get("--tenant", "none") + "/oauth2/v2.0/token"
answer = json.load(urllib.request.urlopen(url, urllib.parse.urlencode(form).encode(), context=trust))
print(json.dumps({{"accessToken": answer["access_token"], "expires_on": 4102444800, "tokenType": "Bearer"}}))
"""


def install_az(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Puts an executable `az` first in the PATH."""
    az = folder / "az"
    az.write_text(text, encoding="utf-8")
    az.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def stand_in(folder: Path, tenant: SimulatedTenant) -> str:
    return AZ.format(
        python=sys.executable,
        log=str(folder / "az.log"),
        client=tenant.config["teams"]["credential"]["client_id"],
        secret=next(iter(tenant.secrets.values())),
        authority=tenant.url,
    )


@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script with a #! line")
@pytest.mark.parametrize("kind", ["azure-cli", "default"])
async def test_the_azure_cli_signs_in_to_the_tenant_and_trusts_the_private_ca(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "AzureCliCredential")
    async with served(healthy()) as tenant:
        install_az(tmp_path, monkeypatch, stand_in(tmp_path, tenant))
        everything = (OF_GRAPH, OF_AZURE, (facts.Tenant, facts.SubscribedSkus), (facts.Tenant, facts.Organization))
        evidence = await read(tenant, with_kind(kind), *everything)
    evidence.known(facts.AcsServicePrincipal, TENANT)
    evidence.known(facts.Organization, TENANT)
    # Once for each service, however many requests there are.
    calls = (tmp_path / "az.log").read_text().splitlines()
    assert len(calls) <= 3
    assert all(f"--tenant {TENANT.id}" in call for call in calls)
    assert "REQUESTS_CA_BUNDLE" not in os.environ


@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script with a #! line")
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'Please run az login to setup account.' >&2; exit 1", "az login --tenant"),
        ("exit 127", "Install the Azure CLI"),
        ("echo 'ERROR: AADSTS53003: Access has been blocked.' >&2; exit 1", "Conditional Access policy"),
        ("echo hello", "Unexpected output from Azure CLI"),
    ],
)
async def test_the_azure_cli_that_gives_no_token_is_explained(
    script: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_az(tmp_path, monkeypatch, f"#!/bin/sh\n{script}\n")
    async with served(healthy()) as tenant:
        assert said in reason(await read(tenant, with_kind("azure-cli")))


async def test_the_default_finds_the_variables_of_azure_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(healthy()) as tenant:
        monkeypatch.setenv("AZURE_TENANT_ID", "11111111-1111-4111-8111-111111111111")  # of some other work
        monkeypatch.setenv("AZURE_CLIENT_ID", tenant.config["teams"]["credential"]["client_id"])
        monkeypatch.setenv("AZURE_CLIENT_SECRET", next(iter(tenant.secrets.values())))
        (await read(tenant, with_kind("default", client_id=None))).known(facts.AcsServicePrincipal, TENANT)


async def test_the_default_says_which_of_its_ways_were_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "dev")
    monkeypatch.setenv("PATH", "")
    async with served(healthy()) as tenant:
        why = reason(await read(tenant, with_kind("default", client_id=None)))
    assert "none of the default ways has worked" in why
    assert "AzureCliCredential: Azure CLI not found" in why
    assert why.endswith("Set up one of them, or name another kind.")


# --- refusals -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (53003, "A Conditional Access policy of the Teams tenant"),
        (65001, "az ad app permission admin-consent --id"),
        (7000112, "The application is disabled in the Teams tenant"),
    ],
)
async def test_who_is_refused_is_told_what_to_do(code: int, advice: str) -> None:
    async with served(healthy().change("identities", refused=code)) as tenant:
        evidence = await read(tenant, lambda data: None)
    why = reason(evidence)
    assert why.startswith(f"Signing in to the Teams tenant failed: AADSTS{code}: ")
    assert advice in why
    assert "{" not in why
    assert evidence.gap(facts.AcsServicePrincipal, TENANT).lacks


async def test_a_person_without_consent_is_refused_by_the_same_words() -> None:
    async with served(of_kim(refused=65001)) as tenant:
        assert "az ad app permission admin-consent" in reason(await read(tenant, with_kind("device-code")))


async def test_an_identity_of_another_tenant_is_no_identity_of_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A managed identity signs in to its own tenant, whatever is configured."""
    scenario = SCENARIOS["healthy-two-tenants"]()
    foreign = scenario.config["azure"]["tenant_id"]
    scenario = scenario.change("identities", lambda identity: identity.tenant_id == foreign, managed=True)
    async with served(scenario) as tenant:
        for name, value in tenant.machine.environment.items():
            monkeypatch.setenv(name, value)

        def change(data: dict[str, Any]) -> None:
            data["teams"]["credential"] = {"kind": "managed-identity"}

        why = reason(await read(tenant, change))
    assert f"the identity is one of the tenant {foreign}" in why


# --- the network ----------------------------------------------------------------------------------------------


async def test_all_connections_take_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    consent: Question = (facts.ResourceAccount, facts.ServerConsent)
    async with proxy(login="kim:Pa55word") as tunnel, served(healthy()) as tenant:
        monkeypatch.setenv("HTTPS_PROXY", tunnel.url)
        evidence = await read(tenant, lambda data: None, OF_GRAPH, OF_AZURE, consent, proxies=True)
        ports = {target.rpartition(":")[2] for target in tunnel.tunnels}
        asked = {tenant.url.rpartition(":")[2], *(host.rpartition(":")[2] for host in tenant.acs_hosts.values())}
    evidence.known(facts.AcsServicePrincipal, TENANT)
    assert ports <= asked
    assert tenant.url.rpartition(":")[2] in ports
    # Sign-in (aiohttp), Graph (httpx), Azure (aiohttp): none goes past it.
    assert len(tunnel.tunnels) >= 3


async def test_a_person_and_a_job_sign_in_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxy() as tunnel, served(of_kim()) as tenant:
        monkeypatch.setenv("HTTPS_PROXY", tunnel.url)
        evidence = await read(tenant, with_kind("device-code"), proxies=True)
        assert tunnel.tunnels
    evidence.known(facts.AcsServicePrincipal, TENANT)


async def test_a_proxy_that_wants_a_password_is_named_and_the_wrong_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxy(login="kim:right") as tunnel, served(impatient(healthy(), deadline=3)) as tenant:
        monkeypatch.setenv("HTTPS_PROXY", tunnel.url.replace("right", "Wr0ng"))
        why = reason(await read(tenant, lambda data: None, proxies=True))
    assert "The proxy wants a name and a password" in why
    assert "Wr0ng" not in why


@pytest.mark.parametrize("kind", ["client-secret", "device-code"])
async def test_a_private_ca_that_is_not_trusted_names_the_setting(kind: str) -> None:
    async with served(of_kim() if kind == "device-code" else healthy()) as tenant:

        def change(data: dict[str, Any]) -> None:
            if kind == "device-code":
                with_kind(kind)(data)
            data["endpoints"]["ca_bundle"] = ""

        assert "name it in [endpoints] ca_bundle" in reason(await read(tenant, change))
