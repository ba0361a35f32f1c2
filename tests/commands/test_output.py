"""Where a report goes: `--output` and `--format`."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.cli import Ran

Run = Callable[..., Ran]
BEGINNINGS = {
    "json": '{\n  "schema"',
    "html": "<!doctype html>",
    "txt": "tpe-audit",
    "md": "## ",
    "csv": "\ufefftenant,check,",
    "sarif": "sarif-schema-2.1.0.json",
    "xml": '<?xml version="1.0" encoding="utf-8"?>',
}


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_one_format_alone_goes_to_stdout(tmp_path: Path, run: Run) -> None:
    ran = run("--format", "json")
    assert ran.report["verdict"] == "ready"
    assert ran.err == ""
    assert _files(tmp_path) == set()
    assert run("--format", "html").out.lower().startswith("<!doctype html>")


def test_several_formats_go_to_the_configured_folder(tmp_path: Path, run: Run) -> None:
    ran = run("--format", "json", "--format", "html")
    assert ran.out == ""
    assert _files(tmp_path) == {"reports/report.json", "reports/report.html"}


@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        (("--output", "out/"), {"out/report.txt", "out/report.html", "out/report.json"}),
        (("--output", "there"), {"there/report.txt", "there/report.html", "there/report.json"}),
        (("--output", "new"), {"new/report.txt", "new/report.html", "new/report.json"}),
        (("--output", "out/", "--format", "json"), {"out/report.json"}),
        (("--output", "there", "--format", "json"), {"there/report.json"}),
        (("--output", "a/b.json"), {"a/b.json"}),
        (("--output", "b.html"), {"b.html"}),
        (("--output", "b.txt"), {"b.txt"}),
        (("--output", "b.md"), {"b.md"}),
        (("--output", "b.csv"), {"b.csv"}),
        (("--output", "b.sarif"), {"b.sarif"}),
        (("--output", "b.xml"), {"b.xml"}),
        (("--output", "B.XML"), {"B.XML"}),
        (("--output", "out/", "--format", "github"), {"out/report.github.txt"}),
        (("--output", "b.log", "--format", "json"), {"b.log"}),
        (("--output", "b.txt", "--format", "json"), {"b.txt"}),
        (("--output", "ci", "--format", "json", "--format", "json"), {"ci"}),
        (("--output", "ci", "--format", "json", "--format", "terminal"), {"ci/report.json", "ci/report.txt"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(len(value)),
)
def test_output_names_a_file_or_a_folder(
    tmp_path: Path, run: Run, arguments: tuple[str, ...], written: set[str]
) -> None:
    (tmp_path / "there").mkdir()
    ran = run(*arguments)
    assert (ran.code, ran.out) == (0, "")
    assert _files(tmp_path) == written
    assert ran.err.splitlines() == [f"Wrote {path}" for path in ran.err.replace("Wrote ", "").splitlines()]
    for name in written:
        text = (tmp_path / name).read_text(encoding="utf-8")
        form = "json" if "json" in arguments or name.endswith(".json") else name.lower().rpartition(".")[2]
        if "terminal" in arguments or "--format" not in arguments:
            form = name.lower().rpartition(".")[2]
        assert BEGINNINGS[form] in text.lower()[:200]


@pytest.mark.parametrize(
    "arguments", [("--output", "report.pdf"), ("--output", "./", "--format", "pdf"), ("--output", "report.pdf", "-q")]
)
def test_a_pdf_is_written_whole(tmp_path: Path, run: Run, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (0, "")
    written = (tmp_path / "report.pdf").read_bytes()
    assert written.startswith(b"%PDF-")
    assert written.rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize("arguments", [("--output", "report.pdf"), ("--format", "pdf", "--format", "json")])
def test_a_pdf_without_its_extra_says_how_to_get_it_before_anything_is_read(
    tmp_path: Path, run: Run, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)  # as Python itself marks what can't be imported
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "error: no audit was performed: a PDF takes the extra: pip install 'tpe-audit[pdf]'\n"
    assert _files(tmp_path) == set()


def test_a_pdf_is_not_for_a_terminal(run: Run) -> None:
    ran = run("--format", "pdf", terminal=True)
    assert (ran.code, ran.out) == (2, "")
    assert "A pdf is not for a terminal. Write it to a file: --output report.pdf" in ran.err


def test_page_document_and_data_of_one_run_belong_together(tmp_path: Path, run: Run) -> None:
    ran = run("--format", "pdf", "--format", "html", "--format", "json", "--output", "golive/", "--profile", "go-live")
    assert ran.code == 0
    assert _files(tmp_path) == {"golive/report.pdf", "golive/report.html", "golive/report.json"}
    digest = hashlib.sha256((tmp_path / "golive" / "report.json").read_bytes()).hexdigest()
    assert digest in (tmp_path / "golive" / "report.html").read_text(encoding="utf-8")


def test_output_to_a_dash_is_stdout(tmp_path: Path, run: Run) -> None:
    assert run("--output", "-").out.startswith("tpe-audit ")
    assert json.loads(run("--output", "-", "--format", "json").out)["verdict"] == "ready"
    assert _files(tmp_path) == set()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--output", "-", "--format", "json", "--format", "html"), "--output - takes one --format."),
        (
            ("--output", "file", "--format", "json", "--format", "html"),
            "a folder is needed, and this is a file",
        ),
        (("--output", ""), "--output needs the name of a file or of a folder"),
        (("--output", "report.docx"), "no format's file ends in .docx. Name one with --format"),
    ],
)
def test_an_output_that_cannot_be_meant_is_refused_before_the_audit(
    tmp_path: Path, run: Run, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "file").write_text("mine")
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert _files(tmp_path) == {"file"}


def test_a_report_that_is_there_is_replaced(tmp_path: Path, run: Run) -> None:
    (tmp_path / "b.json").write_text("old")
    assert run("--output", "b.json").code == 0
    assert json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))["verdict"] == "ready"


@pytest.mark.skipif(os.name != "posix", reason="there are no modes")
def test_only_the_owner_may_read_a_report(tmp_path: Path, run: Run) -> None:
    before = os.umask(0)
    try:
        run("--output", "out/")
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "out").iterdir()} == {0o600}


def test_what_cannot_be_written_is_2_and_leaves_nothing_behind(tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").write_text("mine")
    ran = run("--output", "file/report.json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: the report could not be written: file/report.json: ")
    assert _files(tmp_path) == {"file"}


def test_a_write_that_breaks_off_leaves_the_old_report(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "b.json").write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ran = run("--output", "b.json")
    assert ran.code == 2
    assert "b.json: No space left on device" in ran.err
    assert _files(tmp_path) == {"b.json"}
    assert (tmp_path / "b.json").read_text() == "old"


@pytest.mark.parametrize(
    ("environment", "terminal", "coloured", "linked"),
    [
        ({}, True, True, True),
        ({"TERM": "linux"}, True, True, False),
        ({"TERM": "dumb"}, True, False, False),
        ({"NO_COLOR": "1"}, True, False, False),
        ({}, False, False, False),
    ],
)
def test_colours_and_links_are_for_terminals_that_take_them(
    run: Run, environment: dict[str, str], terminal: bool, coloured: bool, linked: bool
) -> None:
    said = run("--output", "-", "--demo", "no-service-principal", environment=environment, terminal=terminal).out
    assert ("\x1b[" in said, "\x1b]8;" in said) == (coloured, linked)
