"""Contoso: an invented tenant in which everything that Teams Phone extensibility needs is right.

Two lines. +15551230100 is a Calling Plan service number on ivr@contoso.com, +15551230200 a Direct Routing
number on support@contoso.com; both accounts are bound to one Azure bot and one ACS resource, and four
agents take the calls. Around them stands what an audit meets and must leave alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from tpe_audit.simulator import skus, well_known
from tpe_audit.simulator.scenario import Scenario
from tpe_audit.simulator.state import (
    CALLING_PLAN_OPERATOR,
    DIRECT_ROUTING_OPERATOR,
    Application,
    Assignment,
    Bot,
    CommunicationService,
    Credential,
    EventSubscription,
    Grant,
    Group,
    Identity,
    License,
    Number,
    OwnedSku,
    PolicyAssignment,
    ResourceAccount,
    RoleAssignment,
    Secret,
    ServicePrincipal,
    State,
    Subscription,
    SystemTopic,
    TeamsPowerShell,
    Tenant,
    User,
    UserConfiguration,
)

_INVENTED = uuid.UUID("6d3e1b52-7c1f-4c0e-9a53-0f5d2a8b7e41")


def invented(*parts: str) -> str:
    """An id of the invented tenant: the same one for the same words, always."""
    return str(uuid.uuid5(_INVENTED, "/".join(parts)))


DOMAIN: Final = "contoso.com"
TENANT_ID: Final = invented("tenant", DOMAIN)
SUBSCRIPTION_ID: Final = invented("subscription", "voice")
BOT_APP_ID: Final = invented("application", "voice bot")
CLIENT_APP_ID: Final = invented("application", "agent desktop")
CLIENT_PRINCIPAL_ID: Final = invented("service principal", "agent desktop")
ACS_ID: Final = invented("communication service", "contoso-voice")
AUDITOR_ID: Final = invented("application", "auditor")
AUDITOR_OBJECT_ID: Final = invented("service principal", "auditor")
IVR: Final = invented("user", "ivr")
SUPPORT: Final = invented("user", "support")
AGENTS_GROUP: Final = invented("group", "agents")
AGENTS: Final = tuple(invented("user", name) for name in ("adele", "diego", "grady", "isaiah"))
IVR_NUMBER: Final = "+15551230100"
SUPPORT_NUMBER: Final = "+15551230200"
VOICE_GROUP: Final = "contoso-voice"
BOTS_GROUP: Final = "contoso-bots"
LAB_GROUP: Final = "contoso-lab"
LOCATION_ID: Final = invented("emergency location", "headquarters")

RESOURCE_ACCOUNT: Final = License(skus.RESOURCE_ACCOUNT)
PAY_AS_YOU_GO: Final = License(skus.PAY_AS_YOU_GO_US)
CREDITS: Final = License(skus.COMMUNICATIONS_CREDITS)
AGENT: Final = License(skus.MICROSOFT_365_E5)

TEAMS_SECRET_VARIABLE: Final = "TPE_AUDIT_TEAMS__CREDENTIAL__CLIENT_SECRET"  # noqa: S105 - a name
AZURE_SECRET_VARIABLE: Final = "TPE_AUDIT_AZURE__CREDENTIAL__CLIENT_SECRET"  # noqa: S105 - a name


def acs_arm_id(subscription_id: str = SUBSCRIPTION_ID) -> str:
    """ARM id of the ACS resource of the lines."""
    return (
        f"/subscriptions/{subscription_id}/resourceGroups/{VOICE_GROUP}/providers/Microsoft.Communication/"
        "communicationServices/contoso-voice"
    )


def account_user(identifier: str, name: str, display_name: str, *licenses: License, domain: str = DOMAIN) -> User:
    """The disabled Entra user behind a resource account."""
    return User(
        identifier,
        f"{name}@{domain}",
        display_name,
        account_enabled=False,
        department=well_known.RESOURCE_ACCOUNT_DEPARTMENT,
        licenses=licenses,
    )


def account_configuration(identifier: str, *policies: PolicyAssignment) -> UserConfiguration:
    """What Teams knows of a resource account."""
    return UserConfiguration(identifier, "resourceAccount", True, policies=policies)


def service_number(number: str, number_type: str, target_id: str, status: str) -> Number:
    """A number that is assigned to a resource account."""
    calling_plan = number_type == "callingPlan"
    return Number(
        number,
        number_type,
        ("voiceApplicationAssignment", "conferenceAssignment")
        if calling_plan
        else ("conferenceAssignment", "voiceApplicationAssignment", "userAssignment"),
        assignment_status=status,
        target_id=target_id,
        category="primary",
        city="Redmond" if calling_plan else None,
        location_id=LOCATION_ID if calling_plan else None,
        civic_address_id=invented("civic address", "headquarters") if calling_plan else None,
        operator_id=CALLING_PLAN_OPERATOR if calling_plan else DIRECT_ROUTING_OPERATOR,
    )


def _people() -> tuple[User, ...]:
    def person(name: str, display_name: str, *licenses: License, enabled: bool = True, title: str = "Agent") -> User:
        return User(
            invented("user", name),
            f"{name}@{DOMAIN}",
            display_name,
            enabled,
            licenses=licenses,
            job_title=title,
        )

    by_group = License(skus.MICROSOFT_365_E5, group_id=AGENTS_GROUP)
    return (
        person("adele", "Adele Vance", AGENT),
        person("diego", "Diego Siciliani", AGENT),
        person("grady", "Grady Archie", by_group),
        person("isaiah", "Isaiah Langer", by_group),
        person("lee", "Lee Gu", enabled=False),
        person("megan", "Megan Bowen", AGENT, License(skus.DOMESTIC_CALLING_PLAN), title="Marketing Manager"),
    )


def _accounts() -> tuple[tuple[ResourceAccount, User], ...]:
    def account(
        identifier: str, name: str, display_name: str, app_id: str, acs_id: str | None, *licenses: License
    ) -> tuple[ResourceAccount, User]:
        user = account_user(identifier, name, display_name, *licenses)
        return ResourceAccount(identifier, user.user_principal_name, display_name, app_id, acs_id), user

    return (
        account(IVR, "ivr", "Contoso IVR", BOT_APP_ID, ACS_ID, RESOURCE_ACCOUNT, PAY_AS_YOU_GO, CREDITS),
        account(SUPPORT, "support", "Contoso Support", BOT_APP_ID, ACS_ID, RESOURCE_ACCOUNT),
        account(
            invented("user", "frontdesk"),
            "frontdesk",
            "Front Desk",
            well_known.AUTO_ATTENDANT,
            None,
            RESOURCE_ACCOUNT,
        ),
        account(
            invented("user", "salesqueue"),
            "salesqueue",
            "Sales Queue",
            well_known.CALL_QUEUE,
            None,
            RESOURCE_ACCOUNT,
        ),
    )


def service_principals(own_tenant_id: str, *, bot: bool = True) -> tuple[ServicePrincipal, ...]:
    """Applications present in the Teams tenant; `bot`: also the one of the bot."""
    microsoft = well_known.MICROSOFT_SERVICES_TENANT
    found = (
        ServicePrincipal(
            invented("service principal", "graph"),
            well_known.GRAPH,
            "Microsoft Graph",
            microsoft,
            names=(well_known.GRAPH, "https://graph.microsoft.com"),
        ),
        ServicePrincipal(
            invented("service principal", "acs"),
            well_known.COMMUNICATION_SERVICES,
            "Azure Communication Services",
            microsoft,
            names=("https://auth.msft.communication.azure.com", well_known.COMMUNICATION_SERVICES),
            scopes=tuple((identifier, name) for name, identifier in well_known.COMMUNICATION_SCOPES.items()),
        ),
        ServicePrincipal(
            invented("service principal", "teams admin api"),
            well_known.TEAMS_ADMIN_API,
            "Skype and Teams Tenant Admin API",
            microsoft,
        ),
    )
    own = ServicePrincipal(invented("service principal", "voice bot"), BOT_APP_ID, "Contoso Voice", own_tenant_id)
    client = ServicePrincipal(CLIENT_PRINCIPAL_ID, CLIENT_APP_ID, "Contoso Agent Desktop", own_tenant_id)
    return (*found, client, own) if bot else (*found, client)


def bot_application(today: date) -> Application:
    """The app registration of the bot, with a secret that is good for most of a year."""
    starts = datetime(today.year, today.month, today.day, tzinfo=UTC) - timedelta(days=60)
    secret = Credential(invented("credential", "voice bot"), "production", starts, starts + timedelta(days=365))
    return Application(invented("application object", "voice bot"), BOT_APP_ID, "Contoso Voice", credentials=(secret,))


def client_application() -> Application:
    """The app registration of the agents' desktop, which also lists resource accounts."""
    return Application(
        invented("application object", "agent desktop"),
        CLIENT_APP_ID,
        "Contoso Agent Desktop",
        required_scopes=(
            (well_known.COMMUNICATION_SERVICES, well_known.COMMUNICATION_SCOPES["TeamsExtension.ManageCalls"]),
            (well_known.GRAPH, well_known.READ_ACCOUNTS),
        ),
        redirect_uris=("https://agents.contoso.com",),
    )


def grants() -> tuple[Grant, ...]:
    """What an administrator let the agents' desktop do, for the whole tenant."""
    acs, graph = invented("service principal", "acs"), invented("service principal", "graph")
    return (
        Grant(CLIENT_PRINCIPAL_ID, acs, "TeamsExtension.ManageCalls"),
        Grant(CLIENT_PRINCIPAL_ID, graph, "User.Read TeamsResourceAccount.Read.All"),
    )


def client_consents(tenant_id: str, *agents: str) -> tuple[Assignment, ...]:
    """The consents that let the agents' desktop act for these agents."""
    return tuple(Assignment(tenant_id, agent, "user", (CLIENT_APP_ID,)) for agent in agents)


def blocking_policy(name: str, *applications: str, users: str = "All", **conditions: Any) -> dict[str, Any]:
    """A Conditional Access policy in force that blocks users' sign-in to applications."""
    unset = (
        "authenticationFlows", "clientApplications", "devices", "insiderRiskLevels", "locations", "platforms"
    )  # fmt: skip
    people = ("excludeGroups", "excludeRoles", "excludeUsers", "includeGroups", "includeRoles")
    return {
        "id": invented("conditional access policy", name),
        "templateId": None,
        "displayName": name,
        "createdDateTime": "2026-01-15T08:00:00Z",
        "modifiedDateTime": None,
        "state": "enabled",
        "sessionControls": None,
        "conditions": {
            **dict.fromkeys(unset),
            "clientAppTypes": ["all"],
            "servicePrincipalRiskLevels": [],
            "signInRiskLevels": [],
            "userRiskLevels": [],
            "applications": {
                "includeApplications": list(applications),
                "excludeApplications": [],
                "includeUserActions": [],
                "includeAuthenticationContextClassReferences": [],
                "applicationFilter": None,
            },
            "users": {
                "includeUsers": [users],
                "includeGuestsOrExternalUsers": None,
                "excludeGuestsOrExternalUsers": None,
                **{group: [] for group in people},
            },
            **conditions,
        },
        "grantControls": {
            "operator": "OR",
            "builtInControls": ["block"],
            "customAuthenticationFactors": [],
            "termsOfUse": [],
        },
    }


def dial_out_policy(identity: str, calls: str) -> Mapping[str, Any]:
    """A policy of outbound call restrictions, the same for conferences and for other calls."""
    return {
        "Identity": identity,
        "AllowPSTNConferencingDialOutType": calls,
        "AllowPSTNOutboundCallingType": calls,
    }


def powershell(*acs_ids: str) -> TeamsPowerShell:
    """Settings that only Teams PowerShell reads: federation with these ACS resources is allowed."""
    front_desk, sales_queue = invented("user", "frontdesk"), invented("user", "salesqueue")
    cmdlets: Mapping[str, tuple[Mapping[str, Any], ...]] = {
        "Get-CsTeamsAcsFederationConfiguration": (
            {
                "Identity": "Global",
                "AllowedAcsResources": list(acs_ids),
                "EnableAcsUsers": True,
                "RequireAcsFederationForMeeting": False,
                "LabelForAllowedAcsUsers": "Unverified",
                "HideBannerForAllowedAcsUsers": False,
            },
        ),
        "Get-CsExternalAccessPolicy": (
            {"Identity": "Global", "EnableFederationAccess": True, "EnableAcsFederationAccess": True},
            {
                "Identity": "Tag:FederationOnly",
                "EnableFederationAccess": True,
                "EnableAcsFederationAccess": False,
            },
        ),
        "Get-CsAutoAttendant": (
            {
                "Identity": invented("auto attendant", "frontdesk"),
                "Name": "Front Desk",
                "ApplicationInstances": [front_desk],
            },
        ),
        "Get-CsCallQueue": (
            {
                "Identity": invented("call queue", "salesqueue"),
                "Name": "Sales Queue",
                "ApplicationInstances": [sales_queue],
            },
        ),
        "Get-CsOnlinePSTNGateway": (
            {
                "Identity": "sbc.contoso.com",
                "Fqdn": "sbc.contoso.com",
                "SipSignalingPort": 5061,
                "Enabled": True,
            },
        ),
        "Get-CsOnlineVoiceRoute": (
            {
                "Identity": "Contoso-US",
                "NumberPattern": "^\\+1\\d{10}$",
                "OnlinePstnUsages": ["US"],
                "OnlinePstnGatewayList": ["sbc.contoso.com"],
                "Priority": 1,
            },
        ),
        "Get-CsOnlineVoiceRoutingPolicy": (
            {"Identity": "Global", "OnlinePstnUsages": []},
            {"Identity": "Tag:Contoso-DirectRouting", "OnlinePstnUsages": ["US"]},
        ),
        "Get-CsTeamsCallingPolicy": ({"Identity": "Global", "AllowPrivateCalling": True},),
        "Get-CsTeamsSharedCallingRoutingPolicy": (
            {"Identity": "Global", "ResourceAccount": None, "EmergencyNumbers": []},
        ),
        "Get-CsOnlineDialOutPolicy": (
            dial_out_policy("Global", "InternationalAndDomestic"),
            dial_out_policy("Tag:DialoutCPCandPSTNDomestic", "DomesticOnly"),
            dial_out_policy("Tag:DialoutCPCandPSTNDisabled", "Disabled"),
        ),
        "Get-CsInboundBlockedNumberPattern": (),
        "Get-CsInboundExemptNumberPattern": (),
        "Get-CsTenantBlockedCallingNumbers": (
            {
                "Identity": "Global",
                "Enabled": True,
                "InboundBlockedNumberPatterns": [],
                "InboundExemptNumberPatterns": [],
            },
        ),
    }
    return TeamsPowerShell(cmdlets)


def _tenant(today: date) -> Tenant:
    people, accounts = _people(), _accounts()
    routing = PolicyAssignment(
        "OnlineVoiceRoutingPolicy", "Contoso-DirectRouting", invented("policy", "Contoso-DirectRouting")
    )
    agents = tuple(person.id for person in people[:4])
    front_desk, megan = accounts[2][0].id, people[5].id
    renewal = datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(days=200)
    return Tenant(
        TENANT_ID,
        "Contoso",
        DOMAIN,
        users=(*people, *(user for _, user in accounts)),
        resource_accounts=tuple(account for account, _ in accounts),
        numbers=(
            service_number(IVR_NUMBER, "callingPlan", IVR, "voiceApplicationAssigned"),
            service_number(SUPPORT_NUMBER, "directRouting", SUPPORT, "thirdPartyAppAssigned"),
            Number(
                "+15551230300",
                "callingPlan",
                ("userAssignment",),
                assignment_status="userAssigned",
                target_id=megan,
                category="primary",
                location_id=LOCATION_ID,
            ),
            service_number("+15551230400", "callingPlan", front_desk, "voiceApplicationAssigned"),
            Number("+15551230500", "callingPlan", ("voiceApplicationAssignment", "conferenceAssignment")),
        ),
        skus=(
            OwnedSku(skus.MICROSOFT_365_E5, next_lifecycle=renewal),
            OwnedSku(skus.RESOURCE_ACCOUNT, next_lifecycle=renewal),
            OwnedSku(skus.PAY_AS_YOU_GO_US, enabled=5, next_lifecycle=renewal),
            OwnedSku(skus.COMMUNICATIONS_CREDITS, enabled=10_000_000),
            OwnedSku(skus.DOMESTIC_CALLING_PLAN, enabled=10),
        ),
        service_principals=service_principals(TENANT_ID),
        applications=(bot_application(today), client_application()),
        grants=grants(),
        role_assignments=(
            RoleAssignment("Teams Administrator", megan),
            RoleAssignment("User Administrator", megan),
            RoleAssignment("Cloud Application Administrator", megan),
        ),
        groups=(Group(AGENTS_GROUP, "Contact centre agents", agents),),
        user_configurations=(
            *(UserConfiguration(identifier) for identifier in agents),
            UserConfiguration(megan),
            account_configuration(IVR),
            account_configuration(SUPPORT, routing),
            account_configuration(front_desk),
            account_configuration(accounts[3][0].id),
        ),
        powershell=powershell(ACS_ID),
    )


def incoming_calls(name: str = "incoming-call") -> EventSubscription:
    """A webhook that is told of incoming calls."""
    return EventSubscription(name, (well_known.INCOMING_CALL,))


def subscription(tenant_id: str, teams_tenant_id: str, *, on_topic: bool = True) -> Subscription:
    """The Azure side; the event subscription stands on a system topic, or else on the ACS resource."""
    voice = CommunicationService(
        VOICE_GROUP,
        "contoso-voice",
        ACS_ID,
        principal_id=invented("managed identity", "contoso-voice"),
        assignments=(
            Assignment(teams_tenant_id, IVR, "teamsResourceAccount"),
            Assignment(teams_tenant_id, SUPPORT, "resourceAccount"),
            *client_consents(teams_tenant_id, *AGENTS),
        ),
        event_subscriptions=() if on_topic else (incoming_calls(),),
    )
    lab = CommunicationService(
        LAB_GROUP, "contoso-lab", invented("communication service", "contoso-lab"), data_location="Europe"
    )
    topic = SystemTopic(VOICE_GROUP, "contoso-voice-events", "contoso-voice", (incoming_calls(),))
    return Subscription(
        SUBSCRIPTION_ID,
        tenant_id,
        "Contoso Voice",
        resource_groups=(VOICE_GROUP, BOTS_GROUP, LAB_GROUP),
        bots=(
            Bot(BOTS_GROUP, "contoso-voice-bot", BOT_APP_ID, tenant_id, display_name="Contoso Voice"),
            Bot(LAB_GROUP, "contoso-faq-bot", invented("application", "faq bot"), tenant_id, teams=None),
        ),
        communication_services=(voice, lab),
        system_topics=(topic,) if on_topic else (),
    )


def auditor(tenant_id: str, name: str = "auditor", *, azure: bool = True) -> Identity:
    """The application that audits; `azure`: with rights on the subscription and the ACS data plane."""
    place = f"/subscriptions/{SUBSCRIPTION_ID}"
    return Identity(
        tenant_id,
        invented("application", name),
        invented("service principal", name),
        "Teams Phone Auditor",
        secrets=(Secret(secret_of(name)),),
        permissions=well_known.READ_ONLY_PERMISSIONS,
        reader_scopes=(place,) if azure else (),
        data_plane_scopes=(place,) if azure else (),
    )


def secret_of(name: str) -> str:
    """The client secret of an invented application, shaped like those of Entra."""
    return f"sim8Q~{uuid.uuid5(_INVENTED, 'secret/' + name).hex}"


def attestation(check: str, today: date, evidence: str, subject: str | None = None) -> dict[str, Any]:
    """A valid answer of a person."""
    answer: dict[str, Any] = {
        "check": check,
        "by": f"admin@{DOMAIN}",
        "on": today - timedelta(days=10),
        "expires": today + timedelta(days=80),
        "evidence": evidence,
    }
    return {**answer, "subject": subject} if subject else answer


def config(today: date) -> dict[str, Any]:
    """The configuration of an administrator who knows both lines."""
    synced = "Sync-CsOnlineApplicationInstance was run for this account"
    return {
        "teams": {"tenant_id": TENANT_ID, "credential": {"kind": "client-secret", "client_id": AUDITOR_ID}},
        "azure": {"subscriptions": [SUBSCRIPTION_ID]},
        "deployment": {
            "consumer": "third-party",
            "directions": ["inbound", "outbound"],
            "billing": "mca",
            "acs_federation": "required",
            "lines": [
                {
                    "number": number,
                    "account": f"{name}@{DOMAIN}",
                    "application_id": BOT_APP_ID,
                    "acs_resource": acs_arm_id(),
                }
                for number, name in ((IVR_NUMBER, "ivr"), (SUPPORT_NUMBER, "support"))
            ],
            "agents": {"groups": [AGENTS_GROUP], "client_applications": [CLIENT_APP_ID]},
        },
        "sources": {"teams_powershell": {"mode": "export", "max_age_hours": 24}},
        "attestations": [
            attestation("ra-synced", today, synced, IVR),
            attestation("ra-synced", today, synced, SUPPORT),
            attestation("funding-balance", today, "Billing > Payment methods: post-paid invoice is active"),
            attestation("event-grid-webhook-valid", today, "Metrics of the last week: no failed delivery"),
            attestation("acs-legacy-retirement", today, "The resource serves Teams Phone extensibility only"),
            attestation("information-barriers", today, "Get-InformationBarrierPolicy returned no policy"),
            attestation("recording-expectation", today, "Calls are recorded with Azure Communication Services"),
        ],
    }


def healthy() -> Scenario:
    """Contoso with nothing broken."""
    today = datetime.now(UTC).date()
    return Scenario(
        "healthy",
        "Contoso, healthy",
        "Nothing: both lines work in both directions.",
        State((_tenant(today),), (subscription(TENANT_ID, TENANT_ID),), (auditor(TENANT_ID),)),
        config(today),
        {TEAMS_SECRET_VARIABLE: secret_of("auditor")},
    )
