"""The report for an admin at a terminal: details first, the verdict last, where the eye rests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from tpe_audit import __version__
from tpe_audit.changes import Change
from tpe_audit.findings import Finding, Judgement
from tpe_audit.formats import Options
from tpe_audit.formats.outline import CHANGES, VERDICTS, WORDS, Effect, Entry, Grant, Group, Outline, outline
from tpe_audit.formats.screen import Page
from tpe_audit.formats.text import clipped, counted, listed, readable_utc
from tpe_audit.lines import Line, LinkState
from tpe_audit.report import Outcome, Report, SourceState
from tpe_audit.shell import Command, Shell
from tpe_audit.verdicts import Status

NAMED = 10
"""How many subjects of a group are named, unless all are wanted, and how many groups of a finding."""
COMMANDED = 3
"""Of how many subjects the commands are shown, where each takes its own."""
TOLD = 20
"""How many changes are told, and how many things that end soon, unless all are wanted."""
DRAWN = 20
"""How many broken lines are drawn."""

T = TypeVar("T")

_NAME = 90
_STYLES = {
    Status.FAIL: "bold red",
    Status.UNKNOWN: "bold yellow",
    Status.BLOCKED: "dim",
    Status.MANUAL: "bold magenta",
    Status.WAIVED: "cyan",
    Status.PASS: "green",
    Status.NOT_APPLICABLE: "dim",
}
_VERDICT_STYLES = {
    Outcome.READY: "bold green",
    Outcome.NOT_READY: "bold red",
    Outcome.CANNOT_TELL: "bold yellow",
}
_CHANGE_STYLES = {
    Change.NEW: "bold red",
    Change.MENDED: "green",
    Change.STILL: "red",
    Change.UNREADABLE: "yellow",
}
_SHELLS = {Shell.POWERSHELL: "PowerShell", Shell.BASH: "shell"}
_SIMULATED = "SIMULATED: an invented tenant, nothing real was read"


def render(report: Report, options: Options) -> str:
    """Return the report as lines of text, coloured if the options say so."""
    page = Page(options)
    arranged = outline(report)
    if not options.quiet:
        _header(page, report)
        _lines(page, arranged)
        _failures(page, arranged)
        _unknowns(page, arranged)
        _questions(page, arranged)
        _waivers(page, arranged)
        _blocked(page, arranged)
        _changes(page, report)
        _expiring(page, report)
        _passes(page, arranged, report)
        _notes(page, report)
    _verdict(page, report, arranged)
    return page.text


def _header(page: Page, report: Report) -> None:
    run = report.run
    who = clipped(report.tenant_name, _NAME) if report.tenant_name else "tenant name not read"
    page.say((f"tpe-audit {__version__}", "bold"), f" · {who} · {run.tenant_id}")
    if run.azure_tenant_id.casefold() != run.tenant_id.casefold():
        page.say(f"Azure tenant {run.azure_tenant_id}")
    scope = " · only the chosen checks or subjects" if run.selected else ""
    page.say(f"profile {report.profile} · {readable_utc(run.finished_at)}{scope}")
    if run.simulated:
        page.say((_SIMULATED, "bold reverse"))


def _lines(page: Page, arranged: Outline) -> None:
    broken = [line for line in arranged.lines if line.first_broken]
    shown = arranged.lines if len(arranged.lines) <= DRAWN else broken[:DRAWN]
    if not arranged.lines:
        return
    page.heading(f"LINES ({len(arranged.lines):,}, {len(broken):,} broken)")
    for line in shown:
        _line(page, line)
    if len(arranged.lines) > DRAWN:
        if len(broken) > len(shown):
            page.say(f"and {counted(len(broken) - len(shown), 'more broken line')}.")
        page.say(f"{counted(len(arranged.lines) - len(broken), 'line')} without a failure.")


def _line(page: Page, line: Line) -> None:
    number = line.number or "no number read"
    account = f" · {clipped(line.account.name, _NAME)}" if line.account else ""
    page.say((number, "bold"), account, indent=2, hang=2)
    page.chain([_link(line, state) for state in line.links], 4)
    for state in line.links:
        if state.link is line.first_broken:
            page.say(("◀ ", "bold red"), f"{state.link} breaks it: {state.worst}", indent=4, hang=2)


def _link(line: Line, state: LinkState) -> list[tuple[str, str]]:
    words, style = WORDS[state.status], _STYLES[state.status]
    link = [(f"{words.icon} {state.link} ", style), (words.text, style)]
    if state.link is line.first_broken:
        link.append((" ◀ breaks here", "bold red"))
    return link


def _failures(page: Page, arranged: Outline) -> None:
    if not arranged.failures:
        return
    page.heading(f"FAILURES ({len(arranged.failures)}), in the order to mend them", "bold red")
    for entry in arranged.failures:
        page.gap()
        check = entry.check
        codes = f" · {', '.join(check.codes)}" if check.codes else ""
        _title(page, entry, Status.FAIL, f"{check.severity} · {check.owner}{codes}")
        for group in entry.groups[:NAMED]:
            _failing_group(page, group)
        _more_groups(page, entry)
        page.row("must hold", f"{check.title}.")
        if check.fix_summary:
            page.row("fix", check.fix_summary)
        page.raw(check.link, 14, page.page_of(check, "dim"))
        if effects := arranged.effects.get(check.id):
            page.row("blocks", _effects(effects))
        if entry.others:
            page.row("besides", _others(entry))


def _title(page: Page, entry: Entry, status: Status, about: str) -> None:
    words, name = WORDS[status], (entry.check.id, page.page_of(entry.check, "bold"))
    page.say((f"{words.icon} {words.text} ", _STYLES[status]), name, f" · {about}", hang=2)
    if entry.lead:
        page.say(entry.lead, indent=2)


def _failing_group(page: Page, group: Group) -> None:
    page.say((group.reason, "bold"), indent=2)
    page.row(_for(group), _names(page, group))
    if group.observed is None or group.expected is None:
        for judgement in group.judgements[: _limit(page, group)]:
            page.row("", f"{_name(judgement)}: {_difference(judgement)}")
    else:
        for label, text in (("observed", group.observed), ("expected", group.expected)):
            if text:
                page.row(label, text)
    _commands(page, group)


def _difference(judgement: Judgement) -> str:
    observed = f"observed {judgement.observed}" if judgement.observed else ""
    expected = f"expected {judgement.expected}" if judgement.expected else ""
    return ", ".join(filter(None, (observed, expected)))


def _for(group: Group) -> str:
    return "for" if len(group.judgements) == 1 else f"for {len(group.judgements):,}"


def _limit(page: Page, group: Group) -> int:
    return len(group.judgements) if page.options.all_subjects else NAMED


def _names(page: Page, group: Group) -> str:
    judgements = group.judgements
    if len(judgements) == 1:
        return f"{judgements[0].subject.kind} {_name(judgements[0])}"
    limit = _limit(page, group)
    return listed([_name(judgement) for judgement in judgements[:limit]], limit, len(judgements))


def _name(judgement: Judgement) -> str:
    return clipped(judgement.subject.name, _NAME)


def _commands(page: Page, group: Group) -> None:
    whole = group.commands
    if whole is not None:
        _run(page, whole)
        return
    limit = len(group.judgements) if page.options.all_subjects else COMMANDED
    shown = [command for judgement in group.judgements[:limit] for command in judgement.fix]
    _run(page, tuple(dict.fromkeys(shown)))
    if (more := len(group.judgements) - limit) > 0:
        page.row("", f"likewise for {more:,} more: --all-subjects prints all")


def _run(page: Page, commands: Sequence[Command]) -> None:
    shell = None
    for command in commands:
        if command.shell is not shell:
            shell = command.shell
            page.row("run", f"({_SHELLS[shell]})")
        page.raw(command.text, 4, "cyan")


def _effects(effects: Sequence[Effect]) -> str:
    return ", ".join(
        f"{effect.check} ({effect.subjects:,})" if effect.subjects > 1 else effect.check for effect in effects
    )


def _others(entry: Entry) -> str:
    return ", ".join(f"{count:,} {WORDS[status].text}" for status, count in entry.others.items())


def _unknowns(page: Page, arranged: Outline) -> None:
    if not arranged.unknowns:
        return
    page.heading(f"COULD NOT BE READ ({len(arranged.unknowns)})", "bold yellow")
    for entry in arranged.unknowns:
        _told(page, entry, Status.UNKNOWN, f"{entry.check.severity} · {entry.check.title}")
    _grants(page, arranged.grants)


def _grants(page: Page, grants: Sequence[Grant]) -> None:
    if not grants:
        return
    page.gap()
    page.say(("TO GRANT OR SET UP, so that it can be read", "bold"))
    for grant in grants:
        page.say((grant.what, "bold"), indent=4)
        page.say(f"for {listed(grant.checks, 8)}", indent=6)


def _told(page: Page, entry: Entry, status: Status, about: str) -> None:
    page.gap()
    _title(page, entry, status, about)
    for group in entry.groups[:NAMED]:
        page.say(group.reason, indent=2)
        page.row(_for(group), _names(page, group))
    _more_groups(page, entry)


def _more_groups(page: Page, entry: Entry) -> None:
    if rest := entry.groups[NAMED:]:
        subjects = sum(len(group.judgements) for group in rest)
        page.say(f"and {counted(len(rest), 'more reason')}, for {counted(subjects, 'subject')}.", indent=2)


def _questions(page: Page, arranged: Outline) -> None:
    if not arranged.questions:
        return
    page.heading(f"QUESTIONS FOR A PERSON ({len(arranged.questions)})", "bold magenta")
    for entry in arranged.questions:
        _told(page, entry, Status.MANUAL, f"{entry.check.severity} · {entry.check.owner}")
        if entry.check.question:
            page.row("question", entry.check.question)
        page.row("answer", f'with an entry check = "{entry.check.id}" under [[attestations]] in config.toml')


def _waivers(page: Page, arranged: Outline) -> None:
    if not arranged.waived:
        return
    page.heading(f"WAIVED ({len(arranged.waived)})", "bold cyan")
    for entry in arranged.waived:
        _told(page, entry, Status.WAIVED, f"{entry.check.severity} · {entry.check.title}")
        for waiver in dict.fromkeys(judgement.waiver for judgement in entry.judgements):
            if waiver:
                page.row("accepted", f"by {waiver.owner} until {waiver.expires}: {waiver.reason}")


def _blocked(page: Page, arranged: Outline) -> None:
    """Name what waits for a failure that is not in this report; the others stand under their cause."""
    failing = {entry.check.id for entry in arranged.failures}
    causes = {cause: effects for cause, effects in arranged.effects.items() if cause not in failing}
    if not causes:
        return
    page.heading("BLOCKED")
    for cause, effects in causes.items():
        page.say(f"⊘ by {cause}: {_effects(effects)}", indent=0, hang=2)


def _changes(page: Page, report: Report) -> None:
    changes = report.changes
    if changes is None:
        return
    page.heading(f"CHANGED SINCE {readable_utc(changes.since)}")
    page.say(f"It was {changes.verdict} then.", indent=2)
    if not changes.changed:
        page.say("Nothing has changed.", indent=2)
    for item in _told_of(page, changes.changed):
        whom = f" · {clipped(item.subject.name, _NAME)}" if item.subject else ""
        said = f"{whom}: {item.reason}"
        page.say(
            (f"{CHANGES[item.change]} ", _CHANGE_STYLES[item.change]), (item.check, "bold"), said, indent=2, hang=2
        )


def _expiring(page: Page, report: Report) -> None:
    if not report.expiring and not report.expiring_unknown:
        return
    page.heading("ENDS SOON", "bold yellow")
    for item in _told_of(page, report.expiring):
        owner = f" · {item.owner}" if item.owner else ""
        page.say((f"{item.at:%Y-%m-%d} ", "bold"), f"{item.what}{owner}. {item.then}", indent=2, hang=2)
    for unread in _told_of(page, report.expiring_unknown):
        page.say(("not read ", "bold"), f"{unread.what}. {unread.reason}", indent=2, hang=2)


def _told_of(page: Page, things: Sequence[T]) -> Iterator[T]:
    """Yield the first of a list, or all if they are wanted; then say how many more there are."""
    limit = len(things) if page.options.all_subjects else TOLD
    yield from things[:limit]
    if (more := len(things) - limit) > 0:
        page.say(f"and {more:,} more: --all-subjects lists all.", indent=2)


def _passes(page: Page, arranged: Outline, report: Report) -> None:
    attested = {entry.check.id for entry in arranged.attested}
    if page.options.verbose:
        page.heading(f"PASSES ({len(arranged.passed)})", "bold green")
        for entry in arranged.passed:
            _folded(page, entry.finding, attested)
        page.heading(f"NOT APPLICABLE ({len(arranged.spared)})")
        for entry in arranged.spared:
            _folded(page, entry.finding, attested)
        return
    counts = report.counts
    if not counts[Status.PASS] and not counts[Status.NOT_APPLICABLE]:
        return
    page.gap()
    if not counts[Status.PASS]:
        page.say(f"· {counted(counts[Status.NOT_APPLICABLE], 'check does', 'checks do')} not apply. -v lists them.")
        return
    passes = counted(counts[Status.PASS], "check passes", "checks pass")
    by_word = f", {len(attested)} by a person's word" if attested else ""
    spared = f" {counts[Status.NOT_APPLICABLE]} not applicable." if counts[Status.NOT_APPLICABLE] else ""
    page.say(("✓ ", _STYLES[Status.PASS]), f"{passes}{by_word}.{spared} -v lists them.")


def _folded(page: Page, finding: Finding, attested: set[str]) -> None:
    words = WORDS[finding.status]
    how_many = f" ({len(finding.judgements):,})" if len(finding.judgements) > 1 else ""
    person = " · by a person's word" if finding.check.id in attested else ""
    page.say(
        (f"{words.icon} {words.text} ", _STYLES[finding.status]),
        finding.check.id,
        (f"{how_many}{person} · {finding.reason}", "dim"),
        hang=2,
    )


def _notes(page: Page, report: Report) -> None:
    for source in report.run.sources:
        if source.state in (SourceState.REFUSED, SourceState.FAILED):
            page.say((f"! {source.source} {source.state}", "yellow"), f": {source.reason}", hang=2)
    for warning in report.warnings:
        page.say(("! warning ", "yellow"), warning, hang=2)
    for error in report.errors:
        page.say(("✗ error ", "bold red"), error, hang=2)


def _verdict(page: Page, report: Report, arranged: Outline) -> None:
    words, style = VERDICTS[report.outcome], _VERDICT_STYLES[report.outcome]
    page.gap()
    page.rule()
    if arranged.first:
        _first(page, arranged)
        page.gap()
    counts = ", ".join(
        f"{count} {WORDS[status].text.lower()}"
        for status, count in sorted(report.counts.items(), key=lambda item: item[0].rank)
        if count
    )
    if report.run.simulated:
        page.say((_SIMULATED, "bold reverse"))
    page.say((f"{words.icon} {words.text}", style), f" · {counts or 'no checks'}", hang=2)
    page.say(report.sentence)


def _first(page: Page, arranged: Outline) -> None:
    step = arranged.first
    if step is None:
        return
    check, judgement = step.finding.check, step.judgement
    if step.finding.status is Status.UNKNOWN and arranged.grants:
        page.say(("Do this first: ", "bold"), "grant or set up, so that it can be told:", hang=2)
        for grant in arranged.grants:
            page.say(f"- {grant.what}", indent=2, hang=2)
        return
    whom = f" · {_name(judgement)}" if judgement else ""
    page.say(("Do this first: ", "bold"), f"{check.id}{whom} · {check.owner}", hang=2)
    if judgement and judgement.fix:
        for command in judgement.fix:
            page.raw(command.text, 4, "cyan")
    elif step.finding.status is Status.FAIL and check.fix_summary:
        page.say(check.fix_summary, indent=2)
    elif step.reason:
        page.say(step.reason, indent=2)
