"""Prints the lowest version of each dependency that a pyproject.toml allows, as pip constraints."""

import re
import sys
import tomllib
from pathlib import Path


def main() -> None:
    """Print one `name==version` a line."""
    project = tomllib.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["project"]
    for requirement in project["dependencies"]:
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?>=([0-9.]+)", requirement)
        if match is None:
            sys.exit(f"{requirement}: it has no lower bound")
        sys.stdout.write(f"{match[1]}=={match[2]}\n")


if __name__ == "__main__":
    main()
