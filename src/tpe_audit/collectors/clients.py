"""Reads the applications that agents sign in to, and what the tenant and the ACS resources let them do.

https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/teams-phone-extensibility-access-teams-phone
"""

from __future__ import annotations

from functools import partial

from tpe_audit.collectors import wire
from tpe_audit.collectors.acs import CONSENT_GRANT, acs_resources
from tpe_audit.collectors.agents import read_agents
from tpe_audit.collectors.reader import Harvest, Reader, attempt, each
from tpe_audit.collectors.registrations import GrantsOf, PrincipalOf, Registered, RegistrationOf
from tpe_audit.collectors.tenant import acs_service_principal
from tpe_audit.facts import (
    AcsConsents,
    AcsResource,
    AcsServicePrincipal,
    Agent,
    Answer,
    ApplicationPrincipal,
    Census,
    ClientApplication,
    ClientAssignment,
    ClientConsents,
    Fact,
    Gap,
    Known,
    RedirectUris,
    Registration,
    RequiredScopes,
    UnaskedConsents,
    UnseenRedirects,
    UnseenScopes,
)
from tpe_audit.sources.errors import Malformed

MANY = 1000
"""With more agents their consents, one request each, are read only where config.toml asks for it."""


async def client_applications(reader: Reader) -> Harvest:
    """The client applications that config.toml names."""
    harvest = Harvest()
    found = [ClientApplication(client_id.lower()) for client_id in reader.deployment.client_applications]
    nothing = ClientApplication.NONE
    if reader.subjects:
        found, nothing = [], "No client application was asked about (--subject)."
    harvest.census[ClientApplication] = Census(tuple((one.subject, Known(one)) for one in found), None, nothing)
    return harvest


async def _named(reader: Reader) -> list[ClientApplication]:
    census = (await reader.once(client_applications)).census[ClientApplication]
    things = [answer.value for _, answer in census.found if isinstance(answer, Known)]
    return [thing for thing in things if isinstance(thing, ClientApplication)]


async def client_principals(reader: Reader) -> Harvest:
    """Each client application's service principal in the Teams tenant."""
    harvest = Harvest()

    async def one(application: ClientApplication) -> Answer:
        fact, evidence = await reader.once(PrincipalOf(application.client_id))
        return Known(fact, evidence)

    for application, answer in await each(await _named(reader), one):
        harvest.answer(application.subject, ApplicationPrincipal, answer)
    return harvest


async def registered(reader: Reader, client_id: str) -> Registered:
    """Return the registration of a client application, asked for where its service principal says it is owned."""
    principal, evidence = await reader.once(PrincipalOf(client_id))
    owner = principal.owner_tenant_id if isinstance(principal, ApplicationPrincipal) else ""
    found = await reader.once(RegistrationOf(client_id, owner))
    return Registered(found.body, found.fact, (*evidence, *found.evidence))


async def client_registrations(reader: Reader) -> Harvest:
    """Each client application's registration: the permissions that it asks for, and its redirect URIs."""
    harvest = Harvest()

    async def one(application: ClientApplication) -> Answer:
        found = await registered(reader, application.client_id)
        body, evidence, subject = found.body, found.evidence, application.subject
        what = f"the registration of {application.client_id}"
        scopes: Answer = Known(UnseenScopes(), evidence)
        redirects: Answer = Known(UnseenRedirects(), evidence)
        if body is not None:
            scopes = attempt(partial(required_scopes, body, what, evidence), evidence)
            redirects = attempt(partial(_redirects, body, what, evidence), evidence)
        harvest.answer(subject, RequiredScopes, scopes)
        harvest.answer(subject, RedirectUris, redirects)
        return Known(found.fact, evidence)

    for application, answer in await each(await _named(reader), one):
        harvest.answer(application.subject, Registration, answer)
        if isinstance(answer, Gap):
            for question in (RequiredScopes, RedirectUris):
                harvest.answer(application.subject, question, answer)
    return harvest


def required_scopes(body: object, what: str, evidence: tuple[int, ...]) -> RequiredScopes:
    """Return the delegated permissions that a registration asks for."""
    item = wire.parsed(wire.RequiredAccess, body, what, evidence)
    return RequiredScopes(
        tuple(
            (resource.resourceAppId.lower(), access.id.lower())
            for resource in item.requiredResourceAccess
            for access in resource.resourceAccess
            if access.type == "Scope"
        )
    )


def _redirects(body: object, what: str, evidence: tuple[int, ...]) -> Fact:
    spa = wire.parsed(wire.SinglePage, body, what, evidence).spa
    return RedirectUris(tuple(spa.redirectUris) if spa else ())


async def acs_consents(reader: Reader) -> Harvest:
    """The scopes of *Azure Communication Services* that each client application may use in the tenant."""
    harvest = Harvest()
    known = await reader.once(acs_service_principal)
    acs = known.answers[(AcsServicePrincipal, reader.tenant.subject.key)]

    async def one(application: ClientApplication) -> Answer:
        if isinstance(acs, Gap):
            return acs
        principal, evidence = await reader.once(PrincipalOf(application.client_id))
        evidence = (*acs.evidence, *evidence)
        if not isinstance(acs.value, AcsServicePrincipal) or not isinstance(principal, ApplicationPrincipal):
            return Known(AcsConsents((), ()), evidence)
        grants, pages = await reader.once(GrantsOf(principal.object_id))
        mine = [grant for grant in grants if grant.resourceId.lower() == acs.value.object_id.lower()]

        def scopes(kind: str) -> tuple[str, ...]:
            return tuple(sorted({s for grant in mine if grant.consentType == kind for s in grant.scopes}))

        return Known(AcsConsents(scopes("AllPrincipals"), scopes("Principal")), (*evidence, *pages))

    for application, answer in await each(await _named(reader), one):
        harvest.answer(application.subject, AcsConsents, answer)
    return harvest


async def client_consents(reader: Reader) -> Harvest:
    """Each agent's consent on each ACS resource of the lines: one request each, for there is no list."""
    agents = await reader.once(read_agents)
    harvest = Harvest()
    for subject, unread in agents.unread:
        harvest.answer(subject, ClientConsents, unread)
    everyone = [member.agent for member in agents.users.values()]

    def of_everyone(answer: Answer) -> Harvest:
        for agent in everyone:
            harvest.answer(agent.subject, ClientConsents, answer)
        return harvest

    if why := reader.sources.off.get("acs"):
        return of_everyone(Gap(why, declared_off=True))
    if not everyone or not reader.deployment.client_applications:
        return of_everyone(Known(ClientConsents(())))
    if len(everyone) > MANY and not reader.sources.config.sources.acs.client_consent:
        return of_everyone(Known(UnaskedConsents(len(everyone))))
    census = (await reader.once(acs_resources)).census[AcsResource]
    answers = [answer for _, answer in census.found]
    if gap := census.gap or next((answer for answer in answers if isinstance(answer, Gap)), None):
        return of_everyone(gap)
    known = [answer for answer in answers if isinstance(answer, Known)]
    resources = [answer.value for answer in known if isinstance(answer.value, AcsResource)]
    if not resources:
        # What is not there is judged elsewhere; here it says why nothing could be asked.
        return of_everyone(known[0] if known else Gap(census.nothing))
    counted = partial(reader.sources.ledger.counted, "consents of agents")
    for agent, answer in await each(everyone, partial(_consents, reader, resources), counted):
        harvest.answer(agent.subject, ClientConsents, answer)
    return harvest


async def _consents(reader: Reader, resources: list[AcsResource], agent: Agent) -> Answer:
    source = reader.sources.acs
    evidence: list[int] = []
    found: list[ClientAssignment] = []
    for resource in resources:
        url = source.assignment(resource.host_name, reader.tenant.id, agent.id)
        answered = await source.get(url, grant=CONSENT_GRANT)
        evidence.append(answered.evidence)
        if answered.body is None:
            found.append(ClientAssignment(resource.name, resource.host_name, "", "", ()))
            continue
        what = f"the assignment of {agent.subject.name}"
        item = wire.parsed(wire.ClientAssignmentItem, answered.body, what, tuple(evidence))
        if item.objectId.lower() != agent.id:
            raise Malformed(f"The answer for {what} is the assignment of {item.objectId}.", tuple(evidence))
        clients = tuple(client.lower() for client in item.clientIds or ())
        found.append(
            ClientAssignment(resource.name, resource.host_name, item.principalType, item.tenantId.lower(), clients)
        )
    return Known(ClientConsents(tuple(found)), tuple(evidence))
