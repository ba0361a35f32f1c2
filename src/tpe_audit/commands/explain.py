"""`tpe-audit explain`: a check's page, or what a code or a symptom means and which checks to run for it."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from tpe_audit import catalog
from tpe_audit.catalog import Catalog, Check
from tpe_audit.codes import Explanation
from tpe_audit.commands.errors import NoAudit, unknown_check
from tpe_audit.commands.folders import check_folders
from tpe_audit.commands.pages import show
from tpe_audit.commands.stdout import print_json
from tpe_audit.commands.symptoms import command as command_line
from tpe_audit.commands.symptoms import explained, unknown
from tpe_audit.docs import Guide, page
from tpe_audit.plugins import plugged


def complete_check(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the checks whose id begins as typed, for shell completion."""
    checks = catalog.find().checks.values()
    return [CompletionItem(c.id, help=c.title) for c in checks if c.id.startswith(incomplete)]


@click.command("explain")
@click.argument("words", nargs=-1, required=True, metavar="ID|CODE|TEXT", shell_complete=complete_check)
@click.option("--config", type=click.Path(path_type=Path), help="Also know the checks of the folders it names.")
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
def command(words: tuple[str, ...], config: Path | None, form: str) -> int:
    """Explain a check, a code or a symptom.

    Of a check: what it looks for, why, which code it causes, and how to mend it. Of a code, a symptom or an error
    message: what it means, and what to check, the likeliest first.

    For example: tpe-audit explain bot-exists, tpe-audit explain 404/580462, tpe-audit explain "busy signal"
    """
    asked = " ".join(words)
    found = plugged(check_folders(config))
    check = found.catalog.checks.get(asked.strip().lower())
    explanation = None if check else explained(asked, found.catalog)
    if check:
        data, text = _check(check, found.guide), page(check, found.guide)
    elif explanation:
        data, text = _data(explanation, found.catalog), _text(explanation, found.catalog)
    else:
        raise NoAudit([_neither(asked, found.catalog)], what="nothing was explained")
    if form == "json":
        print_json(data)
    else:
        show(text)
    return 0


def _neither(asked: str, known: Catalog) -> str:
    """Return what to say where something is neither a check nor a code: what comes nearest."""
    near = get_close_matches(asked.strip().lower().replace("_", "-"), list(known.checks), n=1, cutoff=0.7)
    return unknown_check(asked.strip(), known.checks) if near else unknown(asked)


def _check(check: Check, guide: Guide) -> dict[str, object]:
    return {"check": check.id, "title": check.title, "page": page(check, guide), "url": check.link}


def _data(explanation: Explanation, known: Catalog) -> dict[str, object]:
    checks = [known.checks.get(name) for name in explanation.checks]
    return {
        "code": explanation.key,
        "forms": list(explanation.codes),
        "meaning": explanation.meaning,
        "note": explanation.note,
        "configuration": explanation.configuration,
        "certainty": explanation.sure,
        "checks": [
            {
                "id": name,
                "title": check.title if check else None,
                "command": f"tpe-audit run --check {name}" if check else None,
            }
            for name, check in zip(explanation.checks, checks, strict=True)
        ],
        "command": command_line("diagnose", explanation.key) if any(checks) else None,
        "urls": list(explanation.links),
    }


def _text(explanation: Explanation, known: Catalog) -> str:
    """Return what is known of a code, in Markdown."""
    parts = [f"# {explanation.key}", explanation.meaning]
    if explanation.note:
        parts.append(explanation.note)
    facts = {
        "How sure": explanation.sure.words,
        "Also": ", ".join(form for form in explanation.codes if form != explanation.key),
        "Configuration": "" if explanation.configuration else "no setting causes it, so there is nothing to check",
    }
    parts.append("\n".join(f"- **{name}:** {value}" for name, value in facts.items() if value))
    if explanation.checks:
        rows = [f"{place}. {_row(name, known)}" for place, name in enumerate(explanation.checks, 1)]
        parts += ["## What to check, the likeliest first", "\n".join(rows)]
    there = [name for name in explanation.checks if name in known.checks]
    if there:
        parts += [
            "All of them at once, and which one explains it:",
            f"    {command_line('diagnose', explanation.key)}",
            "One by one:",
            "\n".join(f"    tpe-audit run --check {name}" for name in there),
        ]
    if explanation.links:
        parts += ["## More", "\n".join(f"- <{link}>" for link in explanation.links)]
    return "\n\n".join(parts) + "\n"


def _row(name: str, known: Catalog) -> str:
    check = known.checks.get(name)
    return f"`{name}`: {check.title}" if check else f"`{name}`: no check of this version; look at it by hand"
