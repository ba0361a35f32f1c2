import re
from dataclasses import replace

import pytest

from tests.formats import contoso
from tpe_audit.declared import Declared, Table
from tpe_audit.formats import Format, Options, render
from tpe_audit.report import Report

COMMAND = re.compile(r"::(error|warning|notice) file=([^,:]+),line=(\d+),title=([^,:]+)::(.*)")


def commands(report: Report, options: Options | None = None) -> list[tuple[str, ...]]:
    """The commands as the runner reads them: type, file, line, title and message."""
    found = []
    for line in render(report, Format.GITHUB, options).splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        found.append(tuple(_read(part) for part in match.groups()))
    return found


def _read(text: str) -> str:
    for code, char in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_the_verdict_comes_first_and_every_line_is_a_command() -> None:
    kind, file, line, title, message = commands(contoso.report())[0]
    assert (kind, file, line, title) == ("error", "config.toml", "1", "tpe-audit: NOT READY")
    assert message.startswith("SIMULATED, nothing real was read: Not ready: ")
    assert commands(contoso.healthy())[0][0] == "notice"
    assert commands(contoso.unread())[0][:4] == ("error", "config.toml", "1", "tpe-audit: CANNOT TELL")


def test_a_failure_says_whom_it_concerns_and_how_to_mend_it() -> None:
    [told] = [c for c in commands(contoso.report()) if c[3].startswith("bot-teams-channel")]
    assert told[0] == "error"
    assert told[3] == "bot-teams-channel fails (blocker, azure-admin)"
    assert told[4].splitlines()[:3] == [
        "tpe-bot-care: The bot has no Microsoft Teams channel.",
        "Observed: no channel MsTeamsChannel",
        "Expected: a channel MsTeamsChannel, enabled",
    ]
    assert told[4].splitlines()[3].startswith("Run: az bot msteams create")


def test_each_status_has_its_type() -> None:
    types = {title.partition(" ")[0]: kind for kind, _, _, title, _ in commands(contoso.report())}
    assert types["ra-license"] == "warning"
    assert types["emergency-address"] == "notice"
    assert types["acs-network-access"] == "notice"
    assert "client-consent" not in types


def test_an_annotation_stands_where_its_subject_is_declared() -> None:
    tables = (Table("deployment.lines", 20, frozenset({"tpe-bot-care"})),)
    report = contoso.report()
    report = replace(report, run=replace(report.run, declared=Declared("a,b:c.toml", tables)))
    text = render(report, Format.GITHUB)
    assert "::error file=a%2Cb%3Ac.toml,line=20,title=bot-teams-channel fails" in text


@pytest.mark.parametrize("count", [9, 10, 11, 40])
def test_of_a_type_there_are_no_more_than_are_shown(count: int) -> None:
    report = contoso.report()
    [waiver] = [finding for finding in report.findings if finding.check.id == "acs-network-access"]
    many = [replace(waiver, check=replace(waiver.check, id=f"check-{index}")) for index in range(count)]
    notices = [c for c in commands(replace(report, findings=tuple(many), warnings=())) if c[0] == "notice"]
    assert len(notices) == min(count, 10)
    if count > 10:
        assert notices[-1][4] == f"{count - 9} more notices: the report in another format has all of them."


def test_quiet_is_the_verdict_alone() -> None:
    assert len(commands(contoso.report(), Options(quiet=True))) == 1


def test_commands_are_whole_or_not_there() -> None:
    report = contoso.large(3)
    for kind, _, _, _, message in commands(report):
        assert len(message) <= 3_000, kind
        for line in message.splitlines():
            assert not line.startswith("Run: Set-Mg") or line.endswith("-RemoveLicenses @()")
