"""Stand-ins: for an id another id, for a number another number, and so on; always the same, by a key."""

from __future__ import annotations

import hashlib
import hmac
import re
import uuid
from collections.abc import Mapping

from tpe_audit.evidence.kept import WORDS

_GUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_NUMBER = r"(?:\+|%2[bB])[1-9]\d{6,14}"
_UPN = r"[\w.!#$%&'*+/=^`{|}~-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"
_URL = r"https?://[^\s\"'<>]+"
_ARM = r"/subscriptions/[^\s\"'?,;)]+"
_HOST = r"(?:[\w-]+\.)+[a-zA-Z]{2,}(?::\d+)?"

_WHOLE = re.compile(f"({_GUID})|({_NUMBER})|({_URL})|({_ARM})|({_UPN})|({_HOST})")
_INSIDE = re.compile(rf"{_URL}|{_ARM}|{_GUID}|{_NUMBER}|(?<![\w.@%/-]){_UPN}")
_SAID = re.compile(r"( answered \d{3} \()(\w+): .*?(?=\) to )")
"""What a service said beside its code may name anything."""
_PATTERN = re.compile(r"(?P<plus>\\?\+)(?P<number>\d+)|(?P<bare>(?<![\d{,\[\\-])\d{7,})")
"""The beginnings of numbers in a regular expression, and what is long enough to be one."""
_LETTER = re.compile(r"[^\W\d_]")
_RAW_ID = re.compile(r"\b(?:28:orgid|8:acs|8:orgid):")
"""How raw ids of Microsoft's begin."""
_SHORTEST = 3
"""A name of fewer letters is not looked for in sentences: it is in too many words."""
_FILE = re.compile(r"^read .+$")

_ONE_DIGIT = ("1", "7")
_TWO_DIGITS = frozenset(
    {"20", "27", "36", "39", "40", "41", *map(str, range(30, 35)), *map(str, range(43, 50)), *map(str, range(51, 59))}
    | {*map(str, range(60, 67)), "81", "82", "84", "86", *map(str, range(90, 96)), "98"}
)
"""Country codes of one and two digits; all others have three (ITU-T E.164, list of assigned country codes)."""

_SUFFIXES = ("microsoft.com", "microsoftonline.com", "azure.com", "windows.net")
_OURS = "example"
"""A domain that nobody can own (RFC 2606)."""


def is_id(text: str) -> bool:
    """Whether a text is a GUID."""
    return re.fullmatch(_GUID, text) is not None


class Names:
    """The names of a file, to be found in its sentences together with what looks like an id or an address."""

    def __init__(self, stand_ins: Mapping[str, str]) -> None:
        """Know the stand-in of each name as it is written."""
        self._stand_ins = {name.casefold(): found for name, found in stand_ins.items()}
        # As it is written, and with its case folded, which makes ss of ß; the longest first, so that no name is taken
        # for the part of another.
        spelled = {name for name in (*stand_ins, *self._stand_ins) if len(name) >= _SHORTEST}
        longest = sorted(spelled, key=lambda name: (-len(name), name))
        known = "|".join(map(re.escape, longest))
        whole = rf"(?<![^\W_])(?i:{known})(?![^\W_])"
        self.pattern = re.compile(f"{whole}|{_INSIDE.pattern}") if known else _INSIDE

    def stand_in(self, text: str) -> str | None:
        """Return what stands for a name; None: it is none of these."""
        return self._stand_ins.get(text.casefold())


class StandIns:
    """Makes stand-ins with a key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, text: str) -> str:
        """Return the stand-in of a text that names something."""
        if not text or text in WORDS or text.casefold() in WORDS:
            return text
        if whole := _WHOLE.fullmatch(text):
            makers = (self._guid, self.number, self._url, self._arm, self._upn, self._host)
            return next(make(text) for make, found in zip(makers, whole.groups(), strict=True) if found)
        if _looks_like_a_pattern(text):
            return _PATTERN.sub(self._in_pattern, text)
        if _INSIDE.search(text) and not _LETTER.search(_RAW_ID.sub("", _INSIDE.sub("", text))):
            return self.in_text(text)
        return f"name-{self._hash(text)}"

    def parts(self, text: str) -> list[str]:
        """Return what a text names besides itself: the names in an ARM id, the host of an address, a bare number."""
        if re.fullmatch(_ARM, text):
            return [part for index, part in enumerate(text.split("/")) if part and _is_name(text.split("/"), index)]
        if re.fullmatch(_URL, text):
            return [re.sub(r"^https?://|[/?#].*$", "", text)]
        if re.fullmatch(_UPN, text):
            return [re.split(r"@|%40", text)[1]]
        return []

    def in_text(self, text: str, names: Names | None = None) -> str:
        """Return a sentence with stand-ins for names, and for what looks like an id, a number or an address."""
        if _FILE.match(text):
            return "read the Teams PowerShell export"
        text = _SAID.sub(r"\1\2", text)
        if names is None:
            return _INSIDE.sub(lambda match: self._found(match.group()), text)
        return names.pattern.sub(lambda match: names.stand_in(match.group()) or self._found(match.group()), text)

    def _found(self, text: str) -> str:
        end = text.rstrip(".,:;)")
        return self.of(end) + text[len(end) :]

    def number(self, text: str) -> str:
        """Return a number of the same country; two with a common beginning keep one of the same length."""
        plus = "+" if text.startswith("+") else text[:3]
        return plus + self._digits(text.removeprefix(plus))

    def _digits(self, digits: str) -> str:
        country = next((code for code in _ONE_DIGIT if digits.startswith(code)), "")
        if not country:
            country = digits[:2] if digits[:2] in _TWO_DIGITS else digits[:3]
        # In +1, 8 begins the toll-free areas; +800 is toll-free everywhere.
        area = 4 if digits.startswith("18") else len(country)
        found = list(digits[:area])
        for place in range(area, len(digits)):
            before, digit = digits[:place], int(digits[place])
            order = self._order(before)
            if before == "1":
                order = [one for one in order if one != 8]
                found.append(str(order[digit - (digit > 8)]))
            else:
                found.append(str(order[digit]))
        return "".join(found)

    def _order(self, before: str) -> list[int]:
        """Return the ten digits in an order that hangs on what stands before."""
        weights = hmac.new(self._key, f"digit:{before}".encode(), hashlib.sha256).digest()
        return sorted(range(10), key=lambda digit: (weights[digit], digit))

    def _in_pattern(self, match: re.Match[str]) -> str:
        if match["bare"]:
            return self._digits(match["bare"])
        return match["plus"] + self._digits(match["number"])

    def _guid(self, text: str) -> str:
        made = hmac.new(self._key, f"id:{text.lower()}".encode(), hashlib.sha256).digest()
        return str(uuid.UUID(bytes=made[:16], version=4))

    def _hash(self, text: str) -> str:
        return hmac.new(self._key, f"name:{text.casefold()}".encode(), hashlib.sha256).hexdigest()[:10]

    def _upn(self, text: str) -> str:
        name, at, domain = re.split(r"(@|%40)", text, maxsplit=1)
        return f"user-{self._hash(name)}{at}{self._host(domain)}"

    def _host(self, text: str) -> str:
        return f"host-{self._hash(text)}.{_OURS}"

    def _url(self, text: str) -> str:
        parts = re.fullmatch(r"(https?://)([^/?#]*)([^?#]*)(.*)", text)
        if parts is None:
            return f"https://{self._host(text)}"
        scheme, host, path, query = parts.groups()
        if host.casefold().endswith(_SUFFIXES) and "communication" not in host.casefold():
            where = host
        else:
            where = self._host(host)
        segments = "/".join(self._segment(segment) for segment in path.split("/"))
        return f"{scheme}{where}{segments}{_INSIDE.sub(lambda m: self.of(m.group()), query)}"

    def _segment(self, segment: str) -> str:
        if not segment or segment in _PATHS:
            return segment
        return self.of(segment)

    def _arm(self, text: str) -> str:
        parts = text.split("/")
        return "/".join(self.of(part) if _is_name(parts, index) else part for index, part in enumerate(parts))


_PATHS = frozenset({"access", "teamsExtension", "tenants", "assignments", "api", "data", "v9.2", "v1.0", "beta"})
"""Parts of addresses that are Microsoft's."""


def _is_name(parts: list[str], index: int) -> bool:
    """Whether a part of an ARM id names something: what follows a type does, and what follows `providers` is a type."""
    if not parts[index] or index < 2:
        return False
    before = parts[index - 1].casefold()
    if before in {"subscriptions", "resourcegroups"}:
        return True
    places = [place for place, part in enumerate(parts) if part.casefold() == "providers" and place < index]
    # …/providers/{namespace}/{type}/{name}/{type}/{name}
    return bool(places) and (index - places[-1]) >= 3 and (index - places[-1]) % 2 == 1


def _looks_like_a_pattern(text: str) -> bool:
    """Whether a text is a regular expression for numbers: what holds letters names something."""
    signs = text.replace("\\d", "")
    return (text.startswith("^") or signs != text or text.endswith("$")) and not _LETTER.search(signs)
