import os
import subprocess
import sys
from pathlib import Path

import pytest

import tpe_audit
from tests.formats import contoso
from tpe_audit.formats import Format, Options, content, render
from tpe_audit.formats.ordering import appendix
from tpe_audit.formats.text import clipped, counted, listed, printable

GOLDEN = Path(__file__).with_name("golden")


@pytest.mark.parametrize("target", [form for form in Format if form.is_text])
def test_a_report_reads_as_it_did(target: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set REWRITE_GOLDEN=1 to write the golden files anew, and read the difference."""
    monkeypatch.setattr("tpe_audit.formats.json.__version__", "1.2.3")
    monkeypatch.setattr(f"tpe_audit.formats.{target}.__version__", "1.2.3", raising=False)
    text = render(contoso.report(), target, Options(width=100))
    golden = GOLDEN / target.file_name
    if os.environ.get("REWRITE_GOLDEN"):
        golden.write_bytes(text.encode())
    assert text == golden.read_bytes().decode()


def test_each_format_has_a_name_and_a_file() -> None:
    assert {target.value: target.file_name for target in Format} == {
        "terminal": "report.txt",
        "json": "report.json",
        "html": "report.html",
        "pdf": "report.pdf",
        "markdown": "report.md",
        "sarif": "report.sarif",
        "junit": "report.xml",
        "csv": "report.csv",
        "github": "report.github.txt",
    }
    assert Format("html") is Format.HTML


def test_what_is_no_text_is_not_rendered_as_text() -> None:
    with pytest.raises(TypeError, match="pdf is no text"):
        render(contoso.report(), Format.PDF)
    assert content(contoso.report(), Format.JSON) == render(contoso.report(), Format.JSON).encode()


def test_formats_load_what_they_render_with_only_when_asked() -> None:
    code = "import sys, tpe_audit.formats; print(sorted({'rich', 'jinja2', 'typst'} & sys.modules.keys()))"
    source = str(Path(tpe_audit.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": source}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Contoso Zürich 北京 📞", "Contoso Zürich 北京 📞"),
        ("one\r\ntwo\tthree", "one two three"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b2J", "\\x9b2J"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("\ud800", "\\ud800"),
        ("", ""),
    ],
)
def test_what_acts_is_spelled_out_and_what_shows_is_left_alone(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_numbers_and_names_in_words() -> None:
    assert counted(1, "line") == "1 line"
    assert counted(10_000, "check passes", "checks pass") == "10,000 checks pass"
    assert listed(["a", "b", "c"], 2) == "a, b and 1 more"
    assert listed(["a", "b"], 2, 9_992) == "a, b and 9,990 more"
    assert clipped("abcdef", 4) == "abc…"


def test_requests_are_ordered_by_what_they_are_not_by_when_they_ended() -> None:
    ordered = appendix(contoso.REQUESTS[::-1])
    assert [request.source for request in ordered.requests] == ["acs", "arm", "arm", "arm", *["graph"] * 3]
    assert ordered.requests == appendix(contoso.REQUESTS).requests
    first = contoso.REQUESTS[::-1].index(ordered.requests[0])
    assert ordered.placed((first, first)) == [0]
