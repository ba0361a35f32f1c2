"""One hostile tenant, in every format: nothing that comes from it acts, and all of it stays readable."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import StringIO
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.formats import contoso
from tests.grammar import nodes, tree
from tpe_audit.formats import Format, Options, render
from tpe_audit.report import Report
from tpe_audit.shell import Shell

TEXTS = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(2)>&lt;b&gt;</textarea></style></title><!--",
    "attributes": "\" onmouseover=\"alert(1)\" ' onfocus='alert(2) `x",
    "links": "[click](https://evil.example) ![p](https://evil.example/p.png) <https://evil.example> [a]: https://evil.example",
    "addresses": "https://evil.example www.evil.example javascript:alert(1) mailto:a@evil.example",
    "mentions": "@everyone @contoso/admins #1 GH-1 contoso/voice#1 :rocket: fixes #2",
    "markdown": "# h1 | a | b | ``` ~~~ **bold** __bold__ ~~x~~ --- > quote 1. one - item <details> \\",
    "fences": "```\n# out of the block\n````\n`````` `",
    "escapes": "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\ \x1b[31mred\x9b2J\x1b]0;title\x07 \x08\x7f",
    "direction": "\u202eexe.gpj\u202c \u2066isolated\u2069 \u200e\u061c\u200b\ufeff",
    "formula": '=HYPERLINK("https://evil.example","click")',
    "formulas": "+cmd|' /C calc'!A0;=1+1\n@SUM(1)\t-1",
    "wide formula": "\uff1dcmd|'/C calc'!A0",
    "xml": "]]> <![CDATA[x]]> <!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]> &e; \x00\x01\x0b\ufffe\uffff",
    "commands": "::error::pwned ::set-output name=a::b\n::add-mask::x\n##[error]x ##vso[task.setvariable variable=a]b",
    "percent": "%0A::error::pwned %25 %3A%2C",
    "quotes": "'; Remove-Item / -Recurse # \u2018\u2019\u201a\u201b \u201c\u201d \" `\" $(calc) ${x} && rm -rf / ; `n",
    "newlines": "one\ntwo\r\nthree\rfour\u2028five\u2029six\x85seven\x0ceight",
    "halves": "\ud800 \udfff lone",
    "templates": "{{7*7}} {% raw %} ${7*7} {0} %s %(x)s [red]markup[/red]",
    "long": "long" * 5_000,
    "words": "x " * 5_000,
}  # fmt: skip
EVERYTHING = " ".join(TEXTS.values())
CASES = {**TEXTS, "everything": EVERYTHING}
ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
OBEYED = re.compile(r"##(vso)?\[|^\s*::", re.MULTILINE)
FULL = Options(verbose=True, all_subjects=True, width=80)


@pytest.fixture(params=CASES, ids=lambda name: name.replace(" ", "-"))
def text(request: pytest.FixtureRequest) -> str:
    return CASES[request.param]


@pytest.fixture
def report(text: str) -> Report:
    return contoso.hostile(text)


@pytest.fixture
def harmless() -> Report:
    return contoso.hostile("harmless")


def readable(text: str) -> str:
    """The first whole word of a hostile text."""
    return re.findall(r"(?<![A-Za-z%\\])[A-Za-z]{3,}", f"{text} ")[0][:20] if text.strip("x ") else "x x x"


@pytest.mark.parametrize("form", [form for form in Format if form.is_text and form not in (Format.JSON, Format.SARIF)])
def test_no_character_acts_and_no_pipeline_obeys(report: Report, form: Format) -> None:
    said = render(report, form, FULL).removeprefix("\ufeff").replace("\r\n", "\n")
    assert not ACTING.search(said)
    said.encode()
    if form not in (Format.GITHUB, Format.HTML):
        assert not OBEYED.search(said)


@pytest.mark.parametrize("form", [form for form in Format if form.is_text])
def test_it_stays_readable(report: Report, text: str, form: Format) -> None:
    said = render(report, form, FULL)
    assert readable(text) in said


# --- each format by a parser that reads it ---------------------------------------------------------------------


class _Shape(HTMLParser):
    """The elements of a page with the names of their attributes, and where they lead."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, ...]] = []
        self.leads: set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, *(name for name, _ in attrs)))
        self.leads |= {value or "" for name, value in attrs if name in ("href", "src", "action", "style")}


def test_the_page_has_the_same_elements_as_a_harmless_one(report: Report, harmless: Report) -> None:
    page, other = _Shape(render(report, Format.HTML, FULL)), _Shape(render(harmless, Format.HTML, FULL))
    assert {element[0] for element in page.elements} <= {element[0] for element in other.elements} | {
        "summary",
        "details",
        "abbr",
    }
    assert {name for element in page.elements for name in element[1:]} <= {
        name for element in other.elements for name in element[1:]
    }
    assert not [lead for lead in page.leads if "evil" in lead or "javascript" in lead]


PARSER = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])


def _tokens(markdown: str) -> Iterator[Token]:
    for token in PARSER.parse(markdown):
        yield token
        yield from token.children or ()


def _structure(markdown: str) -> list[tuple[str, str, str]]:
    quiet = {"text", "code_inline", "softbreak"}
    return [
        (token.type, token.tag, str(token.attrGet("href") or ""))
        for token in _tokens(markdown)
        if token.type not in quiet
    ]


def _without_code(markdown: str) -> str:
    """What GitHub looks for people, issues and addresses in: all text that is not code."""
    inside, found = False, []
    for token in _tokens(markdown):
        if token.type == "html_inline":
            inside = token.content == "<code>"
        elif token.type == "text" and not inside:
            found.append(token.content)
    return " ".join(found)


def test_markdown_has_the_same_structure_as_a_harmless_one(report: Report, text: str, harmless: Report) -> None:
    said = render(report, Format.MARKDOWN)
    cut = "Left out" in said  # long texts leave no room for all
    shown, expected = _structure(said), _structure(render(harmless, Format.MARKDOWN))
    assert cut or shown == expected
    assert {(kind, tag) for kind, tag, _ in shown} <= {(kind, tag) for kind, tag, _ in expected} | {
        ("strong_open", "strong")
    }
    assert all(lead.startswith("https://learn.microsoft.com/") for _, _, lead in shown if lead)
    html = {t.content.strip() for t in _tokens(said) if t.type == "html_inline"}
    assert html <= {"<code>", "</code>", "<sub>", "</sub>"}
    assert not re.search(r"@\w|#\d|GH-\d|www\.|://|:rocket:", _without_code(said))


def test_every_row_of_csv_has_every_column_and_no_formula(report: Report) -> None:
    table = render(report, Format.CSV, FULL).removeprefix("\ufeff")
    csv.field_size_limit(10_000_000)  # of the reader; a semicolon's cells may be long
    head, *rows = csv.reader(StringIO(table, newline=""), strict=True)
    assert {len(row) for row in rows} == {len(head)}
    for row in rows:
        for cell in row:
            assert not re.match(r"[\s\"]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]", cell)
            assert len(cell) <= 32_767
    # So reads a spreadsheet where a semicolon parts the cells.
    for row in csv.reader(StringIO(table, newline=""), delimiter=";"):
        assert not [cell for cell in row if re.match(r"[\s\"]*[=+\-@\uff1d]", cell)]


def test_xml_has_the_same_elements_as_a_harmless_one(report: Report, harmless: Report) -> None:
    def shape(report: Report) -> list[tuple[str, tuple[str, ...]]]:
        root = ET.fromstring(render(report, Format.JUNIT, FULL))  # noqa: S314 - it is our own
        return [(element.tag, tuple(element.attrib)) for element in root.iter()]

    assert shape(report) == shape(harmless)
    assert "<!" not in render(report, Format.JUNIT, FULL)


def _json_shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json_shape(inner) for key, inner in value.items() if key != "seen"}
    return [_json_shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__


@pytest.mark.parametrize("form", [Format.JSON, Format.SARIF])
def test_json_has_the_same_shape_as_a_harmless_one(report: Report, harmless: Report, form: Format) -> None:
    said = render(report, form, FULL)
    assert said.isascii()
    assert not OBEYED.search(said)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f]", said)
    assert _json_shape(json.loads(said)) == _json_shape(json.loads(render(harmless, form, FULL)))


def test_json_holds_what_was_read_letter_by_letter(report: Report, text: str) -> None:
    assert json.loads(render(report, Format.JSON))["tenant"]["name"] == text


def test_every_line_of_annotations_is_one_of_ours(report: Report, harmless: Report) -> None:
    def commands(report: Report) -> list[str]:
        return [re.sub(r"title=[^:,]*", "", line.split("::")[1]) for line in render(report, Format.GITHUB).splitlines()]

    assert commands(report) == commands(harmless)


ESCAPE = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^;\x1b]*;(?P<link>[^\x1b]*)\x1b\\")


@pytest.mark.parametrize("options", [Options(width=80), Options(width=200, colour=True, links=True, verbose=True)])
def test_a_terminal_is_told_nothing_but_colours_and_our_links(report: Report, options: Options) -> None:
    said = render(report, Format.TERMINAL, options)
    links = {match["link"] for match in ESCAPE.finditer(said) if match["link"]}
    assert all(link.startswith("https://learn.microsoft.com/") for link in links)
    assert not ACTING.search(ESCAPE.sub("", said).replace("\n", ""))


# --- commands --------------------------------------------------------------------------------------------------


def test_a_command_is_one_command_whatever_it_is_given(text: str) -> None:
    def shape(name: str) -> list[str]:
        [fix] = {command.text for f in contoso.hostile(name).findings for j in f.judgements for command in j.fix}
        return [node.type for node in nodes(tree(fix, Shell.POWERSHELL))]

    assert shape(text) == shape("harmless")
