"""What other runs a report is compared with, and where it is kept for later ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from tpe_audit.commands.asked import Asked, config_file
from tpe_audit.commands.errors import NoAudit
from tpe_audit.comparing import compared
from tpe_audit.config import Config, ConfigError, load, without_credentials
from tpe_audit.formats import Format, Options, render
from tpe_audit.history import History, Retention
from tpe_audit.report import Report
from tpe_audit.stored import NotAReport, StoredReport, read


def history_of(config: Config, tenant_id: str = "") -> History:
    """Return the runs that were kept of a tenant: this one, or the configured one."""
    return History(config.path(config.report.directory), tenant_id or config.teams.tenant_id)


def configuration_of(path: Path | None, what: str, *, attested: bool = True) -> Config:
    """Return the configuration, whether or not the secrets are there that a sign-in takes.

    Args:
        path: the file; None: config.toml, if it is there, or the environment alone.
        what: what did not happen, if it can't be used.
        attested: the file that `[attest] file` names must be there.

    Raises:
        NoAudit: it can't be used.
    """
    path = config_file(path)
    try:
        return without_credentials(path, attested=attested) if path else load(None)
    except ConfigError as error:
        raise NoAudit(error.problems, what=what) from None


@dataclass(frozen=True, slots=True)
class Keeping:
    """The memory of one run. That it fails is told, and never costs the run."""

    config: Config
    asked: Asked
    baseline: StoredReport | None = None
    """What the command line names to compare with."""

    @classmethod
    def of(cls, asked: Asked, config: Config) -> Keeping:
        """Return what the command line and the configuration ask for.

        Raises:
            NoAudit: the baseline is no report, or is one of another tenant.
        """
        if asked.baseline is None:
            return cls(config, asked)
        try:
            baseline = read(asked.baseline)
        except NotAReport as error:
            raise NoAudit([f"--baseline {error}"]) from None
        if baseline.tenant.id.casefold() != config.teams.tenant_id.casefold():
            why = (
                f"--baseline {asked.baseline}: it is a report on the tenant {baseline.tenant.id}, and this one is "
                f"{config.teams.tenant_id}; nothing in them can be compared"
            )
            raise NoAudit([why])
        return cls(config, asked, baseline)

    def compared(self, report: Report) -> Report:
        """Return the report with what has changed since the baseline, or since the last run that asked the same."""
        before = self.baseline
        if before is None and self._kept(report):
            try:
                before = history_of(self.config, report.run.tenant_id).last_like(report)
            except (OSError, NotAReport) as error:
                self._warn("what has changed since the last run is not told", error)
        return replace(report, changes=compared(before, report)) if before else report

    def keep(self, report: Report) -> None:
        """Keep the report as a run of its own, and clear away what is too old."""
        if not self._kept(report):
            return
        text = render(report, Format.JSON, Options(all_subjects=self.asked.all_subjects))
        history = history_of(self.config, report.run.tenant_id)
        settings = self.config.report
        try:
            history.keep(text, report.run.started_at)
        except OSError as error:
            self._warn("this run was not kept for later ones", error)
            return
        try:
            history.tidy(Retention(settings.keep_runs, settings.keep_days), datetime.now(UTC))
        except OSError as error:
            self._warn("runs that are too old were not cleared away", error)

    def _kept(self, report: Report) -> bool:
        return self.config.report.history and not report.run.simulated

    def _warn(self, what: str, error: Exception) -> None:
        where = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error)
        click.echo(f"warning: {what}: {where}", err=True)
