"""Reads where applications are registered, and what the Teams tenant knows of them.

https://learn.microsoft.com/graph/api/application-get, https://learn.microsoft.com/graph/api/serviceprincipal-get,
https://learn.microsoft.com/graph/api/oauth2permissiongrant-list
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tpe_audit.collectors import wire
from tpe_audit.collectors.bots import APPLICATION_GRANT, application_owners, applications, bots
from tpe_audit.collectors.reader import Harvest, Reader, attempt, each, text
from tpe_audit.facts import (
    Answer,
    AppCredential,
    AppCredentials,
    Application,
    ApplicationOwner,
    ApplicationPrincipal,
    Bot,
    BotAppType,
    Fact,
    ForeignRegistration,
    Gap,
    Known,
    ManagedIdentity,
    NoApplicationPrincipal,
    NoRegistration,
    Registration,
    UnseenCredentials,
)
from tpe_audit.facts.well_known import MICROSOFT_TENANT_ID

GRANTS_GRANT = "the Graph permission Directory.Read.All"
SELECTED = "id,appId,displayName,signInAudience,passwordCredentials,keyCredentials,requiredResourceAccess,spa"


@dataclass(frozen=True, slots=True)
class PrincipalOf:
    """Reads an application's service principal in the Teams tenant, once however many ask."""

    client_id: str

    async def __call__(self, reader: Reader) -> tuple[ApplicationPrincipal | NoApplicationPrincipal, tuple[int, ...]]:
        """Return it, or the proof that there is none."""
        selected = "id,appId,displayName,accountEnabled,appOwnerOrganizationId"
        answered = await reader.sources.graph.get(
            f"/v1.0/servicePrincipals(appId='{self.client_id}')?$select={selected}", grant=APPLICATION_GRANT
        )
        evidence = (answered.evidence,)
        if answered.body is None:
            return NoApplicationPrincipal(), evidence
        what = f"the service principal of {self.client_id}"
        principal = wire.parsed(wire.OwnedPrincipal, answered.body, what, evidence)
        owner = (principal.appOwnerOrganizationId or "").lower()
        return ApplicationPrincipal(principal.id.lower(), principal.accountEnabled, owner), evidence


@dataclass(frozen=True, slots=True)
class GrantsOf:
    """Reads the delegated permissions that a service principal was granted, once however many ask."""

    principal_id: str

    async def __call__(self, reader: Reader) -> tuple[tuple[wire.PermissionGrant, ...], tuple[int, ...]]:
        """Return them, read to the end."""
        listing = await reader.sources.graph.items(
            f"/v1.0/oauth2PermissionGrants?$filter=clientId%20eq%20'{self.principal_id}'", grant=GRANTS_GRANT
        )
        what = "a consent (oAuth2PermissionGrant)"
        grants = [wire.parsed(wire.PermissionGrant, item.body, what, (item.evidence,)) for item in listing.items]
        return tuple(grants), listing.evidence


@dataclass(frozen=True, slots=True)
class Registered:
    """What is known of an application's registration: it is at hand, proven not to be, or out of sight."""

    body: Mapping[str, Any] | None
    fact: Registration | NoRegistration | ForeignRegistration | ManagedIdentity
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RegistrationOf:
    """Reads an application's registration where it is owned, once however many ask."""

    client_id: str
    owner: str
    """The tenant that owns it, in lower case; empty: nothing tells, so both tenants are asked."""

    async def __call__(self, reader: Reader) -> Registered:
        """Return it, or why there is none to be had."""
        sources = reader.sources
        graphs = {sources.config.teams.tenant_id.lower(): sources.graph}
        graphs.setdefault(sources.config.azure_tenant_id.lower(), sources.azure_graph)
        if self.owner and self.owner not in graphs:
            return Registered(None, ForeignRegistration(self.owner), ())
        evidence: tuple[int, ...] = ()
        for tenant, graph in graphs.items():
            if self.owner not in ("", tenant):
                continue
            path = f"/v1.0/applications(appId='{self.client_id}')?$select={SELECTED}"
            answered = await graph.get(path, grant=APPLICATION_GRANT)
            evidence = (*evidence, answered.evidence)
            if answered.body is not None:
                what = f"the registration of {self.client_id}"
                item = wire.parsed(wire.AppRegistration, answered.body, what, evidence)
                fact = Registration(item.id.lower(), text(answered.body, "displayName"), tenant, item.signInAudience)
                return Registered(answered.body, fact, evidence)
        return Registered(None, NoRegistration(self.owner) if self.owner else ForeignRegistration(""), evidence)


async def application_registrations(reader: Reader) -> Harvest:
    """Each line application's registration and credentials; a managed identity has neither."""
    census = (await reader.once(applications)).census[Application]
    owners = await reader.once(application_owners)
    harvest = Harvest()

    async def one(application: Application) -> Answer:
        owner = owners.answers[(ApplicationOwner, application.subject.key)]
        if isinstance(owner, Gap):
            return owner
        found = await _found(reader, application, owner)
        return found if isinstance(found, Gap) else _told(harvest, application, found)

    things = [answer.value for _, answer in census.found if isinstance(answer, Known)]
    for application, answer in await each([t for t in things if isinstance(t, Application)], one):
        harvest.answer(application.subject, Registration, answer)
        if isinstance(answer, Gap):
            harvest.answer(application.subject, AppCredentials, answer)
    return harvest


async def _found(reader: Reader, application: Application, owner: Known) -> Registered | Gap:
    """Return an application's registration from where it is owned, by its service principal or else by its bot."""
    home = owner.value.tenant_id if isinstance(owner.value, ApplicationOwner) else ""
    found = None
    if home == MICROSOFT_TENANT_ID:
        found = Registered(None, ForeignRegistration(home), ())
    elif home:
        found = await reader.once(RegistrationOf(application.client_id, home))
    evidence = owner.evidence
    if found is None or isinstance(found.fact, NoRegistration):
        bot = await _app_type(reader, application)
        if isinstance(bot, Gap):
            return bot
        evidence = (*evidence, *bot.evidence)
        sign_in = bot.value if isinstance(bot.value, BotAppType) else None
        if sign_in and sign_in.kind == BotAppType.MANAGED_IDENTITY:
            return Registered(None, ManagedIdentity(), evidence)
        if found is None:
            named = sign_in.tenant_id if sign_in else ""
            found = await reader.once(RegistrationOf(application.client_id, named))
    return replace(found, evidence=tuple(dict.fromkeys((*evidence, *found.evidence))))


def _told(harvest: Harvest, application: Application, found: Registered) -> Answer:
    answer: Answer = Known(UnseenCredentials(), found.evidence)
    if found.body is not None:
        what = f"the credentials of {application.client_id}"
        answer = attempt(partial(_credentials, found.body, what, found.evidence), found.evidence)
    harvest.answer(application.subject, AppCredentials, answer)
    return Known(found.fact, found.evidence)


def _credentials(body: object, what: str, evidence: tuple[int, ...]) -> Fact:
    item = wire.parsed(wire.AppCredentialLists, body, what, evidence)
    lists = (("secret", item.passwordCredentials), ("certificate", item.keyCredentials))
    return AppCredentials(
        tuple(
            AppCredential(one.displayName or "", kind, one.startDateTime, one.endDateTime)
            for kind, ones in lists
            for one in ones
        )
    )


async def _app_type(reader: Reader, application: Application) -> Answer:
    """Return how the application's bot signs in: the one other witness of who owns the application."""
    known = await reader.once(bots)
    bot = known.answers[(Bot, application.subject.key)]
    if isinstance(bot, Gap):
        # Where another party answers for Azure, nothing more is to be learned there.
        return Known(ForeignRegistration(""), bot.evidence) if bot.declared_off else bot
    if not isinstance(bot.value, Bot):
        return bot
    return known.answers[(BotAppType, bot.value.subject.key)]


async def application_principals(reader: Reader) -> Harvest:
    """Each line application's service principal in the Teams tenant."""
    census = (await reader.once(applications)).census[Application]
    harvest = Harvest()

    async def one(application: Application) -> Answer:
        fact, evidence = await reader.once(PrincipalOf(application.client_id))
        return Known(fact, evidence)

    things = [answer.value for _, answer in census.found if isinstance(answer, Known)]
    for application, answer in await each([t for t in things if isinstance(t, Application)], one):
        harvest.answer(application.subject, ApplicationPrincipal, answer)
    return harvest
