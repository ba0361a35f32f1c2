"""Reads simulated tenants as the product does: over https, through the real SDKs, with nothing patched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from tpe_audit.catalog import Catalog, find
from tpe_audit.collectors import Question
from tpe_audit.commands.asked import Asked
from tpe_audit.commands.demo import with_secrets
from tpe_audit.commands.meant import deployment
from tpe_audit.commands.run import audited
from tpe_audit.commands.selection import chosen
from tpe_audit.config import Config, of_mapping
from tpe_audit.facts import Evidence, Fact, Gap, Kind, Known, Request, Subject, slot
from tpe_audit.gather import Gathered, gather
from tpe_audit.report import Report
from tpe_audit.simulator import SCENARIOS, Behaviour, Fault, Recorded, Scenario, SimulatedTenant, serve
from tpe_audit.simulator.contoso import (
    ACS_ID,
    BOT_APP_ID,
    IVR,
    IVR_NUMBER,
    SUPPORT,
    SUPPORT_NUMBER,
    TENANT_ID,
    invented,
)
from tpe_audit.sources import Sources, signed_in

F = TypeVar("F", bound=Fact)

TENANT = Subject(Kind.TENANT, TENANT_ID, "")
IVR_ACCOUNT = Subject(Kind.ACCOUNT, IVR, "ivr@contoso.com")
SUPPORT_ACCOUNT = Subject(Kind.ACCOUNT, SUPPORT, "support@contoso.com")
IVR_PHONE = Subject(Kind.NUMBER, IVR_NUMBER, IVR_NUMBER)
SUPPORT_PHONE = Subject(Kind.NUMBER, SUPPORT_NUMBER, SUPPORT_NUMBER)
APPLICATION = Subject(Kind.APPLICATION, BOT_APP_ID, BOT_APP_ID)
ACS = Subject(Kind.ACS, ACS_ID, "contoso-voice")

ACCOUNTS_PATH = "/beta/admin/teams/resourceAccounts"
NUMBERS_PATH = "/v1.0/admin/teams/telephoneNumberManagement/numberAssignments"
CONFIGURATIONS_PATH = "/v1.0/admin/teams/userConfigurations"
RESOURCE_GRAPH_PATH = "/providers/Microsoft.ResourceGraph/resources"


def agent(name: str) -> Subject:
    return Subject(Kind.AGENT, invented("user", name), f"{name}@contoso.com")


@dataclass
class Evidently:
    """Evidence, and what a test asks of it."""

    gathered: Gathered

    @property
    def evidence(self) -> Evidence:
        return self.gathered.evidence

    def answer(self, fact: type[Fact], subject: Subject) -> Known | Gap:
        found = self.evidence.answer(fact, subject)
        assert found is not None, f"nobody asked for {fact.__name__} of {subject.name}"
        return found

    def known(self, fact: type[F], subject: Subject) -> F:
        """The fact that was read: this one, and not the one that says the opposite."""
        answer = self.answer(fact, subject)
        assert isinstance(answer, Known), answer
        assert isinstance(answer.value, fact), answer.value
        return answer.value

    def gap(self, fact: type[Fact], subject: Subject) -> Gap:
        answer = self.answer(fact, subject)
        assert isinstance(answer, Gap), answer
        return answer

    def behind(self, answer: Known | Gap) -> list[Request]:
        """The requests that an answer rests on."""
        return [self.evidence.requests[index] for index in answer.evidence]

    def found(self, thing: type[Fact]) -> dict[str, Known | Gap]:
        """The things of a kind, by id."""
        return {subject.id: answer for subject, answer in self.evidence.census[slot(thing)].found}


@dataclass
class Reading:
    """A simulated tenant that is signed in to."""

    tenant: SimulatedTenant
    config: Config
    sources: Sources
    subjects: Sequence[str] = ()
    errors: list[str] = field(default_factory=list)

    async def __call__(self, *wanted: Question) -> Evidently:
        gathered = await gather(wanted, self.sources, deployment(self.config), datetime.now(UTC), self.subjects)
        assert not gathered.errors, gathered.errors
        return Evidently(gathered)

    @property
    def requests(self) -> list[Recorded]:
        """What the services were asked, sign-in left out."""
        return [recorded for recorded in self.tenant.requests if recorded.api != "entra"]

    @property
    def sign_ins(self) -> list[Recorded]:
        return [recorded for recorded in self.tenant.requests if recorded.method == "POST" and recorded.api == "entra"]

    def asked(self, part: str) -> list[Recorded]:
        return [recorded for recorded in self.requests if part.lower() in recorded.path.lower()]


async def audit(scenario: Scenario, behaviour: Behaviour | None = None, **asked: Any) -> tuple[Report, SimulatedTenant]:
    """Audit a scenario as `run` does, whole, and give the report and what was asked of the tenant."""
    with serve(scenario, behaviour) as tenant:
        return await audited_as_configured(with_secrets(tenant.config, tenant.secrets), **asked), tenant


async def audited_as_configured(data: Mapping[str, Any], **asked: Any) -> Report:
    """Audit what a configuration names, whole, as `run` does."""
    config = of_mapping(data, Path.cwd())
    command = Asked(**{"quiet": True, "no_progress": True, **asked})
    checks = _checks()
    return await audited(command, config, checks, chosen(command, config, checks), simulated=True)


@cache
def _checks() -> Catalog:
    return find()


def healthy() -> Scenario:
    return SCENARIOS["healthy"]()


def graph_alone(scenario: Scenario) -> Scenario:
    """One whose resource accounts are listed by Graph, and not by Teams PowerShell."""
    powershell = scenario.tenant.powershell
    assert powershell
    failed = {**powershell.failed, "Get-CsOnlineApplicationInstance": "Access Denied."}
    return scenario.in_tenant(powershell=replace(powershell, failed=failed))


def without_lines(scenario: Scenario) -> Scenario:
    """One whose lines have to be discovered."""
    return scenario.configure("deployment.lines", [])


def impatient(scenario: Scenario, **limits: float) -> Scenario:
    for name, value in {"request_timeout": 5, **limits}.items():
        scenario = scenario.configure(f"limits.{name}", value)
    return scenario


def broken(*faults: Fault, **settings: Any) -> Behaviour:
    return Behaviour(faults=list(faults), **settings)


def edited(path: str, edit: Callable[[dict[str, Any]], object], **options: Any) -> Behaviour:
    """A behaviour that changes the JSON of answers in place."""

    def change(content: Any) -> Any:
        edit(content)
        return content

    return broken(Fault(path, edit=change, **options))


def item_edited(path: str, which: Mapping[str, Any], change: Mapping[str, Any], **options: Any) -> Behaviour:
    """A behaviour that changes one item of a list: `...` takes a field away."""

    def edit(content: dict[str, Any]) -> None:
        for item in content["value"]:
            if all(item.get(name) == value for name, value in which.items()):
                put(item, change)

    return edited(path, edit, **options)


def put(item: dict[str, Any], change: Mapping[str, Any]) -> None:
    """Set fields of an object, `…` taking one away; dotted names lead into inner objects."""
    for name, value in change.items():
        *outer, last = name.split(".")
        place = item
        for part in outer:
            place = place[part]
        if value is ...:
            place.pop(last, None)
        else:
            place[last] = value


@asynccontextmanager
async def reading(
    scenario: Scenario | None = None,
    behaviour: Behaviour | None = None,
    subjects: Sequence[str] = (),
    change: Callable[[SimulatedTenant, dict[str, Any]], None] | None = None,
    heard: Callable[[str], None] | None = None,
) -> AsyncIterator[Reading]:
    """Serve a scenario, sign in, and give what reads from it.

    `change` may change the configuration, once the tenant is there, or put other files in its place.
    """
    with serve(scenario or healthy(), behaviour) as tenant:
        data = with_secrets(tenant.config, tenant.secrets)
        if change:
            change(tenant, data)
        config = of_mapping(data, Path.cwd())
        async with signed_in(config, heard=heard, proxies=False) as sources:
            yield Reading(tenant, config, sources, subjects)


__all__ = ["Behaviour", "Evidently", "Fault", "Reading", "Scenario", "invented", "reading"]
