"""The guides to the three uses can be followed: each command on them is run, in order, on the simulated tenant."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.standing import Standing, standing, with_a_lasting_export

GUIDES = Path(__file__).parents[1] / "docs" / "guides"
USES = ("scheduled-audit", "before-go-live", "after-a-change")


@pytest.fixture
def admin(tmp_path: Path) -> Iterator[Standing]:
    with standing(tmp_path) as standing_by:
        with_a_lasting_export(standing_by)
        yield standing_by


def _commands(guide: str) -> list[tuple[str, int]]:
    """Each command line of a guide, and what it exits with: 0, unless a comment says otherwise."""
    text = (GUIDES / f"{guide}.md").read_text(encoding="utf-8")
    found = re.findall(r"^    tpe-audit (.+?)(?: +# exits with (\d))?$", text, re.MULTILINE)
    return [(line, int(code or 0)) for line, code in found]


@pytest.mark.parametrize("guide", USES)
def test_a_guide_can_be_followed_literally(guide: str, admin: Standing) -> None:
    commands = _commands(guide)
    assert len(commands) > 5
    if guide == "after-a-change":
        admin("run", "--output", "before/", "--format", "json")
    for line, code in commands:
        ran = admin(*shlex.split(line))
        assert ran.code == code, f"tpe-audit {line}\n{ran.err}\n{ran.out[-2000:]}"


def test_the_guide_to_schedules_has_every_scheduler() -> None:
    named = {line.split()[1] for line, _ in _commands("scheduled-audit") if line.startswith("schedule ")}
    assert named == {"cron", "systemd", "task-scheduler", "github", "azure-pipelines", "container-apps"}


@pytest.mark.parametrize("guide", USES)
def test_a_guide_is_linked_from_the_readme(guide: str) -> None:
    assert f"(docs/guides/{guide}.md)" in (GUIDES.parents[1] / "README.md").read_text(encoding="utf-8")
