"""The simulated Dataverse: whom it believes, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulator.client import ARM, GRAPH, Client
from tpe_audit.simulator import SCENARIOS, dynamics, serve

TABLE = "/api/data/v9.2/msdyn_occommunicationprovidersettings"


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with serve(SCENARIOS["healthy-dynamics"]()) as tenant, Client(tenant) as made:
        yield made


def environment(client: Client) -> str:
    url: str = client.tenant.config["deployment"]["dynamics"]["environment_url"]
    return url


def test_the_configuration_names_the_port_of_the_environment_and_not_the_origin(client: Client) -> None:
    assert environment(client) not in (dynamics.URL, client.tenant.url)


@pytest.mark.parametrize("scope", [GRAPH, ARM])
def test_a_token_of_another_service_is_not_believed(client: Client, scope: str) -> None:
    answer = client.get(scope, environment(client) + TABLE)
    assert answer.status_code == 401
    assert "resource_id" in answer.headers["WWW-Authenticate"]


def test_no_token_is_issued_for_an_environment_that_does_not_exist(client: Client) -> None:
    answer = client.sign_in(scope="https://fabrikam.crm.dynamics.com/.default")
    assert answer.json()["error"] == "invalid_resource"


def test_only_the_columns_that_were_asked_for_are_shown(client: Client) -> None:
    url = f"{environment(client)}{TABLE}?$select=msdyn_name"
    assert client.get(f"{environment(client)}/.default", url).json()["value"] == [{"msdyn_name": "Contoso Voice"}]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{TABLE}?$select=name", 400),
        (f"{TABLE}?$filter=name eq 1", 400),
        ("/api/data/v9.2/msdyn_ocphonenumbers", 404),
        ("/api/data/v9.2/systemusers(somebody)/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()", 404),
    ],
)
def test_what_is_not_there_is_an_error_with_a_code(client: Client, path: str, status: int) -> None:
    answer = client.get(f"{environment(client)}/.default", environment(client) + path)
    assert answer.status_code == status
    assert answer.json()["error"]["code"].startswith("0x")
