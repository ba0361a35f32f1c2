"""What a check asks for: the parameters of its function, read from their types."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable

from tpe_audit.catalog.checks import Parameter
from tpe_audit.facts import Fact, Tenant, Thing, slot
from tpe_audit.verdicts import Verdict


class CheckFileError(Exception):
    """A check file does not keep the contract of checks/README.md; the message says what and where."""


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


def absences_of(module: types.ModuleType) -> tuple[type[Fact], ...]:
    """Return what the function `absent` of a check file speaks of, if it has one.

    Raises:
        CheckFileError: it does not take one parameter, the thing that does not exist.
    """
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
