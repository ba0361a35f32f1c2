"""The order in which reports list subjects and requests: the same for every run over the same tenant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tpe_audit.audit import Judgement
from tpe_audit.facts import Request
from tpe_audit.verdicts import Status

_RANK = {status: status.rank for status in Status}


def by_weight(judgements: Iterable[Judgement]) -> list[Judgement]:
    """Return the judgements worst first, and by name within a status, whatever order they were read in."""
    return sorted(judgements, key=_weight)


def _weight(judgement: Judgement) -> tuple[int, str, str, str]:
    subject = judgement.subject
    return (_RANK[judgement.status], subject.kind.value, subject.name.casefold(), subject.id)


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
