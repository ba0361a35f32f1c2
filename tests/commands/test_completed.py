"""How a reading ends."""

from __future__ import annotations

import pytest

from tpe_audit.commands.auditing import completed


class Large:
    """What must not be spelled out: for a large tenant that takes seconds and hundreds of megabytes."""

    def __repr__(self) -> str:
        raise AssertionError("spelled out")


def test_what_was_read_is_returned_without_being_spelled_out() -> None:
    async def read() -> Large:
        return Large()

    assert isinstance(completed(read()), Large)


def test_what_a_reading_raises_is_raised() -> None:
    async def read() -> None:
        raise LookupError("nothing")

    with pytest.raises(LookupError, match="nothing"):
        completed(read())
