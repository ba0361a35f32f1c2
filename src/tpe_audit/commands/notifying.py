"""Tells people of a run that asked everything, where it differs from the last one that was kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import click

from tpe_audit.commands.keeping import history_of
from tpe_audit.comparing import compared
from tpe_audit.config import Config
from tpe_audit.formats.text import printable
from tpe_audit.notify.sending import channels, send
from tpe_audit.report import Report
from tpe_audit.stored import NotAReport, StoredReport


def notified(report: Report, config: Config) -> Report:
    """Return the report with how telling of it went. That it failed is told on stderr, and changes no verdict.

    It is a warning of the report, not an error: an error says that something was not audited, and makes no verdict
    ready. What failed is tried again by the next run, whether or not anything has changed by then.
    """
    if not channels(config) or report.run.simulated or report.run.selected:
        return report
    if not config.notify.always and not _news(report, config):
        return report
    outcomes = asyncio.run(send(report, config))
    failures = [f"Notifying by {each.channel} failed: {printable(each.reason)}." for each in outcomes if not each.sent]
    for failure in failures:
        click.echo(f"error: {failure}", err=True)
    return replace(report, notifications=outcomes, warnings=(*report.warnings, *failures))


def _news(report: Report, config: Config) -> bool:
    """Whether anything has changed since the last run that asked the same, or somebody was not told of that one."""
    last = _last(report, config)
    if last is None or any(not each.sent for each in last.notifications):
        return True
    return last.verdict is not report.outcome or compared(last, report).different


def _last(report: Report, config: Config) -> StoredReport | None:
    """Return the last run; None where there is none to compare with, which is news too."""
    if not config.report.history:
        return None
    try:
        return history_of(config, report.run.tenant_id).last_like(report)
    except (OSError, NotAReport):
        return None
