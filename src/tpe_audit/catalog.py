"""Finds check files and reads what they say of themselves."""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import os
import re
import stat
import sys
import traceback
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TypeVar

from tpe_audit.facts import (
    Consumer,
    Deployment,
    Direction,
    Fact,
    NumberType,
    NumberTypeName,
    PhoneNumber,
    Tenant,
    Thing,
    slot,
)
from tpe_audit.verdicts import Area, NotApplicable, Owner, Severity, Verdict

_E = TypeVar("_E", bound=StrEnum)
_HERE = Path(__file__).parent

# A wheel carries the checks inside the package; a checkout keeps them at its root.
BUILT_IN = next((p for p in (_HERE / "checks", _HERE.parents[1] / "checks") if p.is_dir()), _HERE / "checks")


class Profile(StrEnum):
    """What an audit is for."""

    SCHEDULED = "scheduled"
    GO_LIVE = "go-live"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Reads:
    """Where a fact comes from, and what it takes to read it."""

    what: str
    """The request, as Microsoft documents it."""
    source: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One fact that a check asks for."""

    name: str
    accepts: tuple[type[Fact], ...]
    """The classes that the check can be called with."""
    many: bool
    path: tuple[type[Fact], ...]
    """From the subject to the fact: the questions to follow. Empty: the subject itself."""

    @property
    def slot(self) -> type[Fact]:
        """The question that the fact answers."""
        return slot(self.accepts[0])


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement, as its file states it."""

    id: str
    title: str
    body: str
    """The docstring below its title, in Markdown."""
    area: Area
    severity: Severity
    owner: Owner
    codes: tuple[str, ...]
    requires: tuple[str, ...]
    link: str
    """The Microsoft page with the fix."""
    function: Callable[..., Verdict]
    parameters: tuple[Parameter, ...]
    path: Path
    absent: Callable[..., Verdict] | None = None
    """Judges where the thing does not exist; None: another check does."""
    absences: tuple[type[Fact], ...] = ()
    """What `absent` takes."""
    question: str = ""
    """What a person is asked; empty: the check asks nobody."""
    consumers: tuple[Consumer, ...] = tuple(Consumer)
    directions: tuple[Direction, ...] = tuple(Direction)
    number_types: tuple[NumberTypeName, ...] = ()
    """Numbers that it concerns; empty: all, and accounts without one."""
    profiles: tuple[Profile, ...] = tuple(Profile)
    applies: Callable[[Deployment], NotApplicable | None] | None = None
    built_in: bool = True

    @property
    def judges(self) -> type[Fact]:
        """The kind of thing that it judges, as a question of the census."""
        return self.parameters[0].slot

    @property
    def wants(self) -> tuple[tuple[type[Fact], type[Fact]], ...]:
        """What must be read for it: a thing and a fact of it; a thing and itself is the list of these."""
        wants = [] if self.judges is Tenant else [(self.judges, self.judges)]
        for parameter in self.parameters:
            wants += _pairs(self.judges, parameter.path)
        if self.number_types:
            path: tuple[type[Fact], ...] = (PhoneNumber, NumberType)
            wants += _pairs(self.judges, path[1:] if self.judges is PhoneNumber else path)
        return tuple(dict.fromkeys(wants))

    @property
    def reads(self) -> tuple[type[Fact], ...]:
        """The questions that it needs answered, its subject among them."""
        return tuple(dict.fromkeys([self.judges, *(slot(fact) for _, fact in self.wants)]))

    def spared(self, deployment: Deployment, profile: Profile) -> str:
        """Return why the deployment as declared does not need the check at all; empty if it does.

        Raises:
            Exception: whatever the check's own `applies` raises.
        """
        if deployment.consumer not in self.consumers:
            return f"The deployment's consumer is {deployment.consumer}; this concerns {_or(self.consumers)}."
        if not set(deployment.directions) & set(self.directions):
            return f"The deployment has no {_or(self.directions)} calls."
        if profile not in self.profiles:
            return f"It is asked with --profile {_or(self.profiles)} only."
        verdict = self.applies(deployment) if self.applies else None
        return verdict.reason if isinstance(verdict, NotApplicable) else ""

    @property
    def fix_summary(self) -> str:
        """The first paragraph of the Fix section."""
        section = re.search(r"^## Fix\s*\n(.*?)(?=^## |\Z)", self.body, re.MULTILINE | re.DOTALL)
        return " ".join(section.group(1).strip().split("\n\n")[0].split()) if section else ""


def _or(words: Sequence[str]) -> str:
    return " or ".join(words)


def _pairs(judges: type[Fact], path: Sequence[type[Fact]]) -> list[tuple[type[Fact], type[Fact]]]:
    """Return the steps of a path as things and facts of them."""
    pairs: list[tuple[type[Fact], type[Fact]]] = []
    at = judges
    for step in path:
        if step is Tenant:  # is known without reading
            continue
        if at is Tenant and issubclass(step, Thing):
            pairs.append((step, step))
        else:
            pairs.append((Tenant if Tenant in step.OF else at, step))
        at = step
    return pairs


@dataclass(frozen=True, slots=True)
class Unloadable:
    """A check file, or a folder of them, that could not be read."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of check files that people other than us wrote."""

    path: Path
    package: str = ""
    """The package that it is, if it is installed as one."""


@dataclass(frozen=True, slots=True)
class Brought:
    """The `COLLECTORS` that a plug-in brings, unread: what reads is no matter of the judging wing."""

    path: Path
    """The file that defines them."""
    package: str
    """The package that the names in them are looked up in."""
    rows: object


@dataclass(frozen=True, slots=True)
class Catalog:
    """All checks that there are, by id, in order of cause: what a check rests on stands before it."""

    checks: Mapping[str, Check]
    unloadable: tuple[Unloadable, ...] = ()
    levels: Mapping[str, int] = field(default_factory=dict)
    """How far down the chain of causes a check stands; 0 rests on nothing."""
    brought: tuple[Brought, ...] = ()
    """What plug-ins read by themselves."""

    def without(self, faults: Mapping[str, Unloadable], more: Iterable[Unloadable] = ()) -> Catalog:
        """Return the catalogue without these checks, and what rests on them; each is told, and so is `more`."""
        left = {name: check for name, check in self.checks.items() if name not in faults}
        told = [*self.unloadable, *more, *faults.values()]
        return replace(_ordered(left, told), brought=self.brought)

    def closure(self, ids: Iterable[str]) -> tuple[Check, ...]:
        """Return these checks and all that they rest on, in order of cause."""
        wanted: set[str] = set()
        waiting = list(ids)
        while waiting:
            wanted.add(name := waiting.pop())
            waiting.extend(set(self.checks[name].requires) - wanted)
        return tuple(check for check in self.checks.values() if check.id in wanted)

    def judged(self, ids: Iterable[str]) -> tuple[Check, ...]:
        """Return all checks that are judged when these are chosen, in the order of judging."""
        return self.closure(ids)


class CheckFileError(Exception):
    """A check file does not keep the contract of checks/README.md; the message says what and where."""


COLLECTORS_FILE = "_collectors.py"
"""The file in a folder of checks that says how the facts are read that its checks bring."""


def find(folders: Sequence[Path | Folder] = ()) -> Catalog:
    """Return the catalogue of the checks that ship, and of those in `folders`.

    A file that cannot be loaded is named in `Catalog.unloadable`; it never stops the others.
    """
    checks: dict[str, Check] = {}
    unloadable: list[Unloadable] = []
    brought: list[Brought] = []
    for folder in (Folder(BUILT_IN), *(f if isinstance(f, Folder) else Folder(f) for f in folders)):
        built_in = folder.path == BUILT_IN
        if not folder.path.is_dir():
            unloadable.append(Unloadable(folder.path, "there is no such folder of checks"))
            continue
        helpers = () if built_in else (folder.path, *folder.path.glob("_*.py"))
        if why := next((why for place in helpers if (why := _open_to_all(place))), ""):
            unloadable.append(Unloadable(folder.path, why))
            continue
        for path in sorted(folder.path.glob("*.py")):
            is_check = not path.stem.startswith("_")
            if not is_check and (built_in or path.name != COLLECTORS_FILE):
                continue
            try:
                module = load_module(path, folder.package, built_in=built_in)
                check = _check(module, path, built_in=built_in) if is_check else None
            except CheckFileError as error:
                unloadable.append(Unloadable(path, str(error)))
                continue
            if not built_in and hasattr(module, "COLLECTORS"):
                brought.append(Brought(path, module.__name__.rpartition(".")[0], module.COLLECTORS))
            if check and check.id in checks:
                unloadable.append(Unloadable(path, f"the id {check.id} is taken by {checks[check.id].path}"))
            elif check:
                checks[check.id] = check
    return replace(_ordered(checks, unloadable), brought=tuple(brought))


def _open_to_all(path: Path) -> str:
    """Return why code at this place is not to be run: everybody may write there. Empty: it may be run."""
    if os.name == "nt":  # its permission bits say nothing about others
        return ""
    real = path.resolve()
    for place in (real, *real.parents):
        mode = place.stat().st_mode
        # In a folder with the sticky bit, such as /tmp, nobody can replace what belongs to others.
        if mode & stat.S_IWOTH and (place == real or not mode & stat.S_ISVTX):
            return (
                f"its code is not run, because everybody on this machine may write to {place}; "
                "take that right away (chmod o-w)"
            )
    return ""


def _ordered(checks: dict[str, Check], unloadable: list[Unloadable]) -> Catalog:
    """Drop what rests on nothing that exists, or on itself, and put the rest in order of cause."""
    while dangling := [c for c in checks.values() if not set(c.requires) <= checks.keys()]:
        for check in dangling:
            missing = ", ".join(sorted(set(check.requires) - checks.keys()))
            unloadable.append(Unloadable(check.path, f"REQUIRES names no check that could be loaded: {missing}"))
            del checks[check.id]
    while True:
        sorter = TopologicalSorter({name: checks[name].requires for name in sorted(checks)})
        try:
            order = list(sorter.static_order())
            break
        except CycleError as error:
            circle = " -> ".join(error.args[1])
            for name in set(error.args[1]):
                unloadable.append(Unloadable(checks[name].path, f"REQUIRES runs in a circle: {circle}"))
                del checks[name]
            return _ordered(checks, unloadable)
    levels: dict[str, int] = {}
    for name in order:
        levels[name] = 1 + max((levels[required] for required in checks[name].requires), default=-1)
    return Catalog({name: checks[name] for name in order}, tuple(unloadable), levels)


def load(path: Path, *, built_in: bool = False) -> Check:
    """Read one check file.

    Raises:
        CheckFileError: it does not load, or does not keep the contract.
    """
    return _check(load_module(path, built_in=built_in), path, built_in=built_in)


def _check(module: types.ModuleType, path: Path, *, built_in: bool) -> Check:
    try:
        function = module.check
    except AttributeError:
        raise CheckFileError("it defines no function check(); see checks/README.md") from None
    question, applies = getattr(module, "QUESTION", ""), getattr(module, "applies", None)
    if not isinstance(question, str):
        raise CheckFileError(f"QUESTION must be a text, and is {question!r}")
    if applies is not None and not callable(applies):
        raise CheckFileError("applies is no function")
    title, _, body = inspect.cleandoc(module.__doc__ or "").partition("\n")
    if not title.endswith("."):
        raise CheckFileError("line 1: the first docstring line is the title, and ends with a full stop")
    return Check(
        id=path.stem.replace("_", "-"),
        title=title.removesuffix("."),
        body=body.strip(),
        area=_choice(module, "AREA", Area),
        severity=_choice(module, "SEVERITY", Severity),
        owner=_choice(module, "OWNER", Owner),
        codes=_strings(module, "CODES"),
        requires=_strings(module, "REQUIRES"),
        link=_link(module),
        function=function,
        parameters=parameters_of(function),
        path=path,
        absent=getattr(module, "absent", None),
        absences=_absences(module),
        question=question,
        consumers=_choices(module, "CONSUMERS", Consumer),
        directions=_choices(module, "DIRECTIONS", Direction),
        number_types=_choices(module, "NUMBER_TYPES", NumberTypeName, default=()),
        profiles=_choices(module, "PROFILES", Profile),
        applies=applies,
        built_in=built_in,
    )


def load_module(path: Path, package: str = "", *, built_in: bool = False) -> types.ModuleType:
    """Load a file as a module of its folder, so that files of one folder can share facts by relative imports.

    Raises:
        CheckFileError: it does not load.
    """
    if not built_in and (why := _open_to_all(path)):
        raise CheckFileError(why)
    package = package or _package(path.parent.resolve())
    name = f"{package}.{path.stem}"
    before = sys.modules.get(name)
    shared = path.stem.startswith("_") or not package.startswith(_PACKAGE)
    if before is not None and shared:
        return before
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise CheckFileError("Python can't load it")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # whatever a file raises becomes an error that names the line
        del sys.modules[name]
        raise CheckFileError(f"{_line(error, path)}{type(error).__name__}: {error}") from error
    return module


_PACKAGE = "tpe_audit_checks_"


def _package(folder: Path) -> str:
    """Return the name of a package that stands for a folder; it matters only in being its own."""
    name = f"{_PACKAGE}{hashlib.sha256(str(folder).encode()).hexdigest()[:8]}"
    if name not in sys.modules:
        package = types.ModuleType(name, f"The check files in {folder}.")
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    return name


def _line(error: BaseException, path: Path) -> str:
    if isinstance(error, SyntaxError) and error.lineno:
        return f"line {error.lineno}: "
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f"line {lines[-1]}: " if lines else ""


def _choice(module: types.ModuleType, name: str, choices: type[_E]) -> _E:
    try:
        return choices(getattr(module, name))
    except AttributeError:
        raise CheckFileError(f"it has no {name}; see checks/README.md") from None
    except ValueError:
        allowed = ", ".join(choices)
        raise CheckFileError(f"{name} = {getattr(module, name)!r} is none of {allowed}") from None


def _choices(
    module: types.ModuleType, name: str, choices: type[_E], default: tuple[_E, ...] | None = None
) -> tuple[_E, ...]:
    if not hasattr(module, name):
        return tuple(choices) if default is None else default
    try:
        return tuple(choices(value) for value in _strings(module, name))
    except ValueError as error:
        raise CheckFileError(f"{name}: {error}; allowed are {', '.join(choices)}") from None


def _strings(module: types.ModuleType, name: str) -> tuple[str, ...]:
    value = getattr(module, name, ())
    if not isinstance(value, tuple) or not all(isinstance(item, str) for item in value):
        raise CheckFileError(f"{name} must be a tuple of strings, and is {value!r}")
    return value


def _link(module: types.ModuleType) -> str:
    link = getattr(module, "LINK", None)
    if not isinstance(link, str) or not link.startswith("https://"):
        raise CheckFileError("it has no LINK to the page with the fix, starting with https://")
    return link


def parameters_of(function: Callable[..., Verdict]) -> tuple[Parameter, ...]:
    """Return the facts that the function of a check asks for.

    Raises:
        CheckFileError: a parameter names no fact that could be had.
    """
    hints = _hints(function, "check")
    parameters: list[Parameter] = []
    subject: type[Fact] | None = None
    for name in inspect.signature(function).parameters:
        if name not in hints:
            raise CheckFileError(f"check(): the parameter {name} has no type, and so names no fact")
        accepts, many = _accepts(name, hints[name])
        if subject is None:
            if not issubclass(accepts[0], Thing) or many:
                raise CheckFileError(f"check(): the first parameter, {name}, is not one thing to judge")
            subject = slot(accepts[0])
        path = _path(subject, slot(accepts[0]))
        if path is None:
            raise CheckFileError(f"check(): {accepts[0].__name__} can't be reached from {subject.__name__}")
        parameters.append(Parameter(name, accepts, many, path))
    if not parameters:
        raise CheckFileError("check(): it asks for no fact")
    return tuple(parameters)


def _absences(module: types.ModuleType) -> tuple[type[Fact], ...]:
    absent = getattr(module, "absent", None)
    if absent is None:
        return ()
    hints = _hints(absent, "absent")
    names = list(inspect.signature(absent).parameters)
    if len(names) != 1 or names[0] not in hints:
        raise CheckFileError("absent(): it takes one parameter, the thing that does not exist")
    return _accepts(names[0], hints[names[0]])[0]


def _hints(function: object, name: str) -> dict[str, object]:
    if not inspect.isfunction(function):
        raise CheckFileError(f"{name} is no function")
    try:
        return typing.get_type_hints(function)
    except Exception as error:  # an annotation may be any expression, and raise anything
        raise CheckFileError(f"{name}(): {type(error).__name__}: {error}") from error


def _accepts(name: str, annotation: object) -> tuple[tuple[type[Fact], ...], bool]:
    many = typing.get_origin(annotation) is tuple
    inner = next(iter(typing.get_args(annotation)), None) if many else annotation
    union = isinstance(inner, types.UnionType) or typing.get_origin(inner) is typing.Union
    members = typing.get_args(inner) if union else (inner,)
    for member in members:
        if not (isinstance(member, type) and issubclass(member, Fact)):
            raise CheckFileError(f"check(): the parameter {name} asks for {member!r}, which is no fact")
    if len({slot(member) for member in members}) != 1:
        raise CheckFileError(f"check(): the types of {name} are answers to different questions")
    return members, many


def _path(
    subject: type[Fact], wanted: type[Fact], tried: frozenset[type[Fact]] = frozenset()
) -> tuple[type[Fact], ...] | None:
    """Return the questions that lead from `subject` to `wanted`; None if nothing does."""
    if wanted is subject:
        return ()
    if subject in wanted.OF or (issubclass(subject, Thing) and wanted in subject.POINTS_TO):
        return (wanted,)
    if Tenant in wanted.OF or wanted is Tenant or subject is Tenant:
        return (wanted,)
    tried |= {wanted}
    before = [step for step in wanted.OF if step not in tried]
    paths = [(*path, wanted) for step in before if (path := _path(subject, step, tried)) is not None]
    if issubclass(subject, Thing):
        paths.extend(
            (step, *path)
            for step in subject.POINTS_TO
            if step not in tried and (path := _path(step, wanted, tried | {subject})) is not None
        )
    return min(paths, key=len, default=None)
