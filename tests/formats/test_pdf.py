"""The report as PDF, read by two other programs: pypdf, and poppler where it is installed."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import StreamObject

from tests.formats import contoso
from tpe_audit.formats import Format, Options, content
from tpe_audit.report import Report

PDFTOTEXT = shutil.which("pdftotext")


def pdf(report: Report) -> PdfReader:
    return PdfReader(io.BytesIO(content(report, Format.PDF)))


def pages(report: Report) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pdf(report).pages]


def text(report: Report) -> str:
    return " ".join(pages(report))


def test_every_page_tells_tenant_digest_and_number() -> None:
    report = contoso.go_live()
    digest = hashlib.sha256(content(report, Format.JSON)).hexdigest()
    those = pages(report)
    assert len(those) > 4
    for number, page in enumerate(those, start=1):
        assert "Contoso Ltd." in page
        assert f"SHA-256 {digest}" in page
        assert f"{number} / {len(those)}" in page
        assert "SIMULATED: an invented tenant" in page
    assert "SIMULATED" not in text(replace(contoso.report(simulated=False), profile=report.profile))


def test_the_digest_is_of_all_subjects_where_all_are_wanted() -> None:
    options = Options(all_subjects=True)
    digest = hashlib.sha256(content(contoso.go_live(), Format.JSON, options)).hexdigest()
    said = PdfReader(io.BytesIO(content(contoso.go_live(), Format.PDF, options))).pages[-2:]
    assert digest in " ".join(page.extract_text() for page in said)


def test_a_report_is_the_same_document_each_time() -> None:
    assert content(contoso.go_live(), Format.PDF) == content(contoso.go_live(), Format.PDF)


def test_it_is_a4_tagged_and_names_itself() -> None:
    document = pdf(contoso.go_live())
    root = document.root_object
    assert document.metadata is not None
    assert document.metadata.title == "Go-live report: Contoso Ltd. (SIMULATED)"
    assert str(root["/Lang"]) == "en"
    assert "'/Marked': True" in str(root["/MarkInfo"])
    metadata = root["/Metadata"]
    assert isinstance(metadata, StreamObject)
    assert b"pdfuaid:part" in metadata.get_data()
    assert {tuple(round(float(side)) for side in page.mediabox) for page in document.pages} == {(0, 0, 595, 842)}


def test_a_go_live_holds_every_requirement_and_a_block_to_sign() -> None:
    said = text(contoso.go_live())
    assert "Go-live report" in pages(contoso.go_live())[0]
    assert "15 requirements, 2 numbers" in pages(contoso.go_live())[0]
    requirements = said[said.index("Requirements All of them") : said.index("Sign-off")]
    for finding in contoso.go_live().findings:
        assert finding.check.id in requirements
    assert "The deployment's consumer is third-party" in requirements
    assert "Kim Poe, billing" in requirements
    assert "Invoice 4711; auto-recharge" in said
    for role in ("teams admin", "azure admin", "developer", "accepted for go-live", "Signature"):
        assert role in said[said.index("Sign-off") :]


def test_another_report_says_that_it_is_not_to_be_signed() -> None:
    said = text(contoso.report())
    assert "Audit report" in said
    assert "not to be signed as one" in said
    assert "accepted for go-live" not in said


def test_failures_say_what_was_read_and_how_to_mend_it() -> None:
    said = text(contoso.report())
    assert "New-MgServicePrincipal -AppId '1fd5118e-2576-4263-8130-9503064c837a'" in said
    assert "Observed no channel MsTeamsChannel" in said
    assert "LicenseAssignment.Read.All" in said
    assert "BREAKS" in said


def test_changes_and_endings_are_told() -> None:
    said = text(contoso.changed())
    for word in ("no-longer-readable", "the client secret a1b2 of Voice", "2026-12-01", "which came to ready"):
        assert word in said


def test_nothing_from_a_tenant_is_markup_or_a_link() -> None:
    report = contoso.hostile()
    document = pdf(report)
    targets = {
        annotation.get_object()["/A"]["/URI"] for page in document.pages for annotation in page.get("/Annots") or []
    }
    assert targets == {finding.check.link for finding in report.findings if finding.status.rank < 5}
    said = text(report)
    assert "<script>alert(1)</script>" in said
    assert "{{7*7}}" in said
    assert "[red]markup[/red]" in said
    assert "\\u202egnp.exe" in said
    assert len(document.pages) < 40


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x")',
        "#eval(sys.inputs.data)",
        "*b* _i_ = h $x$ `r` <l> @ref // c /* d",
        '"]}\\',
        "#import",
        "\\u{41}~--...",
    ],
)
def test_the_language_of_the_typesetter_is_shown_as_it_is(name: str) -> None:
    report = replace(contoso.report(), tenant_name=name)
    assert name in text(report)


@pytest.mark.parametrize("name", ["北京 語音", "شركة", "📞 Voice", "\U0001fae8", "e\u0301\u0308\u0323"])
def test_a_name_in_any_script_makes_a_document(name: str) -> None:
    assert len(pages(replace(contoso.report(), tenant_name=name))) > 4


def test_a_word_longer_than_a_line_is_broken() -> None:
    report = contoso.report()
    assert pages(replace(report, sentence="Ж" * 900))[0].count("Ж") == 900


def test_thousands_of_subjects_stay_a_document_that_one_can_read() -> None:
    said = pages(contoso.large(5_000))
    assert len(said) < 12
    assert "and 4,990 more" in " ".join(said)


def test_nothing_audited_can_be_rendered() -> None:
    assert "CANNOT TELL" in text(replace(contoso.composed([]), lines=()))


@pytest.mark.skipif(PDFTOTEXT is None, reason="no pdftotext found: the document was not read by poppler")
def test_another_reader_finds_the_same_words(tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(content(contoso.go_live(), Format.PDF))
    done = subprocess.run([str(PDFTOTEXT), "-layout", str(file), "-"], capture_output=True, text=True, check=True)  # noqa: S603
    assert len(re.findall("SIMULATED: an invented tenant", done.stdout)) == done.stdout.count("\f")
    assert "accepted for go-live" in done.stdout
