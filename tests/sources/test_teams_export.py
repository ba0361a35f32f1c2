"""The export of Teams PowerShell: believed only if it is of this tenant, young, and whole where it is asked."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.tenant import TENANT, Evidently, healthy, invented, reading
from tpe_audit import facts
from tpe_audit.collectors import Question
from tpe_audit.facts import Fact, Gap
from tpe_audit.simulator import SimulatedTenant
from tpe_audit.simulator.contoso import ACS_ID, TENANT_ID

FEDERATION: Question = (facts.Tenant, facts.AcsFederation)
ACCESS: Question = (facts.Tenant, facts.GlobalExternalAccess)
CONFIGURATION = "Get-CsTeamsAcsFederationConfiguration"
POLICIES = "Get-CsExternalAccessPolicy"


async def export(write: Callable[[dict[str, Any]], bytes | None], **settings: Any) -> Evidently:
    """Read with an export of which `write` makes the bytes; None: there is no file."""

    def change(tenant: SimulatedTenant, data: dict[str, Any]) -> None:
        data["sources"]["teams_powershell"].update(settings)
        written = write(json.loads(tenant.teams_export.read_text(encoding="utf-8")))
        if written is None:
            tenant.teams_export.unlink()
        else:
            tenant.teams_export.write_bytes(written)

    async with reading(healthy(), change=change) as read:
        evidence = await read(FEDERATION, ACCESS)
        assert not read.requests
        return evidence


def with_changes(**changes: Any) -> Callable[[dict[str, Any]], bytes]:
    return lambda document: json.dumps({**document, **changes}).encode()


def with_cmdlet(name: str, **changes: Any) -> Callable[[dict[str, Any]], bytes]:
    def write(document: dict[str, Any]) -> bytes:
        document["cmdlets"][name].update(changes)
        return json.dumps(document).encode()

    return write


def ago(**duration: float) -> str:
    return (datetime.now(UTC) - timedelta(**duration)).isoformat()


def told(evidence: Evidently) -> list[Gap]:
    return [evidence.gap(fact, TENANT) for fact in (facts.AcsFederation, facts.GlobalExternalAccess)]


@pytest.mark.parametrize(
    "encoded",
    [
        lambda text: text.encode(),
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    ],
    ids=["UTF-8", "UTF-8 with BOM", "UTF-16", "UTF-16 without BOM", "UTF-16 BE"],
)
async def test_an_export_is_read_however_powershell_encodes_it(encoded: Callable[[str], bytes]) -> None:
    evidence = await export(lambda document: encoded(json.dumps(document)))
    assert evidence.known(facts.AcsFederation, TENANT) == facts.AcsFederation(enabled=True, allowed_resources=(ACS_ID,))
    assert evidence.known(facts.GlobalExternalAccess, TENANT) == facts.GlobalExternalAccess(acs_federation=True)
    (request,) = evidence.behind(evidence.answer(facts.AcsFederation, TENANT))
    assert (request.source, request.request) == ("teams-powershell", "read teams-export.json")


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (with_changes(tenant_id=invented("other")), "of another tenant"),
        (with_changes(tenant_id=5), "tenant_id"),
        (with_changes(collected_at=ago(hours=25)), "25 hours old"),
        (with_changes(collected_at=ago(hours=-1)), "in the future"),
        (with_changes(collected_at="2026-11-22T08:00:00"), "collected_at"),
        (with_changes(collected_at="yesterday"), "collected_at"),
        (with_changes(collected_at=None), "collected_at"),
        (with_changes(schema="tpe-audit/teams-export/2"), "schema"),
        (with_changes(cmdlets=[]), "cmdlets"),
        (lambda _: b"{", "not JSON"),
        (lambda _: b"", "not JSON"),
        (lambda _: b"[]", "not believed"),
        (lambda _: b"[" * 100_000, "not JSON"),
        (lambda _: b"\x80abc", "neither UTF-8 nor UTF-16"),
        (lambda _: b"\xff\xfe\x00", "neither UTF-8 nor UTF-16"),
        (lambda _: None, "there is no export"),
    ],
)
async def test_an_export_that_is_not_believed_tells_nothing(
    write: Callable[[dict[str, Any]], bytes | None], said: str
) -> None:
    assert all(said in gap.reason for gap in told(await export(write)))


async def test_an_export_is_believed_in_any_case_of_its_tenant_and_from_a_clock_that_is_ahead() -> None:
    evidence = await export(with_changes(tenant_id=TENANT_ID.upper(), collected_at=ago(minutes=-5)))
    evidence.known(facts.AcsFederation, TENANT)


async def test_the_age_that_is_believed_is_configured() -> None:
    old = with_changes(collected_at=ago(hours=30))
    (await export(old, max_age_hours=48)).known(facts.AcsFederation, TENANT)
    gaps = told(await export(with_changes(collected_at=ago(hours=3)), max_age_hours=2))
    assert all("max_age_hours is 2" in gap.reason and gap.lacks for gap in gaps)


async def test_an_export_that_is_a_folder_says_so() -> None:
    def change(tenant: SimulatedTenant, data: dict[str, Any]) -> None:
        data["sources"]["teams_powershell"]["export"] = str(tenant.teams_export.parent)

    async with reading(healthy(), change=change) as read:
        assert "can't be read" in (await read(FEDERATION)).gap(facts.AcsFederation, TENANT).reason


@pytest.mark.parametrize(
    "changes",
    [
        {"ok": False, "error": "Access Denied."},
        {"ok": False, "error": None},
        {"ok": "true"},
        {"ok": None},
        {"data": None},
        {"data": {}},
        {"data": ["text"]},
        {"data": []},
        {"data": [{}, {}]},
        {"error": 5},
    ],
)
async def test_one_cmdlet_that_is_not_understood_leaves_the_others_alone(changes: dict[str, Any]) -> None:
    evidence = await export(with_cmdlet(CONFIGURATION, **changes))
    gap = evidence.gap(facts.AcsFederation, TENANT)
    assert gap.reason
    assert gap.evidence
    evidence.known(facts.GlobalExternalAccess, TENANT)


async def test_what_a_cmdlet_said_is_told_without_secrets() -> None:
    failed = with_cmdlet(CONFIGURATION, ok=False, error="Access Denied for Bearer eyJhbGciOiJub25l.eyJzdWIiOiJh.c2ln")
    gap = (await export(failed)).gap(facts.AcsFederation, TENANT)
    assert "Access Denied for [masked]" in gap.reason
    assert gap.lacks


async def test_a_cmdlet_that_is_missing_is_named() -> None:
    def write(document: dict[str, Any]) -> bytes:
        del document["cmdlets"][CONFIGURATION]
        return json.dumps(document).encode()

    evidence = await export(write)
    assert CONFIGURATION in evidence.gap(facts.AcsFederation, TENANT).reason
    evidence.known(facts.GlobalExternalAccess, TENANT)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"EnableAcsUsers": False, "AllowedAcsResources": None}, facts.AcsFederation(False, ())),
        (
            {"EnableAcsUsers": True, "AllowedAcsResources": [ACS_ID.upper()]},
            facts.AcsFederation(True, (ACS_ID,)),
        ),
        ({"EnableAcsUsers": "True", "AllowedAcsResources": []}, None),
        ({"EnableAcsUsers": True, "AllowedAcsResources": ACS_ID}, None),
        ({"EnableAcsUsers": True, "AllowedAcsResources": [5]}, None),
        ({"EnableAcsUsers": True}, None),
        ({"AllowedAcsResources": []}, None),
    ],
)
async def test_federation_is_what_the_cmdlet_says(item: dict[str, Any], expected: Fact | None) -> None:
    evidence = await export(with_cmdlet(CONFIGURATION, data=[item]))
    if expected is None:
        evidence.gap(facts.AcsFederation, TENANT)
    else:
        assert evidence.known(facts.AcsFederation, TENANT) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([{"Identity": "Global", "EnableAcsFederationAccess": False}], False),
        ([{"Identity": "Global", "EnableAcsFederationAccess": True}, {"Identity": None}], True),
        ([{"Identity": "Tag:Other", "EnableAcsFederationAccess": True}], None),
        ([{"Identity": "Global", "EnableAcsFederationAccess": "yes"}], None),
        ([{"Identity": "Global"}], None),
        ([{"Identity": "Global", "EnableAcsFederationAccess": True}] * 2, None),
    ],
)
async def test_external_access_is_that_of_the_global_policy(data: list[Any], expected: bool | None) -> None:
    evidence = await export(with_cmdlet(POLICIES, data=data))
    if expected is None:
        evidence.gap(facts.GlobalExternalAccess, TENANT)
    else:
        assert evidence.known(facts.GlobalExternalAccess, TENANT).acs_federation is expected


@pytest.mark.parametrize(("mode", "declared"), [("off", True), ("pwsh", False)])
async def test_teams_powershell_that_is_off_or_not_run_says_so(mode: str, *, declared: bool) -> None:
    gaps = told(await export(with_changes(), mode=mode))
    assert [gap.declared_off for gap in gaps] == [declared, declared]


@pytest.mark.parametrize(
    ("age", "words"), [({"minutes": 5}, "less than an hour"), ({"minutes": 65}, "1 hour"), ({"hours": 20}, "20 hours")]
)
async def test_the_report_says_how_old_the_export_is(age: dict[str, float], words: str) -> None:
    def change(tenant: SimulatedTenant, _: dict[str, Any]) -> None:
        document = json.loads(tenant.teams_export.read_text(encoding="utf-8"))
        tenant.teams_export.write_bytes(with_changes(collected_at=ago(**age))(document))

    async with reading(healthy(), change=change) as read:
        await read(FEDERATION)
        [told] = read.sources.reports()
    assert told.reason == (
        f"The Teams PowerShell export teams-export.json was made {words} ago, with MicrosoftTeams 7.4.0."
    )


async def test_a_time_as_windows_powershell_writes_it_is_one() -> None:
    now = int(datetime.now(UTC).timestamp() * 1000)
    (await export(with_changes(collected_at=f"/Date({now})/"))).known(facts.AcsFederation, TENANT)
    gaps = told(await export(with_changes(collected_at=f"/Date({now - 25 * 3_600_000})/")))
    assert all("25 hours old" in gap.reason for gap in gaps)
    gaps = told(await export(with_changes(collected_at="/Date(999999999999999)/")))
    assert all(gap.reason for gap in gaps)
