"""How an ACS resource is set up, how its events are delivered, and details of numbers: each field by itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tenant import (
    ACS,
    IVR_PHONE,
    NUMBERS_PATH,
    SUPPORT_PHONE,
    Evidently,
    edited,
    healthy,
    item_edited,
    put,
    reading,
)
from tpe_audit import facts
from tpe_audit.collectors import Question
from tpe_audit.facts import (
    AcsDataLocation,
    AcsIdentity,
    AcsLocalAuthentication,
    AcsNetworkAccess,
    AcsProvisioning,
    EventDelivery,
    Fact,
    Known,
    NoAcsIdentity,
    NumberCountry,
    NumberEmergencyLocation,
    NumberSource,
    NumberType,
    NumberTypeName,
    UnreadEventDelivery,
)
from tpe_audit.simulator import SCENARIOS, Behaviour
from tpe_audit.simulator.contoso import IVR_NUMBER

SETTINGS: tuple[Question, ...] = tuple(
    (facts.AcsResource, fact) for fact in (AcsDataLocation, AcsLocalAuthentication, AcsNetworkAccess, AcsIdentity)
)
DELIVERIES: Question = (facts.AcsResource, EventDelivery)
RESOURCE = "/communicationServices/contoso-voice"
ABSENT: Any = ...


async def of_resource(change: dict[str, Any]) -> Evidently:
    behaviour = edited(RESOURCE, lambda content: put(content, change)) if change else Behaviour()
    async with reading(healthy(), behaviour) as reads:
        return await reads(*SETTINGS, (facts.AcsResource, AcsProvisioning))


def expect(read: Evidently, fact: type[Fact], expected: Fact | None) -> None:
    if expected is None:
        assert read.gap(fact, ACS).reason
    else:
        assert read.known(type(expected), ACS) == expected


async def test_what_the_healthy_tenant_has() -> None:
    read = await of_resource({})
    assert read.known(AcsDataLocation, ACS).value == "United States"
    assert read.known(AcsLocalAuthentication, ACS).enabled
    assert read.known(AcsNetworkAccess, ACS).value == "Enabled"
    assert read.known(AcsIdentity, ACS).principal_id


@pytest.mark.parametrize(
    ("field", "value", "fact", "expected"),
    [
        ("dataLocation", ABSENT, AcsDataLocation, None),
        ("dataLocation", "", AcsDataLocation, None),
        ("dataLocation", "Europe", AcsDataLocation, AcsDataLocation("Europe")),
        ("disableLocalAuth", ABSENT, AcsLocalAuthentication, AcsLocalAuthentication(enabled=True)),
        ("disableLocalAuth", True, AcsLocalAuthentication, AcsLocalAuthentication(enabled=False)),
        ("disableLocalAuth", "true", AcsLocalAuthentication, None),
        ("publicNetworkAccess", ABSENT, AcsNetworkAccess, AcsNetworkAccess("")),
        ("publicNetworkAccess", "SecuredByPerimeter", AcsNetworkAccess, AcsNetworkAccess("SecuredByPerimeter")),
        ("publicNetworkAccess", "Sometimes", AcsNetworkAccess, None),
    ],
)
async def test_a_setting_by_itself(field: str, value: object, fact: type[Fact], expected: Fact | None) -> None:
    read = await of_resource({f"properties.{field}": value})
    expect(read, fact, expected)
    read.known(AcsProvisioning, ACS)
    for _, other in SETTINGS:
        if other is not fact:
            read.known(other, ACS)


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (ABSENT, NoAcsIdentity()),
        ({"type": "None"}, NoAcsIdentity()),
        ({"type": "UserAssigned", "userAssignedIdentities": {}}, NoAcsIdentity()),
        ({"type": "SystemAssigned,UserAssigned", "principalId": "1b2c"}, AcsIdentity("1b2c")),
        ({"type": "Sometimes", "principalId": "1b2c"}, None),
        ("SystemAssigned", None),
    ],
)
async def test_the_managed_identity(identity: object, expected: Fact | None) -> None:
    expect(await of_resource({"identity": identity}), AcsIdentity, expected)


async def deliveries(behaviour: Behaviour | None = None, scenario: str = "healthy") -> tuple[Fact, ...]:
    async with reading(SCENARIOS[scenario](), behaviour) as reads:
        read = await reads(DELIVERIES)
    answer = read.answer(EventDelivery, ACS)
    assert isinstance(answer, Known)
    assert isinstance(answer.value, tuple)
    return answer.value


@pytest.mark.parametrize("scenario", ["healthy", "healthy-two-tenants"], ids=["on a topic", "on the resource"])
async def test_where_calls_are_delivered(scenario: str) -> None:
    [delivery] = await deliveries(scenario=scenario)
    assert isinstance(delivery, EventDelivery)
    assert (delivery.destination, delivery.endpoint) == ("WebHook", "https://voice.contoso.com/api/incomingCall")
    assert not delivery.handshake_open
    assert delivery.may_deliver("microsoft.communication.incomingcall")


async def test_an_open_handshake() -> None:
    [delivery] = await deliveries(scenario="8586")
    assert isinstance(delivery, EventDelivery)
    assert delivery.handshake_open


@pytest.mark.parametrize(
    ("change", "endpoint"),
    [
        ({"properties.destination.properties.endpointBaseUrl": ABSENT}, ""),
        ({"properties.destination.properties.endpointBaseUrl": None}, ""),
        ({"properties.destination.properties": ABSENT}, ""),
        ({"properties.destination": ABSENT}, ""),
        ({"properties.destination.endpointType": ABSENT}, None),
        ({"properties.destination.properties.endpointBaseUrl": 7}, None),
        ({"properties.provisioningState": "Dreaming"}, None),
    ],
)
async def test_what_a_subscription_tells(change: dict[str, Any], endpoint: str | None) -> None:
    path = "/systemTopics/contoso-voice-events/eventSubscriptions"
    [delivery] = await deliveries(item_edited(path, {"name": "incoming-call"}, change))
    if endpoint is None:
        assert isinstance(delivery, UnreadEventDelivery)
        assert delivery.name == "The event subscription incoming-call"
    else:
        assert isinstance(delivery, EventDelivery)
        assert delivery.endpoint == endpoint


async def test_a_number_in_detail() -> None:
    async with reading() as reads:
        read = await reads((facts.PhoneNumber, NumberCountry))
    assert read.known(NumberCountry, IVR_PHONE) == NumberCountry("US")
    assert read.known(NumberSource, IVR_PHONE) == NumberSource("online")
    assert read.known(NumberEmergencyLocation, IVR_PHONE).location_id
    assert read.known(NumberEmergencyLocation, SUPPORT_PHONE) == NumberEmergencyLocation("", "")


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("isoCountryCode", None, NumberCountry("")),
        ("isoCountryCode", "us", NumberCountry("US")),
        ("isoCountryCode", 1, NumberCountry),
        ("isoCountryCode", ABSENT, NumberCountry),
        ("locationId", ABSENT, NumberEmergencyLocation),
        ("locationId", 7, NumberEmergencyLocation),
        ("numberSource", None, NumberSource("")),
        ("numberSource", "onPremises", NumberSource("onPremises")),
        ("numberSource", "unknownFutureValue", NumberSource),
        ("numberSource", ABSENT, NumberSource),
    ],
)
async def test_a_detail_by_itself(field: str, value: object, expected: Fact | type[Fact]) -> None:
    """A type stands for the gap in it."""
    behaviour = item_edited(NUMBERS_PATH, {"telephoneNumber": IVR_NUMBER}, {field: value})
    async with reading(healthy(), behaviour) as reads:
        read = await reads((facts.PhoneNumber, NumberCountry))
    if isinstance(expected, Fact):
        assert read.known(type(expected), IVR_PHONE) == expected
    else:
        assert read.gap(expected, IVR_PHONE).reason
    assert read.known(NumberType, IVR_PHONE).value is NumberTypeName.CALLING_PLAN


async def test_an_id_of_zeros_is_no_location() -> None:
    zeros = "00000000-0000-0000-0000-000000000000"
    change = {"locationId": zeros, "civicAddressId": None}
    behaviour = item_edited(NUMBERS_PATH, {"telephoneNumber": IVR_NUMBER}, change)
    async with reading(healthy(), behaviour) as reads:
        read = await reads((facts.PhoneNumber, NumberEmergencyLocation))
    assert read.known(NumberEmergencyLocation, IVR_PHONE) == NumberEmergencyLocation("", "")
