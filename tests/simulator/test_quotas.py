"""The limits that Microsoft documents, as the simulated tenant enforces them."""

from __future__ import annotations

import httpx
import pytest

from tests.simulator.client import Client
from tpe_audit.simulator import SCENARIOS, Behaviour, GraphQuota, ResourceManagerQuota, large, serve
from tpe_audit.simulator.contoso import AGENTS_GROUP, IVR, SUBSCRIPTION_ID
from tpe_audit.simulator.quotas import cost
from tpe_audit.simulator.web import Request


def _served(quota: GraphQuota | ResourceManagerQuota, *paths: str) -> list[httpx.Response]:
    with serve(SCENARIOS["healthy"](), Behaviour(quotas=[quota])) as tenant, Client(tenant) as client:
        return [client.arm(path) if path.startswith("/subscriptions") else client.graph(path) for path in paths]


@pytest.mark.parametrize(
    ("path", "query", "units"),
    [
        ("/v1.0/users", "", 2),
        ("/v1.0/users", "$select=id", 1),
        ("/v1.0/users", "$select=id&$top=5", 1),
        ("/v1.0/users", "$expand=manager", 3),
        (f"/v1.0/users/{IVR}", "", 1),
        (f"/v1.0/users/{IVR}/licenseDetails", "", 2),
        ("/v1.0/subscribedSkus", "", 3),
        ("/v1.0/subscribedSkus", "$top=19", 2),
        ("/v1.0/oauth2PermissionGrants", "", 2),
        (f"/v1.0/groups/{AGENTS_GROUP}/transitiveMembers/microsoft.graph.user", "$select=id", 4),
        ("/v1.0/organization", "", 1),
    ],
)
def test_a_request_costs_what_is_documented(path: str, query: str, units: int) -> None:
    assert cost(Request("GET", path, query, {}, b"", "https://localhost", 443)) == units


def test_units_are_told_and_the_share_from_four_fifths_on() -> None:
    answers = _served(GraphQuota(units=10), *["/users"] * 6)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 200, 429]
    assert {answer.headers.get("x-ms-resource-unit") for answer in answers[:5]} == {"2"}
    assert "x-ms-throttle-limit-percentage" not in answers[0].headers
    assert 0.8 < float(answers[4].headers["x-ms-throttle-limit-percentage"]) <= 1
    refused = answers[5].headers
    assert int(refused["Retry-After"]) >= 1
    assert refused["x-ms-throttle-scope"].startswith("Tenant_Application/ReadWrite/")
    assert refused["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"


def test_a_refusal_of_conditional_access_says_not_when_to_come_again() -> None:
    quota = GraphQuota()
    answers = _served(quota, *["/identity/conditionalAccess/policies"] * 8)
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert quota.refusals == len(refused)
    assert all("Retry-After" not in answer.headers for answer in refused)


@pytest.mark.parametrize(("agents", "units"), [(3, 3_500), (50, 5_000), (600, 8_000)])
def test_the_quota_grows_with_the_tenant(agents: int, units: int) -> None:
    quota = GraphQuota()
    with serve(large(1, agents), Behaviour(quotas=[quota])) as tenant, Client(tenant) as client:
        client.graph("/organization")
    (bucket,) = quota._buckets.values()
    assert bucket.size == units


def test_reads_that_are_left_are_told() -> None:
    path = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/contoso-voice/providers/Microsoft.Communication"
    answers = _served(ResourceManagerQuota(reads=3, back=0.001), *[f"{path}/communicationServices"] * 4)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    left = [answer.headers.get("x-ms-ratelimit-remaining-subscription-reads") for answer in answers]
    assert left == ["2", "1", "0", None]
    assert answers[3].headers["Retry-After"] == "1"


def test_who_is_not_signed_in_is_not_counted() -> None:
    quota = GraphQuota(units=1)
    with serve(SCENARIOS["healthy"](), Behaviour(quotas=[quota])) as tenant, Client(tenant) as client:
        assert [client.http.get("/v1.0/users").status_code for _ in range(3)] == [401, 401, 401]
    assert not quota._buckets
