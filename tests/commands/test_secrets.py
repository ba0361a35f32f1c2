"""Nothing that the program writes holds a secret or a token: not on a stream, not in a file, not at -v."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.commands.standing import Standing, standing
from tpe_audit.formats import Format
from tpe_audit.simulator import SCENARIOS

FORMATS = [word for form in Format for word in ("--format", form.value)]
COMMANDS = {
    "run": ("run", "-v", "--output", "out/", *FORMATS),
    "diagnose": ("diagnose", "403/10105", "-v"),
    "collect": ("collect", "-o", "evidence.json"),
    "doctor": ("doctor", "-v"),
    "permissions": ("permissions",),
    "init": ("init", "--output", "new.toml"),
}

TOKEN = re.compile(rb"eyJ[\w-]{8,}\.")
"""The beginning of a JSON web token."""


@pytest.mark.parametrize("name", ["contoso", "unreadable", "AADSTS7000222"])
def test_nothing_that_is_written_holds_a_secret(tmp_path: Path, name: str) -> None:
    with standing(tmp_path, SCENARIOS[name]()) as admin:
        said = {command: _said(admin, *arguments) for command, arguments in COMMANDS.items()}
        secrets = admin.tenant.issued
        configured = (tmp_path / "config.toml", tmp_path / "teams-export.json")
    assert secrets
    written: dict[str, bytes] = {
        str(path.relative_to(tmp_path)): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file() and path not in configured
    }
    assert len(written) > len(Format)
    written |= {command: text.encode() for command, text in said.items()}
    for where, held in written.items():
        assert not [secret for secret in secrets if secret.encode() in held], where
        assert not TOKEN.search(held), where


def _said(admin: Standing, *arguments: str) -> str:
    ran = admin(*arguments)
    return ran.out + ran.err


def test_each_command_says_something(tmp_path: Path) -> None:
    with standing(tmp_path, SCENARIOS["contoso"]()) as admin:
        ran = {command: admin(*arguments) for command, arguments in COMMANDS.items()}
    assert {command for command, one in ran.items() if not one.out + one.err} == set()
    assert "GET" in ran["run"].err
