"""`tpe-audit diagnose`: runs the checks for one code or symptom, and says which one explains it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import click

from tpe_audit import codes
from tpe_audit.catalog import Catalog, Profile
from tpe_audit.codes import Certainty, Explanation
from tpe_audit.commands import options
from tpe_audit.commands.asked import Asked
from tpe_audit.commands.auditing import configured, everything, reported
from tpe_audit.commands.errors import NoAudit
from tpe_audit.commands.symptoms import explained, unknown
from tpe_audit.facts import Kind
from tpe_audit.formats import Format
from tpe_audit.verdicts import Status

if TYPE_CHECKING:
    from tpe_audit.findings import Finding
    from tpe_audit.report import Report


@click.command("diagnose")
@click.argument("words", nargs=-1, required=True, metavar="CODE|TEXT")
@options.config
@options.subject
@options.form
@options.output
@options.fail_on
@options.profile(Profile.GO_LIVE)
@options.demo
@options.display
def command(words: tuple[str, ...], **given: object) -> int:
    """Run the checks for a code or a symptom, and say which one explains it.

    Exits as run does: 0 when all of them hold, 1 when one fails, 3 when that can't be told, and 2 when no audit was
    performed. Without --output nothing is written to a file.

    For example: tpe-audit diagnose 403/10105, tpe-audit diagnose "busy signal" --demo no-service-principal
    """
    text = " ".join(words)
    if (known := codes.find(text)) and not known.configuration:
        raise NoAudit([f"{known.key} is not a matter of configuration: {known.meaning}"])
    asked = Asked(**given)  # type: ignore[arg-type]
    if asked.output is None and not asked.form:
        asked = replace(asked, form=(Format.TERMINAL.value,))
    with configured(asked) as (config, simulated):
        from tpe_audit.commands.selection import chosen

        found = everything(asked, config, simulated=simulated)
        explanation = explained(text, found.catalog)
        if explanation is None:
            raise NoAudit([unknown(text)])
        asked = replace(asked, check=_there(explanation, found.catalog))
        checks = chosen(asked, config, found.catalog)
        conclude = partial(_concluded, explanation)
        return reported(asked, config, found, checks, simulated=simulated, conclude=conclude)


def _there(explanation: Explanation, catalog: Catalog) -> tuple[str, ...]:
    """Return the checks that there are for it.

    Raises:
        NoAudit: there is none.
    """
    there = tuple(name for name in explanation.checks if name in catalog.checks)
    if not there:
        look = ", ".join(explanation.checks)
        raise NoAudit([f"no check of this version looks for {explanation.key}; look by hand at: {look}"])
    return there


def _concluded(explanation: Explanation, report: Report) -> Report:
    """Return the report with the conclusion as its sentence."""
    return replace(report, sentence=conclusion(explanation, report))


def conclusion(explanation: Explanation, report: Report) -> str:
    """Return in one sentence which failure explains a code or symptom, or what is left where none does."""
    by_id = {finding.check.id: finding for finding in report.findings}
    findings = [by_id[name] for name in explanation.checks if name in by_id]
    # What does not decide the verdict may explain it too, but is named behind what does.
    findings.sort(key=lambda finding: not report.required(finding))
    failing = [cause for finding in findings for cause in _failures(finding)]
    direct = {cause.check for cause in failing}
    causes = [*failing, *(root for finding in findings for root in _roots(finding) if root.check not in direct)]
    if causes:
        first = causes[0]
        doubtful = explanation.sure is not Certainty.MICROSOFT or not first.decides(report)
        others = list(dict.fromkeys(cause.check for cause in causes if cause.check != first.check))
        also = ", ".join(others)
        more = len({cause.subject for cause in causes if cause.check == first.check}) - 1
        return (
            f"{explanation.key} {'may be' if doubtful else 'is'} explained by {first.check} on {first.subject}"
            f"{f' and {more:,} more' if more else ''}: {first.reason.rstrip('.')}"
            f"{f'; also failing: {also}' if others else ''}."
        )
    by_hand = [name for name in explanation.checks if name not in by_id]
    return _nothing(explanation.key, findings, by_hand)


@dataclass(frozen=True, slots=True)
class _Cause:
    """A failure that may explain a code."""

    check: str
    subject: str
    reason: str
    finding: Finding
    """The finding of the check that it was found by: its own, or of one that rests on it."""

    def decides(self, report: Report) -> bool:
        return report.required(self.finding)


def _failures(finding: Finding) -> Iterator[_Cause]:
    """Yield what a check found to fail."""
    for judgement in finding.judgements:
        if judgement.status in (Status.FAIL, Status.WAIVED):
            waived = f" (waived by {judgement.waiver.owner})" if judgement.waiver else ""
            # The rest of a reason is advice, and stands with the finding.
            reason = f"{judgement.reason.partition('. ')[0].rstrip('.')}{waived}"
            tenant = judgement.subject.kind is Kind.TENANT
            yield _Cause(finding.check.id, "the tenant" if tenant else judgement.subject.name, reason, finding)


def _roots(finding: Finding) -> Iterator[_Cause]:
    """Yield the failures of other checks that this one is blocked by."""
    for judgement in finding.judgements:
        if cause := judgement.blocked_by:
            yield _Cause(cause.check, cause.subject, f"{finding.check.id} rests on it", finding)


def _nothing(key: str, findings: Iterable[Finding], by_hand: list[str]) -> str:
    """Return what holds where no failure was found, and what is left."""
    states = {finding.check.id: {finding.status, *(j.status for j in finding.judgements)} for finding in findings}
    ask = [name for name, found in states.items() if Status.MANUAL in found]
    unread = [name for name, found in states.items() if Status.UNKNOWN in found]
    hold = [name for name, found in states.items() if Status.PASS in found]
    left = {"left to ask a person": ask, "could not be read": unread, "to be looked at by hand": by_hand}
    told = "".join(f"; {what}: {', '.join(names)}" for what, names in left.items() if names)
    if ask or unread:
        return f"Nothing that was read explains {key}{told}."
    if not hold:
        return f"Nothing here explains {key}: no check for it applies to this deployment{told}."
    holds = f"all {len(hold)} checks for it that apply hold"
    if len(hold) == 1:
        holds = "the one check for it that applies holds"
    return f"Nothing here explains {key}: {holds}{told}."
