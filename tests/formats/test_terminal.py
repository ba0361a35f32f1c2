import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from tests.formats import contoso
from tpe_audit.formats import Format, Options, render
from tpe_audit.formats.outline import WORDS
from tpe_audit.verdicts import Status

SGR = re.compile(r"\x1b\[[0-9;]*m")
COPIED = re.compile(r"^ +(az |Connect-|New-|Set-|https://|tpe-audit attest|graph: )")


def text(options: Options | None = None) -> str:
    return render(contoso.report(), Format.TERMINAL, options)


@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("name", ["report", "healthy", "unread", "hostile"])
def test_no_line_is_wider_than_the_terminal_but_what_is_to_be_copied(name: str, width: int) -> None:
    said = render(getattr(contoso, name)(), Format.TERMINAL, Options(width=width, verbose=True))
    wide = [line for line in said.splitlines() if cell_len(line) > width and not COPIED.match(line)]
    assert not wide


def test_commands_are_whole_whatever_the_width() -> None:
    command = next(j.fix[0].text for f in contoso.report().findings for j in f.judgements if len(j.fix) == 1)
    assert len(command) > 80
    assert f"    {command}\n" in text(Options(width=60))


def test_without_colour_there_is_no_escape_and_every_status_is_in_words() -> None:
    said = text(Options(verbose=True))
    assert "\x1b" not in said
    for status in Status:
        assert f"{WORDS[status].icon} " in said
        assert WORDS[status].text in said


def test_colour_adds_nothing_but_colour() -> None:
    assert SGR.search(text(Options(colour=True)))
    assert SGR.sub("", text(Options(colour=True))) == text()


@pytest.mark.parametrize("colour", [False, True])
def test_nothing_from_a_tenant_acts_on_the_terminal(colour: bool) -> None:
    said = render(contoso.hostile(), Format.TERMINAL, Options(colour=colour, verbose=True))
    plain = SGR.sub("", said) if colour else said
    acting = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")
    assert not acting.search(plain)
    assert "\\x1b]8;;" in plain
    assert "[red]markup[/red]" in plain
    assert ":smile:" in plain
    said.encode()


def test_the_verdict_comes_last_and_says_what_to_do_first() -> None:
    end = text().rpartition("─" * 80)[2]
    assert end.startswith("\nDo this first: acs-service-principal")
    assert "New-MgServicePrincipal -AppId '1fd5118e-2576-4263-8130-9503064c837a'" in end
    _, _, verdict = end.partition("\n\n")
    assert re.match(r"SIMULATED: .*\n✗ NOT READY · 2 fail, .*\nNot ready: 2 required checks fail\.", verdict)
    assert verdict.count("\n\n") == 0


def test_changes_and_what_ends_soon_stand_before_the_verdict_where_there_are_any() -> None:
    said = render(contoso.compared(), Format.TERMINAL, Options(width=120))
    assert "CHANGED SINCE 2026-11-21 09:00:00 UTC\n  It was not-ready then.\n" in said
    assert "  new failure bot-teams-channel · tpe-bot-care: The bot has no Microsoft Teams channel.\n" in said
    assert "  mended ra-exists · ivr-care@contoso.com: It exists.\n" in said
    assert "  2026-12-01 the client secret a1b2 of tpe-bot-care · developer. The bot then answers no call.\n" in said
    assert "CHANGED SINCE" not in text()
    assert "ENDS SOON" not in text()


def test_where_nothing_has_changed_it_says_so() -> None:
    compared = contoso.compared()
    assert compared.changes
    said = render(replace(compared, changes=replace(compared.changes, changed=())), Format.TERMINAL)
    assert "  Nothing has changed.\n" in said


def test_links_are_there_only_where_the_terminal_takes_them() -> None:
    linked = text(Options(colour=True, links=True))
    assert re.search(r"\x1b\]8;id=\d+;https://learn\.microsoft\.com/\S+\x1b\\", linked)
    assert re.sub(r"\x1b\]8;[^\x1b]*\x1b\\", "", linked) == text(Options(colour=True))
    assert "\x1b" not in text(Options(links=True))


def test_a_real_tenant_is_not_called_simulated() -> None:
    assert "SIMULATED" not in render(contoso.report(simulated=False), Format.TERMINAL)


def test_quiet_is_the_verdict_alone() -> None:
    said = text(Options(quiet=True))
    assert "NOT READY" in said
    assert "FAILURES" not in said


def test_many_alike_are_grouped() -> None:
    said = render(contoso.large(10_000), Format.TERMINAL, Options(width=200))
    assert "and 9,990 more" in said
    assert "for 10,000" in said
    assert said.count("Set-MgUserLicense") == 3
    assert len(said.splitlines()) < 120


def test_what_is_blocked_stands_under_its_cause() -> None:
    assert "blocks      client-consent (5)" in text()


def test_rights_are_named_once_with_the_checks_that_need_them() -> None:
    grants = text().partition("TO GRANT OR SET UP, so that it can be read")[2].partition("QUESTIONS")[0]
    assert grants.split("\n")[1:3] == ["    the Graph permission LicenseAssignment.Read.All", "      for ra-license"]


def test_a_time_out_asks_for_no_right() -> None:
    report = contoso.report()
    findings = tuple(finding for finding in report.findings if finding.check.id == "server-consent")
    assert "TO GRANT" not in render(replace(report, findings=findings), Format.TERMINAL)


def test_the_first_broken_link_is_marked() -> None:
    assert "✗ bot FAIL ◀ breaks here" in text()
    assert "    ◀ bot breaks it: bot-teams-channel\n" in text()


def test_of_many_lines_only_broken_ones_are_drawn() -> None:
    report = contoso.report()
    said = render(replace(report, lines=report.lines * 30), Format.TERMINAL)
    assert said.count("breaks here") == 20
    assert "and 10 more broken lines." in said
    assert "30 lines without a failure." in said


def test_passes_are_folded_and_can_be_unfolded() -> None:
    assert "event-grid-subscription" not in text()
    assert "event-grid-subscription" in text(Options(verbose=True))
