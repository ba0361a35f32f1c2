"""Reads the applications that lines are bound to, their bots, and the bots' Microsoft Teams channels.

https://learn.microsoft.com/azure/bot-service/abs-quickstart, https://learn.microsoft.com/cli/azure/bot/msteams
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from tpe_audit.collectors import wire
from tpe_audit.collectors.accounts import LineAccounts, line_accounts
from tpe_audit.collectors.azure import BOT, GRANT, Discovered, Found, arm_id, find
from tpe_audit.collectors.reader import Harvest, Reader, attempt, each
from tpe_audit.facts import (
    Answer,
    Application,
    ApplicationOwner,
    Bot,
    BotAppType,
    Census,
    ChannelCalling,
    Gap,
    Known,
    NoBot,
    NoBoundApplication,
    NoTeamsChannel,
    Subject,
    TeamsChannel,
    UnseenApplication,
)
from tpe_audit.facts.well_known import MICROSOFT_TENANT_ID, RESERVED_APPLICATIONS
from tpe_audit.sources import Answered, Graph, Item
from tpe_audit.sources.arm import BOT_VERSION

APPLICATION_GRANT = "the Graph permission Application.Read.All"
NO_LINE = "There is no line, and so nothing that it concerns."


async def applications(reader: Reader) -> Harvest:
    """The applications that lines are, or should be, bound to."""
    read = await reader.once(line_accounts)
    harvest = Harvest()
    ids: dict[str, tuple[int, ...]] = {
        line.application_id: () for line in reader.deployment.lines if line.application_id
    }
    gaps = [read.gap] if read.gap else []
    if not all(line.application_id for line in reader.deployment.lines):
        # What an account that was not read is bound to is one more application, and nobody knows which.
        gaps += [unread for _, unread in read.unread]
    for account in read.accounts:
        subject = account.account.subject
        if account.application_id:
            application = Application(account.application_id)
            ids[account.application_id] = ids.get(account.application_id) or account.evidence
            harvest.tell(subject, application, account.evidence)
        elif isinstance(account.application, Gap):
            gaps.append(account.application)
            harvest.answer(subject, Application, account.application)
        else:
            harvest.answer(subject, Application, Known(NoBoundApplication(), account.evidence))
    found = [(Application(key).subject, Known(Application(key), evidence)) for key, evidence in ids.items()]
    missing = _lineless(read, found)
    harvest.census[Application] = Census((*found, *missing), next(iter(gaps), None), NO_LINE)
    return harvest


def _lineless(read: LineAccounts, found: list[Any]) -> list[tuple[Subject, Answer]]:
    """Return the absence of lines as what there is to judge, where nothing else is."""
    return [] if found else [(thing.subject, Known(thing, read.evidence)) for thing in read.absent]


async def application_owners(reader: Reader) -> Harvest:
    """The tenant that owns each application (https://learn.microsoft.com/graph/api/serviceprincipal-get)."""
    harvest = await reader.once(applications)
    owners = Harvest()
    sources = reader.sources

    async def owner(application: Application) -> Answer:
        if name := RESERVED_APPLICATIONS.get(application.client_id):
            return Known(ApplicationOwner(MICROSOFT_TENANT_ID, name))
        known, evidence = await _principal_owner(sources.graph, application)
        if known:
            return Known(known, evidence)
        # No service principal proves nothing of an application that another tenant owns: ask there too.
        graph = sources.azure_graph
        answered = await graph.get(
            f"/v1.0/applications(appId='{application.client_id}')?$select=id,appId,displayName",
            grant=APPLICATION_GRANT,
        )
        evidence = (*evidence, answered.evidence)
        if answered.body is None:
            return Known(UnseenApplication(), evidence)
        registration = wire.parsed(
            wire.Registration, answered.body, f"the app registration {application.client_id}", evidence
        )
        return Known(ApplicationOwner(graph.tenant, registration.displayName or ""), evidence)

    for application, answer in await each(_applications(harvest.census[Application]), owner):
        owners.answer(application.subject, ApplicationOwner, answer)
    return owners


async def _principal_owner(graph: Graph, application: Application) -> tuple[ApplicationOwner | None, tuple[int, ...]]:
    """Return who owns the application by its service principal in a tenant; None if there is none there."""
    answered = await graph.get(
        f"/v1.0/servicePrincipals(appId='{application.client_id}')?$select=id,appId,displayName,appOwnerOrganizationId",
        grant=APPLICATION_GRANT,
    )
    evidence = (answered.evidence,)
    if answered.body is None:
        return None, evidence
    wire.not_blank(answered.body, "id,appId,displayName", "a service principal", APPLICATION_GRANT, evidence)
    what = f"the service principal of {application.client_id}"
    principal = wire.parsed(wire.PrincipalOwner, answered.body, what, evidence)
    if not principal.appOwnerOrganizationId:
        return None, evidence
    return ApplicationOwner(principal.appOwnerOrganizationId.lower(), principal.displayName or ""), evidence


async def bots(reader: Reader) -> Harvest:
    """The bot of each application."""
    lines = reader.deployment.lines
    # Where a line names its bot, it is the bot of its application in other lines too.
    sought = any(line.application_id for line in lines) and not any(line.bot for line in lines)
    if sought and "arm" not in reader.sources.off:
        reader.begin(Discovered(BOT))
    read = await reader.once(line_accounts)
    known = await reader.once(applications)
    census = known.census[Application]
    ids = [application.client_id for application in _applications(census)]
    configured = {
        account.application_id: account.line.bot
        for account in read.accounts
        if account.line.bot and account.application_id
    } | {line.application_id: line.bot for line in reader.deployment.lines if line.bot and line.application_id}

    async def get(at: str) -> Answered:
        arm_id(at)  # nothing is asked of what is none
        return await reader.sources.arm.get(f"{quote(at)}?api-version={BOT_VERSION}", grant=GRANT)

    found = await find(reader, BOT, [key for key in ids if key not in configured], get)
    answers: dict[str, Answer] = {key: _found(key, found) for key in ids if key not in configured}
    items: dict[str, Item] = dict(found.items)
    if not reader.sources.off.get("arm"):
        for (key, _), answer in await each(configured.items(), lambda pair: _at(pair[0], pair[1], get, items)):
            answers[key] = answer
    else:
        answers |= {key: Gap(reader.sources.off["arm"], declared_off=True) for key in configured}
    return _harvest(read, answers, census, items)


def _is_application(answer: Answer) -> bool:
    return isinstance(answer, Known) and isinstance(answer.value, Application)


def _applications(census: Census) -> list[Application]:
    things = [answer.value for _, answer in census.found if isinstance(answer, Known)]
    return [thing for thing in things if isinstance(thing, Application)]


def _found(key: str, found: Found) -> Answer:
    if item := found.items.get(key):
        return attempt(lambda: _bot(item.body, (item.evidence,)), (item.evidence,))
    if unread := found.failed.get(key) or found.gap:
        return unread
    return Known(NoBot(key, found.looked), found.evidence)


async def _at(key: str, at: str, get: Any, items: dict[str, Item]) -> Answer:
    """Return the bot at the ARM id that config.toml names."""
    answered: Answered = await get(at)
    evidence = (answered.evidence,)
    if answered.body is None:
        return Known(NoBot(key, f"its configured address {at}"), evidence)
    bot = _bot(answered.body, evidence)
    if bot.client_id != key:
        return Known(NoBot(key, f"its configured address {at}, where the bot of {bot.client_id} is"), evidence)
    items[key] = Item(answered.body, answered.evidence)
    return Known(bot, evidence)


def _bot(body: object, evidence: tuple[int, ...]) -> Bot:
    item = wire.parsed(wire.BotItem, body, "a bot", evidence)
    at = arm_id(item.id, evidence)
    return Bot(item.id, at.name, at.group, at.subscription, item.properties.msaAppId.lower())


def _app_type(item: Item, what: str) -> BotAppType:
    evidence = (item.evidence,)
    sign_in = wire.parsed(wire.BotSignIn, item.body["properties"], what, evidence)
    return BotAppType(
        sign_in.msaAppType or "", (sign_in.msaAppTenantId or "").lower(), sign_in.msaAppMSIResourceId or ""
    )


def _harvest(
    read: LineAccounts, answers: Mapping[str, Answer], applications_: Census, items: Mapping[str, Item]
) -> Harvest:
    harvest = Harvest()
    found: list[tuple[Subject, Answer]] = []
    for key, answer in answers.items():
        application = Application(key).subject
        harvest.answer(application, Bot, answer)
        if isinstance(answer, Known) and isinstance(answer.value, Bot | NoBot):
            found.append((answer.value.subject, answer))
            harvest.answer(answer.value.subject, Application, Known(Application(key), answer.evidence))
            if isinstance(answer.value, Bot):
                what = f"how the bot {answer.value.name} signs in"
                sign_in = attempt(partial(_app_type, items[key], what), (items[key].evidence,))
                harvest.answer(answer.value.subject, BotAppType, sign_in)
        else:
            found.append((application, answer))
    for account in read.accounts:
        subject = account.account.subject
        if account.application_id:
            harvest.answer(subject, Bot, answers[account.application_id])
        elif isinstance(account.application, Gap):
            harvest.answer(subject, Bot, account.application)
        else:
            harvest.answer(subject, Bot, Known(NoBoundApplication(), account.evidence))
    found += [(subject, answer) for subject, answer in applications_.found if not _is_application(answer)]
    harvest.census[Bot] = listless(found, applications_.gap, NO_LINE)
    return harvest


def listless(found: list[tuple[Subject, Answer]], gap_: Gap | None, nothing: str) -> Census:
    """Return a census; where not one thing could be found out about, there is a gap instead of things."""
    gaps = [answer for _, answer in found if isinstance(answer, Gap) and not answer.declared_off]
    if found and len(gaps) == len(found):
        return Census((), gaps[0], nothing)
    return Census(tuple(found), gap_, nothing)


async def teams_channels(reader: Reader) -> Harvest:
    """Each bot's Microsoft Teams channel."""
    known = await reader.once(bots)
    harvest = Harvest()

    async def channel(bot: Bot) -> Answer:
        answered = await reader.sources.arm.get(
            f"{quote(bot.arm_id)}/channels/MsTeamsChannel?api-version={BOT_VERSION}", grant=GRANT
        )
        evidence = (answered.evidence,)
        if answered.body is None:
            harvest.answer(bot.subject, ChannelCalling, Known(NoTeamsChannel(), evidence))
            return Known(NoTeamsChannel(), evidence)
        what = f"the Microsoft Teams channel of the bot {bot.name}"
        settings = wire.parsed(wire.Channel, answered.body, what, evidence).properties.properties
        harvest.answer(bot.subject, ChannelCalling, attempt(lambda: _calling(settings, what, evidence), evidence))
        enabled = wire.parsed(wire.ChannelSettings, settings, what, evidence).isEnabled
        return Known(TeamsChannel(enabled), evidence)

    things = [answer.value for _, answer in known.census[Bot].found if isinstance(answer, Known)]
    for bot, answer in await each([thing for thing in things if isinstance(thing, Bot)], channel):
        harvest.answer(bot.subject, TeamsChannel, answer)
        if isinstance(answer, Gap):
            harvest.answers.setdefault((ChannelCalling, bot.subject.key), answer)
    return harvest


def _calling(settings: Mapping[str, Any], what: str, evidence: tuple[int, ...]) -> ChannelCalling:
    item = wire.parsed(wire.ChannelCallingSettings, settings, what, evidence)
    return ChannelCalling(item.enableCalling or False, item.callingWebhook or item.callingWebHook or "")
