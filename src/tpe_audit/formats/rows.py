"""The rows of the page's long tables: every cell is text that is harmless, and short enough to be shown."""

from __future__ import annotations

from collections.abc import Sequence

from tpe_audit.facts import Request
from tpe_audit.findings import Judgement
from tpe_audit.formats.chains import in_words, not_passing
from tpe_audit.formats.outline import Group
from tpe_audit.formats.text import clipped, listed, printable, utc
from tpe_audit.lines import Line

Row = Sequence[str]


def row(*cells: str, limit: int = 200) -> Row:
    """Return cells made harmless, and clipped."""
    return [clipped(printable(cell), limit) for cell in cells]


def subjects(group: Group, most: int) -> Sequence[Row]:
    """Return a row for each subject of a group: its name, its id, and what differs from subject to subject."""
    return [[*row(*_named(judgement)), *_differing(group, judgement)] for judgement in group.judgements[:most]]


def _named(judgement: Judgement) -> tuple[str, str]:
    subject = judgement.subject
    return subject.name, subject.id if subject.id != subject.name else ""


def _differing(group: Group, judgement: Judgement) -> Sequence[str]:
    cells = []
    if group.observed is None:
        cells.append(printable(judgement.observed))
    if group.expected is None:
        cells.append(printable(judgement.expected))
    if group.commands is None:
        cells.append("\n".join(printable(command.text) for command in judgement.fix))
    return cells


def reasons(groups: Sequence[Group], named: int, most: int) -> Sequence[Row]:
    """Return a row for each group: whom it concerns, and what is said of them."""
    return [
        row(
            listed([clipped(j.subject.name, 120) for j in g.judgements[:named]], named, len(g.judgements)),
            g.reason,
            limit=2_000,
        )
        for g in groups[:most]
    ]


def lines(those: Sequence[Line], most: int) -> Sequence[Row]:
    """Return a row for each line: number, links in words, account, where it breaks and by which check, what is open."""
    return [
        row(
            line.number or "not read",
            in_words(line),
            line.account.name if line.account else "",
            f"✗ {line.first_broken}" if line.first_broken else "nowhere",
            next((state.worst for state in line.links if state.link is line.first_broken), ""),
            not_passing(line),
        )
        for line in those[:most]
    ]


def requests(those: Sequence[Request], most: int) -> Sequence[Row]:
    """Return a row for each request, numbered from 0 as the JSON report does."""
    return [
        row(
            str(place),
            request.source,
            request.request,
            "no answer" if request.status is None else str(request.status),
            request.request_id,
            utc(request.at),
            limit=600,
        )
        for place, request in enumerate(those[:most])
    ]
