"""Keeps the report of each run: a folder for each tenant, in it a folder for each run, and an index over them.

A run's folder appears whole, by one rename, and is the truth. The index only saves reading the reports again: what it
lacks, or has of another file, is read anew, so no interruption and no other run can spoil more than that.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from tpe_audit import stored
from tpe_audit.catalog import Profile
from tpe_audit.files import FOLDER_MODE, put_in_place, settle
from tpe_audit.report import Outcome, Report
from tpe_audit.stored import NotAReport, StoredReport
from tpe_audit.verdicts import Status

REPORT, INDEX = "report.json", "index.json"
SCHEMA: Literal["tpe-audit/history-index/1"] = "tpe-audit/history-index/1"
_RUN = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z(-\d+)?")
_UNFINISHED = ".run-"
_ABANDONED = 24 * 3600
"""Seconds after which what an interrupted run left behind is nobody's any more."""


@dataclass(frozen=True, slots=True)
class KeptRun:
    """What the index knows of one run."""

    name: str
    """Of its folder: when it began, UTC, without colons."""
    size: int
    """Bytes of its report: another size is another report."""
    started_at: AwareDatetime
    finished_at: AwareDatetime
    verdict: Outcome
    profile: Profile
    selected: bool
    """Only some checks or subjects were asked for."""
    subjects: tuple[str, ...]
    checks: Mapping[str, Status]
    """What each check came to."""

    def like(self, report: Report) -> bool:
        """Whether a report was asked the same: for the same purpose, by the same checks, of the same subjects."""
        run = report.run
        return (
            self.profile is report.profile
            and self.selected == run.selected
            and {s.casefold() for s in self.subjects} == {s.casefold() for s in run.subjects}
            and (not self.selected or self.checks.keys() == {finding.check.id for finding in report.findings})
        )


@dataclass(frozen=True, slots=True)
class _Index:
    """The file over all runs of a tenant."""

    schema: Literal["tpe-audit/history-index/1"]
    runs: tuple[KeptRun, ...]


@dataclass(frozen=True, slots=True)
class Retention:
    """How long runs are kept; 0 sets no limit."""

    runs: int
    """How many."""
    days: float


class History:
    """The runs of one tenant that were kept."""

    def __init__(self, directory: Path, tenant_id: str) -> None:
        self.folder = directory / re.sub(r"[^\w-]", "_", tenant_id.lower())
        self.damaged: list[str] = []
        """What looked like a run and could not be read, and why."""

    def runs(self) -> tuple[KeptRun, ...]:
        """Return the runs, oldest first.

        Raises:
            OSError: the folder could not be read.
        """
        self.damaged = []
        known = {run.name: run for run in self._indexed()}
        found = []
        for folder in self._folders():
            try:
                size = (folder / REPORT).stat().st_size
                run = known.get(folder.name)
                found.append(run if run and run.size == size else _summary(folder.name, size, self.report(folder.name)))
            except (OSError, NotAReport) as error:
                if folder.exists():  # else another run has just cleared it away
                    self.damaged.append(str(error))
        return tuple(sorted(found, key=lambda run: (run.started_at, run.finished_at, _number(run.name))))

    def report(self, name: str) -> StoredReport:
        """Return the report of a run.

        Raises:
            NotAReport: it can't be read.
        """
        report = stored.read(self.folder / name / REPORT)
        if report.simulated:
            raise NotAReport(f"{self.folder / name / REPORT}: it is of a simulated tenant, and no run of this one")
        return report

    def last_like(self, report: Report) -> StoredReport | None:
        """Return the newest run that asked the same as this report; None if there is none.

        Raises:
            OSError: the folder could not be read.
            NotAReport: the run's report could not.
        """
        found = next((run for run in reversed(self.runs()) if run.like(report)), None)
        return self.report(found.name) if found else None

    def newest_full(self) -> Path | None:
        """Return the report of the newest run that asked everything; None if there is none.

        Raises:
            OSError: the folder could not be read.
        """
        found = next((run for run in reversed(self.runs()) if not run.selected), None)
        return self.folder / found.name / REPORT if found else None

    def keep(self, text: str, started_at: datetime) -> Path:
        """Keep a report as a run of its own, and return its file.

        Raises:
            OSError: it could not be kept.
        """
        self.folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=self.folder, prefix=_UNFINISHED))
        try:
            put_in_place(made / REPORT, text.encode())
            kept = self._named(made, f"{started_at:%Y-%m-%dT%H%M%SZ}")
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
        settle(self.folder)
        return kept / REPORT

    def tidy(self, retention: Retention, now: datetime) -> None:
        """Clear away runs that are too many or too old, and write the index anew.

        The newest run stays, and the newest that asked everything. Only folders that hold a run's report and nothing
        else are removed.

        Raises:
            OSError: something could not be removed or written.
        """
        runs = self.runs()
        gone = {run.name for run in _outlived(runs, retention, now)}
        for name in gone:
            self._remove(self.folder / name)
        self._clear_abandoned()
        index = _Index(SCHEMA, tuple(run for run in runs if run.name not in gone))
        put_in_place(self.folder / INDEX, _adapter().dump_json(index))

    def _named(self, made: Path, name: str) -> Path:
        """Give a run's folder its name; another run may have taken it in the same second."""
        for number in count(1):
            target = self.folder / (name if number == 1 else f"{name}-{number}")
            if os.path.lexists(target):
                continue
            try:
                return made.rename(target)
            except OSError as error:
                if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                    raise
        raise AssertionError("numbers end")

    def _folders(self) -> Iterator[Path]:
        try:
            entries = sorted(self.folder.iterdir())
        except FileNotFoundError:
            return
        yield from (e for e in entries if _RUN.fullmatch(e.name) and e.is_dir() and not e.is_symlink())

    def _indexed(self) -> tuple[KeptRun, ...]:
        try:
            return _adapter().validate_json((self.folder / INDEX).read_bytes(), strict=True).runs
        except (OSError, ValidationError):
            return ()

    def _remove(self, folder: Path) -> None:
        """Remove a run, unless somebody keeps something else in its folder."""
        with contextlib.suppress(FileNotFoundError):
            if [entry.name for entry in folder.iterdir()] == [REPORT]:
                unfinished = folder.with_name(f"{_UNFINISHED}gone-{folder.name}")
                folder.rename(unfinished)
                shutil.rmtree(unfinished)

    def _clear_abandoned(self) -> None:
        for entry in self.folder.glob(f"{_UNFINISHED}*"):
            with contextlib.suppress(OSError):
                if entry.is_dir() and not entry.is_symlink() and time.time() - entry.stat().st_mtime > _ABANDONED:
                    shutil.rmtree(entry)


def _outlived(runs: tuple[KeptRun, ...], retention: Retention, now: datetime) -> Iterator[KeptRun]:
    """Yield the runs that are not to be kept any longer."""
    newest = [run.name for run in (*runs[-1:], *[run for run in runs if not run.selected][-1:])]
    for place, run in enumerate(reversed(runs)):
        too_many = retention.runs and place >= retention.runs
        too_old = retention.days and now - run.finished_at > timedelta(days=retention.days)
        if (too_many or too_old) and run.name not in newest:
            yield run


def _summary(name: str, size: int, report: StoredReport) -> KeptRun:
    return KeptRun(
        name,
        size,
        report.started_at,
        report.finished_at,
        report.verdict,
        report.profile,
        report.selected,
        report.subjects,
        {finding.check: finding.status for finding in report.findings},
    )


def _number(name: str) -> int:
    return int(name.partition("Z-")[2] or 1)


@cache
def _adapter() -> TypeAdapter[_Index]:
    return TypeAdapter(_Index)
