"""What `conftest` looks at in all traffic of the suite would be found."""

from __future__ import annotations

import pytest

from tests.traffic import forbidden

ACS = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Communication/communicationServices/a"


@pytest.mark.parametrize(
    ("method", "path", "api"),
    [
        ("POST", "/v1.0/$batch", "graph"),
        ("POST", "/v1.0/servicePrincipals", "graph"),
        ("PATCH", "/v1.0/users/u", "graph"),
        ("DELETE", "/access/teamsExtension/tenants/t/assignments/a", "acs"),
        ("PUT", ACS, "arm"),
        ("POST", f"{ACS}/listKeys", "arm"),
        ("GET", f"{ACS}/LISTKEYS/", "arm"),
        ("POST", "/subscriptions/s/providers/Microsoft.Communication/register", "arm"),
        ("POST", "/providers/Microsoft.ResourceGraph/resources", "graph"),
        ("POST", "/somewhere", "entra"),
        ("POST", "/api/data/v9.2/accounts", "dataverse"),
        ("OPTIONS", "/v1.0/users", "graph"),
    ],
)
def test_what_writes_or_gives_keys_away_is_forbidden(method: str, path: str, api: str) -> None:
    assert forbidden(method, path, api)


@pytest.mark.parametrize(
    ("method", "path", "api"),
    [
        ("GET", "/v1.0/users", "graph"),
        ("GET", ACS, "arm"),
        ("POST", "/providers/microsoft.resourcegraph/resources", "arm"),
        ("POST", "/contoso/oauth2/v2.0/token", "entra"),
    ],
)
def test_what_reads_or_signs_in_is_not(method: str, path: str, api: str) -> None:
    assert not forbidden(method, path, api)
