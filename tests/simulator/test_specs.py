"""The answers of the simulated tenant, held against Microsoft's published descriptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.client import Client
from tests.simulator.descriptions import FOLDER, faults_of_swagger, graph_model
from tpe_audit.simulator import SCENARIOS, serve, well_known
from tpe_audit.simulator.contoso import (
    ACS_ID,
    AGENTS_GROUP,
    BOT_APP_ID,
    BOTS_GROUP,
    IVR,
    SUBSCRIPTION_ID,
    SUPPORT,
    TENANT_ID,
    acs_arm_id,
    blocking_policy,
    invented,
)
from tpe_audit.simulator.directory import Directory
from tpe_audit.simulator.people import user_type
from tpe_audit.simulator.roles import role_id
from tpe_audit.simulator.state import Assignment, Grant

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"Microsoft's API descriptions are not beside the checkout ({FOLDER})"
)

HOME = f"/subscriptions/{SUBSCRIPTION_ID}"
AGENT = invented("user", "adele")


@pytest.fixture(scope="module")
def described() -> Iterator[Client]:
    """A tenant in which every list that is described has an item."""
    acs, bot = invented("service principal", "acs"), invented("service principal", "voice bot")
    consents = (
        Assignment(TENANT_ID, IVR, "resourceAccount"),
        Assignment(TENANT_ID, AGENT, "user", (BOT_APP_ID,)),
    )
    scenario = (
        SCENARIOS["healthy"]()
        .add("grants", Grant(bot, acs, "TeamsExtension.ManageCalls"))
        .in_tenant(conditional_access=(blocking_policy("Block", "All"),))
        .change("communication_services", lambda item: item.immutable_id == ACS_ID, assignments=consents)
    )
    with serve(scenario) as tenant, Client(tenant) as client:
        yield client


def _every_user_property() -> str:
    directory = Directory(SCENARIOS["healthy"]().tenant, ())
    return ",".join(user_type(directory).properties)


GRAPH = [
    ("graph.user", "/users", {"select": _every_user_property()}),
    ("graph.servicePrincipal", "/servicePrincipals", {}),
    ("graph.application", "/applications", {}),
    ("graph.organization", "/organization", {}),
    ("graph.subscribedSku", "/subscribedSkus", {}),
    ("graph.companySubscription", "/directory/subscriptions", {}),
    ("graph.licenseDetails", f"/users/{IVR}/licenseDetails", {}),
    ("graph.licenseDetails", f"/users/{AGENT}/licenseDetails", {}),
    ("graph.user", f"/groups/{AGENTS_GROUP}/transitiveMembers/microsoft.graph.user", {}),
    ("graph.oAuth2PermissionGrant", "/oauth2PermissionGrants", {}),
    ("graph.conditionalAccessPolicy", "/identity/conditionalAccess/policies", {}),
    ("graph.unifiedRoleDefinition", "/roleManagement/directory/roleDefinitions", {}),
    (
        "graph.unifiedRoleAssignment",
        "/roleManagement/directory/roleAssignments",
        {"filter": f"roleDefinitionId eq '{role_id('Teams Administrator')}'"},
    ),
    (
        "graph.appRoleAssignment",
        f"/servicePrincipals/{invented('service principal', 'auditor')}/appRoleAssignments",
        {},
    ),
    (
        "microsoft.graph.teamsAdministration.numberAssignment",
        "/admin/teams/telephoneNumberManagement/numberAssignments",
        {},
    ),
    ("microsoft.graph.teamsAdministration.teamsUserConfiguration", "/admin/teams/userConfigurations", {}),
]


@pytest.mark.parametrize(("kind", "path", "query"), GRAPH)
def test_lists_of_graph(described: Client, kind: str, path: str, query: dict[str, Any]) -> None:
    items = described.graph(path, **query).json()["value"]
    assert items
    assert [fault for item in items for fault in graph_model().faults(kind, item)] == []


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("graph.servicePrincipal", f"/servicePrincipals(appId='{well_known.COMMUNICATION_SERVICES}')"),
        ("graph.application", f"/applications(appId='{BOT_APP_ID}')"),
        ("graph.user", f"/users/{IVR}"),
        ("graph.group", f"/groups/{AGENTS_GROUP}"),
        (
            "microsoft.graph.teamsAdministration.teamsUserConfiguration",
            f"/admin/teams/userConfigurations/{SUPPORT}",
        ),
    ],
)
def test_entities_of_graph(described: Client, kind: str, path: str) -> None:
    assert graph_model().faults(kind, described.graph(path).json()) == []


def test_the_model_finds_faults() -> None:
    faults = graph_model().faults(
        "microsoft.graph.teamsAdministration.numberAssignment",
        {"id": "1", "numberType": "pigeon", "capabilities": "userAssignment", "shape": 1, "city": 1},
    )
    assert len(faults) == 4


COMMUNICATION = "arm/communication-2025-09-01.json"
BOT_SERVICE = "arm/botservice-2022-09-15.json"
EVENT_GRID = "arm/eventgrid-2025-02-15.definitions.json"
BOTS = f"{HOME}/resourceGroups/{BOTS_GROUP}/providers/Microsoft.BotService/botServices"
TOPICS = "providers/Microsoft.EventGrid/systemTopics"


@pytest.mark.parametrize(
    ("file", "definition", "path", "version"),
    [
        (
            COMMUNICATION,
            "CommunicationServiceResourceList",
            f"{HOME}/providers/Microsoft.Communication/communicationServices",
            "2025-09-01",
        ),
        (COMMUNICATION, "CommunicationServiceResource", acs_arm_id(), "2025-09-01"),
        (BOT_SERVICE, "BotResponseList", f"{HOME}/providers/Microsoft.BotService/botServices", "2022-09-15"),
        (BOT_SERVICE, "Bot", f"{BOTS}/contoso-voice-bot", "2022-09-15"),
        (EVENT_GRID, "SystemTopicsListResult", f"{HOME}/{TOPICS}", "2025-02-15"),
        (
            EVENT_GRID,
            "EventSubscriptionsListResult",
            f"{HOME}/resourceGroups/contoso-voice/{TOPICS}/contoso-voice-events/eventSubscriptions",
            "2025-02-15",
        ),
    ],
)
def test_resources(described: Client, file: str, definition: str, path: str, version: str) -> None:
    answer = described.arm(path, version)
    assert answer.status_code == 200
    assert faults_of_swagger(file, definition, answer.json()) == []


def test_the_teams_channel(described: Client) -> None:
    body = described.arm(f"{BOTS}/contoso-voice-bot/channels/MsTeamsChannel", "2022-09-15").json()
    inner = body["properties"]["properties"]
    # Live answers add a second spelling of the webhook, and null for a route that was never set.
    assert inner.pop("callingWebHook") == inner["callingWebhook"]
    assert inner.pop("incomingCallRoute") is None
    assert faults_of_swagger(BOT_SERVICE, "BotChannel", body) == []
    assert faults_of_swagger(BOT_SERVICE, "MsTeamsChannel", body["properties"]) == []


def test_event_subscriptions_on_the_resource() -> None:
    with serve(SCENARIOS["healthy-two-tenants"]()) as tenant, Client(tenant, "azure") as client:
        path = f"{acs_arm_id()}/providers/Microsoft.EventGrid/eventSubscriptions"
        body = client.arm(path, "2025-02-15").json()
    assert body["value"]
    assert faults_of_swagger(EVENT_GRID, "EventSubscriptionsListResult", body) == []


@pytest.mark.parametrize("object_id", [IVR, AGENT])
def test_consents(described: Client, object_id: str) -> None:
    body = described.consent(ACS_ID, TENANT_ID, object_id).json()
    file = "acs/identity/CommunicationIdentity-2025-06-30.json"
    assert faults_of_swagger(file, "TeamsExtensionAssignmentResponse", body) == []
    absent = described.consent(ACS_ID, TENANT_ID, SUPPORT).json()
    assert faults_of_swagger(file, "CommunicationErrorResponse", absent) == []


def test_the_swagger_finds_faults() -> None:
    wrong = {"location": "global", "properties": {"dataLocation": 1, "hostname": "x"}}
    faults = faults_of_swagger(COMMUNICATION, "CommunicationServiceResource", wrong)
    assert len(faults) == 2
