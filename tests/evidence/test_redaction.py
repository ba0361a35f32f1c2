"""A redacted file names nobody and nothing of the tenant, and is judged as the file with the names."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.evidence.collecting import codec, collect, report, statuses
from tpe_audit.evidence.document import parsed, readings, values
from tpe_audit.evidence.kept import WORDS
from tpe_audit.evidence.readings import Half, Readings
from tpe_audit.evidence.redact import redacted
from tpe_audit.evidence.standins import StandIns
from tpe_audit.simulator import SCENARIOS
from tpe_audit.simulator.skus import Sku
from tpe_audit.simulator.state import OwnedSku, ServicePrincipal

KEY = b"a key for tests, and for nothing else"
NAMING = {
    "app_id",
    "app_tenant_id",
    "calling_webhook",
    "civic_address_id",
    "client_id",
    "display_name",
    "domain",
    "endpoint",
    "id",
    "immutable_id",
    "key_id",
    "location_id",
    "managed_identity",
    "name",
    "object_id",
    "principal_id",
    "resource_group",
    "telephone_number",
    "tenant_id",
    "url",
    "user_principal_name",
}
"""Attributes of the simulated world that name somebody or something."""


def _names(item: object) -> Iterator[str]:  # noqa: C901 - one branch for each shape of the world
    """Every id, name, number and address of the simulated world that is not Microsoft's own."""
    if isinstance(item, Sku | OwnedSku) or (isinstance(item, ServicePrincipal) and item.app_id in WORDS):
        if isinstance(item, ServicePrincipal):
            yield item.id
        return
    if dataclasses.is_dataclass(item):
        for field in dataclasses.fields(item):
            value = getattr(item, field.name)
            if isinstance(value, str) and field.name in NAMING:
                yield value
            else:
                yield from _names(value)
    elif isinstance(item, dict):
        for name, value in item.items():
            if name in ("Identity", "Name", "Id", "Pattern") and isinstance(value, str):
                yield value.removeprefix("Tag:")
            else:
                yield from _names(value)
    elif isinstance(item, tuple | list):
        for value in item:
            yield from _names(value)


def _kept(read: Readings) -> tuple[Readings, str]:
    document = redacted(values(read, codec()), KEY)
    text = json.dumps(document)
    return readings(parsed(text), codec(), "evidence.json"), text


@pytest.mark.parametrize("name", SCENARIOS)
async def test_nothing_of_the_tenant_is_left_and_every_check_says_the_same(name: str) -> None:
    scenario = SCENARIOS[name]()
    config, (read,) = await collect(scenario)
    hidden, text = _kept(read)
    first, second = statuses(report(config, [read])), statuses(report(config, [hidden]))
    assert {check: (first[check], second[check]) for check in first if first[check] != second[check]} == {}
    originals = {value for value in _names(scenario.state) if len(value) > 3} - WORDS
    assert len(originals) > 50
    lower = text.lower()
    assert [value for value in sorted(originals) if re.search(rf"(?<!\w){re.escape(value.lower())}(?!\w)", lower)] == []
    for word in ("contoso", "fabrikam", "localhost", "1555123", "adele", "megan"):
        assert word not in lower


async def test_redacted_halves_join_where_both_were_made_with_one_key() -> None:
    config, (teams, azure) = await collect(SCENARIOS["contoso"](), Half.TEAMS, Half.AZURE)
    plain = report(config, [teams, azure])
    hidden = report(config, [_kept(teams)[0], _kept(azure)[0]])
    assert statuses(hidden) == statuses(plain)


def test_a_stand_in_is_the_same_whatever_the_case_and_another_with_another_key() -> None:
    one, other = StandIns(KEY), StandIns(KEY[::-1])
    for text in ("Ivr@Contoso.com", "contoso-voice", "AAAAAAAA-0000-4000-8000-000000000001", "sbc.contoso.com"):
        assert one.of(text) == one.of(text.lower()) == StandIns(KEY).of(text.upper())
        assert one.of(text) not in (text, other.of(text))


@pytest.mark.parametrize("number", ["+15551230100", "+442071234567", "+4930123456", "+35312345678", "+18005550100"])
def test_a_number_keeps_its_country_and_its_length(number: str) -> None:
    found = StandIns(KEY).of(number)
    assert found != number
    assert len(found) == len(number)
    country = {"+15551230100": "+1", "+442071234567": "+44", "+4930123456": "+49", "+35312345678": "+353"}
    assert found.startswith(country.get(number, "+1800"))


def test_numbers_with_a_common_beginning_keep_one_and_patterns_match_as_before() -> None:
    made = StandIns(KEY)
    numbers = [f"+1555{middle}{end}" for middle in ("123", "124", "987") for end in ("0100", "0200", "9999")]
    assert len({made.of(number) for number in numbers}) == len(numbers)
    for pattern in (r"^\+1555123\d{4}$", r"^\+1555", r"^\+15559", r"^\+44\d+$"):
        hidden = made.of(pattern)
        assert [bool(re.search(pattern, n)) for n in numbers] == [bool(re.search(hidden, made.of(n))) for n in numbers]


def test_a_number_does_not_become_toll_free_nor_cease_to_be() -> None:
    made = StandIns(KEY)
    free = {"800", "833", "844", "855", "866", "877", "888"}
    for area in range(200, 1000):
        assert (made.of(f"+1{area}5550100")[2:5] in free) == (str(area) in free)


def test_what_microsoft_publishes_stays() -> None:
    made = StandIns(KEY)
    for text in (
        "1fd5118e-2576-4263-8130-9503064c837a",
        "ce933385-9390-45d1-9512-c8d228074e07",
        "Global",
        "<bot app id>",
    ):
        assert made.of(text) == text


def test_sentences_keep_their_words_and_lose_names_ids_and_what_a_service_said() -> None:
    made = StandIns(KEY)
    said = made.in_text(
        "Azure Resource Manager answered 403 (AuthorizationFailed: The client 'x' of Contoso (Lab) may not.) to GET "
        "/subscriptions/aaaaaaaa-0000-4000-8000-000000000001/resourceGroups/rg-voice. Ask ivr@contoso.com."
    )
    assert said.startswith("Azure Resource Manager answered 403 (AuthorizationFailed) to GET /subscriptions/")
    assert not [word for word in ("Contoso", "contoso", "rg-voice", "aaaaaaaa", "ivr") if word in said]


def test_a_fact_that_nobody_has_thought_of_is_replaced_as_a_whole() -> None:
    document: dict[str, Any] = {
        "tenant": {"id": "x", "name": None},
        "azure_tenant": {"id": "x", "name": None},
        **{name: [] for name in ("census", "unread", "listed", "requests", "sources", "warnings", "errors")},
        **{name: [] for name in ("attestations", "waivers")},
        "answers": [
            {
                "question": "p:New",
                "of": "tenant:x",
                "told": {"facts": [{"fact": "p:New", "value": {"a": "Megan", "b": [{"c": "Adele"}]}}], "gap": None},
            }
        ],
    }
    text = json.dumps(redacted(document, KEY))
    assert "Megan" not in text
    assert "Adele" not in text
