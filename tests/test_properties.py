"""What holds whatever a tenant is, and whatever its things are called."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jsonschema
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.evidence.collecting import codec, collect
from tests.faults.test_missing_facts import NAMES, TODAY, checks, marked
from tpe_audit import facts
from tpe_audit.audit import judge
from tpe_audit.catalog import Profile
from tpe_audit.collectors import TABLE, guide
from tpe_audit.evidence.document import values
from tpe_audit.evidence.readings import Readings
from tpe_audit.evidence.redact import redacted
from tpe_audit.facts import Agent, Answer, Deployment, Evidence, Fact, Gap, Known, Request, ResourceAccount, Thing, slot
from tpe_audit.formats import Format, content, render
from tpe_audit.formats.json import schema
from tpe_audit.report import Report, Run, compose
from tpe_audit.simulator import SCENARIOS
from tpe_audit.terms import Terms
from tpe_audit.verdicts import Severity, Status

NOW = datetime.now(UTC)
st.register_type_strategy(datetime, st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
st.register_type_strategy(str, st.text(st.characters(codec="utf-8")))

# --- any tenant ----------------------------------------------------------------------------------------


@cache
def alternatives() -> Mapping[type[Fact], list[type[Fact]]]:
    """The facts that answer each question: that something is so, and that it is not."""
    found: dict[type[Fact], list[type[Fact]]] = {}
    for fact in vars(facts).values():
        if isinstance(fact, type) and issubclass(fact, Fact) and fact not in (Fact, Thing):
            found.setdefault(slot(fact), []).append(fact)
    return found


SOME: Mapping[type[Fact], Mapping[str, st.SearchStrategy[Any]]] = {
    facts.EnvironmentAcsResource: {"immutable_ids": st.lists(st.text(), min_size=1).map(tuple)},
}
"""What a fact has at least one of."""


def answers(question: type[Fact], known: Answer) -> st.SearchStrategy[Answer]:
    """Whatever may be said to a question."""
    fact = st.one_of([st.builds(fact, **SOME.get(fact, {})) for fact in alternatives()[question]])
    value: st.SearchStrategy[Any] = fact
    if isinstance(known, Known) and isinstance(known.value, tuple):
        value = st.lists(fact, max_size=3).map(tuple)
    gap = st.builds(Gap, st.just("It was not read."), st.just(()), st.booleans(), st.sampled_from([(), ("a role",)]))
    return st.one_of(value.map(Known), gap)


def tenant(data: st.DataObject) -> Evidence:
    """A healthy tenant, or a faulty one, of which anything may be otherwise."""
    of = marked(data.draw(st.sampled_from(NAMES)))
    # The marks of its answers are places in a list of requests.
    requests = tuple(Request("graph", f"GET /{mark}", 200, "", NOW) for mark in range(len(of.keys)))
    evidence = replace(of.evidence, requests=requests)
    keys = [key for key in evidence.answers if key[0] is not Deployment]
    changed = data.draw(st.lists(st.sampled_from(keys), max_size=40, unique=True))
    known = evidence.answers
    others = {key: data.draw(answers(key[0], known[key]), label=str(key)) for key in changed}
    return replace(evidence, answers={**known, **others})


TERMS = st.builds(
    Terms, st.just(TODAY), st.sampled_from(Profile), st.one_of(st.none(), st.sampled_from(list(Severity)))
)


@cache
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema())


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.data(), TERMS)
def test_any_tenant_has_a_report_that_holds_together(data: st.DataObject, terms: Terms) -> None:
    evidence = tenant(data)
    made = judge(checks(), list(checks().checks), evidence, terms)
    assert made.errors == []
    run = Run(NOW, NOW + timedelta(seconds=5), str(evidence.tenant.subject.id), str(evidence.tenant.subject.id))
    report = compose(list(checks().checks), made, checks(), evidence, terms, run, guide(TABLE))
    said = json.loads(render(report, Format.JSON))
    validator().validate(said)
    _adds_up(said)
    codes = {"ready": 0, "not-ready": 1, "cannot-tell": 3}
    assert report.exit_code == (0 if terms.fail_on is None else codes[said["verdict"]])
    assert (said["verdict"] == "not-ready") == any(_decides(report))
    for format_ in Format:
        if format_ is not Format.PDF:
            assert content(report, format_)


def _adds_up(said: Mapping[str, Any]) -> None:
    counts = Counter(finding["status"] for finding in said["findings"])
    assert {status: count for status, count in said["counts"].items() if count} == dict(counts)
    ranks = {status.value: status.rank for status in Status}
    for finding in said["findings"]:
        assert sum(finding["subject_counts"].values()) == len(finding["subjects"]) + finding["omitted"]
        worst = [status for status, count in finding["subject_counts"].items() if count]
        if worst and finding["unlisted"] is None:
            assert finding["status"] == min(worst, key=ranks.__getitem__)


def _decides(report: Report) -> Iterator[bool]:
    """Yield, of each required check, whether something fails by it, or is blocked by a failure that nobody waived."""
    for finding in report.findings:
        if finding.check.severity.rank <= report.threshold.rank:
            for judgement in finding.judgements:
                cause = judgement.blocked_by
                yield judgement.status is Status.FAIL or (cause is not None and not cause.waived)


# --- any name ------------------------------------------------------------------------------------------


@cache
def collected() -> Readings:
    _, (read,) = asyncio.run(collect(SCENARIOS["contoso"]()))
    return read


NAME = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=20).map(
    lambda text: f"Zqx{text}xqz"
)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(NAME, NAME, NAME)
@example("Zqx Straße", "Zqx İbrahim", "ZQX STRASSE")
@example("Zqx STRASSE", "Zqx Straße", "Zqx strasse")
@example("ZQX\\david", "^Zqx$", "<Zqx Megan>")
@example("Zqx", "Zqxadele adele@contoso.com", "Zqxmegan +15551230100")
def test_no_name_is_left_in_what_was_redacted(tenant: str, person: str, account: str) -> None:
    read = collected()
    census = dict(read.evidence.census)
    for thing, name in ((Agent, person), (ResourceAccount, account)):
        subject, answer = census[thing].found[0]
        assert isinstance(answer, Known)
        assert isinstance(answer.value, Agent | ResourceAccount)
        renamed = replace(answer.value, user_principal_name=name, display_name=name)
        told = (replace(subject, name=name), replace(answer, value=renamed))
        census[thing] = replace(census[thing], found=(told, *census[thing].found[1:]))
    gap = Gap(f"Microsoft Graph says that {person} has several policies, and {account} of {tenant} has none.")
    subject = census[Agent].found[1][0]
    evidence = replace(
        read.evidence,
        tenant=facts.Tenant(read.tenant.id, tenant),
        census=census,
        answers={**read.evidence.answers, (facts.SignIn, subject.key): gap},
    )
    document = redacted(values(replace(read, evidence=evidence), codec()), b"a key for tests")
    names = [name.casefold() for name in (tenant, person, account)]
    left = [text for text in _texts(document) if any(name in text.casefold() for name in names)]
    assert left == []


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
