"""Plug-ins: checks, facts and collectors of other people, and what becomes of those that are broken."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.commands.cli import Ran, tpe
from tpe_audit import catalog
from tpe_audit.collectors import COLLECTORS, GUIDE, TABLE
from tpe_audit.commands import demo
from tpe_audit.plugins import GROUP, Plugged, plugged
from tpe_audit.testing import simulated
from tpe_audit.verdicts import Status

CHECK = '''"""The tenant speaks English.

It is what the people here read.

## Fix

Choose English.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict
from tpe_audit.facts import Tenant

from ._collectors import Language

AREA, SEVERITY, OWNER = Area.TENANT, Severity.MAJOR, Owner.TEAMS_ADMIN
CODES = ("4711", "580462")
LINK = "https://learn.microsoft.com/graph/api/resources/organization"


def check(tenant: Tenant, language: Language) -> Verdict:
    return Pass(f"It is {language.code}.") if language.code == "en" else Fail(f"It is {language.code}.")
'''

READING = '''"""Reads the tenant's language."""

from dataclasses import dataclass
from typing import ClassVar

from tpe_audit.collectors import Collector
from tpe_audit.facts import Fact, Organization, Tenant, Thing


@dataclass(frozen=True, slots=True)
class Language(Fact):
    """What it speaks."""

    OF: ClassVar[tuple[type[Thing], ...]] = (Tenant,)

    code: str


async def language(reader):
    from tpe_audit.collectors.reader import Harvest

    listing = await reader.sources.graph.items(
        "/v1.0/organization?$select=id,preferredLanguage", grant="the Graph permission Organization.Read.All"
    )
    harvest = Harvest()
    harvest.tell(reader.tenant.subject, Language(listing.items[0].body["preferredLanguage"]), listing.evidence)
    return harvest


ROW = Collector(
    "_collectors.language",
    ((Tenant, Language),),
    "GET /v1.0/organization",
    "graph",
    ("Organization.Read.All",),
)
COLLECTORS = (ROW,)
'''

PLAIN = CHECK.replace("from ._collectors import Language\n\n", "").replace(", language: Language", "")
PLAIN = f'{PLAIN.partition("    return ")[0]}    return Pass("It does.")\n'
"""A check that needs no fact of its own."""


def written(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path / "ours", speaks_english=CHECK, _collectors=READING)


def faults(found: Plugged) -> dict[str, str]:
    return {file.path.name: file.reason for file in found.catalog.unloadable}


# A plug-in that works


def test_facts_and_collectors_of_a_folder_take_part(folder: Path) -> None:
    found = plugged([folder], installed=False)
    assert found.catalog.unloadable == ()
    [question] = found.table.keys() - TABLE.keys()
    assert question in found.catalog.checks["speaks-english"].wants
    assert found.guide[question].permissions == ("Organization.Read.All",)


def test_what_ships_is_left_as_it_was(folder: Path) -> None:
    before, rows = dict(TABLE), list(COLLECTORS)
    found = plugged([folder], installed=False)
    assert found.table is not TABLE
    assert found.guide is not GUIDE
    assert (dict(TABLE), list(COLLECTORS)) == (before, rows)
    assert before.items() <= dict(found.table).items()


def test_without_plug_ins_everything_is_what_ships() -> None:
    found = plugged(installed=False)
    assert found.catalog.checks.keys() == catalog.find().checks.keys()
    assert dict(found.table) == dict(TABLE)
    assert dict(found.guide) == dict(GUIDE)


def test_a_fact_of_a_plug_in_is_read_through_the_real_sdks(folder: Path) -> None:
    finding = simulated(folder)["speaks-english"]
    assert (finding.status, finding.reason) == (Status.PASS, "It is en.")
    assert finding.judgements[0].evidence


def test_a_check_file_may_say_itself_how_its_facts_are_read(tmp_path: Path) -> None:
    reading = READING.replace('"_collectors.language"', '"alone.language"').partition("from dataclasses")[2]
    whole = CHECK.replace("from ._collectors import Language\n", f"from dataclasses{reading}")
    assert simulated(written(tmp_path / "one", alone=whole))["alone"].status is Status.PASS


def test_two_folders_do_not_mix_up_their_modules(folder: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "theirs", speaks_french=CHECK, _collectors=READING)
    found = plugged([folder, other], installed=False)
    assert found.catalog.unloadable == ()
    assert len(found.table.keys() - TABLE.keys()) == 2


# A plug-in that is broken

BROKEN = {
    "no tuple": ("COLLECTORS = (ROW,)", "COLLECTORS = [ROW]", "COLLECTORS must be a tuple"),
    "no collector": ("COLLECTORS = (ROW,)", "COLLECTORS = (5,)", "5: it is no Collector"),
    "no function": ('"_collectors.language"', '"language"', 'its name is not "module.function"'),
    "no question": ("((Tenant, Language),)", "(Language,)", "is no question: a thing and a fact of it"),
    "nothing given": ("((Tenant, Language),)", "()", "gives must not be empty"),
    "no source": ('    "graph",\n', '    "",\n', "the source must not be empty"),
    "no permissions": ('("Organization.Read.All",)', '"Organization.Read.All"', "must be tuples"),
    "an answer that there is": (
        "((Tenant, Language),)",
        "((Tenant, Language), (Tenant, Organization))",
        "Organization of Tenant is given by tenant.organization already",
    ),
    "a need that nothing gives": (
        '("Organization.Read.All",),\n)',
        '("Organization.Read.All",),\n    ((Tenant, Fact),),\n)',
        "it needs Fact of Tenant, which nothing gives before it",
    ),
    "a need of itself": (
        '("Organization.Read.All",),\n)',
        '("Organization.Read.All",),\n    ((Tenant, Language),),\n)',
        "it needs Language of Tenant, which nothing gives before it",
    ),
}


@pytest.mark.parametrize(("good", "bad", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_row_that_breaks_the_contract_is_named_and_so_is_what_wants_it(
    tmp_path: Path, good: str, bad: str, reason: str
) -> None:
    assert good in READING
    ours = written(tmp_path / "ours", speaks_english=CHECK, _collectors=READING.replace(good, bad), fine=PLAIN)
    found = plugged([ours], installed=False)
    assert reason in faults(found)["_collectors.py"]
    assert "it asks for Language of Tenant, which no collector reads" in faults(found)["speaks_english.py"]
    assert "fine" in found.catalog.checks
    assert dict(found.table) == dict(TABLE)


def test_a_check_that_asks_for_a_fact_that_nothing_reads_is_named_and_what_rests_on_it(tmp_path: Path) -> None:
    reading = READING.replace("COLLECTORS = (ROW,)", "")
    resting = PLAIN + '\nREQUIRES = ("speaks-english",)\n'
    ours = written(tmp_path / "ours", speaks_english=CHECK, _collectors=reading, rests=resting)
    assert faults(plugged([ours], installed=False)).keys() == {"speaks_english.py", "rests.py"}


def test_collectors_that_do_not_load_are_named(tmp_path: Path) -> None:
    ours = written(tmp_path / "ours", speaks_english=CHECK, _collectors="1 / 0", fine=PLAIN)
    found = faults(plugged([ours], installed=False))
    assert "line 1: ZeroDivisionError" in found["_collectors.py"]
    assert "ZeroDivisionError" in found["speaks_english.py"]


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Ran:
    """Run checks of a folder as a configuration of the simulated tenant."""
    plain = demo.with_secrets

    def with_ours(data: MappingProxyType[str, object], secrets: dict[str, str]) -> dict[str, object]:
        return plain(data, secrets) | {"checks": {"paths": [str(folder)]}, "attestations": [], "waivers": []}

    monkeypatch.setattr(demo, "with_secrets", with_ours)
    return tpe(folder.parent, "run", "--demo", "healthy", "--format", "json", *arguments)


def test_an_audit_reads_and_reports_the_facts_of_a_plug_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(folder, monkeypatch, "--check", "speaks-english")
    [finding] = ran.report["findings"]
    assert (ran.code, finding["status"]) == (0, "pass")
    assert finding["permissions"] == ["Organization.Read.All"]
    assert ran.report["evidence"][finding["subjects"][0]["evidence"][0]]["request"].startswith("GET /v1.0/organization")


@pytest.mark.parametrize(
    "body", ["raise RuntimeError('no luck')", "return 5"], ids=["it raises", "it brings no harvest"]
)
def test_a_collector_that_breaks_is_named_and_keeps_the_verdict_open(
    folder: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    written(
        folder, _collectors=READING.replace("    from tpe_audit.collectors.reader import Harvest\n", f"    {body}\n")
    )
    ran = run(folder, monkeypatch, "--check", "speaks-english", "--check", "acs-service-principal")
    assert (ran.code, ran.report["verdict"]) == (3, "cannot-tell")
    assert any("_collectors.language" in error for error in ran.report["errors"])
    statuses = {finding["check"]: finding["status"] for finding in ran.report["findings"]}
    assert statuses == {"speaks-english": "unknown", "acs-service-principal": "pass"}


def test_a_collector_whose_function_is_missing_leaves_its_fact_unknown(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(folder, _collectors=READING.replace("async def language", "async def other"))
    ran = run(folder, monkeypatch, "--check", "speaks-english")
    assert (ran.code, ran.report["findings"][0]["status"]) == (3, "unknown")
    assert ran.report["errors"]


def test_a_broken_row_makes_an_otherwise_good_audit_cannot_tell(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(folder, _collectors=READING.replace("COLLECTORS = (ROW,)", "COLLECTORS = (ROW, 5)"))
    ran = run(folder, monkeypatch, "--check", "speaks-english")
    assert (ran.code, ran.report["verdict"]) == (3, "cannot-tell")
    assert ran.report["findings"][0]["status"] == "pass"
    assert any("_collectors.py" in error for error in ran.report["errors"])


def test_no_plug_in_answers_in_the_place_of_what_ships(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lie = "    from tpe_audit.facts import NoAcsServicePrincipal as No\n    harvest.tell(reader.tenant.subject, No())\n"
    written(folder, _collectors=READING.replace("    return harvest\n", f"{lie}    return harvest\n"))
    ran = run(folder, monkeypatch, "--check", "speaks-english", "--check", "acs-service-principal")
    assert ran.code == 0
    assert {finding["status"] for finding in ran.report["findings"]} == {"pass"}


# Code that anybody could have written

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")


@posix
@pytest.mark.parametrize("place", ["ours", "ours/speaks_english.py", "ours/_collectors.py", "."])
def test_code_that_everybody_may_change_is_not_run(folder: Path, place: str) -> None:
    (folder.parent / place).chmod(0o777)
    found = plugged([folder], installed=False)
    assert "speaks-english" not in found.catalog.checks
    assert "everybody on this machine may write to" in str(found.catalog.unloadable[0])


@posix
def test_a_folder_within_one_that_is_sticky_is_trusted(folder: Path) -> None:
    folder.parent.chmod(0o1777)
    assert "speaks-english" in plugged([folder], installed=False).catalog.checks


@posix
def test_a_link_does_not_hide_where_code_is(folder: Path, tmp_path: Path) -> None:
    folder.chmod(0o777)
    (tmp_path / "link").symlink_to(folder)
    assert "speaks-english" not in plugged([tmp_path / "link"], installed=False).catalog.checks


# Packages


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place where packages are installed."""
    place = tmp_path / "site"
    place.mkdir()
    monkeypatch.syspath_prepend(place)
    before = set(sys.modules)
    yield place
    for name in set(sys.modules) - before:
        if name.startswith("contoso_"):
            del sys.modules[name]


def installed(site: Path, **entries: str) -> None:
    info = site / "contoso_checks-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: contoso-checks\nVersion: 1.0\n", encoding="utf-8")
    lines = [f"[{GROUP}]", *(f"{name} = {value}" for name, value in entries.items())]
    (info / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize("imports", ["from ._collectors", "from contoso_checks._collectors"])
def test_a_package_with_an_entry_point_takes_part(site: Path, imports: str) -> None:
    check = CHECK.replace("from ._collectors", imports)
    written(site / "contoso_checks", __init__="", speaks_english=check, _collectors=READING)
    installed(site, contoso="contoso_checks")
    found = plugged()
    assert found.catalog.unloadable == ()
    assert "speaks-english" in found.catalog.checks
    assert len(found.table) == len(TABLE) + 1
    assert "speaks-english" not in plugged(installed=False).catalog.checks


def test_a_module_with_an_entry_point_stands_for_its_folder(site: Path) -> None:
    written(site / "contoso_checks", __init__="", _plugin="", speaks_english=CHECK, _collectors=READING)
    installed(site, contoso="contoso_checks._plugin")
    assert "speaks-english" in plugged().catalog.checks


@pytest.mark.parametrize(
    ("value", "text", "reason"),
    [
        ("contoso_nowhere", "", "ModuleNotFoundError"),
        ("contoso_checks", "1 / 0", "ZeroDivisionError"),
        ("contoso_checks", "raise SystemExit(0)", "SystemExit"),
    ],
)
def test_a_package_that_does_not_load_is_named_and_stops_nothing(
    site: Path, value: str, text: str, reason: str
) -> None:
    written(site / "contoso_checks", __init__=text, speaks_english=PLAIN)
    installed(site, contoso=value)
    [fault] = plugged().catalog.unloadable
    assert f"entry point contoso = {value}" in str(fault)
    assert reason in str(fault)


def test_a_package_takes_part_in_list_and_not_in_a_demonstration(site: Path) -> None:
    written(site / "contoso_checks", __init__="", speaks_english=PLAIN)
    installed(site, contoso="contoso_checks")
    assert "speaks-english" in tpe(site, "list").out
    assert tpe(site, "run", "--demo", "--check", "speaks-english").code == 2
