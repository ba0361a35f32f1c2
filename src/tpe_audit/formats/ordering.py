"""The order in which reports list subjects and requests: the same for every run over the same tenant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tpe_audit.facts import Request
from tpe_audit.findings import Finding, Judgement
from tpe_audit.verdicts import Status

LISTED = 1000
"""How many subjects of one finding that need no attention are listed, unless all are wanted."""

_QUIET = frozenset({Status.PASS, Status.NOT_APPLICABLE})
_RANK = {status: status.rank for status in Status}


def by_weight(judgements: Iterable[Judgement]) -> list[Judgement]:
    """Return the judgements worst first, and by name within a status, whatever order they were read in."""
    return sorted(judgements, key=_weight)


def _weight(judgement: Judgement) -> tuple[int, str, str, str]:
    subject = judgement.subject
    return (_RANK[judgement.status], subject.kind.value, subject.name.casefold(), subject.id)


@dataclass(frozen=True, slots=True)
class Listing:
    """The subjects of one finding that a report lists, and how many it leaves out."""

    judgements: tuple[Judgement, ...]
    omitted: int


def listing(finding: Finding, *, everything: bool) -> Listing:
    """Return what is listed of a finding: all that needs attention, and of the rest as much as is readable."""
    ordered = by_weight(finding.judgements)
    # The worst come first, so those that need no attention are the tail.
    quiet = sum(judgement.status in _QUIET for judgement in ordered)
    shown = len(ordered) if everything else len(ordered) - quiet + LISTED
    return Listing(tuple(ordered[:shown]), max(0, len(ordered) - shown))


@dataclass(frozen=True, slots=True)
class Appendix:
    """The requests behind a report, in an order of their own, and where each one went."""

    requests: tuple[Request, ...]
    places: Mapping[int, int]
    """From the index in `Report.requests` to the one in `requests`."""

    def placed(self, indexes: Sequence[int]) -> list[int]:
        """Return where these requests stand here."""
        if len(indexes) == 1:
            return [self.places[indexes[0]]]
        return sorted({self.places[index] for index in indexes})


def appendix(requests: Sequence[Request]) -> Appendix:
    """Return the requests by source, request, status and time: concurrent reading ends in any order."""
    order = sorted(range(len(requests)), key=lambda index: _place(requests[index]))
    return Appendix(tuple(requests[index] for index in order), {old: new for new, old in enumerate(order)})


def _place(request: Request) -> tuple[str, str, int, float, str]:
    status = -1 if request.status is None else request.status
    return (request.source, request.request, status, request.at.timestamp(), request.request_id)
