"""The ACS data plane: consents are there or not."""

from __future__ import annotations

from azure.core import PipelineClient
from azure.core.pipeline.policies import BearerTokenCredentialPolicy, RequestIdPolicy
from azure.core.rest import HttpRequest, HttpResponse
from azure.identity import ClientSecretCredential

from tests.simulator.client import ACS, ARM, Client, with_identity
from tpe_audit.simulator import SCENARIOS, SimulatedTenant, serve
from tpe_audit.simulator.contoso import ACS_ID, IVR, SUPPORT, TENANT_ID, invented
from tpe_audit.simulator.state import Assignment


def test_the_pipeline_of_azure_core_reads(tenant: SimulatedTenant) -> None:
    teams, (secret,) = tenant.config["teams"], tenant.secrets.values()
    endpoint, trust = f"https://{tenant.acs_hosts[ACS_ID]}", str(tenant.ca_bundle)
    with ClientSecretCredential(
        teams["tenant_id"],
        teams["credential"]["client_id"],
        secret,
        authority=tenant.url,
        disable_instance_discovery=True,
        connection_verify=trust,
    ) as credential:
        policies = [RequestIdPolicy(), BearerTokenCredentialPolicy(credential, ACS)]
        client: PipelineClient[HttpRequest, HttpResponse] = PipelineClient(
            endpoint, policies=policies, connection_verify=trust
        )
        with client:
            path = f"{endpoint}/access/teamsExtension/tenants/{TENANT_ID}/assignments/{IVR}"
            answer = client.send_request(HttpRequest("GET", path, params={"api-version": "2025-06-30"}))
    assert answer.json() == {
        "objectId": IVR,
        "tenantId": TENANT_ID,
        "principalType": "teamsResourceAccount",
    }


def test_each_resource_answers_for_itself(client: Client) -> None:
    lab = invented("communication service", "contoso-lab")
    assert client.consent(ACS_ID, TENANT_ID, SUPPORT.upper()).json()["principalType"] == "resourceAccount"
    absent = client.consent(lab, TENANT_ID, SUPPORT)
    assert absent.status_code == 404
    assert absent.json()["error"]["code"] == "NotFound"
    assert client.consent(ACS_ID, invented("tenant", "other"), SUPPORT).status_code == 404


def test_users_consent_with_their_client_applications() -> None:
    agent, application = invented("user", "adele"), invented("application", "desktop")
    healthy = SCENARIOS["healthy"]()
    scenario = healthy.change(
        "communication_services",
        lambda service: service.immutable_id == ACS_ID,
        assignments=(Assignment(TENANT_ID, agent, "user", (application,)),),
    )
    with serve(scenario) as tenant, Client(tenant) as client:
        assert client.consent(ACS_ID, TENANT_ID, agent).json()["clientIds"] == [application]


def test_rights_versions_and_methods(client: Client) -> None:
    path = f"https://{client.tenant.acs_hosts[ACS_ID]}/access/teamsExtension/tenants/{TENANT_ID}/assignments/{IVR}"
    assert client.http.get(path).status_code == 401
    wrong = client.get(ARM, path, query={"api-version": "2025-06-30"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "Denied")
    assert client.get(ACS, path).json()["error"]["code"] == "MissingApiVersion"
    assert client.get(ACS, path, query={"api-version": "2020-01-01"}).status_code == 400
    headers = {"Authorization": f"Bearer {client.token(ACS)}"}
    assert client.http.put(path, headers=headers, json={}).status_code == 405
    # The data plane is not on the port of the other services.
    main = path.replace(client.tenant.acs_hosts[ACS_ID], client.tenant.url.removeprefix("https://"))
    assert client.get(ACS, main, query={"api-version": "2025-06-30"}).status_code == 404


def test_reader_is_not_enough() -> None:
    scenario = with_identity(SCENARIOS["healthy"](), data_plane_scopes=())
    with serve(scenario) as tenant, Client(tenant) as client:
        answer = client.consent(ACS_ID, TENANT_ID, IVR)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "Forbidden")
