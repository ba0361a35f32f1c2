import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.formats import contoso
from tpe_audit.formats import Format, Options, render
from tpe_audit.formats.markdown import LIMIT
from tpe_audit.formats.markup import cell, code, fenced, prose
from tpe_audit.report import Report

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def text(report: Report | None = None, options: Options | None = None) -> str:
    return render(report or contoso.report(), Format.MARKDOWN, options)


def tokens(markdown: str) -> list[Token]:
    return [inner for token in PARSER.parse(markdown) for inner in (token, *(token.children or ()))]


def test_it_begins_with_the_verdict_and_what_to_do_first() -> None:
    said = text()
    assert said.startswith("## ✗ NOT READY · `Contoso Ltd.`\n\n**SIMULATED: ")
    head = said.partition("### ")[0]
    assert "**Do this first:** `acs-service-principal` · " in head
    assert "New-MgServicePrincipal -AppId '1fd5118e-2576-4263-8130-9503064c837a'" in head
    assert "2 fail, 2 unknown, 1 blocked, 1 manual, 1 waived, 7 pass, 1 n/a." in head


def test_commands_stand_in_a_block_of_their_shell() -> None:
    blocks = {(token.info, token.content) for token in tokens(text()) if token.type == "fence"}
    assert any(info == "bash" and content.startswith("az bot msteams create") for info, content in blocks)
    assert any(info == "powershell" and content.count("\n") == 2 for info, content in blocks)
    assert any("observed  no channel MsTeamsChannel\n" in content for _, content in blocks)


def test_lines_are_a_table() -> None:
    cells = [token.content for token in tokens(text()) if token.type == "inline" and "→" in token.content]
    assert len(cells) == 2
    assert "bot ✗" in cells[0]


def test_rights_questions_and_waivers_are_there() -> None:
    said = text()
    assert "- the Graph permission LicenseAssignment.Read.All, for ra-license\n" in said
    assert "**Is the emergency address of the number right, and who has tried it?**" in said
    assert "by Robin Roe, network team until 2027-01-31" in said


def test_changes_and_endings_are_there_where_there_are_any() -> None:
    said = text(contoso.compared())
    assert "### Changes since 2026-11-21 09:00:00 UTC" in said
    assert "- **new failure** `bot-teams-channel` · `tpe-bot-care`: The bot has no Microsoft Teams channel." in said
    assert "- 2026-12-01: the client secret a1b2 of tpe-bot-care. The bot then answers no call." in said
    assert "Changes since" not in text()


def test_what_holds_is_unfolded_on_demand() -> None:
    assert "event-grid-subscription" not in text()
    said = text(options=Options(verbose=True))
    assert "event-grid-subscription" in said
    assert said.count("<details>") == said.count("</details>")


@pytest.mark.parametrize("name", ["report", "hostile", "compared"])
def test_it_fits_a_comment(name: str) -> None:
    assert len(text(getattr(contoso, name)()).encode()) <= LIMIT


def test_what_does_not_fit_is_left_out_in_whole_entries_and_counted() -> None:
    report = contoso.report()
    [channel] = [finding for finding in report.findings if finding.check.id == "bot-teams-channel"]
    many = tuple(replace(channel, check=replace(channel.check, id=f"check-{index}")) for index in range(200))
    said = text(replace(report, findings=many))
    assert len(said.encode()) <= LIMIT
    told = re.search(r"Left out, because a comment takes no more: (\d+) of 200 entries under Failures", said)
    assert told
    assert len(re.findall(r"^#### ", said, re.MULTILINE)) == 200 - int(told[1])
    assert said.count("```") % 2 == 0
    assert said.endswith("</sub>\n")


def test_many_alike_are_grouped() -> None:
    said = text(contoso.large(10_000))
    assert "and 9,990 more" in said
    assert said.count("Set-MgUserLicense") == 3


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("The number (+15551230100) is in service.", "The number (`+15551230100`) is in service."),
        ("Ask ivr@contoso.com, now.", "Ask `ivr@contoso.com`, now."),
        ("@everyone", "`@everyone`"),
        ("see #123", "see `#123`"),
        ("https://evil.example/", "`https://evil.example/`"),
        ("www.evil.example", "`www.evil.example`"),
        ("*bold* _it_ ~~no~~", "`*bold*` `_it_` `~~no~~`"),
        ("- a", "`-` a"),
        ("1. a", "`1`. a"),
        ("commit 3f2a1bcd", "commit `3f2a1bcd`"),
        ("a `b` c", "a `` `b` `` c"),
        ("<b>", "`<b>`"),
        ("&lt;", "`&lt`;"),
        ("it's 403/10105", "it's 403/10105"),
    ],
)
def test_words_stand_as_they_are_and_in_code_where_they_might_act(words: str, shown: str) -> None:
    assert prose(words) == shown


@pytest.mark.parametrize("backticks", ["`", "``", "```", "a```b", "````", " ` "])
def test_backticks_do_not_end_code(backticks: str) -> None:
    [inline] = [token for token in tokens(code(backticks)) if token.type == "code_inline"]
    assert inline.content.strip() == backticks.strip()
    [block] = [token for token in tokens(fenced([backticks], "text")) if token.type == "fence"]
    assert block.content == f"{backticks}\n"


def test_a_bar_does_not_end_a_cell() -> None:
    row = "| a | b |\n| --- | --- |\n| " + cell("x|y\\|z`<b>") + " | c |\n"
    cells = [token for token in tokens(row) if token.type == "td_open"]
    assert len(cells) == 2
