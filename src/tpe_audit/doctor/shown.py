"""An examination as a table for people, and as JSON (`tpe-audit/doctor/1`) for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from textwrap import wrap

from tpe_audit import __version__
from tpe_audit.doctor import Examination, Identity, MixUp, Result, State
from tpe_audit.formats.text import MEASURE, clipped, counted, printable

SCHEMA = "tpe-audit/doctor/1"

_WORDS = {
    State.WORKS: ("✓", "works", "green"),
    State.REFUSED: ("✗", "refused", "red"),
    State.FAILED: ("✗", "failed", "red"),
    State.NOT_SET_UP: ("?", "not set up", "yellow"),
    State.NOT_TRIED: ("·", "not tried", ""),
    State.OFF: ("·", "off", ""),
}
_INDENT = " " * 6
_LONGEST = 1_000

Paint = Callable[[str, str], str]
"""Colours a text."""


def table(examination: Examination, *, simulated: bool, width: int, paint: Paint) -> str:
    """Return an examination for a terminal of this width."""
    lines = ["SIMULATED: an invented tenant, nothing real was tried", ""] if simulated else []
    if examination.identities:
        lines.append("SIGNED IN")
        for identity in examination.identities:
            lines += _wrapped(_who(identity), width, "  ")
        lines.append("")
    lines.append("SOURCES")
    room = max((len(result.source) for result in examination.results), default=0)
    for result in examination.results:
        lines += _row(result, room, width, paint)
    if examination.mix_ups:
        lines += ["", "LOOKS MISTAKEN"]
        for mix_up in examination.mix_ups:
            lines += _mistake(mix_up, width, paint)
    colour = "green" if examination.works else "red"
    return "\n".join([*lines, "", paint(examination.sentence, colour)]) + "\n"


def _who(identity: Identity) -> str:
    what = "the person" if identity.person else "the application"
    name = printable(identity.name or identity.object_id)
    held = identity.permissions
    told = "" if held is None else f", with {counted(len(held), 'Graph permission')}"
    return f"{identity.words} {identity.tenant}: as {what} {name} (client id {identity.application_id}){told}"


def _row(result: Result, room: int, width: int, paint: Paint) -> Iterator[str]:
    mark, word, colour = _WORDS[result.state]
    short = f" ({printable(result.said)})" if result.state is State.WORKS and result.said else ""
    label = paint(f"{mark} {word:<10}", colour)
    yield f"  {label}  {result.source:<{room}}  {clipped(result.what + short, max(width - room - 18, 20))}"
    if result.state not in (State.WORKS, State.NOT_TRIED):
        yield from _wrapped(clipped(printable(result.said), _LONGEST), width, _INDENT)
    for mend in result.mend:
        yield from _wrapped(f"needs: {printable(mend)}", width, _INDENT)


def _mistake(mix_up: MixUp, width: int, paint: Paint) -> Iterator[str]:
    yield f"  {paint('!', 'yellow')} {printable(mix_up.where)}"
    yield from _wrapped(printable(mix_up.what), width, _INDENT)
    yield from _wrapped(f"do: {printable(mix_up.mend)}", width, _INDENT)


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    measure = min(width, MEASURE)
    return wrap(
        text,
        measure,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_on_hyphens=False,
    )


def document(examination: Examination, *, tenant: str, azure_tenant: str, simulated: bool) -> str:
    """Return an examination as JSON text; within /1 fields are only added."""
    content = {
        "schema": SCHEMA,
        "tool": {"name": "tpe-audit", "version": __version__},
        "tenant": {"id": tenant},
        "azure_tenant": {"id": azure_tenant},
        "simulated": simulated,
        "exit_code": examination.exit_code,
        "sentence": examination.sentence,
        "identities": [
            {
                "tenant": identity.tenant,
                "kind": "person" if identity.person else "application",
                "name": identity.name or None,
                "client_id": identity.application_id,
                "object_id": identity.object_id,
                "permissions": identity.permissions,
            }
            for identity in examination.identities
        ],
        "sources": [
            {
                "source": result.source,
                "tenant": result.tenant,
                "what": result.what,
                "state": result.state,
                "said": result.said,
                "needs": list(result.mend),
            }
            for result in examination.results
        ],
        "mix_ups": [{"where": found.where, "what": found.what, "do": found.mend} for found in examination.mix_ups],
    }
    return json.dumps(content, indent=2) + "\n"
