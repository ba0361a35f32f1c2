"""Commands and scripts as the grammars of their shells take them."""

from __future__ import annotations

from collections.abc import Iterator

import tree_sitter
import tree_sitter_bash
import tree_sitter_powershell

from tpe_audit.shell import Shell

_PARSERS = {
    Shell.POWERSHELL: tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language())),
    Shell.BASH: tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language())),
}


def tree(text: str, shell: Shell) -> tree_sitter.Node:
    return _PARSERS[shell].parse(text.encode(errors="replace")).root_node


def nodes(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """The node and all below it."""
    yield node
    for child in node.children:
        yield from nodes(child)
