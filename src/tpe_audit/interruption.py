"""How Ctrl-C and SIGTERM end the program: with the exit codes that shells give, and no step of an audit lost."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED, TERMINATED = 130, 143


def terminate(signum: int, frame: FrameType | None) -> None:
    """Handle SIGTERM where no event loop runs.

    Raises:
        SystemExit: always.
    """
    raise SystemExit(TERMINATED)


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM cancel the task that runs the block, as asyncio lets Ctrl-C.

    An exception out of a signal handler can take the place of a step that the loop has just taken up: that task would
    never end, and neither would the program.

    Raises:
        SystemExit: SIGTERM came.
    """
    import asyncio

    loop, task, before = asyncio.get_running_loop(), asyncio.current_task(), signal.getsignal(signal.SIGTERM)
    terminated = False

    def end() -> None:
        nonlocal terminated
        terminated = True
        if task is not None:
            task.cancel()

    try:
        loop.add_signal_handler(signal.SIGTERM, end)
    except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
        yield
        return
    try:
        yield
    except asyncio.CancelledError:
        if terminated:
            raise SystemExit(TERMINATED) from None
        raise
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
        signal.signal(signal.SIGTERM, before)
