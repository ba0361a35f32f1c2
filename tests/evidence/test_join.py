"""Vendor and customer each read their half; what both say together is known, and what they say differently is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.evidence.collecting import collect, kept, report, statuses, told
from tests.tenant import Scenario, healthy
from tpe_audit.evidence.readings import Half, Readings
from tpe_audit.facts import AcsServicePrincipal, Gap, Known
from tpe_audit.simulator import SCENARIOS
from tpe_audit.simulator.contoso import ACS_ID, AGENTS, BOT_APP_ID, IVR, SUPPORT


def _vendor(**changes: Any) -> Scenario:
    """Two tenants; the vendor's configuration names what the customer has told."""
    scenario = SCENARIOS["healthy-two-tenants"]()
    for path, value in changes.items():
        scenario = scenario.configure(path.replace("__", "."), value)
    return scenario


async def _halves(customer: Scenario, vendor: Scenario) -> list[Readings]:
    _, (teams,) = await collect(customer, Half.TEAMS)
    _, (azure,) = await collect(vendor, Half.AZURE)
    return [kept(teams), kept(azure)]


async def test_a_vendor_who_knows_nothing_of_the_lines_reads_all_bots_and_resources() -> None:
    customer, vendor = _vendor(), _vendor(deployment__lines=[], deployment__agents__groups=[])
    config, (whole,) = await collect(customer)
    both = told(report(config, await _halves(customer, vendor)))
    one = told(report(config, [whole]))
    differing = {check for check in one if one[check] != both[check]}
    assert differing == {"server-consent", "client-consent"}
    assert [both[check][0] for check in differing] == ["unknown", "unknown"]
    assert "[[deployment.lines]]" in both["server-consent"][1]


async def test_a_vendor_who_was_told_the_object_ids_has_their_consents() -> None:
    lines = [{"account": account, "application_id": BOT_APP_ID, "acs_resource": ACS_ID} for account in (IVR, SUPPORT)]
    vendor = _vendor(deployment__lines=lines, deployment__agents__groups=[], deployment__agents__users=list(AGENTS))
    config, (whole,) = await collect(_vendor())
    both = report(config, await _halves(_vendor(), vendor))
    assert statuses(both)["server-consent"] == "pass"
    assert told(both) == told(report(config, [whole]))


async def test_an_application_without_a_bot_fails_by_the_whole_list_of_the_other_half() -> None:
    customer = _vendor(deployment__lines=[])
    vendor = _vendor(deployment__lines=[]).drop("bots", lambda bot: bot.app_id == BOT_APP_ID)
    config, _ = await collect(customer, Half.TEAMS)
    assert statuses(report(config, await _halves(customer, vendor)))["bot-exists"] == "fail"


async def test_half_a_list_of_bots_proves_no_absence() -> None:
    customer = _vendor(deployment__lines=[])
    vendor = _vendor(deployment__lines=[]).drop("bots", lambda bot: bot.app_id == BOT_APP_ID)
    vendor = vendor.change("identities", reader_scopes=())
    config, _ = await collect(customer, Half.TEAMS)
    assert statuses(report(config, await _halves(customer, vendor)))["bot-exists"] == "unknown"


async def test_files_that_contradict_each_other_leave_it_unknown_and_name_both() -> None:
    config, (read,) = await collect(healthy())
    key = (AcsServicePrincipal, read.tenant.subject.key)
    off = replace(
        read,
        evidence=replace(
            read.evidence, answers={**read.evidence.answers, key: Known(AcsServicePrincipal("1", enabled=False))}
        ),
    )
    said = told(report(config, [read, off]))["acs-service-principal"]
    assert said[0] == "unknown"
    assert "contradict" in said[1]
    assert "enabled=True" in said[1]
    assert "enabled=False" in said[1]


@pytest.mark.parametrize("order", [1, -1])
async def test_what_one_file_could_not_read_and_another_did_is_known(order: int) -> None:
    config, (read,) = await collect(healthy())
    key = (AcsServicePrincipal, read.tenant.subject.key)
    gap = Gap("Microsoft Graph answered 403.")
    less = replace(read, evidence=replace(read.evidence, answers={**read.evidence.answers, key: gap}))
    whole = [read, less][::order]
    assert statuses(report(config, whole)) == statuses(report(config, [read]))
