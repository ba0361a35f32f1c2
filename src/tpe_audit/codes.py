"""What Microsoft's codes and people's symptoms mean, and which checks to run for each, the likeliest first.

The entries are data, in `codes.toml` beside this file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).with_suffix(".toml")
_LONGEST = 20_000
"""Characters of a pasted text that are looked at."""


class Certainty(StrEnum):
    """How sure the source is."""

    MICROSOFT = "microsoft"
    COMMUNITY = "community"
    HYPOTHESIS = "hypothesis"

    @property
    def words(self) -> str:
        """What that means, for people."""
        return {
            Certainty.MICROSOFT: "Microsoft documents what it means",
            Certainty.COMMUNITY: "known from the community alone, not from Microsoft",
            Certainty.HYPOTHESIS: "inferred from what must hold: no source names the cause",
        }[self]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A code or a symptom: what it means, and what to check."""

    key: str
    """How it is called: `404/580462`, `busy signal`."""
    codes: tuple[str, ...]
    """Its forms in figures; an `x` stands for any digit."""
    phrases: tuple[str, ...]
    """Words that people or services use for it."""
    meaning: str
    checks: tuple[str, ...]
    """Ids in the order of likelihood. One that no check has is a requirement to look at by hand."""
    sure: Certainty
    links: tuple[str, ...]
    note: str = ""
    configuration: bool = True
    """Whether configuration can cause it at all."""


def find(text: str) -> Explanation | None:
    """Return what a code, a symptom or a pasted message means; None if that is not known.

    Codes count more than words, and an HTTP status alone is no code: many faults share it.
    """
    text = text[:_LONGEST].strip()
    return next((found for code in _codes_in(text) if (found := _by_code(code))), None) or _by_words(text)


def nearest(text: str) -> tuple[Explanation, ...]:
    """Return what comes nearest to a text: for figures the codes that begin so, for words those most alike."""
    text = text[:_LONGEST].strip().lower()
    if not text:
        return ()
    if re.fullmatch(r"(?:aadsts)?\d+(?:[/#]\d*)?x*|0x[\da-f]*", text):
        start = text.replace("#", "/")
        return _beginning(start) or _alike(_figures(start))
    likeness = [(_likeness(text, entry), -place) for place, entry in enumerate(entries())]
    best = sorted((like for like in likeness if like[0] >= 0.5), reverse=True)[:5]
    return tuple(entries()[-place] for _, place in best)


def _beginning(start: str) -> tuple[Explanation, ...]:
    """Return the entries of which a form begins so, with its HTTP status or without."""
    return tuple(
        entry
        for entry in entries()
        if any(form.lower().startswith(start) or _figures(form).startswith(start) for form in entry.codes)
        or entry.key.lower().startswith(start)
    )


def _alike(figures: str) -> tuple[Explanation, ...]:
    """Return the entries with the codes most like a mistyped one."""
    exact, _ = _index()
    return tuple(dict.fromkeys(exact[form] for form in get_close_matches(figures, exact, n=3, cutoff=0.75)))


@cache
def entries() -> tuple[Explanation, ...]:
    """Return all codes and symptoms that are known."""
    data = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return tuple(_entry(row, data["pages"]) for row in data["code"])


def _entry(row: Mapping[str, Any], pages: Mapping[str, str]) -> Explanation:
    return Explanation(
        key=row["key"],
        codes=tuple(row.get("codes", ())),
        phrases=tuple(row.get("phrases", ())),
        meaning=row["meaning"],
        checks=tuple(row["checks"]),
        sure=Certainty(row["sure"]),
        links=tuple(pages[name] for name in row["links"]),
        note=row.get("note", ""),
        configuration=row.get("configuration", True),
    )


# What a text holds. Ids, dates and telephone numbers hold figures that are no codes.
_NO_CODE = re.compile(
    r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"
    r"|\b\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?z?)?"
    r"|\+\d{6,}",
    re.IGNORECASE,
)
_FIGURE = r"(\d{2,7}x{0,4})(?![\w])"
_PAIR = re.compile(rf"(?<![\w.])\d{{3}}\s?[/#]\s?{_FIGURE}", re.IGNORECASE)
_SUBCODE = re.compile(rf"sub[ _-]?code\W{{0,6}}{_FIGURE}", re.IGNORECASE)
_ENTRA = re.compile(r"aadsts(\d{4,7})\b", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"\b(0x[0-9a-f]{8})\b", re.IGNORECASE)
_NAMED = re.compile(rf"(?:code|error)\W{{0,6}}{_FIGURE}", re.IGNORECASE)
_ALONE = re.compile(r"(?<![\w.+/#-])(\d{5,7}|\d{3,4}x{2,3})(?![\w-])", re.IGNORECASE)
_WHOLE = re.compile(rf"(?:\d{{3}}[\s.,:-]+)?{_FIGURE}", re.IGNORECASE)
"""Four figures may be anything in a long text; where they are all that was asked, or called a code, they are one."""


def _codes_in(text: str) -> Iterator[str]:
    """Yield what may be a code in a text, without its HTTP status, the surest first."""
    plain = _NO_CODE.sub(" ", text)
    if whole := _WHOLE.fullmatch(plain.strip()):
        yield whole.group(1).lower()
    for pattern in (_PAIR, _SUBCODE, _ENTRA, _HEXADECIMAL, _NAMED, _ALONE):
        for found in pattern.finditer(plain):
            yield found.group(1).lower()


def _by_code(code: str) -> Explanation | None:
    exact, patterns = _index()
    return exact.get(code) or next((entry for pattern, entry in patterns if pattern.fullmatch(code)), None)


@cache
def _index() -> tuple[dict[str, Explanation], tuple[tuple[re.Pattern[str], Explanation], ...]]:
    """Return the entries by their forms, and those whose form stands for many codes."""
    exact = {_figures(form): entry for entry in entries() for form in entry.codes}
    patterns = tuple(
        (re.compile(form.replace("x", r"\d")), entry) for form, entry in exact.items() if form.endswith("x")
    )
    return exact, patterns


def _figures(form: str) -> str:
    """Return a form without its HTTP status or prefix: what tells codes apart."""
    return form.lower().rpartition("/")[2].removeprefix("aadsts")


def _by_words(text: str) -> Explanation | None:
    said = f" {_words(text)} "
    found = [
        (len(phrase), -place)
        for place, entry in enumerate(entries())
        for phrase in (*entry.phrases, *(() if entry.codes else (entry.key,)))
        if f" {_words(phrase)} " in said
    ]
    return entries()[-max(found)[1]] if found else None


_COMMON = frozenset({"and", "call", "calls", "code", "error", "fails", "for", "from", "has", "that", "the", "was"})
"""Words that tell no symptom from another."""


def _words(text: str) -> str:
    """Return a text as words in lower case, one space between them."""
    return " ".join(re.findall(r"\w+", text.replace("_", " ").lower())).replace("incoming call", "incomingcall")


def _likeness(text: str, entry: Explanation) -> float:
    """Return how much a text is like the words of an entry: by letters, or by the words that they share."""
    said = _words(text)
    asked = {word for word in said.split() if len(word) > 2 and word not in _COMMON}
    known = set(_words(" ".join((entry.key, entry.meaning, *entry.phrases))).split())
    shared = len(asked & known) / len(asked) if asked else 0.0
    alike = max(SequenceMatcher(None, said[:100], _words(form)).ratio() for form in (entry.key, *entry.phrases))
    return max(shared, alike if alike > 0.7 else 0.0)
