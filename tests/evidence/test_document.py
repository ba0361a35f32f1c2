"""A file is believed only as far as this version understands it; the rest is unknown, and never passes."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from tests.evidence.collecting import codec, collect, report, statuses
from tests.tenant import healthy
from tpe_audit.config import Config
from tpe_audit.evidence.document import NoEvidence, parsed, readings, values
from tpe_audit.evidence.model import generated, schema
from tpe_audit.evidence.readings import Half, Readings
from tpe_audit.evidence.redact import redacted

Document = dict[str, Any]


@pytest.fixture(scope="module")
def whole() -> tuple[Config, Document]:
    config, (read,) = asyncio.run(collect(healthy()))
    return config, values(read, codec())


def _read(document: Document) -> Readings:
    return readings(parsed(json.dumps(document)), codec(), "evidence.json")


def test_the_schema_that_ships_is_the_one_that_files_are_held_to() -> None:
    assert schema() == generated()
    jsonschema.Draft202012Validator.check_schema(schema())


def test_a_file_keeps_to_the_schema(whole: tuple[Config, Document]) -> None:
    _, document = whole
    jsonschema.validate(document, schema())
    jsonschema.validate(redacted(document, b"key"), schema())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is not JSON"),
        ("{", "not all of it is there"),
        ("[" * 100_000, "nested too deeply|not JSON"),
        ("[]", "not an evidence file"),
        ("{}", "not an evidence file"),
        ('{"schema": "tpe-audit/report/1"}', "it is something else"),
        ('{"schema": "tpe-audit/evidence/2"}', "a newer or other version"),
        ('{"schema": "tpe-audit/evidence/1"}', "Field required"),
    ],
)
def test_what_is_no_evidence_file_is_refused_and_says_why(text: str, said: str) -> None:
    with pytest.raises(NoEvidence, match=said):
        parsed(text)


def _change(document: Document, fact: str, change: Callable[[Document], None]) -> Document:
    changed = copy.deepcopy(document)
    for answered in changed["answers"]:
        for said in answered["told"]["facts"] or ():
            if said["fact"] == fact:
                change(said)
    return changed


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.update(fact="ServicePrincipalOfTheFuture"),
        lambda said: said["value"].pop("enabled"),
        lambda said: said["value"].update(enabled="yes"),
        lambda said: said["value"].update(risk="none"),
    ],
    ids=["of another name", "without a field", "with another type", "with a further field"],
)
def test_a_fact_that_can_not_be_read_is_unknown(
    whole: tuple[Config, Document], change: Callable[[Document], None]
) -> None:
    config, document = whole
    before = statuses(report(config, [_read(document)]))
    after = statuses(report(config, [_read(_change(document, "AcsServicePrincipal", change))]))
    assert (before["acs-service-principal"], after["acs-service-principal"]) == ("pass", "unknown")
    assert {check for check in before if before[check] != after[check]} == {"acs-service-principal"}


def test_a_question_of_another_version_is_left_aside_and_told(whole: tuple[Config, Document]) -> None:
    config, document = whole
    changed = copy.deepcopy(document)
    for answered in changed["answers"]:
        if answered["question"] == "AcsServicePrincipal":
            answered["question"] = "PrincipalOfTheFuture"
    read = _read(changed)
    assert statuses(report(config, [read]))["acs-service-principal"] == "unknown"
    assert [warning for warning in read.warnings if "PrincipalOfTheFuture" in warning]


@pytest.mark.parametrize("fact", ["Deployment", "Collected"])
def test_a_file_without_what_every_audit_needs_is_refused(whole: tuple[Config, Document], fact: str) -> None:
    changed = _change(whole[1], fact, lambda said: said.update(fact="Other"))
    with pytest.raises(NoEvidence, match=fact):
        _read(changed)


def test_an_answer_that_rests_on_no_request_is_refused(whole: tuple[Config, Document]) -> None:
    changed = copy.deepcopy(whole[1])
    changed["answers"][-1]["told"]["evidence"] = [10_000]
    with pytest.raises(NoEvidence, match="request that is not there"):
        _read(changed)


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.99])
def test_a_truncated_file_is_refused(whole: tuple[Config, Document], cut: float) -> None:
    text = json.dumps(whole[1])
    with pytest.raises(NoEvidence, match="not all of it is there"):
        parsed(text[: int(len(text) * cut)])


async def test_half_a_deployment_never_passes_for_the_other_half() -> None:
    config, (teams, azure) = await collect(healthy(), Half.TEAMS, Half.AZURE)
    by_teams, by_azure = statuses(report(config, [teams])), statuses(report(config, [azure]))
    for check in ("bot-exists", "bot-teams-channel", "acs-exists", "server-consent", "event-grid-subscription"):
        assert by_teams[check] == "unknown", check
    for check in ("ra-exists", "number-assigned", "acs-federation-enabled", "ra-license-assigned"):
        assert by_azure[check] == "unknown", check
    assert (by_teams["ra-exists"], by_azure["bot-exists"]) == ("pass", "pass")
    assert "not part of this evidence file" in report(config, [teams])["findings"][0]["reason"]
