"""What ends soon, and of what that could not be read, in every format that people read."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.formats import contoso, test_pdf
from tpe_audit.expiry import Unread
from tpe_audit.formats import Format, Options, render
from tpe_audit.report import Report

UNREAD = Unread("the commercial subscriptions of the tenant", "Microsoft Graph answered 403.")
ANOTHERS = Unread(
    "the secrets of the application of another tenant", "It is registered in another tenant.", declared=True
)
READ_BY_PEOPLE = (Format.TERMINAL, Format.HTML, Format.MARKDOWN, Format.PDF)


def told(report: Report, target: Format, options: Options | None = None) -> str:
    """What a person reads, one space between words."""
    if target is Format.PDF:
        return test_pdf.text(report)
    text = render(report, target, options or Options(width=200))
    return " ".join(re.sub("<[^>]*>", " ", text).split()).replace(" .", ".")


@pytest.mark.parametrize("target", READ_BY_PEOPLE)
def test_what_could_not_be_read_is_told_even_if_nothing_is_known_to_end(target: Format) -> None:
    said = told(replace(contoso.report(), expiring=(), expiring_unread=(UNREAD, ANOTHERS)), target)
    assert re.search(
        r"(?i)(ends|expires) soon\b.*not read\W+the commercial subscriptions of the tenant\W+Microsoft", said
    )
    assert "of another tenant" not in said


@pytest.mark.parametrize("target", READ_BY_PEOPLE)
def test_it_stands_after_what_ends(target: Format) -> None:
    said = told(replace(contoso.report(), expiring=contoso.EXPIRING, expiring_unread=(UNREAD,)), target)
    assert re.search(r"2026-12-01\b.*not read\W+the commercial subscriptions", said)


@pytest.mark.parametrize("target", READ_BY_PEOPLE)
def test_where_nothing_ends_and_all_was_read_there_is_no_word_of_it(target: Format) -> None:
    said = told(replace(contoso.report(), expiring=(), expiring_unread=(ANOTHERS,)), target)
    assert not re.search("(?i)(ends|expires) soon", said)


def test_a_terminal_is_not_flooded_by_what_ends() -> None:
    many = tuple(replace(contoso.EXPIRING[0], what=f"the secret {number}") for number in range(1_000))
    report = replace(contoso.report(), expiring=many)
    said = told(report, Format.TERMINAL)
    assert "the secret 19 " in said
    assert "the secret 20 " not in said
    assert "and 980 more: --all-subjects lists all." in said
    assert "the secret 999 " in told(report, Format.TERMINAL, Options(width=200, all_subjects=True))


@pytest.mark.parametrize("target", [Format.TERMINAL, Format.HTML])
def test_where_not_all_fit_it_says_how_many_more_were_not_read(target: Format) -> None:
    many = tuple(replace(UNREAD, what=f"the Event Grid subscriptions of number {number}") for number in range(1_000))
    said = told(replace(contoso.report(), expiring_unread=many), target)
    shown = len(set(re.findall(r"subscriptions of number \d+", said)))
    assert f"and {1_000 - shown} more" in said
