"""Resource Manager: resources, rights, versions and refusals."""

from __future__ import annotations

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.mgmt.communication import CommunicationServiceManagementClient

from tests.simulator.client import ARM, GRAPH, Client, with_identity
from tpe_audit.simulator import SCENARIOS, Behaviour, SimulatedTenant, serve
from tpe_audit.simulator.contoso import (
    ACS_ID,
    BOT_APP_ID,
    BOTS_GROUP,
    SUBSCRIPTION_ID,
    VOICE_GROUP,
    acs_arm_id,
)

HOME = f"/subscriptions/{SUBSCRIPTION_ID}"
BOTS = "providers/Microsoft.BotService/botServices"
BOT = f"{HOME}/resourceGroups/{BOTS_GROUP}/{BOTS}/contoso-voice-bot"
ACS = "providers/Microsoft.Communication/communicationServices"
EVENTS = "providers/Microsoft.EventGrid/eventSubscriptions"
TOPICS = "providers/Microsoft.EventGrid/systemTopics"
PERMISSIONS = "providers/Microsoft.Authorization/permissions"
BOT_VERSION = "2022-09-15"
EVENT_VERSION = "2025-02-15"
PERMISSION_VERSION = "2022-04-01"


def test_the_sdk_reads(tenant: SimulatedTenant) -> None:
    teams, (secret,) = tenant.config["teams"], tenant.secrets.values()
    trust = str(tenant.ca_bundle)
    with (
        ClientSecretCredential(
            teams["tenant_id"],
            teams["credential"]["client_id"],
            secret,
            authority=tenant.url,
            disable_instance_discovery=True,
            connection_verify=trust,
        ) as credential,
        CommunicationServiceManagementClient(
            credential, SUBSCRIPTION_ID, base_url=tenant.url, credential_scopes=[ARM], connection_verify=trust
        ) as client,
    ):
        found = {item.name: item for item in client.communication_services.list_by_subscription()}
        assert set(found) == {"contoso-voice", "contoso-lab"}
        properties = found["contoso-voice"].properties
        assert properties is not None
        assert properties.immutable_resource_id == ACS_ID
        assert properties.host_name == tenant.acs_hosts[ACS_ID]
        one = client.communication_services.get(VOICE_GROUP.upper(), "Contoso-Voice")
        assert one.identity is not None
        with pytest.raises(ResourceNotFoundError, match="ResourceNotFound"):
            client.communication_services.get(VOICE_GROUP, "gone")


def test_bots_and_their_channels(client: Client) -> None:
    found = client.arm(f"{HOME}/{BOTS}", BOT_VERSION).json()["value"]
    assert [bot["name"] for bot in found] == ["contoso-voice-bot", "contoso-faq-bot"]
    assert len(client.arm(f"{HOME}/resourceGroups/{BOTS_GROUP}/{BOTS}", BOT_VERSION).json()["value"]) == 1
    bot = client.arm(BOT.upper().replace("SUBSCRIPTIONS", "subscriptions"), BOT_VERSION).json()
    assert bot["properties"]["msaAppId"] == BOT_APP_ID
    channels = client.arm(f"{BOT}/channels", BOT_VERSION).json()["value"]
    assert "MsTeamsChannel" in [channel["properties"]["channelName"] for channel in channels]
    teams = client.arm(f"{BOT}/channels/MsTeamsChannel", BOT_VERSION).json()["properties"]["properties"]
    assert (teams["isEnabled"], teams["enableCalling"]) == (True, True)
    assert teams["callingWebhook"] == teams["callingWebHook"]
    assert teams["acceptedTerms"] is None


def test_absent_things_are_named(client: Client) -> None:
    faq = f"{HOME}/resourceGroups/contoso-lab/{BOTS}/contoso-faq-bot/channels/MsTeamsChannel"
    answer = client.arm(faq, BOT_VERSION)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "ResourceNotFound"
    assert "x-ms-request-id" in answer.headers
    cases = {
        f"{HOME}/resourceGroups/nowhere/{BOTS}": "ResourceGroupNotFound",
        f"{HOME}/resourceGroups/nowhere/{BOTS}/bot": "ResourceGroupNotFound",
        f"{HOME}/resourceGroups/{BOTS_GROUP}/{BOTS}/bot": "ResourceNotFound",
        f"{HOME}/resourceGroups/{BOTS_GROUP}/{BOTS}/bot/channels": "ResourceNotFound",
        f"/subscriptions/none/{BOTS}": "SubscriptionNotFound",
        f"{HOME}/providers/Microsoft.Storage/storageAccounts": "InvalidResourceType",
    }
    for path, code in cases.items():
        answer = client.arm(path, BOT_VERSION)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)


def test_event_subscriptions_on_a_topic(client: Client) -> None:
    (topic,) = client.arm(f"{HOME}/{TOPICS}", EVENT_VERSION).json()["value"]
    assert topic["properties"]["source"] == acs_arm_id()
    (event,) = client.arm(f"{topic['id']}/eventSubscriptions", EVENT_VERSION).json()["value"]
    assert event["properties"]["filter"]["includedEventTypes"] == ["Microsoft.Communication.IncomingCall"]
    assert client.arm(f"{acs_arm_id()}/{EVENTS}", EVENT_VERSION).json()["value"] == []


def test_versions_are_checked(client: Client) -> None:
    old = client.arm(f"{HOME}/{BOTS}", "2015-01-01")
    assert (old.status_code, old.json()["error"]["code"]) == (400, "InvalidApiVersionParameter")
    none = client.get(ARM, f"{HOME}/{BOTS}")
    assert (none.status_code, none.json()["error"]["code"]) == (400, "MissingApiVersionParameter")


def test_tokens_are_checked(client: Client) -> None:
    missing = client.http.get(HOME)
    assert (missing.status_code, missing.json()["error"]["code"]) == (401, "AuthenticationFailed")
    assert "WWW-Authenticate" in missing.headers
    wrong = client.get(GRAPH, HOME)
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "InvalidAuthenticationTokenAudience")


def test_subscriptions_and_groups(client: Client) -> None:
    (found,) = client.arm("/subscriptions", "2022-12-01").json()["value"]
    assert client.arm(HOME, "2022-12-01").json() == found
    groups = client.arm(f"{HOME}/resourceGroups", "2021-04-01").json()["value"]
    assert {group["name"] for group in groups} == {"contoso-voice", "contoso-bots", "contoso-lab"}


def test_a_reader_of_the_subscription_knows_it(client: Client) -> None:
    reader = {"actions": ["*/read"], "notActions": [], "dataActions": [], "notDataActions": []}
    for scope in (HOME, f"{HOME}/resourceGroups/{VOICE_GROUP}"):
        assert client.arm(f"{scope}/{PERMISSIONS}", PERMISSION_VERSION).json() == {"value": [reader]}


def test_a_reader_of_one_group_sees_that_group() -> None:
    scope = f"{HOME}/resourceGroups/{VOICE_GROUP}"
    scenario = with_identity(SCENARIOS["healthy"](), reader_scopes=(scope.upper(),))
    with serve(scenario) as tenant, Client(tenant) as client:
        assert client.arm(f"{HOME}/{BOTS}", BOT_VERSION).json()["value"] == []
        assert [item["name"] for item in client.arm(f"{HOME}/{ACS}").json()["value"]] == ["contoso-voice"]
        refused = client.arm(BOT, BOT_VERSION)
        assert client.arm(f"{HOME}/{PERMISSIONS}", PERMISSION_VERSION).json() == {"value": []}
        assert client.arm(f"{scope}/{PERMISSIONS}", PERMISSION_VERSION).json()["value"]
        assert len(client.arm("/subscriptions", "2022-12-01").json()["value"]) == 1
        assert client.arm(f"{HOME}/resourceGroups/{BOTS_GROUP}/{BOTS}", BOT_VERSION).status_code == 403
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (403, "AuthorizationFailed")
    assert error["message"].startswith(f"The client '{client.client_id}' with object id '")
    assert "'Microsoft.BotService/botServices/read' over scope" in error["message"]


def test_who_has_no_role_sees_nothing() -> None:
    scenario = with_identity(SCENARIOS["healthy"](), reader_scopes=())
    with serve(scenario) as tenant, Client(tenant) as client:
        assert client.arm("/subscriptions", "2022-12-01").json()["value"] == []
        assert client.arm(HOME, "2022-12-01").json()["error"]["code"] == "SubscriptionNotFound"
        assert client.arm(f"{HOME}/{ACS}").json()["error"]["code"] == "AuthorizationFailed"
        assert client.query("resources").json()["data"] == []


def test_lists_are_paged_on_demand() -> None:
    with serve(SCENARIOS["healthy"](), Behaviour(page_size=1)) as tenant, Client(tenant) as client:
        first = client.arm(f"{HOME}/{ACS}").json()
        second = client.get(ARM, first["nextLink"]).json()
    assert first["nextLink"].startswith(tenant.url)
    assert [len(first["value"]), len(second["value"])] == [1, 1]
    assert "nextLink" not in second


def test_writes_and_keys_are_refused_and_recorded(client: Client) -> None:
    headers = {"Authorization": f"Bearer {client.token(ARM)}"}
    for method, path in (("POST", f"{acs_arm_id()}/listKeys"), ("PUT", BOT), ("DELETE", BOT)):
        answer = client.http.request(method, path, params={"api-version": BOT_VERSION}, headers=headers)
        assert answer.status_code == 405
        assert client.tenant.requests[-1].method == method


def test_discovery_by_resource_graph(client: Client) -> None:
    answer = client.query(
        "Resources | where type in~ ('microsoft.botservice/botservices', 'Microsoft.EventGrid/systemTopics') "
        "| project id, name, type, appId = tostring(properties.msaAppId) | order by name asc",
        subscriptions=[SUBSCRIPTION_ID],
        options={"resultFormat": "objectArray"},
    )
    assert answer.status_code == 200
    assert {"x-ms-user-quota-remaining", "x-ms-user-quota-resets-after"} <= answer.headers.keys()
    body = answer.json()
    assert [row["name"] for row in body["data"]] == [
        "contoso-faq-bot",
        "contoso-voice-bot",
        "contoso-voice-events",
    ]
    assert (body["totalRecords"], body["count"], body["resultTruncated"]) == (3, 3, "false")
    assert body["data"][1]["appId"] == BOT_APP_ID
    assert body["data"][2]["appId"] == ""


def test_conditions_of_resource_graph(client: Client) -> None:
    cases = {
        f"tostring(properties.msaAppId) in~ ('{BOT_APP_ID.upper()}')": 1,
        f'properties.immutableResourceId =~ "{ACS_ID}"': 1,
        f"properties['immutableResourceId'] == '{ACS_ID.upper()}'": 0,
        "type =~ 'Microsoft.BotService/botServices' and not_there == 'x'": 0,
        "name startswith 'contoso-voice' or (name contains 'FAQ')": 4,
        "isnotempty(properties.hostName) and resourceGroup !~ 'contoso-lab'": 1,
        "name !in~ ('contoso-lab')": 4,
    }
    for condition, count in cases.items():
        answer = client.query(f"resources | where {condition}")
        assert (condition, len(answer.json()["data"])) == (condition, count)
    assert client.query("resources | count").json()["data"] == [{"Count": 5}]


def test_resource_graph_refuses_what_it_does_not_know(client: Client) -> None:
    for text in (
        "resources | summarize count()",
        "policyresources",
        "resources | where",
        "resources | where a @ b",
    ):
        answer = client.query(text)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")
        assert answer.json()["error"]["details"][0]["code"] == "InvalidQuery"
    other = client.query("resources", subscriptions=["00000000-0000-0000-0000-000000000000"])
    assert other.json()["error"]["details"][1]["code"] == "NoValidSubscriptionsInQueryRequest"


def test_resource_graph_pages_and_truncates(client: Client) -> None:
    first = client.query("resources | project id", options={"$top": 3}).json()
    rest = client.query("resources | project id", options={"$top": 3, "$skipToken": first["$skipToken"]}).json()
    assert [first["count"], rest["count"]] == [3, 2]
    assert "$skipToken" not in rest
    without_id = client.query("resources | project name", options={"$top": 3}).json()
    assert without_id["resultTruncated"] == "true"
    assert "$skipToken" not in without_id


def test_resource_graph_lags() -> None:
    behaviour = Behaviour(lagging={"contoso-voice-bot"})
    with serve(SCENARIOS["healthy"](), behaviour) as tenant, Client(tenant) as client:
        assert client.arm(BOT, BOT_VERSION).status_code == 200
        assert "contoso-voice-bot" not in [row["name"] for row in client.query("resources").json()["data"]]
