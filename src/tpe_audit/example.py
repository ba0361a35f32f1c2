"""What config.example.toml says of each key, so that nothing else has to say it again."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
NAME = "config.example.toml"

# A wheel carries it inside the package; a checkout keeps it at its root.
PATH = next((p for p in (_HERE / NAME, _HERE.parents[1] / NAME) if p.is_file()), _HERE / NAME)

_TABLE = re.compile(r"#?\[{1,2}([\w.]+)\]{1,2}")
_KEY = re.compile(r"#?(\w+) = ")


@cache
def words() -> dict[str, str]:
    """Return the first sentence that stands above each key and table, by its dotted name."""
    found: dict[str, str] = {}
    table = ""
    comment: list[str] = []
    for line in PATH.read_text(encoding="utf-8").splitlines():
        if header := _TABLE.fullmatch(line):
            table = header[1]
            found[table], comment = _first(comment), []
        elif key := _KEY.match(line):
            found[f"{table}.{key[1]}"], comment = _first(comment), []
        elif line.startswith("# ") and not line.startswith("# ---"):
            comment.append(line.removeprefix("# "))
        elif not line or line.startswith("# ---"):
            comment = []
    return found


def kinds() -> dict[str, str]:
    """Return what stands there of each kind of credential."""
    above = PATH.read_text(encoding="utf-8").partition("\nkind = ")[0].rpartition("\n\n")[2]
    lines = " ".join(line.removeprefix("# ") for line in above.splitlines() if not line.startswith("# Default:"))
    found = re.findall(r'"([a-z-]+)" {2,}(.*?)(?= "[a-z-]+" {2,}|$)', lines)
    return {kind: " ".join(told.split()) for kind, told in found}


def _first(comment: list[str]) -> str:
    told = [line for line in comment if not line.startswith(("Default:", '"', " "))]
    sentence = re.match(r".*?\.(?=\s|$)", " ".join(told))
    return sentence[0] if sentence else " ".join(told)
