"""Resource accounts from Teams PowerShell: where Graph's list does not answer, and as a second opinion."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.tenant import (
    ACCOUNTS_PATH,
    IVR_ACCOUNT,
    SUPPORT_ACCOUNT,
    Evidently,
    Fault,
    audit,
    broken,
    healthy,
    invented,
    item_edited,
    reading,
    without_lines,
)
from tpe_audit import facts
from tpe_audit.collectors import Question
from tpe_audit.facts import Known
from tpe_audit.simulator import Behaviour, Scenario, SimulatedTenant
from tpe_audit.simulator.contoso import ACS_ID, BOT_APP_ID, IVR, SUPPORT

ACCOUNT: Question = (facts.ResourceAccount, facts.ResourceAccount)
APPLICATION: Question = (facts.ResourceAccount, facts.BoundApplication)
ACS: Question = (facts.ResourceAccount, facts.BoundAcsResource)
FEDERATION: Question = (facts.Tenant, facts.AcsFederation)
CMDLET = "Get-CsOnlineApplicationInstance"
OTHER = invented("other", "id")
Rows = list[dict[str, Any]]


def refused(status: int = 403) -> Behaviour:
    return broken(Fault(ACCOUNTS_PATH, status=status, body={"error": {"code": "Forbidden", "message": "No."}}))


async def read(
    scenario: Scenario,
    *wanted: Question,
    behaviour: Behaviour | None = None,
    rows: Callable[[Rows], object] | None = lambda rows: None,
    subjects: Sequence[str] = (),
) -> Evidently:
    """Read while the export lists what `rows` makes of the accounts; None: without an export."""

    def change(tenant: SimulatedTenant, _: dict[str, Any]) -> None:
        document = json.loads(tenant.teams_export.read_text(encoding="utf-8"))
        if rows is None:
            tenant.teams_export.unlink()
            return
        rows(document["cmdlets"][CMDLET]["data"])
        tenant.teams_export.write_text(json.dumps(document), encoding="utf-8")

    async with reading(scenario, behaviour, subjects, change) as reads:
        return await reads(*wanted)


def ivr(**fields: Any) -> Callable[[Rows], object]:
    """Change the row of one account; `...` takes a field away."""

    def change(rows: Rows) -> None:
        [row] = [row for row in rows if row["ObjectId"] == IVR]
        for name, value in fields.items():
            if value is ...:
                del row[name]
            else:
                row[name] = value

    return change


# Where Graph does not answer


@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("lines", [True, False], ids=["configured", "discovered"])
async def test_teams_powershell_lists_accounts_where_graph_refuses(status: int, *, lines: bool) -> None:
    scenario = healthy() if lines else without_lines(healthy())
    evidence = await read(scenario, ACCOUNT, APPLICATION, ACS, behaviour=refused(status))
    assert set(evidence.found(facts.ResourceAccount)) == {IVR, SUPPORT}
    assert evidence.known(facts.BoundApplication, IVR_ACCOUNT).client_id == BOT_APP_ID
    assert evidence.known(facts.BoundAcsResource, IVR_ACCOUNT).immutable_id == ACS_ID
    sources = {request.source for request in evidence.behind(evidence.answer(facts.BoundApplication, IVR_ACCOUNT))}
    assert sources == {"teams-powershell"}
    [warning] = evidence.gathered.warnings
    assert warning.startswith(f"Resource accounts were read by {CMDLET}, because Microsoft Graph answered {status}")
    assert "The Teams PowerShell export teams-export.json was made less than an hour ago" in warning


async def test_the_report_says_so() -> None:
    report, _ = await audit(healthy(), refused())
    assert any(warning.startswith(f"Resource accounts were read by {CMDLET}") for warning in report.warnings)


@pytest.mark.parametrize("fault", [{"status": 400, "body": {}}, {"status": 200, "body": b"no JSON"}])
async def test_any_other_trouble_of_graph_stays_one(fault: dict[str, Any]) -> None:
    evidence = await read(without_lines(healthy()), ACCOUNT, behaviour=broken(Fault(ACCOUNTS_PATH, **fault)))
    assert evidence.evidence.census[facts.ResourceAccount].gap
    assert evidence.gathered.warnings == ()


async def test_an_account_that_teams_powershell_does_not_list_is_not_absent() -> None:
    def without_ivr(rows: Rows) -> None:
        rows[:] = [row for row in rows if row["ObjectId"] != IVR]

    evidence = await read(healthy(), ACCOUNT, behaviour=refused(), rows=without_ivr)
    found = {subject.name: answer for subject, answer in evidence.evidence.census[facts.ResourceAccount].found}
    assert isinstance(found[SUPPORT_ACCOUNT.name], Known)
    assert not isinstance(found[IVR_ACCOUNT.name], Known)


async def test_no_line_in_teams_powershell_is_not_no_line() -> None:
    evidence = await read(without_lines(healthy()), ACCOUNT, behaviour=refused(), rows=lambda rows: rows.clear())
    census = evidence.evidence.census[facts.ResourceAccount]
    assert census.gap
    assert f"{CMDLET} lists 0 resource accounts" in census.gap.reason
    assert not census.found


async def test_what_the_cmdlet_does_not_give_is_not_known() -> None:
    evidence = await read(healthy(), ACCOUNT, APPLICATION, ACS, behaviour=refused(), rows=ivr(AcsResourceId=...))
    assert "acsResourceId" in evidence.gap(facts.BoundAcsResource, IVR_ACCOUNT).reason
    evidence.known(facts.BoundApplication, IVR_ACCOUNT)


async def test_one_account_is_read_there_as_well() -> None:
    evidence = await read(healthy(), ACCOUNT, APPLICATION, behaviour=refused(), subjects=["ivr@contoso.com"])
    assert set(evidence.found(facts.ResourceAccount)) == {IVR}
    evidence.known(facts.BoundApplication, IVR_ACCOUNT)


async def test_without_either_the_users_of_the_department_are_named_and_nothing_is_known() -> None:
    evidence = await read(without_lines(healthy()), ACCOUNT, behaviour=refused(), rows=None)
    census = evidence.evidence.census[facts.ResourceAccount]
    assert census.gap
    assert "By their department these users may be resource accounts: " in census.gap.reason
    assert "ivr@contoso.com" in census.gap.reason
    assert not census.found


async def test_no_user_of_the_department_proves_nothing() -> None:
    behaviour = refused()
    behaviour.faults.append(Fault("/v1.0/users", status=200, body={"value": []}))
    evidence = await read(without_lines(healthy()), ACCOUNT, behaviour=behaviour, rows=None)
    gap = evidence.evidence.census[facts.ResourceAccount].gap
    assert gap
    assert "proves nothing" in gap.reason


# As a second opinion


@pytest.mark.parametrize(
    ("fields", "question", "said"),
    [
        ({"ApplicationId": OTHER}, facts.BoundApplication, f"the application {OTHER}"),
        ({"ApplicationId": None}, facts.BoundApplication, "no application"),
        ({"AcsResourceId": OTHER}, facts.BoundAcsResource, f"the ACS resource {OTHER}"),
        ({"AcsResourceId": ""}, facts.BoundAcsResource, "no ACS resource"),
    ],
)
async def test_two_sources_that_contradict_each_other_leave_it_unknown_and_are_both_told(
    fields: dict[str, Any], question: type[facts.Fact], said: str
) -> None:
    evidence = await read(healthy(), ACCOUNT, APPLICATION, ACS, FEDERATION, rows=ivr(**fields))
    gap = evidence.gap(question, IVR_ACCOUNT)
    assert f"{CMDLET} says {said}." in gap.reason
    assert {request.source for request in evidence.behind(gap)} == {"graph", "teams-powershell"}
    evidence.known(question, SUPPORT_ACCOUNT)


async def test_two_sources_agree_in_any_case() -> None:
    evidence = await read(healthy(), ACCOUNT, APPLICATION, ACS, FEDERATION, rows=ivr(AcsResourceId=ACS_ID.upper()))
    assert evidence.known(facts.BoundAcsResource, IVR_ACCOUNT).immutable_id == ACS_ID


async def test_no_second_opinion_is_asked_for_where_teams_powershell_is_not_read() -> None:
    evidence = await read(healthy(), ACCOUNT, APPLICATION, rows=ivr(ApplicationId=OTHER))
    assert evidence.known(facts.BoundApplication, IVR_ACCOUNT).client_id == BOT_APP_ID
    assert "teams-powershell" not in {request.source for request in evidence.evidence.requests}


@pytest.mark.parametrize("lines", [True, False], ids=["configured", "discovered"])
async def test_what_graph_leaves_out_teams_powershell_fills_in(*, lines: bool) -> None:
    behaviour = item_edited(ACCOUNTS_PATH, {"id": IVR}, {"acsResourceId": ...})
    scenario = healthy() if lines else without_lines(healthy())
    evidence = await read(scenario, ACCOUNT, ACS, behaviour=behaviour)
    assert evidence.known(facts.BoundAcsResource, IVR_ACCOUNT).immutable_id == ACS_ID
    evidence = await read(scenario, ACCOUNT, ACS, behaviour=behaviour, rows=None)
    assert "acsResourceId" in evidence.gap(facts.BoundAcsResource, IVR_ACCOUNT).reason
