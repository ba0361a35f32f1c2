from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands.cli import Ran, tpe
from tests.commands.standing import Standing, standing


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """One run of the default scenario, as a newcomer starts it; and the folder that it was started in."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, tpe(folder, "run", "--demo")


@pytest.fixture
def admin(tmp_path: Path) -> Iterator[Standing]:
    """An admin of a healthy tenant, in a folder of its own."""
    with standing(tmp_path) as standing_by:
        yield standing_by


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Ran]:
    """Runs one quick check of the simulated tenant in a folder of its own."""

    def one(*arguments: str, **options: object) -> Ran:
        return tpe(tmp_path, "run", "--demo", "--check", "acs-service-principal", *arguments, **options)  # type: ignore[arg-type]

    return one
