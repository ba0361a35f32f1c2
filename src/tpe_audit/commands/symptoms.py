"""Codes and symptoms as commands know them: those that Microsoft and people describe, and those of plug-ins."""

from __future__ import annotations

from dataclasses import replace

from tpe_audit import codes
from tpe_audit.catalog import Catalog
from tpe_audit.codes import Certainty, Explanation


def explained(text: str, catalog: Catalog) -> Explanation | None:
    """Return what a code or a symptom means, with the checks of plug-ins that name it behind those of the table."""
    said = " ".join(text.split()).casefold()
    known = codes.find(text)
    naming = tuple(
        check.id
        for check in catalog.checks.values()
        if not check.built_in
        and any(code.casefold() == said or (known and codes.find(code) is known) for code in check.codes)
    )
    if known is None:
        return _of_checks(text, naming) if naming else None
    return replace(known, checks=tuple(dict.fromkeys((*known.checks, *naming))))


def _of_checks(text: str, checks: tuple[str, ...]) -> Explanation:
    meaning = "No page that is known describes it; checks of your own name it."
    return Explanation(" ".join(text.split()), (), (), meaning, checks, Certainty.COMMUNITY, ())


def unknown(text: str) -> str:
    """Return what to say of a code or text that nothing is known of: what comes nearest."""
    shown = " ".join(text.split())
    shown = shown if len(shown) <= 80 else f"{shown[:79]}…"
    near = codes.nearest(text)
    if not near:
        return f"nothing is known of {shown!r}; tpe-audit list shows the checks"
    names = ", ".join(f'"{entry.key}"' if " " in entry.key else entry.key for entry in near)
    if any(part.startswith(shown) for form in near[0].codes for part in (form, form.rpartition("/")[2])):
        return f"{shown} alone is no code that is known; these begin so: {names}"
    return f"nothing is known of {shown!r}; the nearest that is known: {names}"


def command(name: str, key: str) -> str:
    """Return the command line that asks for this code or symptom, as every shell takes it."""
    return f'tpe-audit {name} "{key}"' if " " in key else f"tpe-audit {name} {key}"
