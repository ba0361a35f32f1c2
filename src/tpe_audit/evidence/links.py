"""What leads from the Teams tenant to the Azure side: an account's bot, ACS resource and consent.

The Teams half knows which application and which ACS resource an account is bound to, the Azure half which bots and
ACS resources there are. That there is none takes a list that was read to its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tpe_audit.evidence.readings import ANYONE, NOT_PART, Readings
from tpe_audit.facts import (
    AcsResource,
    AcsResourceId,
    Agent,
    Answer,
    Answers,
    Application,
    Bot,
    Census,
    ClientConsents,
    ConfiguredLine,
    EventSubscription,
    ExpectedAcsResource,
    ExpectedApplication,
    Fact,
    Gap,
    Known,
    LineIds,
    NoAcsResource,
    NoBot,
    NoBoundAcsResource,
    NoBoundApplication,
    PhoneNumber,
    ResourceAccount,
    ServerConsent,
    Subject,
    Thing,
)

CONFIGURED = "config.toml"
_NOTHING = "There is no line, and so nothing that it concerns."


def linked(whole: Readings, azure: Sequence[Readings]) -> Readings:
    """Return joined readings with the links between the halves.

    Args:
        whole: what the halves say together.
        azure: the Azure halves, for what they knew when they were read.
    """
    links = _Links(whole, Answers(whole.evidence.answers), dict(whole.evidence.census))
    for account in links.accounts():
        links.link(account)
    links.list_bots()
    links.list_resources()
    links.consents_of_agents()
    links.filters(
        frozenset(key for one in azure for question, key in one.evidence.answers if question is ServerConsent)
    )
    return replace(whole, evidence=replace(whole.evidence, answers=links.answers, census=links.census))


@dataclass(frozen=True, slots=True)
class _Links:
    read: Readings
    answers: Answers
    census: dict[type[Fact], Census]

    def accounts(self) -> list[ResourceAccount]:
        """Return the accounts on lines."""
        found = self.census.get(ResourceAccount, Census()).found
        things = [answer.value for _, answer in found if isinstance(answer, Known)]
        return [thing for thing in things if isinstance(thing, ResourceAccount)]

    def link(self, account: ResourceAccount) -> None:
        """Lead an account to its bot and its ACS resource, and to what is expected of it."""
        subject, line = account.subject, self._line(account)
        self._lead(subject, Bot, self._bot_of(subject))
        resource = self._resource_of(subject, line)
        self._lead(subject, AcsResource, resource)
        if isinstance(resource, Known) and isinstance(resource.value, AcsResource):
            self._lead(subject, AcsResourceId, Known(AcsResourceId(resource.value.immutable_id), resource.evidence))
        elif line.acs_resource:
            self._lead(subject, AcsResourceId, resource)
        self._lead(subject, ServerConsent, self._consent(account, resource))
        self._expect(subject, line)

    def _lead(self, subject: Subject, question: type[Fact], answer: Answer) -> None:
        """Answer a question, unless it is answered or was not asked."""
        known = self.answers.get((question, subject.key)) or self.read.evidence.unread.get((question, subject.kind))
        if known is not None and not isinstance(known, Known):
            self.answers[(question, subject.key)] = answer if _elsewhere(known) else known

    def _line(self, account: ResourceAccount) -> ConfiguredLine:
        names = {account.id.casefold(), account.user_principal_name.casefold()}
        held = self.answers.get((PhoneNumber, account.subject.key))
        value = _value(held) if held else None
        number = value.number if isinstance(value, PhoneNumber) else None
        lines = self.read.deployment.lines
        mine = (line for line in lines if line.account.casefold() in names or line.number == number)
        return next(mine, ConfiguredLine())

    def _bot_of(self, subject: Subject) -> Answer:
        bound = self.answers.get((Application, subject.key))
        if not isinstance(bound, Known):
            return bound or self._never_asked("application", subject.name)
        return self.bot(bound.value) if isinstance(bound.value, Application) else bound

    def bot(self, application: Application) -> Answer:
        """Return the bot of an application, or the proof that it has none."""
        key = (Bot, application.subject.key)
        found = self.answers.get(key)
        if found is None or _elsewhere(found):
            looked = self.read.listed.get(Bot)
            found = self._never_asked("bot of the application", application.client_id)
            # What is on the list, but was not read, is there.
            if looked and application.client_id not in looked.keys:
                found = looked.gap or Known(NoBot(application.client_id, looked.where), looked.evidence)
            self.answers[key] = found
            if isinstance(found, Known) and isinstance(found.value, NoBot):
                self.answers[(Application, found.value.subject.key)] = Known(application, found.evidence)
        return found

    def _resource_of(self, subject: Subject, line: ConfiguredLine) -> Answer:
        if line.acs_resource.startswith("/"):
            return self._at(line.acs_resource)
        bound = self.answers.get((AcsResourceId, subject.key))
        if not isinstance(bound, Known):
            return bound or self._never_asked("ACS resource", subject.name)
        return self.resource(bound.value) if isinstance(bound.value, AcsResourceId) else bound

    def _at(self, arm_id: str) -> Answer:
        """Return the ACS resource at the ARM id that the configuration names."""
        key = (AcsResource, AcsResourceId(arm_id).subject.key)
        for answer in self.answers.to(AcsResource).values():
            value = answer.value if isinstance(answer, Known) else None
            if isinstance(value, AcsResource) and value.arm_id.casefold() == arm_id.casefold():
                return answer
        found = self.answers.get(key)
        return found if found and not _elsewhere(found) else self._never_asked("ACS resource", arm_id)

    def resource(self, identifier: AcsResourceId) -> Answer:
        """Return the ACS resource with an immutable id, or the proof that there is none."""
        key = (AcsResource, identifier.subject.key)
        found = self.answers.get(key)
        if found is None or _elsewhere(found):
            looked = self.read.listed.get(AcsResource)
            found = self._never_asked("ACS resource", identifier.immutable_id)
            if looked and identifier.immutable_id not in looked.keys:
                found = looked.gap or Known(NoAcsResource(identifier.immutable_id, looked.where), looked.evidence)
            self.answers[key] = found
        return found

    def _consent(self, account: ResourceAccount, resource: Answer) -> Answer:
        if isinstance(resource, Gap) or not isinstance(resource.value, AcsResource):
            return resource
        return Gap(
            f"{NOT_PART}: whoever collects with --source azure did not know the account {account.subject.name}, and "
            f'must name it in [[deployment.lines]] by its object id, with its ACS resource: account = "{account.id}", '
            f'acs_resource = "{resource.value.immutable_id}".'
        )

    def _expect(self, subject: Subject, line: ConfiguredLine) -> None:
        bot, resource = self.answers.get((Bot, subject.key)), self.answers.get((AcsResource, subject.key))
        if isinstance(bot, Known) and isinstance(bot.value, Bot):
            wanted: Answer = Known(ExpectedApplication(bot.value.client_id, f"the bot {bot.value.name}"), bot.evidence)
            self._lead(subject, ExpectedApplication, wanted)
        elif bot and not (isinstance(bot, Known) and isinstance(bot.value, NoBoundApplication)):
            self._lead(subject, ExpectedApplication, bot)
        if isinstance(resource, Known) and isinstance(resource.value, AcsResource):
            why = CONFIGURED if line.acs_resource else f"the ACS resource {resource.value.name}"
            immutable = resource.value.immutable_id
            self._lead(subject, ExpectedAcsResource, Known(ExpectedAcsResource(immutable, why), resource.evidence))
            ids = self.answers.get((LineIds, subject.key))
            if isinstance(ids, Known) and isinstance(ids.value, LineIds) and ids.value.acs_resource_id.startswith("<"):
                self.answers[(LineIds, subject.key)] = Known(replace(ids.value, acs_resource_id=immutable))
        elif resource and not (isinstance(resource, Known) and isinstance(resource.value, NoBoundAcsResource)):
            self._lead(subject, ExpectedAcsResource, resource)

    def list_bots(self) -> None:
        """List the bot of each application on a line."""
        listed = self.census.get(Application)
        if listed is None or Bot not in self.census:
            return
        found: dict[str, tuple[Subject, Answer]] = {}
        for subject, answer in listed.found:
            application = answer.value if isinstance(answer, Known) else None
            told = self.bot(application) if isinstance(application, Application) else answer
            at = told.value.subject if isinstance(told, Known) and isinstance(told.value, Thing) else subject
            found[at.key] = (at, told)
        self.census[Bot] = _listless(found, listed, self.census[Bot])

    def list_resources(self) -> None:
        """List the ACS resource of each account, by its id and as Azure describes it."""
        if AcsResource not in self.census and AcsResourceId not in self.census:
            return
        ids: dict[str, tuple[Subject, Answer]] = {}
        resources: dict[str, tuple[Subject, Answer]] = {}
        for account in self.accounts():
            for question, into in ((AcsResourceId, ids), (AcsResource, resources)):
                answer = self.answers.get((question, account.subject.key))
                value = answer.value if isinstance(answer, Known) else None
                if answer and isinstance(value, AcsResourceId | AcsResource | NoAcsResource):
                    into[value.subject.key] = (value.subject, answer)
                elif isinstance(answer, Gap) and question is AcsResource:
                    bound = self.answers.get((AcsResourceId, account.subject.key))
                    if isinstance(bound, Known) and isinstance(bound.value, AcsResourceId):
                        into[bound.value.subject.key] = (bound.value.subject, answer)
        for thing, found in ((AcsResourceId, ids), (AcsResource, resources)):
            if thing in self.census:
                before = self.census[thing]
                absent = [] if found else [one for one in before.found if not _is_acs(one[1])]
                more = {subject.key: (subject, answer) for subject, answer in (*absent, *before.found)}
                gap = before.gap if before.gap and not (found and _elsewhere(before.gap)) else None
                self.census[thing] = _listless({**more, **found}, replace(before, gap=gap), before)

    def consents_of_agents(self) -> None:
        """Say of each agent whose consents were not asked for what it takes to ask."""
        for subject, _ in self.census.get(Agent, Census()).found:
            why = (
                f"{NOT_PART}: whoever collects with --source azure did not know the agent {subject.name}, and must "
                f'name it in [deployment.agents] by its object id: users = ["{subject.id}"].'
            )
            self._lead(subject, ClientConsents, Gap(why))

    def filters(self, known: frozenset[str]) -> None:
        """Leave undecided what a subscription's filters do for accounts that the Azure half did not know."""
        raw_ids = tuple(
            f"28:orgid:{account.id}".casefold() for account in self.accounts() if account.subject.key not in known
        )
        for key, answer in self.answers.to(EventSubscription).items():
            if isinstance(answer, Known) and isinstance(answer.value, tuple):
                facts = tuple(_decided(fact, raw_ids) for fact in answer.value)
                self.answers[(EventSubscription, key)] = replace(answer, value=facts)

    @staticmethod
    def _never_asked(what: str, name: str) -> Gap:
        return Gap(f"{NOT_PART}: no file tells of the {what} {name}. Collect the other half with this line declared.")


def _decided(fact: Fact, raw_ids: tuple[str, ...]) -> Fact:
    if not isinstance(fact, EventSubscription) or ANYONE not in fact.undecided:
        return fact
    undecided = tuple(one for one in fact.undecided if one != ANYONE)
    return replace(fact, undecided=(*undecided, *(raw for raw in raw_ids if raw not in fact.excludes)))


def _elsewhere(answer: Answer) -> bool:
    return isinstance(answer, Gap) and answer.reason.startswith(NOT_PART)


def _is_acs(answer: Answer) -> bool:
    return isinstance(answer, Known) and isinstance(answer.value, AcsResource | AcsResourceId | NoAcsResource)


def _value(answer: Answer) -> Fact | tuple[Fact, ...] | None:
    return answer.value if isinstance(answer, Known) else None


def _listless(found: dict[str, tuple[Subject, Answer]], listed: Census, before: Census) -> Census:
    """Return a census; where not one thing could be found out about, there is a gap instead of things."""
    gaps = [answer for _, answer in found.values() if isinstance(answer, Gap) and not answer.declared_off]
    if found and len(gaps) == len(found):
        return Census((), gaps[0], before.nothing or _NOTHING)
    return Census(tuple(found.values()), listed.gap, before.nothing or _NOTHING)
