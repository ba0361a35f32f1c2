"""Pages through number assignments.

https://learn.microsoft.com/graph/api/teamsadministration-telephonenumbermanagementroot-list-numberassignments
"""

from __future__ import annotations

from contextlib import nullcontext
from urllib.parse import quote

from tpe_audit.collectors import wire
from tpe_audit.collectors.reader import Reader, text
from tpe_audit.facts.well_known import NO_ID
from tpe_audit.sources import Item, Listing
from tpe_audit.sources.errors import Malformed

PATH = "/v1.0/admin/teams/telephoneNumberManagement/numberAssignments"
GRANT = "the Graph permission TeamsTelephoneNumber.Read.All"
PAGE = 1000


async def assignments(reader: Reader, condition: str = "") -> Listing:
    """Return the number assignments that meet an OData condition, read to the end.

    Whether the service gives a nextLink is not documented: where it does, it is followed; and in any case further
    numbers are skipped to until a page is empty.

    Raises:
        SourceError: they could not be read, or not to the end.
    """
    graph = reader.sources.graph
    filtered = f"&$filter={quote(condition)}" if condition else ""
    items: list[Item] = []
    evidence: list[int] = []
    seen: set[tuple[str, int]] = set()
    with nullcontext(_uncounted) if condition else reader.counting("number assignments", items) as counted:
        while True:
            page = await graph.items(f"{PATH}?$top={PAGE}&$skip={len(items)}{filtered}", grant=GRANT)
            evidence += page.evidence
            if not page.items:
                return Listing(tuple(items), tuple(evidence))
            told = {(text(item.body, "telephoneNumber"), hash(repr(item.body))) for item in page.items}
            if told <= seen:
                raise graph.trouble(
                    Malformed("Microsoft Graph sent the same number assignments again and again.", tuple(evidence))
                )
            seen |= told
            items += page.items
            counted()


def _uncounted() -> None:
    """Tell nobody: what is asked about one thing is no long list."""


async def holder(reader: Reader, telephone_number: str) -> str:
    """Return the id of the object that a number is assigned to; empty if to none.

    Raises:
        SourceError: it could not be read.
    """
    listing = await assignments(reader, f"telephoneNumber eq '{telephone_number}'")
    what = f"the number {telephone_number}"
    assigned = [wire.parsed(wire.AssignedNumber, item.body, what, (item.evidence,)) for item in listing.items]
    holders = {(one.assignmentTargetId or NO_ID).lower() for one in assigned} - {NO_ID}
    if len(holders) > 1:
        raise reader.sources.graph.trouble(
            Malformed(f"Microsoft Graph says that {what} is held by several objects.", listing.evidence)
        )
    return next(iter(holders), "")
