"""The report as one self-contained page: it makes no request, and can be read without JavaScript."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from tpe_audit import __version__
from tpe_audit.catalog import Check, Profile
from tpe_audit.changes import Change
from tpe_audit.findings import Judgement
from tpe_audit.formats import Options, rows
from tpe_audit.formats.chains import EVERY, chain, in_words, not_passing
from tpe_audit.formats.digest import digest
from tpe_audit.formats.ordering import Appendix, appendix
from tpe_audit.formats.outline import VERDICTS, WORDS, Entry, Group, outline
from tpe_audit.formats.requirements import answering, attestations, requirements, scope
from tpe_audit.formats.roots import by_owner, roots
from tpe_audit.formats.text import clipped, listed, printable, readable_utc, utc
from tpe_audit.report import Outcome, Report, SourceState
from tpe_audit.shell import Command, Shell
from tpe_audit.terms import Waiver
from tpe_audit.verdicts import Status

NAMED = 10
"""How many subjects of a group, and groups of a finding, stand in the open."""
DRAWN = 8
"""How many lines are drawn as chains; more become a table."""
ROWS = 100
"""How many rows of a long table stand in the page; a filter shows the others."""
LISTED = 20_000
"""How many rows a filter looks through, unless all subjects are wanted."""
EVIDENCE = 500
"""How many requests stand in the page; all that are listed where a go-live is to be signed."""

_FOLDER = Path(__file__).with_name("page")
_CELLS = 9
"""At least as many cells as any row has."""
_OUTCOMES = {
    Outcome.READY: Status.PASS,
    Outcome.NOT_READY: Status.FAIL,
    Outcome.CANNOT_TELL: Status.UNKNOWN,
}
"""The status whose colour a verdict has."""
_CHANGES = (
    (Change.NEW, Status.FAIL, "New failures"),
    (Change.UNREADABLE, Status.UNKNOWN, "No longer readable"),
    (Change.MENDED, Status.PASS, "Mended"),
    (Change.STILL, Status.FAIL, "Still failing"),
)
"""What has changed, as it is headed."""
_SOURCES = {
    SourceState.OK: Status.PASS,
    SourceState.REFUSED: Status.UNKNOWN,
    SourceState.OFF: Status.NOT_APPLICABLE,
    SourceState.FAILED: Status.UNKNOWN,
}


def render(report: Report, options: Options) -> str:
    """Return the report as HTML."""
    style = "".join(map(_file, _styles(report)))
    script = _file("report.js")
    arranged = outline(report)
    ordered = appendix(report.requests)
    going_live = report.profile is Profile.GO_LIVE
    template = _environment(ordered).get_template("report.html.jinja")
    return template.render(
        report=report,
        run=report.run,
        tenant=report.tenant_name or report.run.tenant_id,
        version=__version__,
        digest=digest(report, options),
        whole=options.all_subjects,
        going_live=going_live,
        outline=arranged,
        roots=roots(arranged.failures, report.findings),
        owners=by_owner(arranged.failures),
        requirements=requirements(report, ordered) if going_live else (),
        answering=answering(report),
        scope=scope(report),
        requests=ordered.requests,
        verdict=VERDICTS[report.outcome],
        verdict_status=_OUTCOMES[report.outcome],
        tiles=sorted(report.counts.items(), key=lambda item: item[0].rank),
        closing=(Markup("</span>"), Markup("</a>")),
        words=WORDS,
        shells={Shell.POWERSHELL: "PowerShell", Shell.BASH: "shell"},
        source_status=_SOURCES,
        changes=_CHANGES,
        every=EVERY,
        broken=sum(line.first_broken is not None for line in arranged.lines),
        named=NAMED,
        drawn=DRAWN,
        shown_rows=ROWS,
        evidence_rows=LISTED if going_live else EVIDENCE,
        listed=sys.maxsize if options.all_subjects else LISTED,
        blank=[""] * _CELLS,
        slot=Markup(" data-slot"),
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 - a file of this package
        script=Markup(script),  # noqa: S704 - a file of this package
    )


def _styles(report: Report) -> list[str]:
    """Return the style sheets that a report takes; each is a file beside the templates."""
    sheets = ["report.css", "chain.css", "print.css"]
    if report.profile is Profile.GO_LIVE:
        sheets.append("go_live.css")
    if report.run.simulated:
        sheets.append("simulated.css")
    return sheets


def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Allow this page's own style and script, and nothing else: no request, no form, no frame."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _environment(ordered: Appendix) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "attestations": lambda entry: attestations(entry.finding),
        "by_shell": _by_shell,
        "causes": _causes,
        "chain": chain,
        "clip": lambda text, limit=200: clipped(text, limit),
        "day": lambda moment: utc(moment)[:10],
        "in_words": in_words,
        "line_rows": rows.lines,
        "names": _names,
        "names_of": listed,
        "not_passing": not_passing,
        "opening": _opening,
        "owner": lambda owner: owner.replace("-", " "),
        "placed": ordered.placed,
        "prose": _prose,
        "readable": readable_utc,
        "reason_rows": rows.reasons,
        "request_rows": rows.requests,
        "shown": _Shown,
        "site": _site,
        "subject_rows": rows.subjects,
        "utc": utc,
        "waivers": _waivers,
    }
    return environment


def _shown(value: object) -> object:
    """Make harmless what is about to be written; what this package wrote itself is harmless already."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@dataclass(frozen=True, slots=True)
class _Shown:
    """One finding as a card."""

    entry: Entry

    @property
    def check(self) -> Check:
        return self.entry.check

    @property
    def main(self) -> bool:
        return self.entry.main

    @property
    def groups(self) -> tuple[Group, ...]:
        return self.entry.groups

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        return self.entry.judgements

    @property
    def lead(self) -> str:
        return self.entry.lead

    @property
    def others(self) -> dict[Status, int]:
        return self.entry.others

    @property
    def mendable(self) -> bool:
        """Whether there is something to mend, rather than to read or to answer."""
        return any(judgement.status in (Status.FAIL, Status.WAIVED) for judgement in self.judgements)

    @property
    def heading(self) -> str:
        """What is wrong, where one thing is; else what must hold."""
        groups = self.groups
        return clipped(groups[0].reason, 300) if self.mendable and len(groups) == 1 else self.check.title

    @property
    def evidence(self) -> tuple[int, ...]:
        """The requests behind it."""
        return (*self.entry.finding.evidence, *(index for group in self.groups for index in group.evidence))


def _by_shell(commands: Sequence[Command]) -> list[tuple[Shell, list[Command]]]:
    """Return the commands in their order, cut where the shell changes."""
    return [(shell, list(run)) for shell, run in groupby(commands, key=lambda command: command.shell)]


def _names(judgements: Sequence[Judgement], limit: int = NAMED) -> str:
    return listed([clipped(j.subject.name, 120) for j in judgements[:limit]], limit, len(judgements))


def _waivers(judgements: Sequence[Judgement]) -> list[Waiver]:
    return [*dict.fromkeys(judgement.waiver for judgement in judgements if judgement.waiver)]


def _causes(entry: Entry) -> list[str]:
    return [*dict.fromkeys(j.blocked_by.check for j in entry.judgements if j.blocked_by)]


def _site(link: str) -> str:
    host = link.removeprefix("https://").partition("/")[0]
    return "Microsoft" if host == "microsoft.com" or host.endswith(".microsoft.com") else host


def _opening(body: str) -> str:
    """Return the first paragraph of a check's page."""
    first = body.split("\n\n", maxsplit=1)[0]
    return "" if first.startswith("#") else " ".join(first.split())


def _prose(text: str) -> Markup:
    """Return a check's own words, with its `code` and *emphasis* set as such."""
    safe = str(escape(printable(text)))
    safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)
    safe = re.sub(r"(?<!\w)\*([^*<>]+)\*(?!\w)", r"<em>\1</em>", safe)
    return Markup(safe)  # noqa: S704 - escaped above, before the only tags were added
