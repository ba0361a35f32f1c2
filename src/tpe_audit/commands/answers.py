"""What an answer is for: its check, the subject by its id, and the values that it is given for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from tpe_audit.catalog import Check
from tpe_audit.commands.asked import CONFIG, Asked
from tpe_audit.commands.auditing import audited, completed, everything
from tpe_audit.commands.errors import NoAudit, unknown_check
from tpe_audit.commands.keeping import configuration_of, history_of
from tpe_audit.commands.selection import may_be_answered, never_asks
from tpe_audit.config import Config, e164, is_guid, place
from tpe_audit.facts import AcsResource, Agent, Bot, Environment, PhoneNumber, ResourceAccount, Tenant
from tpe_audit.formats.text import printable, readable_utc
from tpe_audit.plugins import Plugged
from tpe_audit.stored import NotAReport
from tpe_audit.terms import Attestation
from tpe_audit.verdicts import Status

WHAT = "nothing was attested"
_PATIENCE = 60.0
"""Seconds to read what an answer is about."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be written, and where."""

    path: Path
    entries: tuple[Attestation, ...]
    names: tuple[str, ...]
    """Of each entry's subject, as people call it; empty: every subject."""
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """One subject as the check last saw it."""

    id: str
    name: str
    status: Status
    about: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Sighting:
    """What is known of the subjects of a check."""

    subjects: tuple[_Seen, ...]
    whence: str
    """When it was read, as the end of a sentence."""

    def find(self, subject: str) -> _Seen | None:
        """Return the subject of this id, or of this name."""
        wanted = subject.casefold()
        by_id = next((seen for seen in self.subjects if seen.id.casefold() == wanted), None)
        named = [seen for seen in self.subjects if seen.name.casefold() == wanted]
        return by_id or (named[0] if len(named) == 1 else None)


def answer(check: str, subject: str | None, file: Path | None, said: tuple[str, date, date, str]) -> Answer:
    """Return what to write for an answer.

    Args:
        check: the check that is answered.
        subject: an id or a name; None: every subject.
        file: the configuration; None: config.toml.
        said: who answers, on which day, until which day, and the evidence.

    Raises:
        NoAudit: the check never asks, there is no such subject, or the configuration can't be used.
    """
    path = file or CONFIG
    config = _loaded(path)
    found = everything(Asked(config=path), config, simulated=False)
    if check not in found.catalog.checks:
        raise NoAudit([unknown_check(check, found.catalog.checks)], what=WHAT)
    if not may_be_answered(found.catalog.checks[check], config, found.guide):
        raise NoAudit([never_asks(check, found.catalog)], what=WHAT)
    seen = _last_seen(config, check) or _read_now(config, found, check)
    chosen, warnings = _chosen(found.catalog.checks[check], subject, seen, config)
    by, on, expires, evidence = said
    return Answer(
        config.path(config.attest.file) if config.attest.file else path,
        tuple(Attestation(check, by, on, expires, one.id, evidence, one.about) for one in chosen),
        tuple(one.name for one in chosen),
        tuple(warnings),
    )


def _loaded(path: Path) -> Config:
    config = configuration_of(path, WHAT, attested=False)
    if variable := place(("attestations",), ""):
        why = f"{variable} is set, and replaces what stands in a file: take it out of the environment"
        raise NoAudit([why], what=WHAT)
    return config


def _last_seen(config: Config, check: str) -> _Sighting | None:
    """Return what the newest run that was kept says of the check."""
    history = history_of(config)
    try:
        run = next((run for run in reversed(history.runs()) if check in run.checks and not run.subjects), None)
        report = history.report(run.name) if run else None
    except (OSError, NotAReport):
        return None
    finding = next((f for f in report.findings if f.check == check), None) if report else None
    if report is None or finding is None or not finding.subjects:
        return None
    seen = tuple(_Seen(s.id, s.name, _asked(s.status, s.attestation), dict(s.about)) for s in finding.subjects)
    return _Sighting(seen, f"in the run of {readable_utc(report.started_at)}")


def _read_now(config: Config, found: Plugged, check: str) -> _Sighting:
    """Ask the tenant what the answer is about; what can't be read stays open."""
    click.echo(f"Reading what {check} is about …", err=True)
    limits = config.limits.model_copy(update={"deadline": min(config.limits.deadline, _PATIENCE)})
    patient = config.model_copy(update={"limits": limits})
    asked = Asked(check=(check,), profile="go-live", no_progress=True)
    report = completed(audited(asked, patient, found.catalog, [check], simulated=False, table=found.table))
    judgements = report.findings[0].judgements
    seen = tuple(
        _Seen(j.subject.id, j.subject.name, _asked(j.status, j.attestation), dict(j.about)) for j in judgements
    )
    return _Sighting(seen, "now")


def _asked(status: Status, attestation: object) -> Status:
    """Return the status without an older answer, which makes it no less of a question."""
    return Status.MANUAL if attestation else status


def _chosen(
    check: Check, subject: str | None, sighting: _Sighting, config: Config
) -> tuple[Sequence[_Seen], Sequence[str]]:
    """Return the subjects to write an entry for, and what should be known.

    One entry without a subject serves all of them, unless the answer holds for the values of each.
    """
    if subject is None:
        asking = [seen for seen in sighting.subjects if seen.about]
        if asking:
            return asking, ()
        return [_Seen("", "", Status.MANUAL, {})], _doubts(check, "", sighting.subjects, sighting.whence)
    seen = sighting.find(subject)
    if seen:
        return [seen], _doubts(check, printable(seen.name), (seen,), sighting.whence)
    whole = _whole_id(check, subject, config)
    return [_Seen(whole, whole, Status.UNKNOWN, {})], _doubts(check, printable(subject), (), sighting.whence)


def _doubts(check: Check, name: str, seen: Sequence[_Seen], whence: str) -> list[str]:
    """Return why an answer may come to nothing, or hold for longer than it should."""
    whom = f" for {name}" if name else ""
    settled = [one.status for one in seen if one.status not in (Status.MANUAL, Status.UNKNOWN)]
    if seen and len(settled) == len(seen) and not any(one.about for one in seen):
        worst = min(settled, key=lambda status: status.rank)
        return [f"{check.id}{whom} was no question {whence} ({worst}); what was read is never overridden."]
    unread = not seen or any(one.status is Status.UNKNOWN for one in seen)
    if unread and not any(one.about for one in seen):
        told = (
            f"What {check.id}{whom} is about could not be read {whence}, so the answer is kept without it, and does "
            "not lapse when it changes. Attest it again after a run that reads it."
        )
        return [told]
    return []


def _whole_id(check: Check, subject: str, config: Config) -> str:
    """Return a subject's id where no run has seen it, as far as its form tells that it is one.

    Raises:
        NoAudit: it can't be the id of such a subject.
    """
    judged = check.judges
    if judged is PhoneNumber:
        try:
            return e164(subject)
        except ValueError as error:
            raise NoAudit([f"--subject: {error}"], what=WHAT) from None
    forms = {
        Tenant: (subject.casefold() == config.teams.tenant_id, f"the tenant id, {config.teams.tenant_id}"),
        ResourceAccount: (is_guid(subject), "the object id of a resource account"),
        Agent: (is_guid(subject), "the object id of a user"),
        AcsResource: (is_guid(subject), "the immutable resource id of an ACS resource"),
        Bot: (is_guid(subject) or subject.lower().startswith("/subscriptions/"), "the ARM id of a bot"),
        Environment: (subject.lower().startswith("https://"), "the address of an environment"),
    }
    fits, form = next(
        (form for fact, form in forms.items() if fact is judged), (is_guid(subject), "the client id of an application")
    )
    if not fits:
        why = f"--subject {subject!r}: no run that was kept has seen it, and it is not {form}"
        raise NoAudit([why], what=WHAT)
    return subject.lower() if is_guid(subject) else subject
