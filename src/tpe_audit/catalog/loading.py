"""Finds check files, runs them, and reads what they say of themselves."""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import os
import stat
import sys
import traceback
import types
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from tpe_audit.catalog.checks import Brought, Catalog, Check, Profile, Unloadable, ordered
from tpe_audit.catalog.signature import CheckFileError, absences_of, parameters_of
from tpe_audit.facts import (
    Consumer,
    Direction,
    NumberTypeName,
)
from tpe_audit.verdicts import Area, Owner, Severity

_E = TypeVar("_E", bound=StrEnum)
_HERE = Path(__file__).parents[1]

# A wheel carries the checks inside the package; a checkout keeps them at its root.
BUILT_IN = next((p for p in (_HERE / "checks", _HERE.parents[1] / "checks") if p.is_dir()), _HERE / "checks")
COLLECTORS_FILE = "_collectors.py"
"""The file in a folder of checks that says how the facts are read that its checks bring."""
_PACKAGE = "tpe_audit_checks_"
"""How the names of the packages begin that stand for folders."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of check files that people other than us wrote."""

    path: Path
    package: str = ""
    """The package that it is, if it is installed as one."""


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
    return replace(ordered(checks, unloadable), brought=tuple(brought))


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
        absences=absences_of(module),
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
