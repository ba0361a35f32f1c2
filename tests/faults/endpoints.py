"""The endpoints that audits read: found by auditing healthy tenants, never listed by hand."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote_plus

from tests.tenant import audit
from tpe_audit.catalog import Check
from tpe_audit.collectors import Question
from tpe_audit.facts import BillingAgreement, ProductIds, Request, Subject, SubscribedSkus, Tenant
from tpe_audit.report import Report
from tpe_audit.simulator import SCENARIOS, Behaviour, Fault, Scenario, large
from tpe_audit.verdicts import Status

Judged = Mapping[tuple[str, str], Status]
"""By check and subject key; the subject is empty for what is said of the check as a whole."""

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NAMES = (
    (re.compile(r"(?<=/users/)[^/?]+", re.IGNORECASE), "{id}"),
    (re.compile(r"(?<=resourcegroups/)[^/]+", re.IGNORECASE), "{group}"),
    (re.compile(r"(?<=services/)[^/]+", re.IGNORECASE), "{name}"),
    (re.compile(r"(?<=systemtopics/)[^/]+", re.IGNORECASE), "{name}"),
    (re.compile(r"^https://[^/]+"), ""),
)


def endpoint(method: str, target: str) -> str:
    """Return the endpoint of a request: its method and path with what names one thing taken out.

    A list that is read whole, and the same path asked about one thing by a filter, are two endpoints.
    """
    path, _, query = unquote_plus(target).partition("?")
    path = _GUID.sub("{id}", path)
    for pattern, name in _NAMES:
        path = pattern.sub(name, path)
    asked = re.search(r"\$filter=(\w+)", query)
    return f"{method} {path.lower()}" + (f"?$filter={asked[1]}" if asked else "")


def of_request(request: Request) -> str:
    """Return the endpoint of a request that stands as evidence in a report."""
    method, _, target = request.request.partition(" ")
    return endpoint(method, target.partition(" ")[0] if method == "POST" else target)


@dataclass
class At(Fault):
    """A fault at one endpoint, wherever its things are called what they are called."""

    at: str = ""

    def matches(self, method: str, target: str) -> bool:
        """Whether it acts on this request; counts the request."""
        self.path = "" if endpoint(method, target.partition("\n")[0]) == self.at else "\0"
        return super().matches(method, target)


@dataclass(frozen=True)
class Baseline:
    """A healthy tenant, and what an audit says of it."""

    name: str
    scenario: Scenario
    judged: Judged
    rests_on: Mapping[tuple[str, str], frozenset[str]]
    """The endpoints behind each judgement."""
    samples: Mapping[str, tuple[Any, ...]]
    """The JSON answers of each endpoint."""


@dataclass
class _Spy(Fault):
    answers: dict[str, list[Any]] = field(default_factory=dict)
    _now: str = ""

    def matches(self, method: str, target: str) -> bool:
        self._now = endpoint(method, target.partition("\n")[0])
        return True

    def __post_init__(self) -> None:
        self.edit = self._noted

    def _noted(self, content: Any) -> Any:
        self.answers.setdefault(self._now, []).append(content)
        return content


def _advised(check: Check, question: Question) -> bool:
    """Whether a check reads this for its advice alone."""
    return question in check.wants and (Tenant, SubscribedSkus) not in check.wants


def key_of(subject: Subject) -> str:
    """Return what stands for a subject in every run: the simulated services have other ports each time."""
    return re.sub(r"localhost:\d+", "localhost", subject.key)


def judged(report: Report) -> dict[tuple[str, str], Status]:
    """Return what a report says of each subject by each check."""
    said = {(finding.check.id, ""): finding.status for finding in report.findings}
    return said | {
        (finding.check.id, key_of(judgement.subject)): judgement.status
        for finding in report.findings
        for judgement in finding.judgements
    }


ADVICE: Mapping[Question, str] = {
    (Tenant, ProductIds): "GET /v1.0/subscribedskus",
    (Tenant, BillingAgreement): "GET /providers/microsoft.billing/billingaccounts",
}
"""Facts that only say what to buy or whom to ask, and that have something in their place: no verdict rests on them."""


def rests_on(report: Report) -> dict[tuple[str, str], frozenset[str]]:
    """Return the endpoints behind each judgement, and behind each check as a whole."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for finding in report.findings:
        spared = {at for question, at in ADVICE.items() if _advised(finding.check, question)}
        for judgement in finding.judgements:
            behind = frozenset(of_request(report.requests[index]) for index in judgement.evidence) - spared
            found[finding.check.id, key_of(judgement.subject)] = behind
            found[finding.check.id, ""] = found.get((finding.check.id, ""), frozenset()) | behind
    return found


def quick(scenario: Scenario) -> Scenario:
    """Return a scenario whose audit does not wait long: each fault is to be seen, not sat out."""
    for name, value in {"request_timeout": 5, "deadline": 60, "retry_after_cap": 5}.items():
        scenario = scenario.configure(f"limits.{name}", value)
    return scenario.configure("sources.conditional_access.mode", "auto")


_TENANTS: Mapping[str, Callable[[], Scenario]] = {
    "few": SCENARIOS["healthy"],
    "discovered": lambda: SCENARIOS["healthy"]().configure("deployment.lines", []),
    "operator-connect": SCENARIOS["healthy-operator-connect"],
    "dynamics": SCENARIOS["healthy-dynamics"],
    "two-tenants": SCENARIOS["healthy-two-tenants"],
    "many": lambda: large(25, 30),
}


async def _baseline(name: str, scenario: Scenario) -> Baseline:
    spy = _Spy("")
    scenario = quick(scenario)
    report, _ = await audit(scenario, Behaviour(faults=[spy]))
    answers = {key: tuple(bodies) for key, bodies in spy.answers.items()}
    return Baseline(name, scenario, judged(report), rests_on(report), answers)


@cache
def baselines() -> tuple[Baseline, ...]:
    """Return the healthy tenants, each audited once."""
    return tuple(asyncio.run(_baseline(name, make())) for name, make in _TENANTS.items())


@cache
def endpoints() -> Mapping[str, Baseline]:
    """Return every endpoint that any of them reads, with the first tenant that does."""
    found: dict[str, Baseline] = {}
    for baseline in baselines():
        for key in baseline.samples:
            found.setdefault(key, baseline)
    return dict(sorted(found.items()))
