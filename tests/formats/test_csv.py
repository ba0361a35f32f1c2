import csv
import re
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats import contoso
from tpe_audit.formats import Format, Options, render
from tpe_audit.formats.csv import COLUMNS, cell
from tpe_audit.formats.ordering import LISTED
from tpe_audit.report import Report
from tpe_audit.verdicts import Status

ACTING = "=+-@\uff1d\uff0b\uff0d\uff20\t\r"


def rows(report: Report, options: Options | None = None) -> list[dict[str, str]]:
    text = render(report, Format.CSV, options)
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))


def test_there_is_a_row_for_each_subject_and_one_for_a_check_without() -> None:
    report = contoso.report()
    expected = sum(max(1, len(finding.judgements)) for finding in report.findings)
    assert len(rows(report)) == expected
    assert {row["status"] for row in rows(report)} == {status.value for status in Status}


def test_it_begins_as_excel_wants_it_and_ends_lines_as_the_standard_does() -> None:
    text = render(contoso.report(), Format.CSV)
    assert text.startswith("\ufefftenant,check,title,")
    assert text.count("\r\n") == len(rows(contoso.report())) + 1
    assert text.endswith("\r\n")


def test_a_row_says_what_the_subject_needs() -> None:
    [row] = [r for r in rows(contoso.report()) if r["check"] == "bot-teams-channel" and r["status"] == "fail"]
    assert row["subject_name"] == "tpe-bot-care"
    assert row["observed"] == "no channel MsTeamsChannel"
    assert row["fix"].startswith("az bot msteams create -n tpe-bot-care")
    assert (row["required"], row["simulated"], row["owner"]) == ("true", "true", "azure-admin")
    blocked = next(r for r in rows(contoso.report()) if r["status"] == "blocked")
    assert (blocked["blocked_by"], blocked["blocked_by_subject"]) == ("acs-service-principal", contoso.TENANT.id)
    waived = next(r for r in rows(contoso.report()) if r["status"] == "waived")
    assert (waived["waived_by"], waived["waived_until"]) == ("Robin Roe, network team", "2027-01-31")
    unknown = next(r for r in rows(contoso.report()) if r["check"] == "ra-license" and r["status"] == "unknown")
    assert unknown["to_grant"] == "the Graph permission LicenseAssignment.Read.All"


def test_what_is_not_listed_is_counted() -> None:
    report = contoso.large(LISTED + 500, Status.PASS)
    last = [row for row in rows(report) if row["check"] == "agent-license"][-1]
    assert last["reason"] == "500 subjects more that need no attention; --all-subjects lists them."
    assert last["subject_id"] == ""
    everything = [r for r in rows(report, Options(all_subjects=True)) if r["check"] == "agent-license"]
    assert len(everything) == LISTED + 500


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+15551230100", "tel:+15551230100"),
        ("=HYPERLINK(\"https://evil.example\")", "'=HYPERLINK(\"https://evil.example\")"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\uff1dSUM(1)", "'\uff1dSUM(1)"),
        ("\t=1", " '=1"),
        ("\r=1", " '=1"),
        ("a;=1", "a;'=1"),
        ("one-two", "one-two"),
        ("ivr@contoso.com", "ivr@contoso.com"),
        ("", ""),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula_and_a_number_stays_a_number(text: str, shown: str) -> None:
    assert cell([text]) == shown


@given(st.text(alphabet=st.sampled_from(f"{ACTING};\n ='\"a1+")))
def test_no_cell_can_become_a_formula(text: str) -> None:
    for part in re.split(r"[;\n]", cell(text.split("\n"))):
        assert part.strip(" \"'")[:1] not in {*ACTING} or part.lstrip(' "').startswith("'")


def test_the_guide_documents_every_column_in_its_order() -> None:
    guide = Path(__file__).parents[2] / "docs" / "guides" / "reports.md"
    table = guide.read_text(encoding="utf-8").partition("| Column |")[2].partition("\n\n")[0]
    documented = [
        name for row in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE) for name in re.findall("`([^`]+)`", row)
    ]
    assert tuple(documented) == COLUMNS
