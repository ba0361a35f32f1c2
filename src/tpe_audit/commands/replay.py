"""Evidence files in the place of a tenant: read, joined, and held to today's configuration. Nobody signs in."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tpe_audit import config as configurations
from tpe_audit.collectors import KINDS, Question
from tpe_audit.commands.asked import Asked, config_file
from tpe_audit.commands.errors import NoAudit
from tpe_audit.commands.meant import attestations, deployment, waivers
from tpe_audit.config import Config
from tpe_audit.evidence.codec import BUILT_IN, Codec
from tpe_audit.evidence.document import NoEvidence, parsed, readings
from tpe_audit.evidence.join import joined
from tpe_audit.evidence.model import Document
from tpe_audit.evidence.narrow import narrowed
from tpe_audit.evidence.readings import NOT_PART, Readings
from tpe_audit.facts import Answers, Census, Deployment, Fact, Gap, Kind, Known

if TYPE_CHECKING:
    from tpe_audit.plugins import Plugged

FRESH = timedelta(hours=24)
"""Evidence that is older is warned of: a tenant changes from day to day."""

_JUDGING = ("directions", "billing", "acs_federation")
"""What of `[deployment]` decides how is judged, and not what is read."""


@cache
def _document(path: Path) -> Document:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise NoAudit([f"{path}: the evidence file can't be read: {error.strerror or error}"]) from None
    try:
        return parsed(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NoAudit([f"{path}: it is no evidence file: it is not UTF-8 text"]) from None
    except NoEvidence as error:
        raise NoAudit([f"{path}: it can't be judged: {error}"]) from None


def _documents(paths: Iterable[Path]) -> list[tuple[Path, Document]]:
    """Return the documents of the files, each file once, all of one tenant.

    Raises:
        NoAudit: one can't be read, or they are of different tenants.
    """
    _document.cache_clear()
    documents = [(path, _document(path)) for path in dict.fromkeys(paths)]
    first, one = documents[0]
    for path, other in documents[1:]:
        if other.tenant.id.casefold() != one.tenant.id.casefold():
            hint = (
                " Redacted files join only if both were collected with the same --redact-key."
                if one.redacted or other.redacted
                else ""
            )
            problem = (
                f"{first} is of the Teams tenant {one.tenant.id}, and {path} is of {other.tenant.id}: "
                f"evidence of different tenants can't be joined.{hint}"
            )
            raise NoAudit([problem])
        if other.simulated != one.simulated:
            raise NoAudit([f"{first} and {path}: one is of the simulated tenant, and the other is not"])
        if other.redacted != one.redacted:
            raise NoAudit([f"{first} and {path}: one is redacted and the other is not, so nothing joins"])
    return documents


def configuration(asked: Asked) -> tuple[Config, bool]:
    """Return today's configuration, if it is of the tenant of the evidence, and whether that is the simulated one.

    Simulated and redacted evidence may be judged beside a config.toml of one's own tenant, which then says nothing.

    Raises:
        NoAudit: a file can't be read, or the configuration is of another tenant.
        ConfigError: the configuration can't be used.
    """
    documents = _documents(asked.evidence)
    one = documents[0][1]
    tenant, elsewhere = one.tenant.id, one.simulated or one.redacted
    path = config_file(asked.config)
    told = any(name.upper().startswith(configurations.PREFIX) for name in os.environ)
    alone = configurations.of_mapping({"teams": {"tenant_id": tenant}}, Path.cwd())
    if path is None and not told:
        return alone, one.simulated
    config = configurations.load(path, tenant_id=tenant)
    if config.teams.tenant_id == tenant.casefold():
        return config, one.simulated
    if elsewhere:
        return config if asked.config else alone, one.simulated
    problem = (
        f"{documents[0][0]} is of the Teams tenant {tenant}, and {path or 'the environment'} is the configuration "
        f"of {config.teams.tenant_id}: name the right one with --config, or run it where there is no config.toml"
    )
    raise NoAudit([problem])


def replayed(asked: Asked, config: Config, found: Plugged, checks: Sequence[str]) -> Readings:
    """Return the evidence that the files hold, on today's terms.

    Raises:
        NoAudit: a file can't be judged, or holds nothing that the run was narrowed to.
    """
    codec = codec_of(found)
    read = []
    for path, document in _documents(asked.evidence):
        try:
            read.append(readings(document, codec, path.name))
        except NoEvidence as error:
            raise NoAudit([f"{path}: it can't be judged: {error}"]) from None
    whole = joined(read)
    wanted = {question for check in found.catalog.judged(checks) for question in check.wants}
    whole = _asked_for(_on_terms_of_today(whole, config), wanted)
    if asked.subject:
        whole, nothing = narrowed(whole, asked.subject)
        if nothing:
            raise NoAudit([f"--subject {name!r} is no account, number or agent of this evidence" for name in nothing])
    return replace(whole, warnings=(*_age(read), *whole.warnings))


def codec_of(found: Plugged) -> Codec:
    """Return the codec of the facts that ship, and of those of the plug-ins that are loaded."""
    brought: set[type[Fact]] = {fact for question in found.table for fact in question}
    for check in found.catalog.checks.values():
        brought.update(fact for parameter in check.parameters for fact in parameter.accepts)
        brought.update(check.absences)
    return Codec(fact for fact in brought if not fact.__module__.startswith(BUILT_IN))


def _age(read: Sequence[Readings]) -> list[str]:
    oldest = min(one.started_at for one in read)
    age = datetime.now(UTC) - oldest
    if age <= FRESH:
        return []
    hours = age.total_seconds() / 3600
    words = f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} hours"
    return [
        f"This is judged as of {oldest:%Y-%m-%d %H:%M} UTC: the evidence is {words} old. Collect it anew to be sure."
    ]


def _on_terms_of_today(read: Readings, config: Config) -> Readings:
    """Return readings with what today's configuration says, where there is one.

    What decides how is judged is today's. What decides what is read (lines, agents, the consumer) stays as it was,
    because nothing else was read; that it has changed since is told.
    """
    said = config.model_fields_set
    if said - {"teams"}:
        read = replace(read, attestations=attestations(config), waivers=waivers(config))
    section = config.deployment.model_fields_set if "deployment" in said else frozenset()
    then, today = read.deployment, deployment(config)
    if not section:
        return read
    fields = {"acs_federation": "acs_federation_used"}
    judging = {fields.get(key, key): getattr(today, fields.get(key, key)) for key in _JUDGING if key in section}
    now = replace(then, **judging)
    warnings = read.warnings
    reading = {
        "consumer": ("consumer",),
        "lines": ("lines",),
        "agents": ("agent_groups", "agent_users", "client_applications"),
        "dynamics": ("dynamics_environment",),
    }
    changed = [
        key
        for key, names in reading.items()
        if key in section and any(getattr(then, name) != getattr(today, name) for name in names)
    ]
    if changed:
        warning = (
            f"[deployment] {', '.join(changed)} of today's configuration differs from the one that the evidence was "
            "collected with, which counts: collect it anew."
        )
        warnings = (*warnings, warning)
    answers = Answers(read.evidence.answers)
    answers[(Deployment, read.tenant.subject.key)] = Known(now)
    return replace(read, evidence=replace(read.evidence, answers=answers), warnings=warnings)


def _asked_for(read: Readings, wanted: Iterable[Question]) -> Readings:
    """Return readings that say of each question that nobody asked that it is not part of the evidence."""
    why = Gap(f"{NOT_PART}: collect it anew, with this check.")
    census = dict(read.evidence.census)
    unread = dict(read.evidence.unread)
    for thing, fact in wanted:
        if (thing, fact) in read.asked:
            continue
        if thing is fact:
            census.setdefault(fact, Census(gap=why))
        for kind in KINDS.get(thing.__name__, tuple(Kind)):
            unread.setdefault((fact, kind), why)
    return replace(read, evidence=replace(read.evidence, census=census, unread=unread))
