"""Which checks a command line chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tpe_audit.catalog import Catalog, Check, Reads
from tpe_audit.collectors import Question
from tpe_audit.commands.asked import Asked
from tpe_audit.commands.errors import NoAudit, unknown_check
from tpe_audit.config import Config, place


def chosen(asked: Asked, config: Config, catalog: Catalog) -> list[str]:
    """Return the ids of the chosen checks.

    Raises:
        NoAudit: an id is unknown, or no check is left.
    """
    unknown = [name for name in (*asked.check, *asked.skip) if name not in catalog.checks]
    if unknown:
        raise NoAudit([unknown_check(name, catalog.checks) for name in unknown])
    skipped = {*asked.skip, *(() if asked.check else config.checks.skip)}
    left = [
        check.id
        for check in catalog.checks.values()
        if (not asked.check or check.id in asked.check)
        and check.id not in skipped
        and (not asked.area or check.area in asked.area)
        and (not asked.owner or check.owner in asked.owner)
        and (not asked.severity or check.severity in asked.severity)
    ]
    if not left:
        raise NoAudit(["the selection hits no check; tpe-audit list shows them all"])
    return left


def named_checks(config: Config, catalog: Catalog, path: Path, guide: Mapping[Question, Reads]) -> None:
    """Make sure that every check that the configuration names exists, and asks a person where it is attested.

    Raises:
        NoAudit: one does not.
    """
    problems = [
        f"{where}: {unknown_check(name, catalog.checks)}"
        for where, name in _names(config, path)
        if name not in catalog.checks
    ]
    problems += [
        f"{config.attestation(index, str(path))}.check: {never_asks(entry.check, catalog)}"
        for index, entry in enumerate(config.attestations)
        if entry.check in catalog.checks and not may_be_answered(catalog.checks[entry.check], config, guide)
    ]
    if problems:
        raise NoAudit(problems)


def never_asks(check: str, catalog: Catalog) -> str:
    """Return what to say of a check that nobody can answer: which ones can be."""
    asking = ", ".join(check.id for check in catalog.checks.values() if check.question)
    return f"{check} never asks a person, so nobody can answer it; such checks do: {asking}"


def _names(config: Config, path: Path) -> Sequence[tuple[str, str]]:
    """Return the checks that the configuration names, each with its place."""
    at = {key: f"{place(key.split('.'), str(path))}: {key}" for key in ("checks.skip", "waivers")}
    return [
        *((f"{at['checks.skip']}[{i}]", name) for i, name in enumerate(config.checks.skip)),
        *((f"{at['waivers']}[{i}].check", entry.check) for i, entry in enumerate(config.waivers)),
        *((f"{config.attestation(i, str(path))}.check", e.check) for i, e in enumerate(config.attestations)),
    ]


def may_be_answered(check: Check, config: Config, guide: Mapping[Question, Reads]) -> bool:
    """Whether a person may answer: the check asks one, or what it reads is declared off."""
    sources = config.sources
    modes = {
        "arm": sources.azure.mode,
        "acs": sources.acs.mode,
        "teams-powershell": sources.teams_powershell.mode,
    }
    off = {source for source, mode in modes.items() if mode == "off"}
    return bool(check.question) or any(guide[q].source in off for q in check.wants if q in guide)
