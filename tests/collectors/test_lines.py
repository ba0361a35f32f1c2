"""Lines of config.toml that turn out to be one account."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tenant import IVR_ACCOUNT, audit, healthy, reading
from tpe_audit import facts
from tpe_audit.collectors import Question
from tpe_audit.report import Outcome
from tpe_audit.simulator import Scenario
from tpe_audit.simulator.contoso import BOT_APP_ID, IVR, IVR_NUMBER, invented

ACCOUNTS: Question = (facts.ResourceAccount, facts.ResourceAccount)
APPLICATION: Question = (facts.ResourceAccount, facts.ExpectedApplication)
NUMBER: Question = (facts.ResourceAccount, facts.ExpectedNumber)
BOUND: Question = (facts.ResourceAccount, facts.BoundApplication)


def _lines(*lines: dict[str, Any]) -> Scenario:
    return healthy().configure("deployment.lines", list(lines))


async def test_lines_that_name_one_account_differently_are_one() -> None:
    scenario = _lines({"account": "ivr@contoso.com", "application_id": BOT_APP_ID}, {"number": IVR_NUMBER})
    async with reading(scenario) as reads:
        read = await reads(ACCOUNTS, APPLICATION, NUMBER)
    assert read.found(facts.ResourceAccount).keys() == {IVR}
    assert read.known(facts.ExpectedApplication, IVR_ACCOUNT).client_id == BOT_APP_ID
    assert read.known(facts.ExpectedNumber, IVR_ACCOUNT).number == IVR_NUMBER


@pytest.mark.parametrize("subjects", [(), ("ivr@contoso.com",)], ids=["whole", "narrowed"])
async def test_lines_of_one_account_that_contradict_each_other_leave_it_unknown(subjects: tuple[str, ...]) -> None:
    other = invented("application", "another")
    scenario = _lines(
        {"account": "ivr@contoso.com", "application_id": BOT_APP_ID}, {"account": IVR, "application_id": other}
    )
    async with reading(scenario, subjects=subjects) as reads:
        gap = (await reads(ACCOUNTS, BOUND)).gap(facts.BoundApplication, IVR_ACCOUNT)
    assert "ivr@contoso.com and" in gap.reason
    assert "contradict each other in application_id" in gap.reason


async def test_an_audit_of_contradicting_lines_is_never_ready() -> None:
    scenario = _lines({"account": "ivr@contoso.com", "number": IVR_NUMBER}, {"account": IVR, "number": "+15551230999"})
    report, _ = await audit(scenario)
    assert report.outcome is Outcome.CANNOT_TELL
