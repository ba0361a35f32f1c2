"""`tpe-audit run`: the audit, as one straight line from config.toml to a report."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from tpe_audit.catalog import Profile
from tpe_audit.commands.asked import Asked
from tpe_audit.commands.errors import NoAudit
from tpe_audit.commands.explain import complete_check
from tpe_audit.formats import Format
from tpe_audit.verdicts import Area, Owner, Severity

if TYPE_CHECKING:
    from tpe_audit.catalog import Catalog
    from tpe_audit.config import Config
    from tpe_audit.report import Report

CONFIG = Path("config.toml")


def _complete_scenario(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from tpe_audit.simulator import SCENARIOS

    return [CompletionItem(name) for name in SCENARIOS if name.startswith(incomplete)]


@click.command("run")
@click.option("--config", type=click.Path(path_type=Path), help="Configuration.  [default: config.toml, if there]")
@click.option(
    "--check", multiple=True, metavar="ID", shell_complete=complete_check, help="Only this check; repeatable."
)
@click.option("--skip", multiple=True, metavar="ID", shell_complete=complete_check, help="Not this check; repeatable.")
@click.option("--subject", multiple=True, metavar="ID|NAME", help="Only this account, number or agent; repeatable.")
@click.option(
    "--area",
    multiple=True,
    type=click.Choice([x.value for x in Area]),
    help="Only checks of this area; repeatable.",
)
@click.option(
    "--owner",
    multiple=True,
    type=click.Choice([x.value for x in Owner]),
    help="Only what this role mends; repeatable.",
)
@click.option(
    "--severity",
    multiple=True,
    type=click.Choice([x.value for x in Severity]),
    help="Only this severity; repeatable.",
)
@click.option(
    "--format",
    "form",
    multiple=True,
    type=click.Choice([x.value for x in Format]),
    help="How to report; repeatable.",
)
@click.option("--output", metavar="DIR|FILE|-", help="Where to report to; a trailing slash means a folder.")
@click.option(
    "--fail-on",
    type=click.Choice(["blocker", "major", "minor", "never"]),
    help="Least severity that decides the verdict.  [default: major]",
)
@click.option(
    "--profile",
    type=click.Choice([x.value for x in Profile]),
    default=Profile.SCHEDULED.value,
    show_default=True,
    help="What the audit is for.",
)
@click.option(
    "--demo",
    is_flag=False,
    flag_value="contoso",
    metavar="[SCENARIO]",
    shell_complete=_complete_scenario,
    help="Audit the simulated tenant: no account, no network.",
)
@click.option("--all-subjects", is_flag=True, help="List every subject in the report, however many.")
@click.option("-q", "--quiet", is_flag=True, help="Only the verdict and what to do first.")
@click.option("-v", "--verbose", is_flag=True, help="Unfold what holds; tell each request on stderr.")
@click.option("--no-color", is_flag=True, help="No colour.")
@click.option("--no-progress", is_flag=True, help="No progress on stderr.")
def command(**options: object) -> int:
    """Audit the tenant and report.

    Exits 0 when it is ready, 1 when it is not, 3 when that can't be told, and 2 when no audit was performed.
    """
    asked = Asked(**options)  # type: ignore[arg-type]
    _log_to_stderr(verbose=asked.verbose)
    with _configured(asked) as (config, simulated):
        return _run(asked, config, simulated=simulated)


def _run(asked: Asked, config: Config, *, simulated: bool) -> int:
    """Config -> sources -> evidence -> findings -> report."""
    from tpe_audit import catalog
    from tpe_audit.commands.delivery import deliver, destination
    from tpe_audit.commands.selection import chosen, named_checks

    found = catalog.find([config.path(path) for path in config.checks.paths])
    named_checks(config, found, asked.config or CONFIG)
    checks = chosen(asked, config, found)
    where = destination(asked, config)
    report = asyncio.run(audited(asked, config, found, checks, simulated=simulated))
    deliver(report, where, asked)
    return report.exit_code


async def audited(asked: Asked, config: Config, catalog: Catalog, checks: list[str], *, simulated: bool) -> Report:
    """Sign in, read what the checks need, judge it, and return the report."""
    from tpe_audit.audit import judge
    from tpe_audit.collectors import GUIDE
    from tpe_audit.commands.meant import deployment, terms, warnings
    from tpe_audit.commands.progress import progress
    from tpe_audit.gather import NAME, gather
    from tpe_audit.report import Run, compose
    from tpe_audit.sources import signed_in

    started = datetime.now(UTC)
    wanted = {question for check in catalog.judged(checks) for question in check.wants}
    wanted |= {question for question in GUIDE if question[1].__name__ in ("Deployment", "Collected")}
    if not asked.check:
        wanted.add(NAME)
    with progress(asked) as shown:
        async with signed_in(config, heard=shown.heard, proxies=not simulated) as sources:
            gathered = await gather(wanted, sources, deployment(config), started, asked.subject, shown.told)
            states = sources.reports()
    if gathered.nothing:
        raise NoAudit([f"--subject {name!r} is no account, number or user of this tenant" for name in gathered.nothing])
    on = terms(asked, config, started.date())
    run = Run(
        started_at=started,
        finished_at=datetime.now(UTC),
        tenant_id=config.teams.tenant_id,
        azure_tenant_id=config.azure_tenant_id,
        simulated=simulated,
        selected=asked.narrowed,
        sources=states,
        warnings=warnings(config),
        errors=gathered.errors,
    )
    audit = judge(catalog, checks, gathered.evidence, on)
    return compose(checks, audit, catalog, gathered.evidence, on, run, GUIDE)


@contextmanager
def _configured(asked: Asked) -> Iterator[tuple[Config, bool]]:
    """Give the configuration: of the file and the environment, or of a scenario of the simulated tenant."""
    from tpe_audit import config

    try:
        if asked.demo is None:
            path = asked.config or (CONFIG if CONFIG.exists() else None)
            yield config.load(path), False
            return
        from tpe_audit.commands.demo import simulated

        with simulated(asked.demo) as configuration:
            yield configuration, True
    except config.ConfigError as error:
        problems = list(error.problems)
        if asked.demo is None and asked.config is None and not CONFIG.exists():
            problems.append("There is no config.toml here: copy config.example.toml, or try: tpe-audit run --demo")
        raise NoAudit(problems) from None


def _log_to_stderr(*, verbose: bool) -> None:
    if verbose:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger = logging.getLogger("tpe_audit")
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
