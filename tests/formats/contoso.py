"""Reports of one invented tenant, built by hand: nothing in them depends on the checks that ship."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tpe_audit.audit import Audit
from tpe_audit.catalog import Catalog, Check, Parameter, Profile
from tpe_audit.changes import Change, Changed, Changes
from tpe_audit.expiry import Ending, Expiry, Unread
from tpe_audit.facts import (
    AcsResource,
    AcsServicePrincipal,
    Agent,
    Bot,
    Census,
    Deployment,
    Evidence,
    Fact,
    Kind,
    Known,
    Licenses,
    Organization,
    PhoneNumber,
    Request,
    ResourceAccount,
    Subject,
    Tenant,
    Thing,
)
from tpe_audit.findings import Cause, Decision, Finding, Judgement
from tpe_audit.report import Reads, Report, Run, SourceReport, SourceState, compose
from tpe_audit.shell import Command, bash, powershell
from tpe_audit.terms import Attestation, Terms, Waiver
from tpe_audit.verdicts import Area, Owner, Pass, Severity, Status, Verdict

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TODAY = START.date()
LEARN = "https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe/"
SUBSCRIPTION = "9c0b7a65-1234-4321-8765-0a1b2c3d4e5f"

TENANT = Tenant("7a1d3c52-0d4b-4f6e-9a55-3f6d1f0c2b11")
SALES = ResourceAccount("3b2f5a1e-6c0d-4a57-8f2e-9d1c7b6a5e40", "ivr-sales@contoso.com", "IVR Sales")
CARE = ResourceAccount("c4d5e6f7-1a2b-4c3d-9e8f-7a6b5c4d3e2f", "ivr-care@contoso.com", "IVR Care")
SALES_NUMBER = PhoneNumber("+15551230100", SALES.subject)
CARE_NUMBER = PhoneNumber("+15551230199", CARE.subject)


def _bot(name: str, client_id: str) -> Bot:
    arm_id = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/tpe/providers/Microsoft.BotService/botServices/{name}"
    return Bot(arm_id, name, "tpe", SUBSCRIPTION, client_id)


SALES_BOT = _bot("tpe-bot-sales", "5e8f1c9a-2b3d-4e6f-8a7b-0c1d2e3f4a5b")
CARE_BOT = _bot("tpe-bot-care", "6f9a2d0b-3c4e-4f70-9b8c-1d2e3f4a5b6c")
ACS = AcsResource(
    "d1c2b3a4-5f6e-4d7c-8b9a-1e2f3a4b5c6d",
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/tpe/providers/Microsoft.Communication/communicationServices/acs",
    "tpe-acs",
    "tpe",
    SUBSCRIPTION,
    "tpe-acs.unitedstates.communication.azure.com",
)
AGENTS = tuple(
    Agent(f"88a1b2c3-d4e5-4f60-9a8b-7c6d5e4f3a{index:02x}", f"{name.lower()}@contoso.com", name)
    for index, name in enumerate(("Avery", "Blair", "Casey", "Devon", "Emery"))
)


def _never(thing: Thing) -> Verdict:
    return Pass(f"{type(thing).__name__} is not judged here.")


def check(
    name: str,
    title: str,
    area: Area,
    judges: type[Thing],
    *,
    owner: Owner = Owner.AZURE_ADMIN,
    severity: Severity = Severity.BLOCKER,
    codes: tuple[str, ...] = (),
    requires: tuple[str, ...] = (),
    body: str = "",
    question: str = "",
    reads: type[Fact] | None = None,
    link: str = f"{LEARN}teams-phone-extensibility-troubleshooting",
) -> Check:
    """Return a check that says something of itself and judges nothing."""
    function: Callable[..., Verdict] = _never
    parameters = [Parameter("thing", (judges,), many=False, path=())]
    if reads:
        parameters.append(Parameter("fact", (reads,), many=False, path=(reads,)))
    return Check(
        id=name,
        title=title,
        body=body,
        area=area,
        severity=severity,
        owner=owner,
        codes=codes,
        requires=requires,
        link=link,
        function=function,
        parameters=tuple(parameters),
        path=Path(f"checks/{name.replace('-', '_')}.py"),
        question=question,
    )


def passing(subject: Subject, reason: str = "It is there.", *evidence: int) -> Judgement:
    """Return the judgement that all is well."""
    return Judgement(subject, Decision(Status.PASS, reason, evidence=evidence))


WAIVER = Waiver(
    "acs-network-access",
    "Robin Roe, network team",
    "The private endpoint arrives with the December release.",
    date(2027, 1, 31),
)
ATTESTATION = Attestation(
    "funding-balance",
    "Kim Poe, billing",
    date(2026, 11, 20),
    date(2026, 12, 20),
    evidence="Invoice 4711; auto-recharge at 50 USD",
)

REQUESTS = (
    Request("graph", "GET https://graph.microsoft.com/v1.0/organization", 200, "a1f0", START),
    Request("graph", f"GET https://graph.microsoft.com/v1.0/users/{CARE.id}/licenseDetails", 403, "b2e1", START),
    Request(
        "arm",
        f"GET https://management.azure.com{SALES_BOT.arm_id}/channels/MsTeamsChannel",
        200,
        "c3d2",
        START,
    ),
    Request(
        "arm",
        f"GET https://management.azure.com{CARE_BOT.arm_id}/channels/MsTeamsChannel",
        404,
        "d4c3",
        START,
    ),
    Request(
        "graph",
        "GET https://graph.microsoft.com/v1.0/servicePrincipals(appId='1fd5118e-2576-4263-8130-9503064c837a')",
        404,
        "e5b4",
        START + timedelta(seconds=1),
    ),
    Request(
        "acs",
        "GET https://tpe-acs.unitedstates.communication.azure.com/access/teamsExtension",
        None,
        "",
        START,
    ),
    Request("arm", f"GET https://management.azure.com{ACS.arm_id}", 200, "f6a5", START),
)

GUIDE: dict[tuple[type[Fact], type[Fact]], Reads] = {
    (ResourceAccount, Licenses): Reads("GET /users/{id}/licenseDetails", "graph", ("LicenseAssignment.Read.All",)),
    (ResourceAccount, ResourceAccount): Reads(
        "GET /admin/teams/resourceAccounts",
        "graph",
        ("TeamsResourceAccount.Read.All", "Teams Administrator (role)"),
    ),
    (Tenant, AcsServicePrincipal): Reads("GET /servicePrincipals(appId='{appId}')", "graph", ("Application.Read.All",)),
    (AcsResource, AcsResource): Reads(
        "GET {communicationServices}?api-version=2023-04-01", "arm", ("Reader on the ACS resource",)
    ),
}


def _findings() -> tuple[Finding, ...]:
    principal = check(
        "acs-service-principal",
        "The Azure Communication Services application is present and enabled in the Teams tenant",
        Area.TENANT,
        Tenant,
        owner=Owner.ENTRA_ADMIN,
        codes=("lacks a service principal", "AADSTS650052"),
        reads=AcsServicePrincipal,
        body="Applications that use Teams Phone extensibility ask Microsoft Entra for tokens to Microsoft's "
        "own application *Azure Communication Services* (`1fd5118e-2576-4263-8130-9503064c837a`). A tenant "
        "without its service principal can consent to nothing.\n\n"
        "## Fix\n\nAn Entra administrator adds the service principal once, or enables it again.\n\n"
        "    New-MgServicePrincipal -AppId …\n",
    )
    channel = check(
        "bot-teams-channel",
        "The bot's Microsoft Teams channel is on",
        Area.BOT,
        Bot,
        codes=("403/10105", "busy signal"),
        requires=("bot-exists",),
        body="A call to a resource account reaches the application only if its Azure Bot has the Microsoft "
        "Teams channel.\n\n## Fix\n\nAdd the channel. The calling webhook may be any valid https address.\n",
    )
    licenses = check(
        "ra-license",
        "The resource account holds a Microsoft Teams Phone Resource Account licence",
        Area.LICENSE,
        ResourceAccount,
        owner=Owner.LICENSE_ADMIN,
        codes=("580462",),
        reads=Licenses,
    )
    return (
        Finding(
            principal,
            Status.FAIL,
            "The tenant has no service principal of the application Azure Communication Services.",
            (
                Judgement(
                    TENANT.subject,
                    Decision(
                        Status.FAIL,
                        "The tenant has no service principal of the application Azure Communication Services.",
                        "no service principal",
                        "a service principal of 1fd5118e-2576-4263-8130-9503064c837a, enabled",
                        (
                            powershell("Connect-MgGraph -TenantId %s -Scopes Application.ReadWrite.All", TENANT.id),
                            powershell("New-MgServicePrincipal -AppId %s", "1fd5118e-2576-4263-8130-9503064c837a"),
                        ),
                        (4,),
                    ),
                ),
            ),
        ),
        Finding(
            channel,
            Status.FAIL,
            "1 of 2: The bot has no Microsoft Teams channel.",
            (
                passing(SALES_BOT.subject, "The bot's Microsoft Teams channel is on.", 2),
                Judgement(
                    CARE_BOT.subject,
                    Decision(
                        Status.FAIL,
                        "The bot has no Microsoft Teams channel.",
                        "no channel MsTeamsChannel",
                        "a channel MsTeamsChannel, enabled",
                        (_create_channel(CARE_BOT),),
                        (3,),
                    ),
                ),
            ),
        ),
        Finding(
            check(
                "client-consent",
                "The agents' application may answer calls in their name",
                Area.CLIENT,
                Agent,
                owner=Owner.ENTRA_ADMIN,
                severity=Severity.MAJOR,
                requires=("acs-service-principal",),
            ),
            Status.BLOCKED,
            f"It rests on acs-service-principal, which fails for {TENANT.id}.",
            tuple(
                Judgement(
                    agent.subject,
                    Decision(
                        Status.BLOCKED,
                        f"It rests on acs-service-principal, which fails for {TENANT.id}.",
                        blocked_by=Cause("acs-service-principal", TENANT.id),
                    ),
                )
                for agent in AGENTS
            ),
        ),
        Finding(
            check(
                "server-consent",
                "The application may answer calls for the resource account",
                Area.CONSENT,
                ResourceAccount,
                owner=Owner.DEVELOPER,
                requires=("acs-service-principal",),
            ),
            Status.UNKNOWN,
            "1 of 2, ivr-care@contoso.com first: The ACS data plane did not answer within 30 seconds.",
            (
                passing(SALES.subject, "The application has the consent."),
                Judgement(
                    CARE.subject,
                    Decision(
                        Status.UNKNOWN,
                        "The ACS data plane did not answer within 30 seconds.",
                        evidence=(5,),
                    ),
                ),
            ),
        ),
        Finding(
            licenses,
            Status.UNKNOWN,
            "1 of 2, ivr-care@contoso.com first: Graph refused the account's licences (403). "
            "Grant LicenseAssignment.Read.All.",
            (
                passing(SALES.subject, "The plan MCOEV_VIRTUALUSER is on.", 0),
                Judgement(
                    CARE.subject,
                    Decision(
                        Status.UNKNOWN,
                        "Graph refused the account's licences (403). Grant LicenseAssignment.Read.All.",
                        evidence=(1,),
                        lacks=("the Graph permission LicenseAssignment.Read.All",),
                    ),
                ),
            ),
        ),
        Finding(
            check(
                "emergency-address",
                "Somebody has tried an emergency call, or knows that it is not needed",
                Area.PSTN,
                PhoneNumber,
                owner=Owner.TEAMS_ADMIN,
                severity=Severity.MAJOR,
                question="Is the emergency address of the number right, and who has tried it?",
            ),
            Status.MANUAL,
            "No interface tells whether the address is right.",
            tuple(
                Judgement(number.subject, Decision(Status.MANUAL, "No interface tells whether the address is right."))
                for number in (SALES_NUMBER, CARE_NUMBER)
            ),
        ),
        Finding(
            check(
                "acs-network-access",
                "The ACS resource can be reached from Microsoft's network",
                Area.ACS,
                AcsResource,
                severity=Severity.MAJOR,
                reads=AcsResource,
            ),
            Status.WAIVED,
            "Public network access is disabled.",
            (
                Judgement(
                    ACS.subject,
                    Decision(
                        Status.WAIVED,
                        "Public network access is disabled.",
                        "publicNetworkAccess is Disabled",
                        "publicNetworkAccess is Enabled",
                        (
                            bash(
                                "az communication update -n %s -g %s --public-network-access Enabled",
                                "tpe-acs",
                                "tpe",
                            ),
                        ),
                        (6,),
                        waiver=WAIVER,
                    ),
                ),
            ),
        ),
        Finding(
            check(
                "funding-balance",
                "Communications Credits suffice, and recharge by themselves",
                Area.FUNDING,
                Tenant,
                owner=Owner.BILLING_ADMIN,
                severity=Severity.MAJOR,
                question="What is the balance, and is auto-recharge on?",
            ),
            Status.PASS,
            "Attested by Kim Poe, billing on 2026-11-20, until 2026-12-20.",
            (
                Judgement(
                    TENANT.subject,
                    Decision(
                        Status.PASS,
                        "Attested by Kim Poe, billing on 2026-11-20, until 2026-12-20.",
                        attestation=ATTESTATION,
                    ),
                ),
            ),
        ),
        *(_simple(*row) for row in _SIMPLE),
        Finding(
            check(
                "agent-voice",
                "The agent is enabled for Teams Phone",
                Area.AGENT,
                Agent,
                owner=Owner.TEAMS_ADMIN,
                severity=Severity.MAJOR,
            ),
            Status.PASS,
            "Enterprise Voice is on.",
            tuple(passing(agent.subject, "Enterprise Voice is on.", 0) for agent in AGENTS),
        ),
        Finding(
            check(
                "d365-app-id",
                "The account is bound to the Dynamics 365 application",
                Area.DYNAMICS,
                ResourceAccount,
                owner=Owner.DYNAMICS_ADMIN,
            ),
            Status.NOT_APPLICABLE,
            "The deployment's consumer is third-party; this concerns dynamics-365.",
        ),
    )


def _create_channel(bot: Bot) -> Command:
    return bash(
        "az bot msteams create -n %s -g %s --subscription %s --enable-calling --calling-web-hook %s",
        bot.name,
        bot.resource_group,
        bot.subscription,
        "https://<any valid https address>",
    )


_SIMPLE: tuple[tuple[str, str, Area, type[Thing], tuple[Thing, ...], str], ...] = (
    (
        "ra-exists",
        "The line has a resource account",
        Area.ACCOUNT,
        ResourceAccount,
        (SALES, CARE),
        "It exists.",
    ),
    (
        "ra-application-id",
        "The resource account is bound to the application that serves its line",
        Area.ACCOUNT,
        ResourceAccount,
        (SALES, CARE),
        "It is bound to the application that config.toml names.",
    ),
    (
        "number-assigned",
        "A number is assigned to the account",
        Area.NUMBER,
        ResourceAccount,
        (SALES, CARE),
        "A number is assigned.",
    ),
    (
        "bot-exists",
        "There is a bot of the application",
        Area.BOT,
        Bot,
        (SALES_BOT, CARE_BOT),
        "The bot exists.",
    ),
    (
        "event-grid-subscription",
        "Incoming calls are subscribed to",
        Area.EVENTS,
        ResourceAccount,
        (SALES, CARE),
        "A subscription takes Microsoft.Communication.IncomingCall.",
    ),
)


def _simple(name: str, title: str, area: Area, judges: type[Thing], things: Sequence[Thing], reason: str) -> Finding:
    judgements = tuple(passing(thing.subject, reason, 0) for thing in things)
    return Finding(check(name, title, area, judges), Status.PASS, reason, judgements)


def evidence(requests: tuple[Request, ...] = REQUESTS) -> Evidence:
    """Return what was read of the tenant, as far as lines need it."""
    tenant = TENANT.subject
    answers: dict[tuple[type[Fact], str], Known] = {
        (Organization, tenant.key): Known(Organization("Contoso Ltd.", "US")),
        (Deployment, tenant.key): Known(Deployment(agent_users=("avery@contoso.com",))),
    }
    for account, number, bot in ((SALES, SALES_NUMBER, SALES_BOT), (CARE, CARE_NUMBER, CARE_BOT)):
        key = account.subject.key
        answers |= {
            (PhoneNumber, key): Known(number),
            (Bot, key): Known(bot),
            (AcsResource, key): Known(ACS),
        }
    accounts = Census(tuple((account.subject, Known(account)) for account in (SALES, CARE)))
    census: dict[type[Fact], Census] = {ResourceAccount: accounts}
    seen = {"resource accounts of auto attendants": 14}
    return Evidence(TENANT, census, answers, requests=requests, seen=seen)


RUN = Run(
    START,
    START + timedelta(seconds=12),
    TENANT.id,
    "0f9e8d7c-6b5a-4938-8271-605f4e3d2c1b",
    simulated=True,
    sources=(
        SourceReport("graph", TENANT.id, SourceState.REFUSED, "1 of 9 requests was refused (403)."),
        SourceReport("arm", "0f9e8d7c-6b5a-4938-8271-605f4e3d2c1b", SourceState.OK),
        SourceReport("acs", "0f9e8d7c-6b5a-4938-8271-605f4e3d2c1b", SourceState.FAILED, "No answer in 30 seconds."),
        SourceReport("teams_powershell", TENANT.id, SourceState.OFF, "Switched off in config.toml."),
    ),
    warnings=("The waiver of acs-network-access expires on 2027-01-31.",),
)


def composed(findings: Sequence[Finding], run: Run = RUN, requests: tuple[Request, ...] = REQUESTS) -> Report:
    """Return the report of these findings."""
    levels = {finding.check.id: len(finding.check.requires) for finding in findings}
    present = {finding.check.id: finding.check for finding in findings}
    checks = {
        name: replace(one, requires=tuple(r for r in one.requires if r in present)) for name, one in present.items()
    }
    audit = Audit(findings={finding.check.id: finding for finding in findings})
    catalog = Catalog(checks, levels=levels)
    terms = Terms(TODAY, Profile.SCHEDULED)
    return compose(tuple(checks), audit, catalog, evidence(requests), terms, run, GUIDE)


def report(*, simulated: bool = True) -> Report:
    """Return a report with every status, two lines, a waiver, an attestation, and rights to grant."""
    return composed(_findings(), replace(RUN, simulated=simulated))


def go_live() -> Report:
    """Return the same report, to be signed."""
    return replace(report(), profile=Profile.GO_LIVE)


def changed() -> Report:
    """Return the same report beside that of the day before, with something of each kind of change and of ending."""
    bots = (SALES_BOT.subject, CARE_BOT.subject)
    rows = (
        (Change.NEW, "bot-teams-channel", bots[1], Status.PASS, Status.FAIL),
        (Change.MENDED, "bot-exists", bots[0], Status.FAIL, Status.PASS),
        (Change.UNREADABLE, "server-consent", CARE.subject, Status.PASS, Status.UNKNOWN),
        (Change.STILL, "acs-service-principal", None, Status.FAIL, Status.FAIL),
    )
    those = tuple(
        Changed(kind, check, "It holds", who, before, now, "So it is.") for kind, check, who, before, now in rows
    )
    end = START + timedelta(days=9)
    endings = (
        Expiry(Ending.CREDENTIAL, "the client secret a1b2 of Voice", end, "Calls fail.", Owner.DEVELOPER),
        Expiry(Ending.WAIVER, "the waiver of acs-network-access", end, "It no longer counts.", None),
    )
    return replace(report(), changes=Changes(START - timedelta(days=1), "ready", those), expiring=endings)


def rooted() -> Report:
    """Return a report in which one failure rests on another."""
    findings = [
        replace(finding, check=replace(finding.check, requires=("acs-service-principal",)))
        if finding.check.id == "bot-teams-channel"
        else finding
        for finding in _findings()
    ]
    return composed(findings)


CHANGED = (
    Changed(
        Change.NEW,
        "bot-teams-channel",
        "The bot's Microsoft Teams channel is on",
        CARE_BOT.subject,
        Status.PASS,
        Status.FAIL,
        "The bot has no Microsoft Teams channel.",
    ),
    Changed(
        Change.MENDED,
        "ra-exists",
        "The line has a resource account",
        CARE.subject,
        Status.FAIL,
        Status.PASS,
        "It exists.",
    ),
)
EXPIRING = (
    Expiry(
        Ending.CREDENTIAL,
        "the client secret a1b2 of tpe-bot-care",
        START + timedelta(days=9),
        "The bot then answers no call.",
        Owner.DEVELOPER,
        CARE_BOT.subject,
        "app-credential-valid",
    ),
)


def compared() -> Report:
    """Return the report with what has changed since another one, and what ends soon."""
    changes = Changes(START - timedelta(days=1), "not-ready", CHANGED)
    return replace(report(), changes=changes, expiring=EXPIRING)


def healthy() -> Report:
    """Return a report in which all is well."""
    findings = [finding for finding in _findings() if finding.status is Status.PASS]
    return composed(findings, replace(RUN, sources=(), warnings=()))


def unread() -> Report:
    """Return a report in which nothing fails, and something could not be read."""
    findings = [f for f in _findings() if f.status not in (Status.FAIL, Status.BLOCKED)]
    return composed(findings)


def large(count: int, status: Status = Status.FAIL) -> Report:
    """Return a report with one check on many agents, half of them with commands of their own."""
    agents = [
        Subject(Kind.AGENT, f"88a1b2c3-d4e5-4f60-9a8b-{index:012x}", f"agent{index}@contoso.com")
        for index in range(count)
    ]
    judgements = tuple(
        Judgement(
            agent,
            Decision(
                status,
                "The agent holds no Teams Phone licence.",
                "no plan MCOEV",
                "the plan MCOEV, on",
                (powershell("Set-MgUserLicense -UserId %s -AddLicenses $phone -RemoveLicenses @()", agent.id),),
                (0,),
            ),
        )
        for agent in agents
    )
    one = check("agent-license", "The agent holds a Teams Phone licence", Area.AGENT, Agent, owner=Owner.LICENSE_ADMIN)
    return composed([*_findings(), Finding(one, status, f"{count} agents.", judgements)])


HOSTILE = (
    '<script>alert(1)</script></style></title>"onmouseover="alert(2)\' '
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\ \x1b[31mred\x1b[0m \x9b2J \u202egnp.exe\u2066 "
    "one\r\ntwo [red]markup[/red] [link=https://evil.example]x[/link] {{7*7}} {% raw %} :smile: \ud800 "
    "<img src=https://evil.example/x.png> https://evil.example/ " + "long" * 400
)


def hostile(text: str = HOSTILE) -> Report:
    """Return the report of a tenant whose every name and answer is made to harm its reader."""
    subject = Subject(Kind.BOT, text, text)

    def judged(finding: Finding) -> Finding:
        judgements = tuple(
            replace(
                j,
                subject=subject,
                decision=replace(
                    j.decision,
                    reason=text,
                    observed=text,
                    expected=text,
                    fix=_hostile(j, text),
                    waiver=waiver if j.waiver else None,
                    attestation=attestation if j.attestation else None,
                    lacks=(text,) if j.lacks else (),
                ),
            )
            for j in finding.judgements
        )
        return replace(finding, judgements=judgements, reason=text)

    waiver = replace(WAIVER, owner=text, reason=text)
    attestation = replace(ATTESTATION, by=text, evidence=text)
    findings = [judged(finding) for finding in _findings()]
    requests = tuple(replace(request, request=text, request_id=text) for request in REQUESTS)
    run = replace(
        RUN,
        warnings=(text,),
        errors=(text,),
        sources=(SourceReport(text, text, SourceState.FAILED, text),),
    )
    made = composed(findings, run, requests)
    account = Subject(Kind.ACCOUNT, text, text)
    lines = tuple(replace(line, number=text, account=account) for line in made.lines)
    return replace(
        made,
        lines=lines,
        sentence=text,
        tenant_name=text,
        seen={text: 3},
        changes=Changes(START, "ready", (replace(CHANGED[0], subject=account, reason=text),)),
        expiring=(replace(EXPIRING[0], what=text, then=text),),
        expiring_unread=(Unread(text, text),),
    )


def _hostile(judgement: Judgement, text: str) -> tuple[Command, ...]:
    return (powershell("Set-This -Name %s", text),) if judgement.fix else ()
