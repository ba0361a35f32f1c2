"""For the tests of checks of one's own: judges a check file by plain facts, by evidence, or on the simulated tenant.

    from tpe_audit import Fail
    from tpe_audit.facts import ResourceAccount, UsageLocation
    from tpe_audit.testing import verdict_of

    def test_an_account_without_a_location_fails() -> None:
        account = ResourceAccount("<object id>", "ivr@contoso.com", "IVR")
        assert isinstance(verdict_of("our-checks/our_location.py", account, UsageLocation("")), Fail)

Nothing here needs an account or a network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

from tpe_audit.audit import judge
from tpe_audit.catalog import Catalog, Check, CheckFileError, load, load_module, parameters_of
from tpe_audit.facts import (
    Answer,
    Census,
    Collected,
    Deployment,
    Evidence,
    Fact,
    Gap,
    Known,
    Subject,
    Tenant,
    Thing,
    slot,
)
from tpe_audit.findings import Finding
from tpe_audit.plugins import plugged
from tpe_audit.terms import Terms
from tpe_audit.verdicts import Verdict

TENANT = Tenant("11111111-2222-4333-8444-555555555555", "Contoso")
"""An invented tenant, for tests that need none in particular."""


def verdict_of(check: str | Path | Callable[..., Verdict], *facts: Fact | tuple[Fact, ...]) -> Verdict:
    """Return what a check says of these facts; it gets those that its parameters ask for, in whatever order given.

    Args:
        check: a check file, or its function.
        facts: one for each parameter; for the many side of a relation a tuple, or its facts one by one. A thing that
            does not exist goes to `absent`, where the file has one that takes it.

    Raises:
        CheckFileError: the file does not load, or does not keep the contract.
        TypeError: a fact is missing, or nothing asks for it: in an audit the check would not be called so.
    """
    if callable(check):
        function, parameters = check, parameters_of(check)
    else:
        loaded = load(Path(check))
        if loaded.absent and len(facts) == 1 and isinstance(facts[0], loaded.absences):
            return loaded.absent(facts[0])
        function, parameters = loaded.function, loaded.parameters
    left = list(facts)
    arguments: list[Fact | tuple[Fact, ...]] = []
    for parameter in parameters:
        taken: list[Fact] = [given for given in left if isinstance(given, parameter.accepts)]
        many = [given for given in left if isinstance(given, tuple)]
        whole = next((m for m in many if all(isinstance(one, parameter.accepts) for one in m)), None)
        if parameter.many:
            arguments.append(whole if whole is not None else tuple(taken))
            left = [given for given in left if given is not whole and given not in taken]
            continue
        if len(taken) != 1:
            names = " or ".join(kind.__name__ for kind in parameter.accepts)
            count = "none was" if not taken else f"{len(taken)} were"
            raise TypeError(f"check() asks for one {names} as {parameter.name}, and {count} given")
        arguments.append(taken[0])
        left.remove(taken[0])
    if left:
        raise TypeError(f"check() asks for no {', '.join(type(fact).__name__ for fact in left)}")
    return function(*arguments)


def evidence(
    things: Mapping[Thing, Sequence[Fact | tuple[Fact, ...] | type[Fact]]],
    *,
    tenant: Tenant = TENANT,
    deployment: Deployment | None = None,
    at: datetime | None = None,
) -> Evidence:
    """Return evidence of things and what is known of each: its facts, and the things that it points to.

    A class in the place of a fact stands for one that could not be read. What is known of the tenant itself goes
    under `tenant`.
    """
    moment = at or datetime.now(UTC)
    known: dict[tuple[type[Fact], str], Answer] = {
        (Deployment, tenant.subject.key): Known(deployment or Deployment()),
        (Collected, tenant.subject.key): Known(Collected(moment)),
    }
    found: dict[type[Fact], list[tuple[Subject, Answer]]] = {}
    for thing, facts in things.items():
        if not isinstance(thing, Tenant):
            found.setdefault(slot(type(thing)), []).append((thing.subject, Known(thing)))
        for fact in facts:
            if isinstance(fact, type):
                known[slot(fact), thing.subject.key] = Gap(f"{fact.__name__} of {thing.subject.name} was not read.")
            elif isinstance(fact, tuple):
                known |= {(slot(type(one)), thing.subject.key): Known(fact) for one in fact[:1]}
            else:
                known[slot(type(fact)), thing.subject.key] = Known(fact)
    return Evidence(tenant, {kind: Census(tuple(entries)) for kind, entries in found.items()}, known)


def finding_of(check: str | Path, on: Evidence, *, today: date | None = None) -> Finding:
    """Return the finding of a check file on evidence, as the audit makes it: with subjects, blocking, and unknowns.

    Raises:
        CheckFileError: the file, or what it rests on, does not load.
    """
    path = Path(check)
    catalog = _loaded(path.parent)
    mine = next((c for c in catalog.checks.values() if c.path == path), None) or _refused(catalog, path)
    return judge(catalog, [mine.id], on, Terms(today or datetime.now(UTC).date())).findings[mine.id]


def module(path: str | Path) -> ModuleType:
    """Return a module of a folder of checks as its checks see it, for the facts that it defines.

    Raises:
        CheckFileError: it does not load.
    """
    return load_module(Path(path))


def simulated(checks: str | Path, scenario: str = "healthy") -> dict[str, Finding]:
    """Return findings by id on the simulated tenant, which is read over https by the real SDKs.

    Args:
        checks: a check file, or a folder of them.
        scenario: one of those that `tpe-audit run --demo` knows.

    Raises:
        CheckFileError: a file does not load.
        RuntimeError: something went wrong in reading or judging.
    """
    from tpe_audit.commands.asked import Asked
    from tpe_audit.commands.auditing import audited, completed
    from tpe_audit.commands.demo import simulated as played

    path = Path(checks)
    folder = path if path.is_dir() else path.parent
    found = plugged([folder], installed=False)
    if refused := [str(file) for file in found.catalog.unloadable if path in (folder, file.path)]:
        raise CheckFileError("; ".join(refused))
    theirs = [check for check in found.catalog.checks.values() if not check.built_in]
    chosen = [check.id for check in theirs if path in (folder, check.path)] or [_refused(found.catalog, path).id]
    asked = Asked(check=tuple(chosen), quiet=True, no_progress=True)
    with played(scenario) as config:
        report = completed(audited(asked, config, found.catalog, chosen, simulated=True, table=found.table))
    if report.errors:
        raise RuntimeError("; ".join(report.errors))
    return {finding.check.id: finding for finding in report.findings}


def _loaded(folder: Path) -> Catalog:
    return plugged([folder], installed=False).catalog


def _refused(catalog: Catalog, path: Path) -> Check:
    reasons = [str(file) for file in catalog.unloadable if file.path in (path, path.parent)]
    raise CheckFileError("; ".join(reasons) or f"{path}: there is no such check file")


__all__ = ["TENANT", "evidence", "finding_of", "module", "simulated", "verdict_of"]
