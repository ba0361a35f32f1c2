"""What may keep calls from reaching an account, from the Teams export."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.collectors.test_routing import exporting
from tests.tenant import IVR_ACCOUNT, SUPPORT_ACCOUNT, TENANT, healthy, reading
from tpe_audit import facts
from tpe_audit.collectors import Question
from tpe_audit.facts import BlockedCallers, CallerBlocking, CallerPattern, ExemptCallers, Fact, VoiceApplications
from tpe_audit.simulator import SCENARIOS
from tpe_audit.simulator.contoso import IVR

APPLICATIONS: Question = (facts.ResourceAccount, VoiceApplications)
BLOCKING: Question = (facts.Tenant, CallerBlocking)
NO_ID = "00000000-0000-0000-0000-000000000000"


async def test_what_the_healthy_tenant_has() -> None:
    async with reading() as reads:
        read = await reads(APPLICATIONS, BLOCKING)
    assert read.known(VoiceApplications, IVR_ACCOUNT) == VoiceApplications(())
    assert read.known(CallerBlocking, TENANT).enabled
    assert read.known(BlockedCallers, TENANT) == BlockedCallers(())
    assert read.known(ExemptCallers, TENANT) == ExemptCallers(())


@pytest.mark.parametrize("account", [None, "", NO_ID, IVR.upper(), ...])
async def test_a_pattern_is_read_whole(account: object) -> None:
    pattern = {"Identity": "Unwanted", "Pattern": "^x", "Enabled": False, "ResourceAccount": account}
    if account is ...:
        del pattern["ResourceAccount"]
    async with reading(exporting(healthy(), "Get-CsInboundBlockedNumberPattern", pattern)) as reads:
        read = await reads(BLOCKING)
    target = IVR if account == IVR.upper() else ""
    assert read.known(BlockedCallers, TENANT).patterns == (CallerPattern("Unwanted", "^x", False, target),)


@pytest.mark.parametrize(
    ("fact", "cmdlet", "items"),
    [
        (CallerBlocking, "Get-CsTenantBlockedCallingNumbers", ()),
        (CallerBlocking, "Get-CsTenantBlockedCallingNumbers", ({"Enabled": "yes"},)),
        (BlockedCallers, "Get-CsInboundBlockedNumberPattern", ({"Identity": "a", "Pattern": "^x"},)),
        (BlockedCallers, "Get-CsInboundBlockedNumberPattern", ({"Identity": "a", "Pattern": None, "Enabled": True},)),
        (ExemptCallers, "Get-CsInboundExemptNumberPattern", ({"Identity": "a", "Pattern": "^x", "Enabled": 1},)),
    ],
)
async def test_one_that_is_malformed_leaves_only_itself_unread(
    fact: type[Fact], cmdlet: str, items: tuple[dict[str, Any], ...]
) -> None:
    async with reading(exporting(healthy(), cmdlet, *items)) as reads:
        read = await reads(BLOCKING)
    assert read.gap(fact, TENANT).reason
    for other in {CallerBlocking, BlockedCallers, ExemptCallers} - {fact}:
        read.known(other, TENANT)


async def test_a_cmdlet_that_failed_is_no_empty_list() -> None:
    failed = exporting(healthy(), "Get-CsInboundBlockedNumberPattern", failed="Access denied.")
    async with reading(failed) as reads:
        read = await reads(BLOCKING)
    assert "Access denied." in read.gap(BlockedCallers, TENANT).reason
    assert read.known(CallerBlocking, TENANT).enabled


async def test_an_account_of_a_call_queue_is_found() -> None:
    async with reading(SCENARIOS["aa-cq-association"]()) as reads:
        read = await reads(APPLICATIONS)
    assert read.known(VoiceApplications, IVR_ACCOUNT).names == ("the call queue Sales Queue",)
    assert read.known(VoiceApplications, SUPPORT_ACCOUNT).names == ()


async def test_without_the_export_nothing_is_known_of_them() -> None:
    async with reading(replace(healthy(), export=False)) as reads:
        read = await reads(APPLICATIONS, BLOCKING)
    assert read.gap(VoiceApplications, IVR_ACCOUNT).lacks
    assert read.gap(ExemptCallers, TENANT).lacks


def queues(count: int, *accounts: str) -> tuple[dict[str, Any], ...]:
    return tuple({"Name": f"Queue {place}", "ApplicationInstances": list(accounts)} for place in range(count))


async def test_a_first_page_proves_no_absence_but_what_is_on_it() -> None:
    async with reading(exporting(healthy(), "Get-CsCallQueue", *queues(100))) as reads:
        read = await reads(APPLICATIONS)
    assert "there may be more" in read.gap(VoiceApplications, IVR_ACCOUNT).reason
    page = (*queues(99), *queues(1, IVR.upper()))
    async with reading(exporting(healthy(), "Get-CsCallQueue", *page)) as reads:
        read = await reads(APPLICATIONS)
    assert read.known(VoiceApplications, IVR_ACCOUNT).names == ("the call queue Queue 0",)
    assert read.gap(VoiceApplications, SUPPORT_ACCOUNT).reason


async def test_a_list_of_several_pages_was_read_to_its_end() -> None:
    async with reading(exporting(healthy(), "Get-CsCallQueue", *queues(130))) as reads:
        read = await reads(APPLICATIONS)
    assert read.known(VoiceApplications, IVR_ACCOUNT).names == ()


@pytest.mark.parametrize("instances", [..., "none", [7]])
async def test_a_malformed_one_may_be_of_any_account(instances: object) -> None:
    queue = {"Name": "Sales", "ApplicationInstances": instances}
    if instances is ...:
        del queue["ApplicationInstances"]
    async with reading(exporting(healthy(), "Get-CsCallQueue", queue, *queues(1, IVR))) as reads:
        read = await reads(APPLICATIONS)
    assert read.known(VoiceApplications, IVR_ACCOUNT).names == ("the call queue Queue 0",)
    assert read.gap(VoiceApplications, SUPPORT_ACCOUNT).reason


async def test_one_that_no_account_leads_to_is_nobodys() -> None:
    queue = {"Name": "Sales", "ApplicationInstances": None}
    async with reading(exporting(healthy(), "Get-CsCallQueue", queue)) as reads:
        read = await reads(APPLICATIONS)
    assert read.known(VoiceApplications, IVR_ACCOUNT).names == ()
