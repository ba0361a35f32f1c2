"""`tpe-audit collect`: reads, and leaves the judging to others, or to later."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tpe_audit.commands import options
from tpe_audit.commands.asked import Asked
from tpe_audit.commands.auditing import collected, completed, configured, everything
from tpe_audit.evidence.readings import Half

NOTHING = "no evidence was collected"


@click.command("collect")
@options.config
@click.option("-o", "--output", required=True, metavar="FILE|-", help="Where to keep it; - for stdout.")
@click.option(
    "--source",
    type=click.Choice([Half.TEAMS.value, Half.AZURE.value]),
    help="Only what is read in the Teams tenant, or only the Azure side: another party collects the other half.",
)
@click.option("--redact", is_flag=True, help="Put stand-ins for names, numbers and ids.")
@click.option(
    "--redact-key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A secret that two parties share, so that their redacted files join.",
)
@options.check
@options.skip
@options.area
@options.subject
@options.demo
@click.option("-q", "--quiet", is_flag=True, help="Say nothing.")
@click.option("-v", "--verbose", is_flag=True, help="Tell each request on stderr.")
@click.option("--no-progress", is_flag=True, help="No progress on stderr.")
def command(output: str, source: str | None, redact: bool, redact_key: Path | None, **given: object) -> int:
    """Read the tenant, and keep the evidence in a file.

    `tpe-audit run --evidence FILE` judges it, without signing in. Exits 0 when the file was written, whatever could
    not be read: the audit says so of each.
    """
    from tpe_audit.commands.files import put
    from tpe_audit.commands.replay import codec_of
    from tpe_audit.commands.selection import chosen
    from tpe_audit.commands.stdout import print_out
    from tpe_audit.evidence.document import values

    if redact_key is not None and not redact:
        raise click.UsageError("--redact-key says how --redact is done: give both.")
    asked = Asked(**given)  # type: ignore[arg-type]
    secret = key(redact_key) if redact else b""
    with configured(asked) as (config, simulated):
        found = everything(asked, config, simulated=simulated)
        checks = chosen(asked, config, found.catalog)
        half = Half(source) if source else Half.ALL
        readings = completed(
            collected(asked, config, found.catalog, checks, simulated=simulated, table=found.table, half=half)
        )
    document = values(readings, codec_of(found))
    if redact:
        from tpe_audit.evidence.redact import redacted

        document = redacted(document, secret)
    text = json.dumps(document, indent=1) + "\n"
    if output == "-":
        print_out(text)
        return 0
    path = Path(output)
    put(path, text.encode(), NOTHING)
    if not asked.quiet:
        click.echo(f"Wrote {path}: judge it with tpe-audit run --evidence {path}", err=True)
    return 0


def key(path: Path | None) -> bytes:
    """Return the key of the stand-ins: the parties' own, or one that is used once and kept nowhere.

    Raises:
        NoAudit: the file can't be read, or holds too little to be a secret.
    """
    import secrets

    from tpe_audit.commands.errors import NoAudit

    if path is None:
        return secrets.token_bytes(32)
    try:
        found = path.read_bytes().strip()
    except OSError as error:
        raise NoAudit([f"{path}: the key can't be read: {error.strerror or error}"], what=NOTHING) from None
    if len(found) < LEAST_KEY:
        raise NoAudit(
            [f"{path}: a key takes at least {LEAST_KEY} characters; make one with: openssl rand -hex 32"], what=NOTHING
        )
    return found


LEAST_KEY = 32
"""Telephone numbers and names are few: with a key that can be guessed they could be tried one by one."""
