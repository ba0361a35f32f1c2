"""Graph: what the endpoints answer, refuse and page."""

from __future__ import annotations

import datetime
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from azure.identity.aio import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory
from msgraph_core.authentication import (
    AzureIdentityAuthenticationProvider,
)

from tests.simulator.client import ARM, GRAPH, Client, settle
from tpe_audit.simulator import SCENARIOS, Behaviour, SimulatedTenant, serve, skus, well_known
from tpe_audit.simulator.contoso import (
    ACS_ID,
    AGENTS_GROUP,
    BOT_APP_ID,
    CLIENT_PRINCIPAL_ID,
    IVR,
    SUPPORT,
    TENANT_ID,
    invented,
)
from tpe_audit.simulator.state import Grant, License

ACCOUNTS = f"department eq '{well_known.RESOURCE_ACCOUNT_DEPARTMENT}'"
NUMBERS = "/admin/teams/telephoneNumberManagement/numberAssignments"


@asynccontextmanager
async def _sdk(tenant: SimulatedTenant) -> AsyncIterator[tuple[GraphServiceClient, GraphRequestAdapter]]:
    teams, (secret,) = tenant.config["teams"], tenant.secrets.values()
    context = ssl.create_default_context(cafile=str(tenant.ca_bundle))
    async with (
        ClientSecretCredential(
            teams["tenant_id"],
            teams["credential"]["client_id"],
            secret,
            authority=tenant.url,
            disable_instance_discovery=True,
            connection_verify=str(tenant.ca_bundle),
        ) as credential,
        # The middleware hides the transport that it wraps from the client, which then does not close it.
        httpx.AsyncHTTPTransport(http2=True, verify=context) as transport,
        httpx.AsyncClient(transport=transport) as http,
    ):
        client = GraphClientFactory.create_with_default_middleware(client=http)
        provider = AzureIdentityAuthenticationProvider(credential, scopes=[GRAPH], allowed_hosts=["localhost"])
        adapter = GraphRequestAdapter(provider, client)
        adapter.base_url = f"{tenant.url}/v1.0"
        yield GraphServiceClient(request_adapter=adapter), adapter
    await settle()


async def test_the_sdk_reads(tenant: SimulatedTenant) -> None:
    async with _sdk(tenant) as (graph, adapter):
        parameters = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
            filter=ACCOUNTS, select=["id", "userPrincipalName"]
        )
        request = graph.users.to_get_request_information(RequestConfiguration(query_parameters=parameters))
        body = await adapter.send_primitive_async(request, "bytes", {"XXX": ODataError})
        assert len(json.loads(body)["value"]) == 4
        request = RequestInformation(Method.GET)
        request.url = f"{tenant.url}/beta/admin/teams/resourceAccounts"
        body = await adapter.send_primitive_async(request, "bytes", {"XXX": ODataError})
        assert {item["acsResourceId"] for item in json.loads(body)["value"]} == {ACS_ID, None}
        request = graph.users.by_user_id("nobody").to_get_request_information()
        with pytest.raises(ODataError) as refused:
            await adapter.send_primitive_async(request, "bytes", {"XXX": ODataError})
        assert refused.value.response_status_code == 404


def test_service_principals(client: Client) -> None:
    by_key = client.graph(f"/servicePrincipals(appId='{well_known.COMMUNICATION_SERVICES}')").json()
    by_filter = client.graph("/servicePrincipals", filter=f"appId eq '{well_known.COMMUNICATION_SERVICES}'").json()
    assert by_filter["value"][0]["id"] == by_key["id"]
    assert by_key["appOwnerOrganizationId"] == well_known.MICROSOFT_SERVICES_TENANT
    assert "TeamsExtension.ManageCalls" in [scope["value"] for scope in by_key["oauth2PermissionScopes"]]
    assert client.graph(f"/servicePrincipals/{by_key['id']}").json()["appId"] == by_key["appId"]
    assert client.graph("/servicePrincipals(appId='none')").status_code == 404
    own = client.graph(f"/servicePrincipals(appId='{client.client_id}')").json()
    roles = client.graph(f"/servicePrincipals/{own['id']}/appRoleAssignments").json()["value"]
    assert {role["appRoleId"] for role in roles} == set(well_known.APPLICATION_ROLES.values())


def test_applications_exist_in_the_tenant_that_owns_them(client: Client) -> None:
    application = client.graph(f"/applications(appId='{BOT_APP_ID}')", select="id,passwordCredentials").json()
    assert application["passwordCredentials"][0]["secretText"] is None
    missing = client.graph(f"/applications(appId='{well_known.COMMUNICATION_SERVICES}')")
    assert missing.status_code == 404


def test_not_found_is_worded_as_graph_does(client: Client) -> None:
    answer = client.graph("/users/nobody@contoso.com", headers={"client-request-id": "mine"})
    error = answer.json()["error"]
    assert answer.status_code == 404
    assert error["code"] == "Request_ResourceNotFound"
    assert error["message"] == (
        "Resource 'nobody@contoso.com' does not exist or one of its queried reference-property objects are not present."
    )
    assert error["innerError"]["client-request-id"] == "mine" == answer.headers["client-request-id"]
    assert error["innerError"]["request-id"] == answer.headers["request-id"]
    assert "date" in answer.headers


def test_users_show_the_default_properties_or_the_selected_ones(client: Client) -> None:
    default = client.graph("/users/ivr@contoso.com").json()
    assert "accountEnabled" not in default
    assert "assignedLicenses" not in default
    assert default["userPrincipalName"] == "ivr@contoso.com"
    selected = client.graph(f"/users/{IVR.upper()}", select="accountEnabled,city,usageLocation").json()
    del selected["@odata.context"]
    assert selected == {"accountEnabled": False, "city": None, "usageLocation": "US"}
    refused = client.graph("/users", select="id,shoeSize")
    assert refused.status_code == 400
    assert "Could not find a property named 'shoeSize'" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        (ACCOUNTS, 4),
        ("userPrincipalName eq 'IVR@contoso.com'", 1),
        (f"id in ('{IVR}','{SUPPORT}')", 2),
        (f"id eq '{IVR}' or id eq '{SUPPORT}'", 2),
        (f"({ACCOUNTS}) and userPrincipalName eq 'ivr@contoso.com'", 1),
        ("accountEnabled eq false", 5),
        ("accountEnabled eq false and department eq null", 1),
        (f"assignedLicenses/any(x:x/skuId eq {skus.PAY_AS_YOU_GO_US.id})", 1),
        (f"assignedPlans/any(p:p/servicePlanId eq {skus.TEAMS.id} and p/capabilityStatus eq 'Enabled')", 5),
        ("department eq 'O''Hara'", 0),
    ],
)
def test_filters_on_users(client: Client, expression: str, count: int) -> None:
    assert len(client.graph("/users", filter=expression).json()["value"]) == count


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("accountEnabled ne true", "Request_UnsupportedQuery"),
        ("licenseAssignmentStates eq null", "Request_UnsupportedQuery"),
        ("startswith(displayName,'A')", "Request_UnsupportedQuery"),
        ("department eq", "BadRequest"),
        ("department eq 'unclosed", "BadRequest"),
        ("department eq 'a' also", "BadRequest"),
        ("id in (" + ",".join(f"'{place}'" for place in range(16)) + ")", "Request_UnsupportedQuery"),
    ],
)
def test_filters_that_graph_refuses(client: Client, expression: str, code: str) -> None:
    answer = client.graph("/users", filter=expression)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_the_limit_of_in_is_lifted_for_advanced_queries(client: Client) -> None:
    expression = "id in (" + ",".join(f"'{place}'" for place in range(16)) + ")"
    answer = client.graph("/users", {"ConsistencyLevel": "eventual"}, filter=expression, count="true")
    assert answer.status_code == 200
    assert answer.json()["@odata.count"] == 0


def test_lists_are_paged_by_absolute_links(client: Client) -> None:
    pages = client.pages("/users", top=3, select="id", filter="accountEnabled eq false")
    assert [len(page) for page in pages] == [3, 2]
    assert len({user["id"] for page in pages for user in page}) == 5
    link = client.graph("/users", top=3).json()["@odata.nextLink"]
    assert link.startswith(client.tenant.url)
    assert "$skiptoken=" in link
    assert client.graph("/users", top=1000).json()["error"]["message"].startswith("Invalid page size")
    assert client.graph("/users", skip=1).status_code == 400
    assert client.graph("/users", skiptoken="forged").status_code == 400


def test_the_page_size_can_be_capped() -> None:
    with serve(SCENARIOS["healthy"](), Behaviour(page_size=2)) as tenant, Client(tenant) as client:
        assert [len(page) for page in client.pages("/beta/admin/teams/resourceAccounts")] == [2, 2]
        assert len(client.pages("/users", top=999)) == 5


def test_licences_never_contradict_each_other() -> None:
    off = License(skus.MICROSOFT_365_E5, (skus.TEAMS.id,), ((skus.PHONE.id, "PendingProvisioning"),))
    failed = License(skus.COMMUNICATIONS_CREDITS, state="Error", error="CountViolation")
    scenario = SCENARIOS["healthy"]().change("users", lambda user: user.id == IVR, licenses=(off, failed))
    with serve(scenario) as tenant, Client(tenant) as client:
        fields = "assignedLicenses,assignedPlans,licenseAssignmentStates"
        user = client.graph(f"/users/{IVR}", select=fields).json()
        details = client.graph(f"/users/{IVR}/licenseDetails").json()["value"]
        sku = client.graph("/subscribedSkus").json()["value"][0]
        features = client.graph(f"/admin/teams/userConfigurations/{IVR}").json()["featureTypes"]
    statuses = {plan["servicePlanName"]: plan["provisioningStatus"] for plan in details[0]["servicePlans"]}
    plans = {plan["servicePlanId"]: plan["capabilityStatus"] for plan in user["assignedPlans"]}
    assert [item["skuPartNumber"] for item in details] == ["SPE_E5"]
    assert (statuses["TEAMS1"], statuses["MCOEV"]) == ("Disabled", "PendingProvisioning")
    assert (plans[skus.TEAMS.id], plans[skus.PHONE.id]) == ("Deleted", "Enabled")
    assert user["assignedLicenses"] == [{"disabledPlans": [skus.TEAMS.id], "skuId": skus.MICROSOFT_365_E5.id}]
    assert [item["state"] for item in user["licenseAssignmentStates"]] == ["Active", "Error"]
    assert (sku["skuPartNumber"], sku["consumedUnits"]) == ("SPE_E5", 6)
    assert "Teams" not in features


def test_members_of_a_group(client: Client) -> None:
    path = f"/groups/{AGENTS_GROUP}"
    assert client.graph(path).json()["displayName"] == "Contact centre agents"
    users = client.graph(f"{path}/transitiveMembers/microsoft.graph.user", select="id,accountEnabled").json()
    assert len(users["value"]) == 4
    assert all(user["accountEnabled"] for user in users["value"])
    assert "@odata.type" not in users["value"][0]
    plain = client.graph(f"{path}/members").json()["value"][0]
    assert plain["@odata.type"] == "#microsoft.graph.user"
    assert client.graph("/groups/none/members").status_code == 404


def test_nested_groups_are_followed_only_transitively() -> None:
    inner, outer = invented("group", "inner"), invented("group", "outer")
    healthy = SCENARIOS["healthy"]()
    group = healthy.tenant.groups[0]
    scenario = healthy.add(
        "groups",
        replace(group, id=outer, members=(inner, IVR)),
        replace(group, id=inner, members=(outer, *group.members, IVR)),
    )
    with serve(scenario) as tenant, Client(tenant) as client:
        direct = client.graph(f"/groups/{outer}/members").json()["value"]
        deep = client.graph(f"/groups/{outer}/transitiveMembers/microsoft.graph.user").json()["value"]
    assert [item["@odata.type"] for item in direct] == ["#microsoft.graph.group", "#microsoft.graph.user"]
    assert len(deep) == 5


def test_numbers_are_paged_by_skip(client: Client) -> None:
    every = client.graph(NUMBERS).json()
    assert "@odata.nextLink" not in every
    assert len(every["value"]) == 5
    first = client.graph(NUMBERS, top=2).json()
    assert "@odata.nextLink" not in first
    rest = client.graph(NUMBERS, top=1000, skip=2).json()
    assert first["value"] + rest["value"] == every["value"]
    assert client.graph(NUMBERS, skip=5).json()["value"] == []
    assert client.graph(NUMBERS, top=1001).status_code == 400
    found = client.graph(NUMBERS, filter=f"assignmentTargetId eq '{IVR}'").json()["value"]
    assert [number["telephoneNumber"] for number in found] == ["+15551230100"]
    found = client.graph(NUMBERS, filter="capabilities/any(c:c eq 'userAssignment')").json()["value"]
    assert len(found) == 2


def test_numbers_can_be_paged_by_link() -> None:
    behaviour = Behaviour(number_pages_by_link=True)
    with serve(SCENARIOS["healthy"](), behaviour) as tenant, Client(tenant) as client:
        assert [len(page) for page in client.pages(NUMBERS, top=2)] == [2, 2, 1]
        assert [len(page) for page in client.pages(NUMBERS, top=2, skip=1)] == [2, 2]


def test_user_configurations(client: Client) -> None:
    every = client.graph("/admin/teams/userConfigurations").json()["value"]
    assert {item["accountType"] for item in every} == {"user", "resourceAccount"}
    agent = client.graph(f"/admin/teams/userConfigurations/{every[0]['id']}").json()
    assert agent["isEnterpriseVoiceEnabled"] is True
    assert {"Teams", "PhoneSystem"} <= set(agent["featureTypes"])
    support = client.graph(f"/admin/teams/userConfigurations/{SUPPORT}").json()
    assert support["effectivePolicyAssignments"][0]["policyType"] == "OnlineVoiceRoutingPolicy"
    assert support["telephoneNumbers"][0]["telephoneNumber"] == "+15551230200"
    assert client.graph("/admin/teams/userConfigurations/none").status_code == 404


def test_members_after_the_unknown_one_must_be_asked_for() -> None:
    scenario = SCENARIOS["healthy"]().change("user_configurations", account_type="ineligibleUser")
    path = f"/admin/teams/userConfigurations/{IVR}"
    with serve(scenario) as tenant, Client(tenant) as client:
        assert client.graph(path).json()["accountType"] == "unknownFutureValue"
        asked = client.graph(path, {"Prefer": "include-unknown-enum-members"}).json()
    assert asked["accountType"] == "ineligibleUser"


def test_resource_accounts_are_in_beta_only(client: Client) -> None:
    path = "/admin/teams/resourceAccounts"
    bound = client.graph(f"/beta{path}", filter=f"acsResourceId eq '{ACS_ID}'").json()["value"]
    assert [account["phoneNumber"] for account in bound] == ["tel:+15551230100", "tel:+15551230200"]
    assert len(client.graph(f"/beta{path}", filter=f"appId eq '{well_known.CALL_QUEUE}'").json()["value"]) == 1
    assert client.graph(f"/beta{path}/{IVR}").json()["appId"] == BOT_APP_ID
    refused = client.graph(path)
    assert refused.status_code == 400
    assert refused.json()["error"]["message"] == "Resource not found for the segment 'resourceAccounts'."


def test_organization(client: Client) -> None:
    (organization,) = client.graph("/organization").json()["value"]
    assert (organization["id"], organization["countryLetterCode"]) == (TENANT_ID, "US")


def test_subscriptions_end_and_policies_are_listed() -> None:
    ends = datetime.datetime(2030, 1, 31, tzinfo=datetime.UTC)
    scenario = SCENARIOS["healthy"]().change("skus", next_lifecycle=ends)
    scenario = scenario.in_tenant(conditional_access=({"id": "1", "state": "enabled"},))
    with serve(scenario) as tenant, Client(tenant) as client:
        first = client.graph("/directory/subscriptions").json()["value"][0]
        policies = client.graph("/identity/conditionalAccess/policies").json()["value"]
    assert first["nextLifecycleDateTime"] == "2030-01-31T00:00:00Z"
    assert policies == [{"id": "1", "state": "enabled"}]


def test_tokens_are_checked(client: Client) -> None:
    def message(token: str | None) -> str:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = client.http.get("/v1.0/organization", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
        return str(answer.json()["error"]["message"])

    assert message(None) == "Access token is empty."
    assert message(client.token(ARM)) == "Access token validation failure. Invalid audience."
    assert "JWT" in message("not a token")
    assert "JWT" in message(client.token(GRAPH)[:-2] + "xx")


def test_tokens_expire() -> None:
    with serve(SCENARIOS["healthy"](), Behaviour(token_lifetime=0)) as tenant, Client(tenant) as client:
        answer = client.graph("/organization")
    assert "expired" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("path", "permissions", "code"),
    [
        ("/organization", {"Application.Read.All"}, "Authorization_RequestDenied"),
        ("/subscribedSkus", {"User.Read.All"}, "Authorization_RequestDenied"),
        ("/users", {"GroupMember.Read.All"}, "Authorization_RequestDenied"),
        (f"/users/{IVR}/licenseDetails", {"Organization.Read.All"}, "Authorization_RequestDenied"),
        (f"/groups/{AGENTS_GROUP}/members", {"User.Read.All"}, "Authorization_RequestDenied"),
        ("/servicePrincipals", {"User.Read.All"}, "Authorization_RequestDenied"),
        ("/oauth2PermissionGrants", {"Application.Read.All"}, "Authorization_RequestDenied"),
        ("/roleManagement/directory/roleDefinitions", {"User.Read.All"}, "Authorization_RequestDenied"),
        (NUMBERS, {"Directory.Read.All"}, "Forbidden"),
        ("/admin/teams/userConfigurations", {"TeamsTelephoneNumber.Read.All"}, "Forbidden"),
        ("/beta/admin/teams/resourceAccounts", {"TeamsUserConfiguration.Read.All"}, "Forbidden"),
    ],
)
def test_each_endpoint_demands_its_permission(path: str, permissions: set[str], code: str) -> None:
    scenario = SCENARIOS["healthy"]().change("identities", permissions=frozenset(permissions))
    with serve(scenario) as tenant, Client(tenant) as client:
        answer = client.graph(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, code)


def test_members_are_empty_shells_for_who_may_not_read_users() -> None:
    scenario = SCENARIOS["healthy"]().change("identities", permissions=frozenset({"GroupMember.Read.All"}))
    with serve(scenario) as tenant, Client(tenant) as client:
        path = f"/groups/{AGENTS_GROUP}/transitiveMembers/microsoft.graph.user"
        member = client.graph(path, select="id,userPrincipalName,accountEnabled").json()["value"][0]
    assert member["id"]
    assert member["userPrincipalName"] is None
    assert member["accountEnabled"] is None


def test_nothing_can_be_written(client: Client) -> None:
    headers = {"Authorization": f"Bearer {client.token(GRAPH)}"}
    answer = client.http.patch(f"/v1.0/users/{IVR}", json={"accountEnabled": True}, headers=headers)
    assert answer.status_code == 405
    assert any(request.method == "PATCH" and request.status == 405 for request in client.tenant.requests)


def test_grants_of_a_client_application() -> None:
    healthy = SCENARIOS["healthy"]()
    acs, bot = invented("service principal", "acs"), invented("service principal", "voice bot")
    scenario = healthy.add("grants", Grant(bot, acs, "TeamsExtension.ManageCalls"))
    with serve(scenario) as tenant, Client(tenant) as client:
        of_acs = client.graph("/oauth2PermissionGrants", filter=f"resourceId eq '{acs}'").json()["value"]
        of_bot = client.graph("/oauth2PermissionGrants", filter=f"clientId eq '{bot}'").json()["value"]
        same = client.graph(f"/servicePrincipals/{bot}/oauth2PermissionGrants").json()["value"]
    assert {grant["clientId"] for grant in of_acs} == {CLIENT_PRINCIPAL_ID, bot}
    assert of_bot == same
    assert same[0]["consentType"] == "AllPrincipals"


def test_roles_are_assigned_by_role(client: Client) -> None:
    roles = client.graph("/roleManagement/directory/roleDefinitions", select="id,displayName").json()["value"]
    wanted = next(role["id"] for role in roles if role["displayName"] == "Teams Administrator")
    path = "/roleManagement/directory/roleAssignments"
    (assignment,) = client.graph(path, filter=f"roleDefinitionId eq '{wanted}'").json()["value"]
    assert assignment["roleDefinitionId"] == wanted
    assert client.graph(path).status_code == 400
