"""What is to be done, in the order of a report, and how far each command may be run as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from tpe_audit.formats.text import printable
from tpe_audit.shell import Command, Shell
from tpe_audit.stored import StoredFinding, StoredReport, StoredSubject
from tpe_audit.verdicts import Owner, Status

_PLACEHOLDER = re.compile(r"<[^<>]+>")
_TAKES_AWAY = re.compile(
    r"^\s*(?:Remove|Clear|Disable|Revoke|Unregister|Uninstall|Stop|Reset)-"
    r"|\s-AllowedAcsResources\b|\s-Clear\b|\s-RemoveAll\b|\s-PolicyName \$null"
    r"|^\s*az\s.*\s(?:delete|remove|purge|disable)(?:\s|$)|\s--remove\b|--method delete\b"
    r"|^\s*az\s(?!.*--append).*\sreset\s",
    re.IGNORECASE,
)
_COSTS: Mapping[str, str] = {
    "Remove-CsPhoneNumberAssignment": "It takes the number from the account. Calls to it fail until it is assigned "
    "again, which the next command does.",
    "Remove-CsOnlineApplicationInstanceAssociation": "It takes the account from its auto attendant or call queue. "
    "Calls that reach those by this account end.",
    "Set-CsTeamsAcsFederationConfiguration": "It replaces the whole list of allowed resources. Look at what is on it "
    "now, and add that to $allowlist first.",
    "Set-ADUser": "It empties an attribute of the account on premises. Note down its value first.",
    "Grant-CsOnlineVoiceRoutingPolicy": "It takes the account's own policy from it; the tenant's then holds.",
}
_NOTES: Mapping[str, str] = {
    "credential reset": "It prints the new secret: give it to the service, and keep it nowhere else.",
}
_SOMETHING = "It takes away something that is there now. Make sure that nobody needs it."


class Untold(Exception):
    """The report does not say which shell its commands are for."""


class Use(Enum):
    """What may be done with a command as it stands."""

    RUN = auto()
    CONFIRM = auto()
    """It takes something away: only after a yes."""
    FILL = auto()
    """It has a blank for its reader to fill in."""
    HAND = auto()
    """It holds characters that do not show as they are: nobody could tell what they run."""


@dataclass(frozen=True, slots=True)
class Action:
    """One command of a step."""

    text: str
    use: Use

    @property
    def cost(self) -> str:
        """What running it takes away."""
        return next((said for name, said in _COSTS.items() if name in self.text), _SOMETHING)

    @property
    def note(self) -> str:
        """What to know before it is run; empty: nothing."""
        return next((said for name, said in _NOTES.items() if name in self.text), "")


@dataclass(frozen=True, slots=True)
class Part:
    """What a step does for one thing."""

    subject: StoredSubject | None
    """None: the check as a whole, where its things could not be listed."""
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """The fix of one failing check, as far as one shell goes."""

    number: int
    """From 1, over all owners: what comes first is mended first."""
    finding: StoredFinding
    shell: Shell
    parts: tuple[Part, ...]

    @property
    def owner(self) -> Owner:
        """Who does it."""
        return self.finding.owner


def steps(report: StoredReport) -> tuple[Step, ...]:
    """Return what mends all that fails, causes first.

    Raises:
        Untold: the report does not say which shell its commands are for.
    """
    return tuple(_steps(report))


def _steps(report: StoredReport) -> Iterator[Step]:
    number = 0
    for finding in report.findings:
        failing = [subject for subject in finding.subjects if subject.status is Status.FAIL]
        if not failing and finding.status is not Status.FAIL:
            continue
        number += 1
        commands = {subject.id: _commands(finding, subject) for subject in failing}
        shells = list(dict.fromkeys(command.shell for each in commands.values() for command in each))
        for place, shell in enumerate(shells or [_usual(finding.owner)]):
            parts = [_part(subject, commands[subject.id], shell) for subject in failing]
            # What has no command at all stands where the step begins.
            kept = [p for p in parts if p.actions or (place == 0 and p.subject and not commands[p.subject.id])]
            yield Step(number, finding, shell, tuple(kept) or (Part(None, ()),))


def _usual(owner: Owner) -> Shell:
    return Shell.BASH if owner is Owner.AZURE_ADMIN else Shell.POWERSHELL


def _commands(finding: StoredFinding, subject: StoredSubject) -> Sequence[Command]:
    if len(subject.fix) != len(subject.fix_shells):
        raise Untold(f"it does not say which shell the commands of {finding.check} are for")
    return [Command(shell, text) for shell, text in zip(subject.fix_shells, subject.fix, strict=True)]


def _part(subject: StoredSubject, commands: Sequence[Command], shell: Shell) -> Part:
    return Part(subject, tuple(Action(c.text, _use(c.text)) for c in commands if c.shell is shell))


def _use(text: str) -> Use:
    if printable(text) != text:
        return Use.HAND
    if _PLACEHOLDER.search(text):
        return Use.FILL
    return Use.CONFIRM if _TAKES_AWAY.search(text) else Use.RUN
