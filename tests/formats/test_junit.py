from collections import Counter
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from lxml import etree

from tests.formats import contoso
from tpe_audit.formats import Format, Options, render
from tpe_audit.formats.ordering import LISTED
from tpe_audit.report import Outcome, Report
from tpe_audit.verdicts import Status

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit.xsd")))


def suites(report: Report, options: Options | None = None) -> ET.Element:
    return ET.fromstring(render(report, Format.JUNIT, options))  # noqa: S314 - it is our own


def cases(report: Report, check: str) -> list[ET.Element]:
    return [case for case in suites(report).iter("testcase") if case.get("classname", "").endswith(f".{check}")]


@pytest.mark.parametrize("name", ["report", "healthy", "unread", "hostile", "compared"])
def test_a_report_keeps_to_the_schema(name: str) -> None:
    SCHEMA.assertValid(etree.fromstring(render(getattr(contoso, name)(), Format.JUNIT).encode()))


def test_there_is_a_case_for_each_check_and_subject_and_one_for_the_verdict() -> None:
    report = contoso.report()
    root = suites(report)
    found = list(root.iter("testcase"))
    assert len(found) == 1 + sum(max(1, len(finding.judgements)) for finding in report.findings)
    assert root.get("tests") == str(len(found))


def test_a_failure_is_a_failure_and_what_was_not_read_an_error() -> None:
    [_, care] = sorted(cases(contoso.report(), "bot-teams-channel"), key=len)
    assert [(child.tag, child.get("message")) for child in care] == [
        ("failure", "The bot has no Microsoft Teams channel.")
    ]
    text = care[0].text or ""
    assert (
        "Observed: no channel MsTeamsChannel\nExpected: a channel MsTeamsChannel, enabled\nRun (bash): az bot" in text
    )
    [unknown] = [case for case in cases(contoso.report(), "ra-license") if len(case)]
    assert unknown[0].tag == "error"
    assert "Grant or set up: the Graph permission LicenseAssignment.Read.All" in (unknown[0].text or "")


def test_what_is_neither_is_skipped_and_says_which() -> None:
    told = Counter(
        (skipped.get("message") or "").partition(":")[0] for skipped in suites(contoso.report()).iter("skipped")
    )
    assert told == {"blocked": 5, "manual": 2, "waived": 1, "not-applicable": 1}
    [waived] = cases(contoso.report(), "acs-network-access")
    assert "Accepted by Robin Roe, network team until 2027-01-31" in (waived[0].get("message") or "")


def test_the_counts_are_those_of_the_cases() -> None:
    root = suites(contoso.report())
    for element in (root, *root.iter("testsuite")):
        tags = Counter(case[0].tag for case in element.iter("testcase") if len(case))
        assert [element.get("failures"), element.get("errors"), element.get("skipped")] == [
            str(tags["failure"]), str(tags["error"]), str(tags["skipped"]),
        ]  # fmt: skip


def test_names_are_not_used_twice() -> None:
    names = Counter((case.get("classname"), case.get("name")) for case in suites(contoso.report()).iter("testcase"))
    assert set(names.values()) == {1}


@pytest.mark.parametrize("kept", list(Status))
def test_where_the_verdict_is_not_ready_something_is_red(kept: Status) -> None:
    whole = contoso.report()
    findings = tuple(finding for finding in whole.findings if finding.status is kept)
    report = replace(whole, findings=findings) if kept is Status.BLOCKED else contoso.composed(findings)
    root = suites(report)
    red = int(root.get("failures") or 0) + int(root.get("errors") or 0)
    assert (red == 0) == (report.outcome is Outcome.READY)


def test_a_cause_is_not_counted_twice() -> None:
    assert [len(case) for case in cases(contoso.report(), "program")] == [0]


def test_an_error_of_the_program_is_an_error() -> None:
    report = replace(contoso.healthy(), errors=("our_check.py: it can't be loaded",), outcome=Outcome.CANNOT_TELL)
    assert [case[0].get("message") for case in cases(report, "program") if len(case)] == [
        "our_check.py: it can't be loaded"
    ]


def test_what_is_not_listed_is_counted() -> None:
    root = suites(contoso.large(LISTED + 7, Status.PASS))
    [omitted] = [p.get("value") for p in root.iter("property") if p.get("name") == "omitted"]
    assert omitted == "7 that need no attention; --all-subjects lists them"
