"""`tpe-audit fix-plan`: the fixes of a report as scripts, one for each owner; they are printed, never run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tpe_audit.commands import options
from tpe_audit.commands.errors import NoAudit
from tpe_audit.verdicts import Owner

if TYPE_CHECKING:
    from tpe_audit.fixing import Script
    from tpe_audit.stored import StoredReport

WHAT = "no plan was made"


@click.command("fix-plan")
@click.argument("report", required=False, type=click.Path(path_type=Path))
@options.config
@click.option("--owner", type=click.Choice([x.value for x in Owner]), help="Only what this role mends.")
@click.option("--output", metavar="DIR", help="Write a file for each owner: fix-plan-<owner>.ps1 or .sh.")
def command(report: Path | None, config: Path | None, owner: str | None, output: str | None) -> int:
    """Print what mends a report, as one script for each owner: PowerShell for Teams and Graph, az for Azure.

    REPORT is a JSON report; without it, the newest kept one of the configured tenant that asked everything. Causes come
    first, every step says why and ends with a check, and what takes something away asks before it does. Nothing is run.
    """
    from tpe_audit.commands.stdout import print_out
    from tpe_audit.fixing import Untold, scripts

    stored = _read(report or _newest(config))
    try:
        found = scripts(stored)
    except Untold as error:
        raise NoAudit([f"{report or 'the report'}: {error}; run the audit again"], what=WHAT) from None
    mine = [script for script in found if owner in (None, script.owner)]
    if not mine:
        click.echo(f"# {_nothing(stored, owner, found)}", err=output is not None)
    elif output is None:
        print_out(_together(mine))
    else:
        _write(mine, Path(output))
    return 0


def _newest(config: Path | None) -> Path:
    """Return the newest kept report of the configured tenant that asked everything.

    Raises:
        NoAudit: there is none.
    """
    from tpe_audit.commands.keeping import configuration_of, history_of

    history = history_of(configuration_of(config, WHAT))
    try:
        found = history.newest_full()
    except OSError as error:
        raise NoAudit([f"{error.filename}: {error.strerror}"], what=WHAT) from None
    if found is None:
        why = f"there is no full report of this tenant in {history.folder}; run tpe-audit run, or name a report"
        raise NoAudit([why], what=WHAT)
    return found


def _read(path: Path) -> StoredReport:
    from tpe_audit.stored import NotAReport, read

    try:
        return read(path)
    except NotAReport as error:
        raise NoAudit([str(error)], what=WHAT) from None


def _nothing(report: StoredReport, owner: str | None, found: tuple[Script, ...]) -> str:
    if found:
        others = ", ".join(dict.fromkeys(script.owner.value for script in found))
        return f"Nothing to mend for {owner}; there is for {others}."
    simulated = "SIMULATED. " if report.simulated else ""
    return f"{simulated}Nothing to mend: no check fails. The verdict was {report.verdict}."


def _together(found: list[Script]) -> str:
    """Return scripts one after the other; one alone is what its file would be."""
    if len(found) == 1:
        return found[0].body
    rule = "#" * 100
    return "\n".join(f"{rule}\n# {script.file_name}\n{rule}\n{script.body}" for script in found)


def _write(found: list[Script], folder: Path) -> None:
    from tpe_audit.commands.files import put

    for script in found:
        path = folder / script.file_name
        put(path, script.file.encode(), "the plan could not be written")
        click.echo(f"Wrote {path}", err=True)
