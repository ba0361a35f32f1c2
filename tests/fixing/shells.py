"""The shells that scripts are for: their grammars, and a real bash whose commands only tell what they were given."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest
import tree_sitter

from tests.grammar import nodes, tree
from tpe_audit.fixing import Script, scripts
from tpe_audit.formats import Format, Options, render
from tpe_audit.report import Report
from tpe_audit.shell import Shell
from tpe_audit.stored import parse

BASH = shutil.which("bash")
needs_bash = pytest.mark.skipif(BASH is None, reason="there is no bash here")

_ARGUMENTS = {"word", "raw_string", "string", "concatenation", "number"}
"""Of bash, whose grammar tells apart how a word is quoted; a real bash is asked what it makes of them."""
_STUBS = """
az() { printf '%s\\0' az "$@" >&3; printf '\\n' >&3; }
tpe-audit() { printf '%s\\0' tpe-audit "$@" >&3; printf '\\n' >&3; }
"""


def parsed(script: Script) -> tree_sitter.Node:
    return tree(script.body, script.shell)


def faults(script: Script) -> list[object]:
    """What the shell does not take in a script."""
    found: list[object] = [node.start_point for node in nodes(parsed(script)) if node.is_error or node.is_missing]
    if script.shell is Shell.BASH and BASH:
        done = subprocess.run([BASH, "-n"], input=script.body.encode(), capture_output=True, check=False)  # noqa: S603
        found += [done.stderr] if done.returncode or done.stderr else []
    return found


def shape(script: Script) -> list[str]:
    """What is run: the grammar of a script without its comments, an argument being one however it is quoted."""
    return list(_shape(parsed(script)))


def _shape(node: tree_sitter.Node) -> Iterator[str]:
    if node.type == "comment":
        return
    if node.type in _ARGUMENTS:
        yield "argument"
        return
    yield node.type
    for child in node.children:
        yield from _shape(child)


def scripts_of(report: Report) -> tuple[Script, ...]:
    """The scripts of a report, as they come from its JSON."""
    return scripts(parse(render(report, Format.JSON, Options()).encode(), "report.json"))


def run(script: Script, answers: str = "") -> list[list[str]]:
    """What a real bash gives each command of a script."""
    assert BASH
    body = script.body.replace("set -eu\n", f"set -eu\n{_STUBS}", 1)
    # The script is read from a file, so that stdin is free for answers; what is told comes by the third stream.
    done = subprocess.run(  # noqa: S603
        [BASH, "-c", f"exec 3>&1 >/dev/null\n{body}"], input=answers.encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [line.split("\0")[:-1] for line in done.stdout.decode().split("\n")[:-1]]
