"""One invented tenant in plain facts, for the tests of checks and of the audit."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tpe_audit.facts import (
    AccountReaders,
    AcsConsents,
    AcsDataLocation,
    AcsFederation,
    AcsIdentity,
    AcsLocalAuthentication,
    AcsNetworkAccess,
    AcsProvisioning,
    AcsResource,
    AcsResourceId,
    AcsScopes,
    AcsServicePrincipal,
    Agent,
    Answer,
    AppCredential,
    AppCredentials,
    Application,
    ApplicationOwner,
    ApplicationPrincipal,
    AssignedDialOutPolicy,
    AssignedPlan,
    AssignedPolicies,
    AssignedVoiceRoutingPolicy,
    BillingAgreement,
    BlockedCallers,
    Bot,
    BotAppType,
    BoundAcsResource,
    BoundApplication,
    CallerBlocking,
    CallingPolicy,
    Census,
    ChannelCalling,
    ClientApplication,
    ClientAssignment,
    ClientConsents,
    Collected,
    ConditionalAccess,
    Department,
    Deployment,
    DialOutPolicies,
    DialOutPolicy,
    DynamicsApplicationId,
    Environment,
    EnvironmentAcsResource,
    EventDelivery,
    EventSubscription,
    Evidence,
    ExemptCallers,
    ExpectedAcsResource,
    ExpectedApplication,
    ExpectedNumber,
    ExternalAccess,
    Fact,
    Gap,
    GlobalExternalAccess,
    Kind,
    Known,
    Licenses,
    LineIds,
    NoSharedCalling,
    NumberActivation,
    NumberCapabilities,
    NumberCountry,
    NumberEmergencyLocation,
    NumberSource,
    NumberType,
    NumberTypeName,
    Organization,
    PhoneNumber,
    PlanStatus,
    ProductIds,
    RedirectUris,
    Registration,
    Request,
    RequiredScopes,
    ResourceAccount,
    RoleHolders,
    ServerConsent,
    ServicePlan,
    SessionBorderController,
    SessionBorderControllers,
    SharedCalling,
    SignIn,
    Sku,
    Subject,
    SubscribedSkus,
    SyncApplications,
    TeamsAccountType,
    TeamsAdminApi,
    TeamsChannel,
    TeamsUser,
    Tenant,
    UnknownBillingAgreement,
    UnlicensedAccounts,
    UsageLocation,
    UserType,
    VoiceApplications,
    VoiceProvider,
    VoiceRoute,
    VoiceRoutes,
    VoiceRoutingPolicies,
    VoiceRoutingPolicy,
    slot,
)

TENANT = Tenant("7a1d3c52-0d4b-4f6e-9a55-3f6d1f0c2b11")
ACCOUNT = ResourceAccount("3b2f5a1e-6c0d-4a57-8f2e-9d1c7b6a5e40", "ivr@contoso.com", "IVR")
NUMBER = PhoneNumber("+15551230100", Subject(Kind.ACCOUNT, ACCOUNT.id, ACCOUNT.user_principal_name))
APPLICATION = Application("5e8f1c9a-2b3d-4e6f-8a7b-0c1d2e3f4a5b")
BOT = Bot(
    "/subscriptions/9c0b7a65-1234-4321-8765-0a1b2c3d4e5f/resourceGroups/tpe/providers/Microsoft.BotService/"
    "botServices/tpe-bot",
    "tpe-bot",
    "tpe",
    "9c0b7a65-1234-4321-8765-0a1b2c3d4e5f",
    APPLICATION.client_id,
)
ACS = AcsResource(
    "d1c2b3a4-5f6e-4d7c-8b9a-1e2f3a4b5c6d",
    "/subscriptions/9c0b7a65-1234-4321-8765-0a1b2c3d4e5f/resourceGroups/tpe/providers/Microsoft.Communication/"
    "communicationServices/tpe-acs",
    "tpe-acs",
    "tpe",
    "9c0b7a65-1234-4321-8765-0a1b2c3d4e5f",
    "tpe-acs.unitedstates.communication.azure.com",
)
ACS_ID = AcsResourceId(ACS.immutable_id)
AGENT = Agent("88a1b2c3-d4e5-4f60-9a8b-7c6d5e4f3a21", "avery@contoso.com", "Avery")

ENVIRONMENT = Environment("https://contoso.crm.dynamics.com")

OTHER_ACCOUNT = ResourceAccount("4c3a6b2f-7d1e-4b68-9a3f-0e2d8c7b6f51", "sales@contoso.com", "Sales")
OTHER_NUMBER = PhoneNumber("+15551230200", OTHER_ACCOUNT.subject)
OTHER_AGENT = Agent("99b2c3d4-e5f6-4a71-8b9c-8d7e6f5a4b32", "blake@contoso.com", "Blake")
OTHER_ID = "c0ffee00-1111-4222-8333-444455556666"
"""The id of something else."""

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CLIENT = ClientApplication("7f6e5d4c-3b2a-4190-8f7e-6d5c4b3a2918")
SCOPE_ID = "11112222-3333-4444-8555-666677778888"
"""The id of TeamsExtension.ManageCalls in this tenant."""
AGREEMENT = UnknownBillingAgreement("Azure shows no billing account of this tenant.")
CUSTOMER_AGREEMENT = BillingAgreement("MicrosoftCustomerAgreement", ("Contoso",))
DEPLOYMENT = Deployment(agent_users=("avery@contoso.com",), client_applications=(CLIENT.client_id,))
REGISTRATION = Registration("a1b2c3d4", "IVR application", TENANT.id, "AzureADMyOrg")
SECRET = AppCredential("production", "secret", NOW - timedelta(days=60), NOW + timedelta(days=300))
PRINCIPAL = ApplicationPrincipal("b2c3d4e5", enabled=True, owner_tenant_id=TENANT.id)
CLIENT_ASSIGNMENT = ClientAssignment(ACS.name, ACS.host_name, "user", TENANT.id, (CLIENT.client_id,))
OWNER = ApplicationOwner("1e2d3c4b-5a69-4788-9c0d-1a2b3c4d5e6f", "IVR application")
PRODUCTS = ProductIds("<resource account>", "<pay as you go>", "<credits>", "<teams phone>")
IDS = LineIds(ACCOUNT.user_principal_name, ACCOUNT.id, APPLICATION.client_id, ACS.immutable_id)


def plan(plan_id: str, name: str, status: PlanStatus = PlanStatus.ON, sku: str = "", detail: str = "") -> AssignedPlan:
    """Return a service plan that somebody has, by a product of this part number."""
    return AssignedPlan(plan_id, name, f"sku-of-{name}", sku or name, status, detail)


VIRTUAL_USER = plan("f47330e9-c134-43b3-9993-e7f004506889", "MCOEV_VIRTUALUSER")
PAYG = plan("156a1efe-17cd-4b03-9f17-2eb512298fb3", "MCOPSTN_PAYG_1")
PAYG_ZONE_2 = plan("0b1c2d3e-0000-4000-8000-000000000002", "MCOPSTN_PAYG_2")
DOMESTIC = plan("4ed3ff63-69d7-4fb7-b984-5aec7f605ca8", "MCOPSTN1")
CREDITS = plan("505e180f-f7e0-4b65-91d4-00d670bbd18c", "MCOPSTNC")
TEAMS = plan("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1")
DYNAMICS_VOICE = plan("f6ec6dfa-2402-468d-a455-89be11116d43", "DYN365_CS_VOICE")
TEAMS_PHONE = plan("4828c8ec-dc2e-4779-b502-87ac9ce28ab7", "MCOEV")

PAYG_SKU = Sku("dbd31205", "PAYG_ZONE_1", "Enabled", 5, 1, (ServicePlan(PAYG.id, PAYG.name),))
ACCOUNT_SKU = Sku("440eaaa8", "PHONESYSTEM_VIRTUALUSER", "Enabled", 25, 2, (ServicePlan(VIRTUAL_USER.id, "MCOEV_VU"),))
SUBSCRIPTION = EventSubscription(
    "calls", "Succeeded", "WebHook", ("Microsoft.Communication.IncomingCall",), None, (), ()
)

DELIVERY = EventDelivery("calls", "WebHook", "https://contoso.example/calls", False, SUBSCRIPTION.event_types)

POLICIES = VoiceRoutingPolicies((VoiceRoutingPolicy("Global", ()), VoiceRoutingPolicy("Trunk", ("US",))))
ROUTE = VoiceRoute("To-US", "^\\+1\\d{10}$", ("US",), ("sbc.contoso.com",))
ROUTES = VoiceRoutes((ROUTE,))
CONTROLLERS = SessionBorderControllers((SessionBorderController("sbc.contoso.com", enabled=True),))
DIAL_OUT = DialOutPolicies((DialOutPolicy("Global", "InternationalAndDomestic"),))


def off(what: AssignedPlan) -> AssignedPlan:
    """Return the plan, switched off."""
    return replace(what, status=PlanStatus.OFF, detail="Disabled")


def _of_account(account: ResourceAccount, number: PhoneNumber) -> Mapping[type[Fact], Fact]:
    return {
        Application: APPLICATION,
        Bot: BOT,
        AcsResourceId: ACS_ID,
        AcsResource: ACS,
        PhoneNumber: number,
        BoundApplication: BoundApplication(APPLICATION.client_id),
        BoundAcsResource: BoundAcsResource(ACS.immutable_id),
        ExpectedApplication: ExpectedApplication(APPLICATION.client_id, "config.toml"),
        ExpectedAcsResource: ExpectedAcsResource(ACS.immutable_id, "config.toml"),
        LineIds: LineIds(account.user_principal_name, account.id, APPLICATION.client_id, ACS.immutable_id),
        ExpectedNumber: ExpectedNumber(number.number),
        SignIn: SignIn(enabled=False),
        UsageLocation: UsageLocation("US"),
        UserType: UserType("Member"),
        Department: Department("Microsoft Communication Application Instance"),
        Licenses: Licenses((VIRTUAL_USER, PAYG, CREDITS)),
        ServerConsent: ServerConsent("teamsResourceAccount", TENANT.id),
        SharedCalling: NoSharedCalling(),
        Environment: ENVIRONMENT,
        DynamicsApplicationId: DynamicsApplicationId(APPLICATION.client_id),
        VoiceApplications: VoiceApplications(()),
        AssignedVoiceRoutingPolicy: AssignedVoiceRoutingPolicy("Global"),
        AssignedDialOutPolicy: AssignedDialOutPolicy("Global"),
    }


def _of_number(account: ResourceAccount) -> Mapping[type[Fact], Fact]:
    return {
        ResourceAccount: account,
        NumberType: NumberType(NumberTypeName.CALLING_PLAN),
        NumberCapabilities: NumberCapabilities(("voiceApplicationAssignment",)),
        NumberActivation: NumberActivation("activated", ""),
        NumberCountry: NumberCountry("US"),
        NumberEmergencyLocation: NumberEmergencyLocation("headquarters", ""),
        NumberSource: NumberSource("online"),
    }


_OF_AGENT: Mapping[type[Fact], Fact] = {
    SignIn: SignIn(enabled=True),
    UserType: UserType("Member"),
    UsageLocation: UsageLocation("US"),
    Licenses: Licenses((TEAMS, TEAMS_PHONE, DYNAMICS_VOICE)),
    TeamsUser: TeamsUser(enterprise_voice=True),
    TeamsAccountType: TeamsAccountType("user"),
    AssignedPolicies: AssignedPolicies(()),
    ExternalAccess: ExternalAccess("Global", acs_federation=True),
    CallingPolicy: CallingPolicy("Global", private_calling=True),
    ClientConsents: ClientConsents((CLIENT_ASSIGNMENT,)),
}


def healthy(deployment: Deployment = DEPLOYMENT) -> Evidence:
    """Return the evidence of a tenant with two lines and two agents in which every check passes that can.

    Every answer rests on one request of its own.
    """
    facts: dict[Subject, Mapping[type[Fact], Fact | tuple[Fact, ...]]] = {
        TENANT.subject: {
            Deployment: deployment,
            BillingAgreement: AGREEMENT,
            AcsServicePrincipal: AcsServicePrincipal("0a1b2c3d", enabled=True),
            Organization: Organization("Contoso", "US"),
            SubscribedSkus: SubscribedSkus((PAYG_SKU, ACCOUNT_SKU)),
            AcsScopes: AcsScopes((("TeamsExtension.ManageCalls", SCOPE_ID),)),
            TeamsAdminApi: TeamsAdminApi("1b2c3d4e", enabled=True),
            AccountReaders: AccountReaders((CLIENT.client_id,), (CLIENT.client_id,), ()),
            RoleHolders: RoleHolders((("Global Administrator", 2),)),
            ConditionalAccess: ConditionalAccess((), 3),
            UnlicensedAccounts: UnlicensedAccounts(()),
            ProductIds: PRODUCTS,
            Collected: Collected(NOW),
            AcsFederation: AcsFederation(enabled=True, allowed_resources=(ACS.immutable_id,)),
            GlobalExternalAccess: GlobalExternalAccess(acs_federation=True),
            SyncApplications: SyncApplications((OTHER_ID,)),
            VoiceRoutingPolicies: POLICIES,
            VoiceRoutes: ROUTES,
            SessionBorderControllers: CONTROLLERS,
            DialOutPolicies: DIAL_OUT,
            CallerBlocking: CallerBlocking(enabled=True),
            BlockedCallers: BlockedCallers(()),
            ExemptCallers: ExemptCallers(()),
        },
        ACCOUNT.subject: _of_account(ACCOUNT, NUMBER),
        OTHER_ACCOUNT.subject: _of_account(OTHER_ACCOUNT, OTHER_NUMBER),
        NUMBER.subject: _of_number(ACCOUNT),
        OTHER_NUMBER.subject: _of_number(OTHER_ACCOUNT),
        APPLICATION.subject: {
            ApplicationOwner: OWNER,
            Bot: BOT,
            Registration: REGISTRATION,
            AppCredentials: AppCredentials((SECRET,)),
            ApplicationPrincipal: PRINCIPAL,
        },
        CLIENT.subject: {
            Registration: REGISTRATION,
            RequiredScopes: RequiredScopes((("1fd5118e-2576-4263-8130-9503064c837a", SCOPE_ID),)),
            RedirectUris: RedirectUris(("https://agents.contoso.example",)),
            ApplicationPrincipal: PRINCIPAL,
            AcsConsents: AcsConsents(("TeamsExtension.ManageCalls",), ()),
        },
        BOT.subject: {
            Application: APPLICATION,
            BotAppType: BotAppType("SingleTenant", TENANT.id, ""),
            TeamsChannel: TeamsChannel(enabled=True),
            ChannelCalling: ChannelCalling(enabled=True, webhook="https://contoso.example"),
        },
        ACS.subject: {
            AcsResource: ACS,
            AcsProvisioning: AcsProvisioning("Succeeded"),
            EventSubscription: (SUBSCRIPTION,),
            EventDelivery: (DELIVERY,),
            AcsDataLocation: AcsDataLocation("United States"),
            AcsLocalAuthentication: AcsLocalAuthentication(enabled=True),
            AcsNetworkAccess: AcsNetworkAccess("Enabled"),
            AcsIdentity: AcsIdentity("1b2c3d4e"),
        },
        ENVIRONMENT.subject: {
            VoiceProvider: VoiceProvider(),
            EnvironmentAcsResource: EnvironmentAcsResource((ACS.immutable_id,)),
        },
        AGENT.subject: _OF_AGENT,
        OTHER_AGENT.subject: _OF_AGENT,
    }
    rows = [(fact, subject, value) for subject, known in facts.items() for fact, value in known.items()]
    things = (
        *(ACCOUNT, OTHER_ACCOUNT, NUMBER, OTHER_NUMBER, APPLICATION, BOT, ACS_ID, ACS),
        *(AGENT, OTHER_AGENT, CLIENT, ENVIRONMENT),
    )
    return Evidence(
        tenant=TENANT,
        census={
            kind: Census(tuple((thing.subject, Known(thing)) for thing in things if type(thing) is kind))
            for kind in dict.fromkeys(type(thing) for thing in things)
        },
        answers={(fact, subject.key): Known(value, (index,)) for index, (fact, subject, value) in enumerate(rows)},
        requests=tuple(
            Request("graph", f"GET {fact.__name__} of {subject.name}", 200, "", NOW) for fact, subject, _ in rows
        ),
    )


def but(evidence: Evidence, subject: Subject, *others: Fact, gap: type[Fact] | None = None) -> Evidence:
    """Return the evidence with other facts of one subject, and perhaps one that could not be read."""
    changed: dict[tuple[type[Fact], str], Answer] = dict(evidence.answers)
    for fact in others:
        changed[slot(type(fact)), subject.key] = Known(fact)
    if gap is not None:
        changed[gap, subject.key] = Gap(f"{gap.__name__} could not be read. Grant Some.Read.All.")
    return replace(evidence, answers=changed)


def counted(evidence: Evidence, kind: type[Fact], census: Census) -> Evidence:
    """Return the evidence with another list of things of one kind."""
    return replace(evidence, census={**evidence.census, kind: census})
