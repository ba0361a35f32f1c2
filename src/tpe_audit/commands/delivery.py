"""Brings a report to where it was asked for: stdout, a file, or a folder; whole, or not at all."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from tpe_audit.commands.asked import Asked
from tpe_audit.commands.errors import NoAudit
from tpe_audit.commands.files import put
from tpe_audit.commands.stdout import print_bytes, shows_colour, width
from tpe_audit.config import Config
from tpe_audit.formats import Format, Options, content
from tpe_audit.report import Report


@dataclass(frozen=True, slots=True)
class Destination:
    """Which format goes where."""

    stdout: Format | None
    files: tuple[tuple[Format, Path], ...] = ()


def destination(asked: Asked, config: Config) -> Destination:
    """Return where each format of the report goes.

    Raises:
        click.UsageError: several formats can't go where `--output` says, or one not to a terminal.
        NoAudit: what a format takes is not installed.
    """
    where = _destination(asked, config)
    forms = [form for form, _ in where.files] + ([where.stdout] if where.stdout else [])
    if lacking := [form.lacks for form in forms if form.lacks]:
        raise NoAudit(lacking)
    if where.stdout and not where.stdout.is_text and sys.stdout.isatty():
        raise click.UsageError(
            f"A {where.stdout} is not for a terminal. Write it to a file: --output {where.stdout.file_name}"
        )
    return where


def _destination(asked: Asked, config: Config) -> Destination:
    forms = tuple(dict.fromkeys(Format(name) for name in asked.form))
    output = asked.output
    if output is None:
        if len(forms) == 1:
            return Destination(forms[0])
        forms = forms or tuple(Format(name) for name in config.report.formats)
        shown = Format.TERMINAL if Format.TERMINAL in forms or not asked.form else None
        folder = config.path(config.report.directory)
        return Destination(shown, tuple((f, folder / f.file_name) for f in forms if f is not Format.TERMINAL))
    if not output:
        raise click.UsageError("--output needs the name of a file or of a folder, or - for stdout.")
    if output == "-":
        if len(forms) > 1:
            raise click.UsageError("--output - takes one --format.")
        return Destination(forms[0] if forms else Format.TERMINAL)
    path = Path(output)
    if not forms and not _is_folder(output):
        by_suffix = {Path(form.file_name).suffix: form for form in reversed(Format)}
        suffix = path.suffix.lower()
        if suffix and suffix not in by_suffix:
            raise click.UsageError(
                f"--output {output}: no format's file ends in {path.suffix}. Name one with --format; a folder's "
                "name ends with a slash."
            )
        forms = (by_suffix[suffix],) if suffix else ()
    forms = forms or tuple(Format(name) for name in config.report.formats)
    if _is_folder(output) or len(forms) > 1:
        if path.is_file():
            raise click.UsageError(f"--output {output}: a folder is needed, and this is a file.")
        return Destination(None, tuple((form, path / form.file_name) for form in forms))
    return Destination(None, ((forms[0], path),))


def _is_folder(output: str) -> bool:
    return output.endswith(("/", os.sep)) or Path(output).is_dir()


def deliver(report: Report, where: Destination, asked: Asked) -> None:
    """Write the report.

    Raises:
        NoAudit: some of it could not be written.
    """
    for form, path in where.files:
        rendered = content(report, form, Options(all_subjects=asked.all_subjects, verbose=asked.verbose, width=100))
        put(path, rendered, "the report could not be written")
        if not asked.quiet:
            click.echo(f"Wrote {path}", err=True)
    if where.stdout is not None:
        rendered = content(report, where.stdout, _for_stdout(asked))
        print_bytes(rendered if rendered.endswith(b"\n") or not where.stdout.is_text else rendered + b"\n")


def _for_stdout(asked: Asked) -> Options:
    coloured = shows_colour(no_color=asked.no_color)
    return Options(
        asked.all_subjects,
        asked.verbose,
        asked.quiet,
        colour=coloured,
        # The console of Linux prints them.
        links=coloured and os.environ.get("TERM") != "linux",
        width=width(),
    )
