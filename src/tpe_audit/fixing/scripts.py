"""Writes the steps down for PowerShell and for bash.

Nothing but the commands of the report, each on one line and quoted where the report was made, is run. All else that
comes from a tenant stands in comments, on one line and printable, so that it can't end them.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tpe_audit.facts import Kind
from tpe_audit.fixing.steps import Action, Part, Step, Use, steps
from tpe_audit.formats.text import clipped, counted, printable, readable_utc
from tpe_audit.shell import Shell, bash, powershell
from tpe_audit.stored import StoredReport
from tpe_audit.verdicts import Owner, Status

WAIT = "15m"
"""How long a check is repeated after its step; Microsoft takes longer for some changes."""

_SUFFIXES = {Shell.POWERSHELL: "ps1", Shell.BASH: "sh"}
_BOM = "\ufeff"
_TEXT = 600
_ASKED = frozenset({Kind.ACCOUNT, Kind.NUMBER, Kind.AGENT})
"""What `run --subject` takes."""
_SCOPES = {
    "Set-MgUserLicense": "LicenseAssignment.ReadWrite.All",
    "Get-MgSubscribedSku": "LicenseAssignment.Read.All",
    "Update-MgUser": "User.ReadWrite.All",
    "Get-MgUser": "User.Read.All",
    "ServicePrincipal": "Application.ReadWrite.All",
    "MgApplication": "Application.ReadWrite.All",
}
"""The delegated permission that a cmdlet of Microsoft Graph PowerShell takes."""


@dataclass(frozen=True, slots=True)
class Script:
    """What one owner does in one shell."""

    owner: Owner
    shell: Shell
    body: str

    @property
    def file_name(self) -> str:
        """The name of its file."""
        return f"fix-plan-{self.owner}.{_SUFFIXES[self.shell]}"

    @property
    def file(self) -> str:
        """Its file: Windows PowerShell reads one without byte order mark in the machine's own code page."""
        return f"{_BOM}{self.body}" if self.shell is Shell.POWERSHELL else self.body


def scripts(report: StoredReport) -> tuple[Script, ...]:
    """Return the scripts, whoever has to begin first.

    Raises:
        Untold: the report does not say which shell its commands are for.
    """
    planned = steps(report)
    keys = dict.fromkeys((step.owner, step.shell) for step in planned)
    names = {key: Script(*key, "").file_name for key in keys}
    return tuple(
        Script(
            *key, "\n".join(_lines(report, [s for s in planned if (s.owner, s.shell) == key], planned, names)) + "\n"
        )
        for key in keys
    )


def _lines(
    report: StoredReport, mine: Sequence[Step], planned: Sequence[Step], names: dict[tuple[Owner, Shell], str]
) -> Iterator[str]:
    shell = mine[0].shell
    if shell is Shell.BASH:
        yield "#!/usr/bin/env bash"
    yield from _head(report, mine, planned, names)
    yield ""
    yield from _opening(shell, report, mine)
    said: set[str] = set()
    for step in mine:
        yield ""
        yield from _step(step, said)
        elsewhere = [names[s.owner, s.shell] for s in planned if s.number == step.number and s.shell is not shell]
        if elsewhere:
            yield from _comment(f"This step has commands in {', '.join(elsewhere)} too.")


def _head(
    report: StoredReport, mine: Sequence[Step], planned: Sequence[Step], names: dict[tuple[Owner, Shell], str]
) -> Iterator[str]:
    owner, total = mine[0].owner, planned[-1].number
    if report.simulated:
        yield from _comment("SIMULATED: the report is of an invented tenant. There is nothing to mend with this.")
    yield from _comment(f"Fix plan for {owner}, of tpe-audit's report on tenant {report.tenant.id}")
    if report.tenant.name:
        yield from _comment(f"({report.tenant.name})")
    yield from _comment(f"read {readable_utc(report.finished_at)}: {report.verdict}.")
    own = ", ".join(str(number) for number in dict.fromkeys(step.number for step in mine))
    yield from _comment(f"Here: {'step' if len(mine) == 1 else 'steps'} {own} of {total}. Causes come first.")
    for number, step in {step.number: step for step in planned if step not in mine}.items():
        if number < mine[-1].number:
            yield from _comment(
                f"Step {number}, {step.finding.check}, is for {step.owner}: {names[step.owner, step.shell]}"
            )
    counts = Counter(finding.status for finding in report.findings)
    left = {"could not be read": counts[Status.UNKNOWN], "waiting for a person's answer": counts[Status.MANUAL]}
    if any(left.values()):
        told = ", ".join(f"{counted(count, 'check')} {what}" for what, count in left.items() if count)
        yield from _comment(f"Not in this plan: {told}.")
    yield from _comment("Read it before you run it. Run the audit again afterwards: tpe-audit run")


def _opening(shell: Shell, report: StoredReport, mine: Sequence[Step]) -> Iterator[str]:
    """Yield what has to be so before the first command: stop at an error, and be signed in."""
    actions = [action.text for step in mine for part in step.parts for action in part.actions]
    tenant = report.tenant.id
    if shell is Shell.BASH:
        azure = report.azure_tenant.id if report.azure_tenant else tenant
        yield "set -eu"
        yield "# Asks before a command that takes something away."
        yield 'confirm() { printf "%s\\nType yes to run it: " "$1" >&2; read -r answer && [ "$answer" = yes ]; }'
        yield "# Sign in first, where the account that you are signed in with is another one:"
        yield _disarmed(bash("az login --tenant %s", azure).text)
        return
    yield "$ErrorActionPreference = 'Stop'"
    yield "# Names are wrong, and quotes may be, where this file was read in another encoding than UTF-8."
    yield "if ('\u00e9'.Length -ne 1) { throw 'Save this file as UTF-8 with BOM, or run it with PowerShell 7.' }"
    if any("-Cs" in text for text in actions):
        yield powershell("Connect-MicrosoftTeams -TenantId %s | Out-Null", tenant).text
    graph = [text for text in actions if "-Mg" in text]
    if graph and not any(text.startswith("Connect-MgGraph") for text in actions):
        scopes = sorted({scope for text in graph for name, scope in _SCOPES.items() if name in text})
        wanted = f" -Scopes {','.join(scopes)}" if scopes else ""
        yield powershell(f"Connect-MgGraph -TenantId %s{wanted} -NoWelcome", tenant).text


def _step(step: Step, said: set[str]) -> Iterator[str]:
    finding = step.finding
    title = finding.title.rstrip(".")
    yield from _comment(f"--- Step {step.number}: {finding.check} ({finding.severity}). What must hold: {title}.")
    if finding.fix.summary:
        yield from _comment(finding.fix.summary)
    yield from _comment(finding.fix.url)
    for part in step.parts:
        yield ""
        yield from _part(step, part, said)
    yield ""
    yield from _check(step)


def _part(step: Step, part: Part, said: set[str]) -> Iterator[str]:
    subject = part.subject
    if subject is None:
        yield from _comment(step.finding.reason)
        return
    yield from _comment(f"{subject.kind} {subject.name}: {subject.reason}")
    other_id = subject.id if subject.id != subject.name else ""
    for label, value in (("Id", other_id), ("Observed", subject.observed), ("Expected", subject.expected)):
        if value:
            yield from _comment(f"{label}: {value}")
    if not part.actions:
        yield from _comment("There is no command for it: do it where the page above says.")
    for action in part.actions:
        if action.text in said:
            yield from _comment(f"Done above: {action.text}")
            continue
        said.add(action.text)
        yield from _action(action, step.shell)


def _action(action: Action, shell: Shell) -> Iterator[str]:
    if action.note:
        yield from _comment(action.note)
    match action.use:
        case Use.RUN:
            yield action.text
        case Use.CONFIRM:
            yield from _comment(action.cost)
            yield from _guarded(action, shell)
        case Use.FILL:
            yield from _comment("Fill in what stands between < and >, and take away the # before it:")
            yield _disarmed(action.text)
        case Use.HAND:
            yield from _comment("A value of it has characters that don't show as they are; do this by hand:")
            yield _disarmed(action.text)


def _guarded(action: Action, shell: Shell) -> Iterator[str]:
    if shell is Shell.BASH:
        yield f"if {bash('confirm %s', action.text).text}; then"
        yield f"    {action.text}"
        yield "fi"
        return
    yield f"Write-Host {powershell('%s', action.text).text}"
    yield "if ((Read-Host 'Type yes to run it') -eq 'yes') {"
    yield f"    {action.text}"
    yield "}"


def _check(step: Step) -> Iterator[str]:
    """Yield the command that tells whether the step has mended it."""
    subjects = [part.subject for part in step.parts if part.subject]
    named = subjects[0] if len(subjects) == 1 and subjects[0].kind in _ASKED else None
    check = step.finding.check
    # An id of a check is a word; in a report that somebody wrote it may be anything, and is quoted.
    word = re.fullmatch(r"[a-z0-9][a-z0-9-]*", check)
    values = [*([] if word else [check]), *([named.id] if named else [])]
    only = " --subject %s" if named else ""
    template = f"tpe-audit run --check {check if word else '%s'}{only} --wait {WAIT} --format terminal"
    yield from _comment("Has it arrived? Microsoft may take longer than this waits.")
    if step.shell is Shell.BASH:
        command = bash(template, *values).text
        yield f"if command -v tpe-audit >/dev/null; then {command} || echo 'It does not hold yet.' >&2; fi"
    else:
        command = powershell(template, *values).text
        yield f"if (Get-Command tpe-audit -ErrorAction SilentlyContinue) {{ {command} }}"


def _comment(text: str) -> Iterable[str]:
    """Return a text as comments, however it is made."""
    lines = textwrap.wrap(clipped(printable(text), _TEXT), 110, break_long_words=False, break_on_hyphens=False)
    return [f"# {line}" for line in lines]


def _disarmed(command: str) -> str:
    """Return a command as a comment: whole, on one line."""
    return f"# {printable(command)}"
