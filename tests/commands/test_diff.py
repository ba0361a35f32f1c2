"""`tpe-audit diff`: what changed between two reports, told in three ways."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.commands.cli import Ran, tpe
from tests.formats import contoso
from tpe_audit.changes import Change
from tpe_audit.formats import Format, render
from tpe_audit.report import Report

Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def diff(tmp_path: Path) -> Callable[..., Ran]:
    """Compares two reports, given or changed."""

    def one(old: Report | Edit, new: Report | Edit, *arguments: str, **options: Any) -> Ran:
        for name, given in (("old.json", old), ("new.json", new)):
            report = given if isinstance(given, Report) else contoso.report()
            document = json.loads(render(report, Format.JSON))
            if not isinstance(given, Report):
                given(document)
            (tmp_path / name).write_text(json.dumps(document), encoding="utf-8")
        return tpe(tmp_path, "diff", "old.json", "new.json", *arguments, **options)

    return one


def same(_: dict[str, Any]) -> None:
    """Change nothing."""


def healed(document: dict[str, Any]) -> None:
    """Mend the first finding, and leave another one unread."""
    document["verdict"] = "cannot-tell"
    for finding, status in zip(document["findings"][:2], ("pass", "unknown"), strict=True):
        finding["status"] = status
        for subject in finding["subjects"]:
            subject["status"] = status


def test_two_reports_that_say_the_same_are_0(diff: Callable[..., Ran]) -> None:
    ran = diff(same, same)
    assert (ran.code, ran.err) == (0, "")
    assert "It is NOT READY, as before: 2 still failing." in ran.out
    assert "STILL FAILING (2)\n✗ acs-service-principal\n" in ran.out


def test_what_has_changed_is_1_and_told_by_kind(diff: Callable[..., Ran]) -> None:
    ran = diff(same, healed)
    assert (ran.code, ran.err) == (1, "")
    titles = [line for line in ran.out.splitlines() if line.isupper() and "(" in line]
    assert titles == ["MENDED (1)", "NO LONGER READABLE (2)"]
    assert ran.out.splitlines()[-1].startswith("It was NOT READY, and is CANNOT TELL: 1 mended")
    back = diff(healed, same)
    assert back.code == 1
    assert "NEW (2)" in back.out


def test_the_json_has_all_of_it(diff: Callable[..., Ran]) -> None:
    ran = diff(healed, same, "--format", "json")
    found = ran.report
    assert (ran.code, found["schema"], found["different"]) == (1, "tpe-audit/diff/1", True)
    assert (found["old"]["verdict"], found["new"]["verdict"]) == ("cannot-tell", "not-ready")
    assert {(item["check"], item["change"]) for item in found["changed"]} == {
        ("acs-service-principal", "new"),
        ("bot-teams-channel", "new"),
    }
    assert {item["change"] for item in found["changed"]} <= {change.value for change in Change}


def test_a_verdict_alone_that_differs_is_a_difference(diff: Callable[..., Ran]) -> None:
    ran = diff(same, lambda document: document.update(verdict="ready"))
    assert ran.code == 1
    assert "It was NOT READY, and is READY" in ran.out


def test_the_order_of_findings_and_subjects_does_not_matter(diff: Callable[..., Ran]) -> None:
    def turned(document: dict[str, Any]) -> None:
        document["findings"].reverse()
        for finding in document["findings"]:
            finding["subjects"].reverse()
            for subject in finding["subjects"]:
                subject["id"] = subject["id"].upper()

    assert diff(same, turned).code == 0


def test_other_tenants_are_refused_unless_they_are_meant(diff: Callable[..., Ran]) -> None:
    def other(document: dict[str, Any]) -> None:
        document["tenant"]["id"] = "00000000-0000-0000-0000-000000000000"

    ran = diff(same, other)
    assert (ran.code, ran.out) == (2, "")
    assert "nothing was compared: the reports are of two tenants, " in ran.err
    assert diff(same, other, "--any-tenant").code == 0
    assert diff(same, lambda document: document.update(simulated=not document["simulated"])).code == 2


@pytest.mark.parametrize("old", ["nowhere.json", ".", "text.json"])
def test_what_is_no_report_is_2_and_named(tmp_path: Path, old: str) -> None:
    (tmp_path / "text.json").write_text("hello")
    (tmp_path / "new.json").write_text(render(contoso.report(), Format.JSON))
    ran = tpe(tmp_path, "diff", old, "new.json")
    assert (ran.code, ran.out) == (2, "")
    assert f"error: nothing was compared: {old}: " in ran.err


def test_what_differs_in_how_they_were_made_is_noted(diff: Callable[..., Ran]) -> None:
    def other(document: dict[str, Any]) -> None:
        document.update(profile="go-live", threshold="minor")
        document["findings"].pop()

    ran = diff(same, other)
    assert "The old run was made with --profile scheduled, the new one with --profile go-live." in ran.out
    assert "The old verdict was decided by checks from major on, the new one from minor on." in ran.out
    assert "1 check that only one of them asked for is left out." in ran.out


def test_many_subjects_are_counted_unless_all_are_wanted(diff: Callable[..., Ran]) -> None:
    broken = contoso.large(40)
    fine = replace(contoso.large(40), findings=())
    assert diff(fine, broken, "--any-tenant").code in (0, 1)
    assert " more" in diff(broken, broken).out
    assert " more" not in diff(broken, broken, "-v").out


@pytest.mark.parametrize("form", ["terminal", "markdown", "json"])
def test_nothing_of_a_hostile_tenant_acts(diff: Callable[..., Ran], form: str) -> None:
    ran = diff(contoso.hostile(), contoso.hostile(), "--format", form)
    assert ran.code == 0
    assert not {"\x1b", "\x9b", "\u202e", "\u2066", "\r"} & set(ran.out)
    if form == "markdown":
        outside = "".join(part for line in ran.out.splitlines() for part in line.split("`")[::2])
        assert "<script" not in outside
        assert "<img" not in outside
        assert "](" not in outside


def test_colour_is_for_terminals(diff: Callable[..., Ran]) -> None:
    assert "\x1b[" in diff(same, healed, terminal=True).out
    assert "\x1b[" not in diff(same, healed).out
    assert "\x1b[" not in diff(same, healed, "--no-color", terminal=True).out
