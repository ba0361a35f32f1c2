"""The audit, as one straight line from config.toml to a report, for every command that audits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tpe_audit.collectors import TABLE, Collector, Question, guide
from tpe_audit.commands.asked import CONFIG, Asked, config_file
from tpe_audit.commands.errors import NoAudit
from tpe_audit.evidence.readings import Half
from tpe_audit.interruption import ended_by_sigterm

if TYPE_CHECKING:
    from tpe_audit.catalog import Catalog
    from tpe_audit.config import Config
    from tpe_audit.evidence.readings import Readings
    from tpe_audit.plugins import Plugged
    from tpe_audit.report import Report

T = TypeVar("T")


@contextmanager
def configured(asked: Asked) -> Iterator[tuple[Config, bool]]:
    """Give the configuration: of the file and the environment, or of a scenario of the simulated tenant.

    For evidence files it is today's configuration, if it is of the tenant that they are of.
    """
    from tpe_audit import config

    _log_to_stderr(verbose=asked.verbose)
    try:
        if asked.evidence:
            from tpe_audit.commands import replay

            yield replay.configuration(asked)
            return
        if asked.demo is None:
            yield config.load(config_file(asked.config)), False
            return
        from tpe_audit.commands.demo import simulated

        with simulated(asked.demo) as configuration:
            yield configuration, True
    except config.ConfigError as error:
        problems = list(error.problems)
        if asked.demo is None and config_file(asked.config) is None:
            problems.append("There is no config.toml here: tpe-audit init writes one. Or try: tpe-audit run --demo")
        raise NoAudit(problems) from None


def everything(asked: Asked, config: Config, *, simulated: bool) -> Plugged:
    """Return all checks that there are, once it is sure that those exist that the configuration names.

    Packages that are installed on this machine are no part of a demonstration.
    """
    from tpe_audit.commands.selection import named_checks
    from tpe_audit.plugins import plugged

    found = plugged([config.path(path) for path in config.checks.paths], installed=not simulated)
    named_checks(config, found.catalog, asked.config or CONFIG, found.guide)
    return found


def reported(
    asked: Asked,
    config: Config,
    found: Plugged,
    checks: list[str],
    *,
    simulated: bool,
    conclude: Callable[[Report], Report] | None = None,
) -> int:
    """Audit, report, and return the exit code. `conclude` may draw a conclusion of its own."""
    from tpe_audit.commands.delivery import deliver, destination
    from tpe_audit.commands.keeping import Keeping

    where = destination(asked, config)
    keeping = Keeping.of(asked, config)

    async def audit() -> Report:
        return await audited(asked, config, found.catalog, checks, simulated=simulated, table=found.table)

    if asked.evidence:
        from tpe_audit.commands.replay import replayed

        readings = replayed(asked, config, found, checks)
        report = judged(asked, config, found.catalog, checks, readings, found.table)
    else:
        report = completed(_in_time(audit, asked, config))
    report = keeping.compared(conclude(report) if conclude else report)
    if asked.demo is None and not asked.evidence and conclude is None:
        from tpe_audit.commands.notifying import notified

        report = notified(report, config)
    keeping.keep(report)
    deliver(report, where, asked)
    return report.exit_code


async def _in_time(audit: Callable[[], Awaitable[Report]], asked: Asked, config: Config) -> Report:
    """Return the report of one audit, or of the last one, where it is to be repeated for a while."""
    if asked.wait is None:
        return await audit()
    from tpe_audit.commands.waiting import doubts, waited

    for doubt in doubts(config):
        click.echo(f"warning: {doubt}", err=True)
    return await waited(audit, asked.wait, asked)


def completed(work: Coroutine[Any, Any, T]) -> T:
    """Run what reads until it has ended, and return what it returns.

    Not as `asyncio.run` returns it: that asks whether the task, with all that it returns, is a signal handler by
    way of its `repr`, which takes seconds and hundreds of megabytes for a large tenant.
    """
    returned: list[T] = []

    async def kept() -> None:
        with ended_by_sigterm():
            returned.append(await work)

    asyncio.run(kept())
    return returned[0]


async def audited(
    asked: Asked,
    config: Config,
    catalog: Catalog,
    checks: list[str],
    *,
    simulated: bool,
    table: Mapping[Question, Collector] = TABLE,
) -> Report:
    """Sign in, read what the checks need, judge it, and return the report."""
    readings = await collected(asked, config, catalog, checks, simulated=simulated, table=table)
    return judged(asked, config, catalog, checks, readings, table)


async def collected(
    asked: Asked,
    config: Config,
    catalog: Catalog,
    checks: list[str],
    *,
    simulated: bool,
    table: Mapping[Question, Collector] = TABLE,
    half: Half = Half.ALL,
) -> Readings:
    """Sign in, and read what the checks need: all of it, or what one party of the deployment can read.

    Raises:
        NoAudit: the run was narrowed to what is nothing in this tenant.
    """
    from tpe_audit.commands.meant import attestations, deployment, waivers, warnings
    from tpe_audit.commands.progress import progress
    from tpe_audit.evidence.readings import Readings
    from tpe_audit.facts import SubscriptionDates, TeamsExport, Tenant
    from tpe_audit.gather import NAME, gather
    from tpe_audit.sources import signed_in

    started = datetime.now(UTC)
    wanted = {question for check in catalog.judged(checks) for question in check.wants}
    wanted |= {question for question in table if question[1].__name__ in ("Deployment", "Collected")}
    if not asked.check:
        wanted |= {NAME, (Tenant, SubscriptionDates), (Tenant, TeamsExport)}
    with progress(asked) as shown:
        async with signed_in(config, heard=shown.heard, proxies=not simulated) as sources:
            sources.ledger.counted = shown.counted
            gathered = await gather(
                wanted, sources, deployment(config), started, asked.subject, shown.told, table, half=half
            )
            states = sources.reports()
    if gathered.nothing:
        raise NoAudit([f"--subject {name!r} is no account, number or user of this tenant" for name in gathered.nothing])
    return Readings(
        evidence=gathered.evidence,
        azure_tenant_id=config.azure_tenant_id,
        started_at=started,
        finished_at=datetime.now(UTC),
        simulated=simulated,
        half=half,
        asked=frozenset(wanted),
        listed=gathered.listed,
        sources=states,
        warnings=(*warnings(config), *gathered.warnings),
        errors=gathered.errors,
        attestations=attestations(config),
        waivers=waivers(config),
    )


def judged(
    asked: Asked,
    config: Config,
    catalog: Catalog,
    checks: list[str],
    readings: Readings,
    table: Mapping[Question, Collector] = TABLE,
) -> Report:
    """Judge what was read, as of when it was read and on the terms of today, and return the report."""
    from tpe_audit.audit import judge
    from tpe_audit.commands.meant import declaring, terms
    from tpe_audit.report import Run, compose

    on = terms(asked, config, datetime.now(UTC).date())
    if asked.evidence:
        on = replace(on, attestations=readings.attestations, waivers=readings.waivers)
    run = Run(
        started_at=readings.started_at,
        finished_at=readings.finished_at,
        tenant_id=readings.tenant.id,
        azure_tenant_id=readings.azure_tenant_id,
        simulated=readings.simulated,
        selected=asked.narrowed,
        subjects=asked.subject,
        sources=readings.sources,
        warnings=readings.warnings,
        errors=readings.errors,
        declared=declaring(asked.config or CONFIG if asked.demo is None else None),
    )
    audit = judge(catalog, checks, readings.evidence, on)
    return compose(checks, audit, catalog, readings.evidence, on, run, guide(table))


def _log_to_stderr(*, verbose: bool) -> None:
    for library in ("azure", "msal"):
        # What they warn of is in the report, masked; without a handler Python would print it as it comes.
        logging.getLogger(library).addHandler(logging.NullHandler())
    if verbose:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger = logging.getLogger("tpe_audit")
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
